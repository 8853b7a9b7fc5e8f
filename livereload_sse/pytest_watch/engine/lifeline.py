"""A pipe by which processes end with the one that keeps them, however that one ends.

One process holds the writing end and never writes. When it is gone, even by SIGKILL, the system
signals the group of those who hold the reading end. No thread waits for that, so a test that counts
threads, or forks, finds nothing. Windows has no such pipe: there a run that nobody hears goes on to
its own end.
"""

import os
import signal
import sys

FROM_ENVIRONMENT = "SSE_RELOAD_LIFELINE"
"""The environment variable that names the reading end's descriptor."""


class Lifeline:
    """The pipe. Made by whoever keeps; `reading` goes to those who are kept."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()

    def keep(self) -> None:
        """Hold the writing end only: the others have the reading one."""
        os.close(self.reading)

    def hang_on(self) -> None:
        """Be kept, in a process that has been forked from the one that keeps."""
        os.close(self._writing)
        hang_on(self.reading)

    def let_go(self) -> None:
        """End those who are still kept."""
        os.close(self._writing)


def hang_on(descriptor: int) -> None:
    """Have this process's group ended when nobody holds the writing end any more."""
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - POSIX only

    os.set_inheritable(descriptor, False)
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, -os.getpgrp())
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
    _end_if_alone(descriptor)


def _end_if_alone(descriptor: int) -> None:
    """The one who keeps may have gone before anybody asked for the signal."""
    try:
        alone = os.read(descriptor, 1) == b""
    except BlockingIOError:
        return
    if alone:
        os.killpg(os.getpgrp(), signal.SIGKILL)
