"""From Redis to this process: what comes in the channels that are read here.

Knows when to wait for news, when to look whether Redis is still the same, and when to load a
channel. Refuses to know readers: what is new goes to `tell`, in its order.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import randbits
from typing import TYPE_CHECKING, Any, Final

from livereload_sse.errors import BrokerError, BrokerRefusedError
from livereload_sse.sse.events import EventId
from livereload_sse.sse.history import START
from livereload_sse.sse.redis.connecting import Link, Word
from livereload_sse.sse.redis.mirrors import Mirrors
from livereload_sse.sse.redis.scripts import (
    EPOCH_BITS,
    LOAD,
    Entry,
    Keys,
    Told,
    read_entries,
    read_id,
    read_news,
    read_snapshot,
)
from livereload_sse.sse.redis.standing import Standing
from livereload_sse.sse.redis.trying import Trying

if TYPE_CHECKING:
    from concurrent.futures import Future

_CHECK_INTERVAL: Final = 2.0
"""Seconds after which a Redis that has nothing new is asked whether it is still the same."""

_DEAF: Final = 0.2
"""Seconds to wait for news where nothing can interrupt that."""

_MOST: Final = 500
"""Entries of each stream in one answer."""

_RING_AGAIN: Final = 0.005


@dataclass(frozen=True, slots=True)
class _Wish:
    """Somebody waits until these channels are known."""

    channels: frozenset[str]
    granted: "Future[None]"


class Follower:
    """Follows the channels that somebody has asked for.

    link: its own connection, on which it waits for news
    other: another one, on which that can be interrupted
    history: how many events of a channel to load
    tell: told whenever there may be news in `mirrors`
    """

    def __init__(
        self,
        link: Link,
        other: Link,
        keys: Keys,
        standing: Standing,
        mirrors: Mirrors,
        *,
        history: Callable[[str], int],
        tell: Callable[[], None],
    ) -> None:
        self._link = link
        self._other = other
        self._keys = keys
        self._standing = standing
        self._mirrors = mirrors
        self._history = history
        self._tell = tell
        self._wishes: list[_Wish] = []
        self._wished = asyncio.Event()
        self._listening = False
        self._can_interrupt = True
        self._client_id = 0
        self._heard = START  # the newest of the news that has been read
        self._next_check = 0.0
        self._ringing: asyncio.Task[None] | None = None
        self._trying = Trying(link, self._follow, self._note_failure)

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            await self._trying.go_on()
        finally:
            if self._ringing is not None:
                self._ringing.cancel()

    def wish(self, channels: frozenset[str], granted: "Future[None]") -> None:
        """Have channels loaded if they are not, and what is newest read; then say so.

        Called in the event loop's thread.
        """
        for channel in channels:
            self._mirrors.want(channel)
        self._wishes.append(_Wish(channels, granted))
        self._wished.set()
        if self._listening and (self._ringing is None or self._ringing.done()):
            self._ringing = asyncio.get_running_loop().create_task(self._interrupt())

    def refuse(self, error: Exception) -> None:
        """Tell all who wait that it will not be."""
        wishes, self._wishes = self._wishes, []
        for wish in wishes:
            if wish.granted.set_running_or_notify_cancel():
                wish.granted.set_exception(error)

    async def catch_up(self) -> None:
        """Load what is wanted, and read everything else up to the same moment. Raises BrokerError.

        In one piece: were one read after the other, a busy channel could run away for ever.
        """
        wishes, self._wishes = self._wishes, []
        self._wished.clear()
        try:
            while not await self._catch_up_once():
                pass
        except BaseException:
            self._wishes = [*wishes, *self._wishes]
            raise
        self._heard = self._mirrors.known
        self._tell()
        self._next_check = asyncio.get_running_loop().time() + _CHECK_INTERVAL
        self._grant(wishes)

    async def _follow(self) -> None:
        """Follow until the connection fails."""
        await self._introduce()
        await self.catch_up()
        while True:
            self._trying.succeeded()
            self._standing.recover("reading")
            left = self._next_check - asyncio.get_running_loop().time()
            if self._wishes or self._mirrors.wants_any or left <= 0:
                await self.catch_up()
            elif len(self._mirrors):
                await self._listen(left)
            else:
                await self._idle(left)

    async def _introduce(self) -> None:
        """Ask for the name by which this connection can be interrupted."""
        try:
            self._client_id = await self._link.ask("CLIENT", "ID")
        except BrokerRefusedError:
            self._can_interrupt = False

    async def _catch_up_once(self) -> bool:
        names, places = self._mirrors.plan(), self._mirrors.places()
        keys = [self._keys.meta, *map(self._keys.stream, names)]
        words = [randbits(EPOCH_BITS), *map(self._history, names)]
        if places:
            # By its text, not its digest: inside of MULTI there is no second try.
            load: list[Word] = ["EVAL", LOAD.source, len(keys), *keys, *words]
            answer, found = await self._link.ask_together(load, self._read(places))
        else:
            answer, found = await self._link.run(LOAD, keys, words), None
        entries = self._sort(found)
        return self._mirrors.catch_up(names, read_snapshot(answer), entries, _find_cut(entries))

    async def _listen(self, left: float) -> None:
        """Wait for news, until it is time to look, or until somebody has a wish."""
        wait = min(left, _CHECK_INTERVAL if self._can_interrupt else _DEAF)
        options = ("COUNT", _MOST, "BLOCK", max(1, round(wait * 1000)))
        words = ("XREAD", *options, "STREAMS", self._keys.news, str(self._heard))
        self._listening = True
        try:
            found = await self._link.ask(*words, wait=wait)
        finally:
            self._listening = False
        if found:
            raw = found[0][1]
            self._heard = read_id(raw[-1][0])
            await self._hear(read_news(raw))

    async def _hear(self, news: Sequence[Told]) -> None:
        """Take in what the news say, and ask for what is too long for them."""
        if not self._mirrors.continues(news):
            await self.catch_up()
        elif news:
            found = self._sort_news(news)
            named = {self._keys.channel(key) for told in news for key in told.streams}
            asked = await self._ask_for(named)
            is_all = self._mirrors.read(found | asked, _find_cut(asked), until=news[-1].id)
            self._tell()
            if not is_all:
                await self.catch_up()

    async def _ask_for(self, named: Iterable[str]) -> dict[str, list[Entry]]:
        places = self._mirrors.places(named)
        return self._sort(await self._link.ask(*self._read(places))) if places else {}

    async def _idle(self, left: float) -> None:
        try:
            async with asyncio.timeout(left):
                await self._wished.wait()
        except TimeoutError:
            return

    def _read(self, places: Mapping[str, EventId]) -> list[Word]:
        keys = map(self._keys.stream, places)
        return ["XREAD", "COUNT", _MOST, "STREAMS", *keys, *map(str, places.values())]

    def _sort(self, found: Any) -> dict[str, list[Entry]]:
        """Read an answer to XREAD: for each stream with news its key, and what is new."""
        return {self._keys.channel(key): read_entries(raw) for key, raw in found or ()}

    def _sort_news(self, news: Sequence[Told]) -> dict[str, list[Entry]]:
        """Pick what is new in the channels that are known here."""
        found: dict[str, list[Entry]] = {}
        for told in news:
            for key, entry in told.entries:
                channel = self._keys.channel(key)
                if channel in self._mirrors:
                    found.setdefault(channel, []).append(entry)
        return found

    async def _interrupt(self) -> None:
        """Have Redis answer at once what it keeps back, because there is a wish."""
        while self._listening and self._wishes and self._can_interrupt:
            try:
                if await self._other.ask("CLIENT", "UNBLOCK", self._client_id):
                    return
            except BrokerRefusedError:
                self._can_interrupt = False
            except BrokerError:
                return  # its own part says what is the matter; the wait ends by itself
            await asyncio.sleep(_RING_AGAIN)  # the command may not have arrived there yet

    def _grant(self, wishes: Sequence[_Wish]) -> None:
        for wish in wishes:
            if self._mirrors.wants(wish.channels):
                self._wishes.append(wish)
            elif wish.granted.set_running_or_notify_cancel():
                wish.granted.set_result(None)

    def _note_failure(self, error: Exception, _failures: int) -> None:
        self._standing.fail("reading", error)


def _find_cut(found: Mapping[str, Sequence[Entry]]) -> frozenset[str]:
    """Name the channels of which there may be more than Redis was asked for."""
    return frozenset(channel for channel, entries in found.items() if len(entries) >= _MOST)
