"""Which tests a change concerns: what was recorded, what can be read, and what the project says itself.

Knows the disk as far as sources lie on it. Refuses to know runs, processes and the terminal.
"""
