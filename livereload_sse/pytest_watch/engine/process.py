"""A process of ours: waited for without a thread where the system can, and seen off with its group.

Knows how processes end. Refuses to know what they do.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import subprocess


class Process:
    """A child of this process. `reap` waits for it and gives its exit code, or minus a signal's
    number.
    """

    def __init__(self, pid: int, reap: Callable[[], int]) -> None:
        self.pid = pid
        self._reap = reap
        self._has_ended = False

    @classmethod
    def forked(cls, pid: int) -> Self:
        """Mind a process that was forked from this one."""
        return cls(pid, lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    @classmethod
    def opened(cls, process: "subprocess.Popen[bytes]") -> Self:
        """Mind a process that was started."""
        return cls(process.pid, process.wait)

    async def ended(self) -> int:
        """Wait until it has ended; end what it has left behind in its group. To be called once."""
        try:
            ends = os.pidfd_open(self.pid) if sys.platform == "linux" else None
        except OSError:
            ends = None  # a kernel or a sandbox that has no such thing
        if ends is None:
            code = await asyncio.to_thread(self._reap)
            self.kill()
        else:
            await _readable(ends)
            self.kill()  # before its number can be anybody else's
            code = self._reap()
        self._has_ended = True
        return code

    def kill(self) -> None:
        """End it, and its group, at once."""
        if self._has_ended:
            return
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                os.kill(self.pid, signal.SIGTERM)
            else:
                os.killpg(self.pid, signal.SIGKILL)


async def _readable(descriptor: int) -> None:
    """Wait until there is something to read, and close the descriptor."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def be_ready() -> None:
        loop.remove_reader(descriptor)
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, be_ready)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
