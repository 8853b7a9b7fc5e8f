"""One task that samples at a steady pace while somebody listens, however many they are.

Knows when to measure. Refuses to know what is measured, and what becomes of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")

# A rate needs two readings. Whoever comes first waits so long for the first one, in seconds.
FIRST_SPAN = 0.25


class Sampler(Generic[T]):
    """Asks `is_heard` before each sample; `begin` sets the counters, `read` measures.

    interval: seconds from sample to sample
    take: is told each sample, in the event loop
    taken: how many samples there were
    """

    def __init__(
        self,
        interval: float,
        *,
        is_heard: Callable[[], bool],
        begin: Callable[[], Awaitable[None]],
        read: Callable[[], Awaitable[T]],
        take: Callable[[T], None],
    ) -> None:
        self._interval = interval
        self._is_heard = is_heard
        self._begin = begin
        self._read = read
        self._take = take
        self._somebody_came = asyncio.Event()
        self.taken = 0

    def wake(self) -> None:
        """Look at once whether somebody listens."""
        self._somebody_came.set()

    async def run(self) -> None:
        """Sample for ever, with pauses."""
        while True:
            await self._wait_for_somebody()
            await self._begin()
            await self._sample_while_heard()

    async def _wait_for_somebody(self) -> None:
        while not self._is_heard():
            self._somebody_came.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._somebody_came.wait()

    async def _sample_while_heard(self) -> None:
        now = asyncio.get_running_loop().time
        due = now() + min(self._interval, FIRST_SPAN)
        while True:
            await asyncio.sleep(due - now())
            if not self._is_heard():
                return
            self._take(await self._read())
            self.taken += 1
            due += self._interval
            if due <= now():  # it is late: two samples in a row would say little
                due = now() + self._interval
