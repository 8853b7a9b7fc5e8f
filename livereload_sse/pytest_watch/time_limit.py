"""How long one test may take (`--watch-timeout`).

Knows the clock only. Refuses to know what becomes of a run in which a test takes longer.
"""

import asyncio
from collections.abc import Callable


class TimeLimit:
    """Calls `on_exceeded` with a test's node id once it has gone on for `seconds`; None: it may."""

    def __init__(self, seconds: float | None, on_exceeded: Callable[[str], None]) -> None:
        self._seconds = seconds
        self._on_exceeded = on_exceeded
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, test: str) -> None:
        """A test begins, or goes on; the empty one is none."""
        self.end()
        if test and self._seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds, self._on_exceeded, test)

    def end(self) -> None:
        """It is over, or stands still."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
