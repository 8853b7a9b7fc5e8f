"""Processes that are warm, and the runs that begin in them.

Knows processes, lines between them and what may be imported ahead. Refuses to know which tests are
wanted, and what becomes of them.
"""
