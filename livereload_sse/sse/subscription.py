"""One reader's place in the channels that it reads.

Knows how far the reader is, what it is told first, and what becomes of one that is too slow.
Refuses to know HTTP, and where events come from.
"""

import asyncio
from collections.abc import Awaitable, Callable
from threading import get_ident
from typing import Final, Self

from livereload_sse.errors import InvalidEventIdError
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.fanout import Channel, Fanout, read_merged
from livereload_sse.sse.history import START, EncodedEvent, Gap
from livereload_sse.sse.terms import Overflow, State, Terms

_READ_BYTES: Final = 65536


class Subscription:
    """One reader's place. It holds no events, so a slow reader costs nothing.

    Iterate over it, or drive it by hand: `take` what is there, `wait` for more until `ended`. One
    reader only, in one event loop; it may be made in any thread. `gap` says why what came after the
    wanted id is not known. `position` is the id to come back with if nothing more is read; None
    for a reader that has not heard yet what it could go on from. `is_over`: it has read the last
    event of all its channels already, before it came.
    """

    __slots__ = (
        "_channels",
        "_cursors",
        "_ends",
        "_fanout",
        "_is_told",
        "_joined",
        "_opening",
        "_prepare",
        "_terms",
        "_thread",
        "_waiter",
        "channels",
        "gap",
        "is_over",
        "position",
    )

    def __init__(
        self,
        fanout: Fanout,
        channels: frozenset[str],
        terms: Terms,
        *,
        prepare: Callable[["Subscription"], Awaitable[None]] | None = None,
    ) -> None:
        self._fanout = fanout
        self._terms = terms
        self._prepare = prepare
        self._waiter: asyncio.Future[None] | None = None
        self._thread = 0  # the one that waits
        self._is_told = False  # that it may be worth looking, since it has found nothing
        self._ends: list[int] | None = None
        self._opening: list[EncodedEvent] = []
        self._cursors: list[int] = []
        self._joined: list[int] = []
        self.channels = channels
        self.gap: Gap | None = None
        self.position: EventId | None = None
        self.is_over = False
        self._channels = fanout.enter(self, channels)

    async def __aenter__(self) -> Self:
        await self.ready()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EncodedEvent:
        await self.ready()
        while not (taken := self.take(max_bytes=1)):
            if self.ended:
                raise StopAsyncIteration
            await self.wait()
        return taken[0]

    async def ready(self) -> None:
        """Wait until `gap` and `position` are known: at once, unless events come from elsewhere."""
        if self._prepare is not None:
            prepare, self._prepare = self._prepare, None
            await prepare(self)

    def place(self, after: EventId | str | None) -> None:
        """Go to what came after an id, or to where a new reader begins. Called once."""
        try:
            with self._fanout.lock:
                known = self._find_place(after)
                self._joined = [channel.history.end for channel in self._channels]
                if known is not None and self.gap is None:
                    self._cursors = [self._cursor_in(channel, known) for channel in self._channels]
                    self.position = known
                else:
                    self._begin(known)
        except BaseException:
            self.close()
            raise
        ask = self._terms.on_connect
        if callable(ask) and not (known and self.gap is None):
            self._tell_state(ask)
        with self._fanout.lock:
            self.is_over = self._is_final() and not self._opening
            self._is_told = bool(self._opening) or not self._is_at_end()

    @property
    def ended(self) -> bool:
        """Will `take` never again return anything?"""
        fanout, first = self._fanout, self._channels[0].history
        if not fanout.closed and self._ends is None and not first.is_final and self in fanout.open:
            return False  # as nearly always, and at each event
        with fanout.lock:
            if self not in fanout.open:
                return True
            if self._opening:
                return False
            if self._ends is not None:
                return all(map(int.__ge__, self._cursors, self._ends))
            return (self._fanout.closed and self._is_at_end()) or self._is_final()

    def take(self, *, max_bytes: int = _READ_BYTES) -> list[EncodedEvent]:
        """Return what is there to read, without waiting; it may be nothing.

        Stops after the event that reaches `max_bytes`. What a reader gets that is too far behind is
        for its `Overflow` to say.
        """
        # Looking and reading are one step: in between, other threads could push it out of the
        # history, and what it read then would have a hole that nobody tells.
        while True:
            with self._fanout.lock:
                if self._opening:
                    return self._take_opening(max_bytes)
                if self._is_at_end() or self not in self._fanout.open:
                    self._is_told = False
                    return []
                if not self._is_late():
                    return self._read(max_bytes)
                ask = self._catch_up()
            if ask is not None:
                self._tell_state(ask)

    def wait(self) -> Awaitable[None]:
        """Return what is done when there may be something to take, or when this ends.

        Look first whether it has `ended`: nothing more happens then.
        """
        if self._waiter is not None and not self._waiter.done():
            raise RuntimeError("a subscription has one reader, and it is waiting already")
        waiter = asyncio.get_running_loop().create_future()
        with self._fanout.lock:
            self._thread = get_ident()
            self._waiter = waiter
            if self._is_told:  # since the reader has found nothing
                waiter.set_result(None)
        return waiter

    def interject(self, told: Event) -> None:
        """Tell this reader something in between, which no other hears and nobody comes back to."""
        with self._fanout.lock:
            # In front: what it is told first ends with an id, which stands for all of it.
            self._opening.insert(0, EncodedEvent(START, "", told.encode()))
        self.wake()

    def let_go(self) -> None:
        """End with what has been published before this call."""
        with self._fanout.lock:
            if self._ends is None:
                self._ends = [channel.history.end for channel in self._channels]
        self.wake()

    def wake(self, thread: int | None = None) -> None:
        """Let the reader look again; `thread` is the one that this is called in."""
        self._is_told = True
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        try:
            if self._thread == (thread or get_ident()):
                waiter.set_result(None)
            else:
                self._wake_from_elsewhere(waiter)
        except RuntimeError:  # its event loop is closed: nobody waits any more
            return

    def _wake_from_elsewhere(self, waiter: "asyncio.Future[None]") -> None:
        with self._fanout.lock:
            if self._waiter is waiter:  # once, however much is published until its loop looks
                self._waiter = None
                waiter.get_loop().call_soon_threadsafe(_finish, waiter)

    def close(self) -> None:
        """Give the place back. May be called again, and in any thread."""
        self._fanout.leave(self, self._channels)
        self._opening = []
        self.wake()

    async def aclose(self) -> None:
        """Give the place back."""
        self.close()

    def _is_at_end(self) -> bool:
        # Asked at each event by each reader, most of which read one channel.
        if len(self._cursors) == 1:
            return self._cursors[0] >= self._channels[0].history.end
        for channel, cursor in zip(self._channels, self._cursors, strict=False):
            if cursor < channel.history.end:
                return False
        return True

    def _is_final(self) -> bool:
        if not self._cursors or not self._is_at_end():
            return False
        return all(channel.history.is_final for channel in self._channels)

    def _find_place(self, after: EventId | str | None) -> EventId | None:
        """Read the id, and note what stands between it and what is held."""
        if not after:
            return None
        try:
            known = EventId.parse(after) if isinstance(after, str) else after
        except InvalidEventIdError:
            self.gap = Gap.UNREADABLE
            return None
        self.gap = self._fanout.find_gap(known, self._channels)
        return known

    def _cursor_in(self, channel: Channel, known: EventId) -> int:
        cursor = channel.history.find_cursor(known)
        return channel.history.begin if cursor is None else cursor

    def _begin(self, known: EventId | None) -> None:
        """Begin as a new reader, or as one of whose place nothing is known any more.

        Until it has heard what it is told first it keeps its old id, or none: were the stream cut
        in between, a newer one would hide what it never got.
        """
        terms = self._terms
        self._cursors = list(self._joined)
        self.position = known if self.gap else None
        if self.gap and not terms.tells_gap:
            self.position = self._fanout.last_id
        elif self.gap and terms.overflow is Overflow.OLDEST:
            self._begin_with_oldest(known)
        elif isinstance(terms.on_connect, int):
            self._begin_with_last(terms, terms.on_connect)
        elif terms.on_connect is None and self.gap:
            self._opening = [terms.encode_loss(self._fanout.last_id)]
        elif terms.on_connect is None:
            self.position = self._fanout.last_id

    def _begin_with_oldest(self, known: EventId | None) -> None:
        """Begin with all that is held; but nothing twice, if only some of it was lost."""
        place = known if known is not None and self.gap is Gap.TOO_OLD else START
        self._cursors = [self._cursor_in(channel, place) for channel in self._channels]

    def _begin_with_last(self, terms: Terms, count: int) -> None:
        self._cursors = [
            max(channel.history.begin, channel.history.end - count) for channel in self._channels
        ]
        if self.gap:
            # Without an id of its own, unless nothing follows that has one.
            last_id = self._fanout.last_id if self._is_at_end() else None
            self._opening = [terms.encode_loss(last_id)]
        elif self._is_at_end():
            self.position = self._fanout.last_id

    def _tell_state(self, ask: State) -> None:
        """Ask what is told first. Not under the lock: it is the user's own code, and may take time.

        What is published meanwhile comes behind it, and may be in it as well; where all is over,
        the end does. One that fails ends this: going on would be a hole that nobody tells.
        """
        with self._fanout.lock:
            histories = [channel.history for channel in self._channels]
            is_over = all(history.is_final and len(history) for history in histories)
            position = None if is_over else self._fanout.last_id
            self._cursors = [history.end - is_over for history in histories]
        try:
            opening = self._terms.encode_state(ask(), position)
        except BaseException:
            self.close()
            raise
        self._opening += opening
        if not opening:
            self.position = position

    def _is_late(self) -> bool:
        """Whether it is too far behind in what was published since it has come."""
        most = self._terms.max_lag
        if most is None and len(self._cursors) == 1:
            return self._cursors[0] < self._channels[0].history.begin
        for channel, cursor in zip(self._channels, self._cursors, strict=False):
            if cursor < channel.history.begin:
                return True
        return most is not None and any(self._lag(i) > most for i in range(len(self._cursors)))

    def _lag(self, index: int) -> int:
        # What it is told of the time before it came is none.
        return self._channels[index].history.end - max(self._cursors[index], self._joined[index])

    def _catch_up(self) -> State | None:
        """Do what the `Overflow` says; returns whom to ask for the state, if somebody."""
        if self._terms.overflow is Overflow.DISCONNECT:
            self.close()
        elif self._terms.overflow is Overflow.OLDEST:
            self._skip()
        elif callable(self._terms.on_connect):
            return self._terms.on_connect
        else:
            self._cursors = [channel.history.end for channel in self._channels]
            self._opening = [self._terms.encode_loss(self._fanout.last_id)]
        return None

    def _skip(self) -> None:
        """Go on with the oldest event that is held, in the channels where it is late."""
        most = self._terms.max_lag
        for index, channel in enumerate(self._channels):
            if most is not None and self._lag(index) > most:
                self._cursors[index] = channel.history.end - most
            self._cursors[index] = max(self._cursors[index], channel.history.begin)

    def _take_opening(self, max_bytes: int) -> list[EncodedEvent]:
        size, count = 0, 0
        while count < len(self._opening) and size < max_bytes:
            size += len(self._opening[count].wire)
            count += 1
        taken, self._opening = self._opening[:count], self._opening[count:]
        if taken[-1].id != START:
            self.position = taken[-1].id
        return taken

    def _read(self, max_bytes: int) -> list[EncodedEvent]:
        """Read in the order of ids over all channels: an id stands for all that came before it."""
        if len(self._channels) == 1:
            events = self._channels[0].history.read(self._cursors[0], max_bytes=max_bytes)
            self._cursors[0] += len(events)
        else:
            events = read_merged(self._channels, self._cursors, max_bytes)
        self.position = events[-1].id
        return events


def _finish(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
