"""Doing something with a connection, and again after each time that it was lost.

Knows delays. Refuses to know what is done.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from logging import getLogger
from typing import Final

from livereload_sse.errors import BrokerError
from livereload_sse.sse.redis.connecting import Link

_LOGGER: Final = getLogger("livereload_sse.sse.redis")


def delays(
    first: float = 0.05, longest: float = 5.0, *, chance: Callable[[], float] = random.random
) -> Iterator[float]:
    """Tell how many seconds to wait before each try: none, then twice as long each time.

    With up to a half less by chance, because many processes have lost the same Redis at once.
    """
    yield 0.0
    delay = first
    while True:
        yield delay * (1 - chance() / 2)
        delay = min(longest, delay * 2)


class Trying:
    """One part that needs a connection.

    link: its connection
    work: goes on until the connection fails; calls `succeeded` whenever it has got somewhere
    failed: told of each error, with how many have followed one another
    """

    def __init__(
        self,
        link: Link,
        work: Callable[[], Awaitable[None]],
        failed: Callable[[Exception, int], None],
    ) -> None:
        self._link = link
        self._work = work
        self._failed = failed
        self._delays = delays()
        self._failures = 0

    def succeeded(self) -> None:
        """Begin with short delays the next time."""
        if self._failures:
            self._delays, self._failures = delays(), 0

    async def go_on(self) -> None:
        """Work until cancelled, however often the connection fails."""
        while True:
            try:
                await self._link.open()
                await self._work()
            except BrokerError as error:
                self._fail(error)
            except Exception as error:
                # A fault of ours must not end what everybody relies on without a word.
                _LOGGER.exception("unexpected; trying again")
                await self._link.close()
                self._fail(error)
            await asyncio.sleep(next(self._delays))

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        self._failed(error, self._failures)
