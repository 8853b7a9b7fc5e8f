"""Is somebody still writing this file?

Knows how to ask Linux. Refuses to guess where it cannot be asked: other systems, network drives,
files of another user.
"""

import sys
from contextlib import suppress

if sys.platform == "linux":
    import fcntl
    import signal


def is_being_written(descriptor: int) -> bool | None:
    """Tell whether any program has this file open for writing; None where that cannot be known.

    `descriptor` must be open for reading only. A read lease (fcntl(2), "Leases") is granted exactly
    when nobody has the file open for writing; it is given back at once. Should somebody open the
    file within these microseconds, their `open` waits that long, and the signal that would tell us
    is one that is ignored by default.
    """
    if sys.platform != "linux":
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:  # not our file (EACCES), or a file system without leases (EINVAL)
        return None
    with suppress(OSError):
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
