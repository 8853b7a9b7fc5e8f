"""The terminal as a device: keys that are pressed, lines that are drawn anew, whose it is.

Knows nothing of what is said on it.
"""
