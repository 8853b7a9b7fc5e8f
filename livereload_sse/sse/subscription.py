"""One reader's place in the channels that it reads.

Knows how far the reader is, what it is told first, and what becomes of one that is too slow.
Refuses to know HTTP, and where events come from.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from heapq import merge
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from livereload_sse.errors import InvalidEventIdError
from livereload_sse.sse.encoding import Encode, encode_json
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.history import START, EncodedEvent, Gap

if TYPE_CHECKING:
    from livereload_sse.sse.fanout import Channel, Fanout

State: TypeAlias = Callable[[], Iterable[Event | tuple[str, Any]]]
OnConnect: TypeAlias = int | State | None
"""What a reader is told that has no place yet: the last events of each channel, as many as this; or
the present state, as events or as (name, payload)."""

_READ_BYTES: Final = 65536


class Overflow(Enum):
    """What becomes of a reader that is too far behind.

    LATEST: it is told once that it has lost something, or the present state, and goes on live
    OLDEST: it goes on with the oldest event that is held for it, and is told nothing
    DISCONNECT: its stream ends; it comes back with its last id, and is told what can be told
    """

    LATEST = "drop to latest"
    OLDEST = "drop oldest"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a reader wants to be served.

    loss: what a reader is told that has lost something and wants no state
    max_lag: how many events it may be behind; None: as many as are held
    tells_gap: whether a gap at the beginning is told; else the caller looks at `gap` and does it
    """

    loss: tuple[str, Any]
    encode: Encode
    on_connect: OnConnect = None
    overflow: Overflow = Overflow.LATEST
    max_lag: int | None = None
    tells_gap: bool = True


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
        fanout: "Fanout",
        channels: frozenset[str],
        terms: Terms,
        *,
        prepare: "Callable[[Subscription], Awaitable[None]] | None" = None,
    ) -> None:
        self._fanout = fanout
        self._terms = terms
        self._prepare = prepare
        self._waiter: asyncio.Future[None] | None = None
        self._thread = 0  # the one that waits
        self._is_told = False  # that it may be worth looking, since it has looked
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
            ask = self._terms.on_connect
            if callable(ask) and not (known and self.gap is None):
                self._tell_state(ask)
        except BaseException:
            self.close()
            raise
        with self._fanout.lock:
            self.is_over = self._is_final() and not self._opening

    @property
    def ended(self) -> bool:
        """Will `take` never again return anything?"""
        with self._fanout.lock:
            if self not in self._fanout.open:
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
        with self._fanout.lock:
            self._is_told = False
            if self._opening:
                return self._take_opening(max_bytes)
            if self._is_at_end():
                return []
            if not self._is_late():
                return self._read(max_bytes)
            self._catch_up()
        if self._terms.overflow is not Overflow.LATEST:
            return self.take(max_bytes=max_bytes)
        self._tell_loss_or_state()
        with self._fanout.lock:
            return self._take_opening(max_bytes) if self._opening else self._read(max_bytes)

    def wait(self) -> Awaitable[None]:
        """Return what is done when there may be something to take, or when this has ended."""
        if self._waiter is not None and not self._waiter.done():
            raise RuntimeError("a subscription has one reader, and it is waiting already")
        waiter = asyncio.get_running_loop().create_future()
        with self._fanout.lock:
            self._thread = get_ident()
            self._waiter = waiter
            if self._is_told:  # by another thread, since the reader has looked
                waiter.set_result(None)
        return waiter

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
                waiter.get_loop().call_soon_threadsafe(_finish, waiter)
        except RuntimeError:  # its event loop is closed: nobody waits any more
            return

    def close(self) -> None:
        """Give the place back. May be called again, and in any thread."""
        self._fanout.leave(self, self._channels)
        self._opening = []
        self.wake()

    async def aclose(self) -> None:
        """Give the place back."""
        self.close()

    def _is_at_end(self) -> bool:
        # Asked at each event by each reader: a plain loop is twice as fast as all() is.
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

    def _cursor_in(self, channel: "Channel", known: EventId) -> int:
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
            self._cursors = [channel.history.begin for channel in self._channels]
        elif isinstance(terms.on_connect, int):
            self._begin_with_last(terms.on_connect)
        elif terms.on_connect is None and self.gap:
            self._opening = [self._encode_loss(self._fanout.last_id)]
        elif terms.on_connect is None:
            self.position = self._fanout.last_id

    def _begin_with_last(self, count: int) -> None:
        self._cursors = [
            max(channel.history.begin, channel.history.end - max(0, count))
            for channel in self._channels
        ]
        if self.gap:
            # Without an id of its own, unless nothing follows that has one.
            self._opening = [self._encode_loss(self._fanout.last_id if self._is_at_end() else None)]
        elif self._is_at_end():
            self.position = self._fanout.last_id

    def _tell_loss_or_state(self) -> None:
        if callable(self._terms.on_connect):
            self._tell_state(self._terms.on_connect)
        else:
            self._opening = [self._encode_loss(self._fanout.last_id)]

    def _tell_state(self, ask: State) -> None:
        """Ask what is told first. Not under the lock: it is the user's own code, and may take time.

        What is published meanwhile comes behind it, and may be in it as well.
        """
        with self._fanout.lock:
            position = self._fanout.last_id
            self._cursors = [channel.history.end for channel in self._channels]
        state = [self._encode(told) for told in ask()]
        if not state:
            self.position = position
            return
        *earlier, last = state
        # The last of them carries the id, because a page's script sees ids of events only.
        self._opening = [EncodedEvent(START, "", event.encode()) for event in earlier]
        self._opening.append(
            EncodedEvent(position, "", Event(last.name, last.data, position).encode())
        )

    def _encode(self, told: Event | tuple[str, Any]) -> Event:
        if isinstance(told, Event):
            return told
        name, data = told
        return Event(name, self._terms.encode(name, data))

    def _encode_loss(self, event_id: EventId | None) -> EncodedEvent:
        """Encode the loss; its id is the newest one, so that the reader resumes from there."""
        name, data = self._terms.loss
        wire = Event(name, encode_json(name, data), event_id).encode()
        return EncodedEvent(event_id or START, "", wire)

    def _is_late(self) -> bool:
        """Whether it is too far behind in what was published since it has come."""
        for channel, cursor in zip(self._channels, self._cursors, strict=False):
            if cursor < channel.history.begin:
                return True
        most = self._terms.max_lag
        if most is None:
            return False
        places = zip(self._channels, self._cursors, self._joined, strict=False)
        return any(
            channel.history.end - max(cursor, joined) > most for channel, cursor, joined in places
        )

    def _catch_up(self) -> None:
        if self._terms.overflow is Overflow.DISCONNECT:
            self.close()
        elif self._terms.overflow is Overflow.LATEST:
            self._cursors = [channel.history.end for channel in self._channels]
        else:
            most = self._terms.max_lag
            for index, channel in enumerate(self._channels):
                history = channel.history
                oldest = history.begin if most is None else history.end - most
                self._cursors[index] = max(self._cursors[index], history.begin, oldest)

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
        if self not in self._fanout.open:
            return []
        if len(self._channels) == 1:
            events = self._channels[0].history.read(self._cursors[0], max_bytes=max_bytes)
            self._cursors[0] += len(events)
        else:
            events = self._read_merged(max_bytes)
        if events:
            self.position = events[-1].id
        return events

    def _read_merged(self, max_bytes: int) -> list[EncodedEvent]:
        found = [
            channel.history.read(cursor, max_bytes=max_bytes)
            for channel, cursor in zip(self._channels, self._cursors, strict=True)
        ]
        places = {channel.name: index for index, channel in enumerate(self._channels)}
        events, size = [], 0
        for event in merge(*found, key=lambda event: event.id):
            events.append(event)
            self._cursors[places[event.channel]] += 1
            size += len(event.wire)
            if size >= max_bytes:
                break
        return events


def _finish(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
