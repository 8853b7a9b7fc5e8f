"""Where a process may be forked and go on."""

import sys


def can_fork() -> bool:
    """Say whether a process may be forked and go on: on Linux, and where one thread runs at a time.

    On macOS a fork may abort once the system's own libraries have been used.
    """
    has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
    return sys.platform == "linux" and bool(has_lock)
