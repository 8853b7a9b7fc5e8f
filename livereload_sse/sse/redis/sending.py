"""From the outbox to Redis: in order, and each event once.

Knows the script that stores, and that an answer may be lost after the work was done: the numbers of
events tell Redis what it has stored already. Refuses to know who reads.
"""

import asyncio
from collections.abc import Sequence
from secrets import randbits, token_hex
from typing import Final

from livereload_sse.sse.redis.connecting import Link, Word
from livereload_sse.sse.redis.outbox import Outbox, Posted
from livereload_sse.sse.redis.scripts import EPOCH_BITS, PUBLISH, Keys
from livereload_sse.sse.redis.standing import Standing
from livereload_sse.sse.redis.trying import Trying

# Redis does nothing else while a script runs: a hundred events are about a millisecond.
_BATCH: Final = 100
_BATCH_BYTES: Final = 256 * 1024

_SHORT: Final = 4096
"""Bytes of a batch that goes with the news, so that nobody has to ask for it."""

_REMEMBERED: Final = 24 * 60 * 60 * 1000
"""Milliseconds for which Redis remembers what a process has sent: the longest absence after which
an event whose answer was lost is not stored twice."""


class Sender:
    """Sends what is in the outbox, one batch after the other.

    expire: milliseconds that a channel is kept after its last event
    """

    def __init__(
        self, link: Link, outbox: Outbox, keys: Keys, standing: Standing, *, expire: int
    ) -> None:
        self._link = link
        self._outbox = outbox
        self._keys = keys
        self._publisher = keys.publisher(token_hex(8))
        self._standing = standing
        self._expire = expire
        self._posted = asyncio.Event()
        self._trying = Trying(link, self._send_all, self._note_failure)

    async def run(self) -> None:
        """Send until cancelled."""
        await self._trying.go_on()

    def notice(self) -> None:
        """Look into the outbox, in the event loop's thread."""
        self._posted.set()

    async def forget(self) -> None:
        """Have Redis forget this process. Raises BrokerError."""
        await self._link.ask("DEL", self._publisher)

    async def _send_all(self) -> None:
        while True:
            self._posted.clear()
            while batch := self._outbox.first(_BATCH, _BATCH_BYTES):
                keys, words = self._arrange(batch)
                await self._link.run(PUBLISH, keys, words)
                self._outbox.remove(len(batch))
                self._note_success()
            self._note_success()
            await self._posted.wait()

    def _arrange(self, batch: Sequence[Posted]) -> tuple[list[bytes], list[Word]]:
        places: dict[str, int] = {}
        is_short = sum(len(event.data) for event in batch) <= _SHORT
        words: list[Word] = [
            randbits(EPOCH_BITS),
            self._expire,
            _REMEMBERED,
            self._outbox.stored + 1,
            int(is_short),
        ]
        for event in batch:
            place = places.setdefault(event.channel, len(places) + 1)
            moment = "" if event.moment is None else event.moment
            words += (place, event.history, moment, event.name, event.data, int(event.final))
        streams = [self._keys.stream(channel) for channel in places]
        return [self._keys.meta, self._keys.news, self._publisher, *streams], words

    def _note_success(self) -> None:
        self._trying.succeeded()
        self._standing.recover("sending")

    def _note_failure(self, error: Exception, failures: int) -> None:
        # A server may hang up on a connection that was quiet for long: that is no trouble yet.
        self._standing.fail("sending", error, is_quiet=failures == 1)
