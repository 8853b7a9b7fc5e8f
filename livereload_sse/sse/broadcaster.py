"""One writer, many readers: publish never waits, and no reader can slow another.

Knows channels, ids, and each reader's place in one shared log. Refuses to know HTTP, what an event
means, and what a reader does about a gap. Everything here belongs to the thread of one event loop.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import get_ident
from typing import Any, Final, Self

from livereload_sse.errors import InvalidEventError, TooManyStreamsError, WrongThreadError
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.history import ORIGIN_BITS, EncodedEvent, Gap, History

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_UNNAMED: Final = frozenset({""})  # one object for all: most readers are of this channel
_LOSS: Final = ("reload", {"reason": "the reader fell too far behind"})


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


@dataclass(slots=True, eq=False)
class _Log:
    """What a broadcaster shares with its subscriptions."""

    history: History
    loss: Event
    # A dict because it keeps the order: the reader that came first is served first.
    open: dict["Subscription", None]
    closed: bool = False

    def encode_loss(self) -> EncodedEvent:
        """Encode the loss event; its id is the newest one, so that the reader resumes from there."""
        event_id = self.history.last_id
        wire = Event(self.loss.name, self.loss.data, event_id).encode()
        return EncodedEvent(event_id, "", wire)


class Broadcaster:
    """Hands each published event to every subscription of its channel.

    history: how many events are kept for readers that come back
    limit: how many subscriptions may be open at once
    clock: milliseconds since the Unix epoch; the default of an id's time
    loss: name and data of the one event that a reader gets that fell out of the history
    origin: a number from 0 to 2²⁰-1. Where several processes tell of the same, each by itself, each
        has its own: their ids cannot be compared, so that of another one is a gap
    """

    def __init__(
        self,
        *,
        history: int = 1000,
        limit: int = 1000,
        clock: Callable[[], int] = _milliseconds,
        loss: tuple[str, Any] = _LOSS,
        origin: int = 0,
    ) -> None:
        self._clock = clock
        self._limit = limit
        self._log = _Log(
            History(history, start=EventId(clock(), origin << ORIGIN_BITS)),
            Event(loss[0], _encode_json(loss[1])),
            {},
        )
        self._thread: int | None = None

    @property
    def last_id(self) -> EventId:
        """The newest event's id; before the first one, the moment this broadcaster began."""
        return self._log.history.last_id

    @property
    def closed(self) -> bool:
        """Has `close` been called?"""
        return self._log.closed

    @property
    def subscriptions(self) -> int:
        """How many subscriptions are open."""
        return len(self._log.open)

    def publish(
        self, name: str, data: Any = None, *, channel: str = "", milliseconds: int | None = None
    ) -> Event:
        """Tell an event to a channel, and return it with its id. Never waits for a reader.

        `data` is anything JSON can say. `milliseconds` is the moment the event speaks of (default:
        now); ids never go back, so an earlier moment is told under the last one's. Once closed,
        the event reaches nobody. Raises InvalidEventError for a name or data that the wire cannot
        carry, and WrongThreadError outside the thread whose event loop has the readers.
        """
        self._check_thread()
        event_id = self._next_id(milliseconds)
        event = Event(name, _encode_json(data), event_id)
        encoded = EncodedEvent(event_id, channel, event.encode())
        if not self._log.closed:
            self._log.history.append(encoded)
            for subscription in self._log.open:
                if channel in subscription.channels:
                    subscription.wake()
        return event

    def subscribe(self, *channels: str, after: EventId | None = None) -> "Subscription":
        """Open a reader's place: what came after the id, if one is given, then everything live.

        No channel means the unnamed one. It counts as open from this call on, so enter it with
        `async with`, or close it. Raises TooManyStreamsError at the limit.
        """
        if len(self._log.open) >= self._limit:
            raise TooManyStreamsError(
                "too many open streams",
                where=f"all {self._limit} are taken",
                hint="Close some tabs, or raise the limit.",
            )
        if not self._log.open:
            self._thread = get_ident()
        self._check_thread()
        subscription = Subscription(self._log, frozenset(channels) if channels else _UNNAMED, after)
        self._log.open[subscription] = None
        return subscription

    def close(self) -> None:
        """End every subscription as soon as it has read what was published before this call."""
        self._check_thread()
        self._log.closed = True
        for subscription in self._log.open:
            subscription.wake()

    def hang_up(self) -> None:
        """End every subscription as soon as it has read what was published; others may come."""
        self._check_thread()
        for subscription in self._log.open:
            subscription.let_go()

    def _next_id(self, milliseconds: int | None) -> EventId:
        last = self._log.history.last_id
        moment = self._clock() if milliseconds is None else milliseconds
        if moment > last.milliseconds:
            return EventId(moment, last.sequence >> ORIGIN_BITS << ORIGIN_BITS)
        return EventId(last.milliseconds, last.sequence + 1)

    def _check_thread(self) -> None:
        # Waking a reader from another thread goes unnoticed by its loop: the event would arrive
        # with the next unrelated one, or never.
        if self._log.open and get_ident() != self._thread:
            raise WrongThreadError(
                "called outside the event loop's thread",
                where="Broadcaster",
                hint="Use loop.call_soon_threadsafe(broadcaster.publish, name, data).",
            )


class Subscription:
    """One reader's place in the shared log. It holds no events, so a slow reader costs nothing.

    Iterate over it, or drive it by hand: `take` what is there, `wait` for more until `ended`. One
    reader only. `gap` says why what came after the wanted id is not known: then this begins with
    what is published from now on, and the caller tells the rest. `position` is the id after which
    comes what `take` returns next.
    """

    __slots__ = ("_cursor", "_end", "_log", "_waiter", "channels", "gap", "position")

    def __init__(self, log: _Log, channels: frozenset[str], after: EventId | None) -> None:
        self._log = log
        self._waiter: asyncio.Future[None] | None = None
        self._end: int | None = None
        self.channels = channels
        history = log.history
        found = history.end if after is None else history.find_cursor(after, channels)
        self.gap = found if isinstance(found, Gap) else None
        self._cursor = history.end if isinstance(found, Gap) else found
        self.position = history.last_id if after is None or self.gap else after

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EncodedEvent:
        while not (taken := self.take(max_bytes=1)):
            if self.ended:
                raise StopAsyncIteration
            await self.wait()
        return taken[0]

    @property
    def ended(self) -> bool:
        """Will `take` never again return anything?"""
        log = self._log
        end = log.history.end if log.closed else self._end
        return self not in log.open or (end is not None and self._cursor >= end)

    def take(self, *, max_bytes: int = 65536) -> list[EncodedEvent]:
        """Return what is there to read, without waiting; it may be nothing.

        Stops after the event that reaches `max_bytes`. A reader that fell out of the history gets
        the `loss` event, once, and stands at the end again.
        """
        history = self._log.history
        if self not in self._log.open:
            return []
        if not history.holds(self._cursor) and history.has_lost(self.position, self.channels):
            self._cursor, self.position = history.end, history.last_id
            return [self._log.encode_loss()]
        events, self._cursor = history.read(self._cursor, self.channels, max_bytes=max_bytes)
        if events:
            self.position = events[-1].id
        return events

    def wait(self) -> Awaitable[None]:
        """Return what is done when there may be something to take, or when this has ended.

        Look at `take` and `ended` first: only what happens after this call is noticed.
        """
        if self._waiter is not None and not self._waiter.done():
            raise RuntimeError("a subscription has one reader, and it is waiting already")
        self._waiter = asyncio.get_running_loop().create_future()
        return self._waiter

    def let_go(self) -> None:
        """End with what has been published before this call."""
        if self._end is None:
            self._end = self._log.history.end
            self.wake()

    def wake(self) -> None:
        """Let the reader look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def close(self) -> None:
        """Give the place back. May be called again."""
        self._log.open.pop(self, None)
        self.wake()


def _encode_json(data: Any) -> str:
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidEventError(
            "event data that JSON cannot say",
            where=str(error),
            hint="Use None, booleans, finite numbers, strings, lists and string-keyed dicts.",
        ) from error
    if _SURROGATE.search(text):
        # Half a surrogate pair (a file name that is not UTF-8) has a JSON escape but no UTF-8.
        return json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text
