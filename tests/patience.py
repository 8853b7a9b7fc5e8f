"""Waiting in tests, on a machine that may stand still meanwhile: that time is not counted.

A virtual machine that is suspended for a minute goes on with a clock that is a minute ahead. Nothing
has had that minute, so nothing is late.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

TURN = 1.0
"""Seconds that count at most between two looks; a look and a short sleep take less."""


class Patience:
    """So many seconds, to be looked at again and again."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._left = seconds
        self._clock = clock
        self._looked_at = clock()

    def is_over(self) -> bool:
        """Look once more."""
        now = self._clock()
        self._left -= min(now - self._looked_at, TURN)
        self._looked_at = now
        return self._left < 0


@asynccontextmanager
async def patiently(seconds: float) -> AsyncIterator[None]:
    """Do as `asyncio.timeout` does, with patience. Raises TimeoutError."""
    async with asyncio.timeout(None) as limit:
        ticking = asyncio.create_task(_end(limit, Patience(seconds)))
        try:
            yield
        finally:
            ticking.cancel()


async def _end(limit: asyncio.Timeout, patience: Patience) -> None:
    while not patience.is_over():  # noqa: ASYNC110 - time itself tells nobody
        await asyncio.sleep(TURN / 10)
    limit.reschedule(asyncio.get_running_loop().time())
