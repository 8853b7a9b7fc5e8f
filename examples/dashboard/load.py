"""A load to look at: one process for each core, for some seconds, one load at a time.

Knows processes. Refuses to know who asked, and whether they may.
"""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

PROGRAM = Path(__file__).with_name("burn.py")
MOST = 8  # processes: a large machine need not be filled


class Load:
    """At most one load. Leaves no process behind: they are ended with the context."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.processes: list[asyncio.subprocess.Process] = []
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.terminate()
        await asyncio.gather(*(process.wait() for process in self.processes))

    @property
    def is_running(self) -> bool:
        """Is any of its processes still there?"""
        return any(process.returncode is None for process in self.processes)

    async def start(self) -> int:
        """Start it, and return of how many processes it is; 0 if one is running already."""
        async with self._starting:
            if self.is_running:
                return 0
            words = (sys.executable, str(PROGRAM), str(self.seconds))
            self.processes.clear()
            for _ in range(min(os.cpu_count() or 1, MOST)):
                # Ctrl-C is for the server, which ends them.
                self.processes.append(
                    await asyncio.create_subprocess_exec(*words, start_new_session=True)
                )
            return len(self.processes)
