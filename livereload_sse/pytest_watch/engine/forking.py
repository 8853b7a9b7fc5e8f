"""Where a process may be forked and go on, and doing it."""

import os
import sys
import warnings


def can_fork() -> bool:
    """Say whether a process may be forked and go on: on Linux, and where one thread runs at a time.

    On macOS a fork may abort once the system's own libraries have been used.
    """
    has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
    return sys.platform == "linux" and bool(has_lock)


def fork() -> int:
    """Fork this process, as `os.fork` does.

    From Python 3.12 on that warns where libraries have threads of their own, as numpy's has. Those
    that are known survive it, and the warning would be seen by nobody who could do anything.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()
