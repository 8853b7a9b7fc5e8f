"""The terminal around the runs: words, keys, filters that are typed.

Refuses to know why a run begins and what a key does: it is told.
"""
