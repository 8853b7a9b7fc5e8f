"""One writer, many readers: publish never waits, and no reader can slow another.

Knows how an event gets its id and its text. Refuses to know HTTP, and what an event means. Readers
and bounds are `fanout`'s, and each reader's place is its `Subscription`'s.

Everything here may be called in any thread.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

from livereload_sse.errors import InvalidBrokerError
from livereload_sse.sse.checks import check_counts, check_kind
from livereload_sse.sse.encoding import Encode, encode_json
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.fanout import MAX_BYTES, Fanout, Limits
from livereload_sse.sse.history import ORIGIN_BITS, EncodedEvent
from livereload_sse.sse.subscription import Subscription
from livereload_sse.sse.terms import OnConnect, Overflow, Terms

_UNNAMED: Final = frozenset({""})  # one object for all: most readers are of this channel
_LOSS: Final = ("reload", {"reason": "some events are lost"})

REDIS_WORDS: Final = frozenset(
    {"away", "expire", "on_state", "outbox", "outbox_bytes", "prefix", "timeout"}
)
"""Settings of a broadcaster on Redis that mean nothing in memory."""


def _find_scheme(url: str) -> str:
    check_kind(str, url=url)
    return url.partition(":")[0] if "://" in url else ""


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class Broadcaster:
    """Hands each published event to every subscription of its channel.

    history: how many events of each channel are kept for readers that come back
    limit: how many subscriptions may be open at once, altogether
    channels: what is different for some channels, by name or pattern (`"job-*"`); the first that
        fits counts
    max_channels: how many channels are held; one without readers gives way to a new one
    max_bytes: of events that are held, altogether; the newest of a channel is held at any size
    encode: makes the text of an event from its name and payload; default: compact JSON
    clock: milliseconds since the Unix epoch; the default of an id's time
    loss: name and data of the one event that a reader gets that has lost something
    origin: a number from 0 to 2²⁰-1 that is in each id; default: by chance. Ids of two broadcasters
        cannot be compared, so that of another one (a worker, the process before) is a gap

    Lives in the memory of one process; `from_url` makes one that several processes share.
    """

    def __init__(  # noqa: PLR0913 - each is one bound or one function, and all are given by name
        self,
        *,
        history: int = 1000,
        limit: int = 1000,
        channels: Mapping[str, Limits] | None = None,
        max_channels: int = 10_000,
        max_bytes: int = MAX_BYTES,
        encode: Encode = encode_json,
        clock: Callable[[], int] = _milliseconds,
        loss: tuple[str, Any] = _LOSS,
        origin: int | None = None,
    ) -> None:
        if origin is None:
            origin = secrets.randbelow(2**ORIGIN_BITS)
        check_counts(history=history, limit=limit, max_bytes=max_bytes, origin=origin)
        check_counts(max_channels=max_channels)
        check_kind(tuple, loss=loss)
        encode_json(*loss)  # an error here is the caller's; later it would be some reader's
        self._clock = clock
        self._loss = loss
        self._encode = encode
        self._fanout = Fanout(
            start=EventId(clock(), origin << ORIGIN_BITS),
            history=history,
            limit=limit,
            limits=channels,
            max_channels=max_channels,
            max_bytes=max_bytes,
        )

    @classmethod
    def from_url(cls, url: str, **words: Any) -> "Broadcaster":
        """Make a broadcaster that lives where a URL says, with the words of `Broadcaster`.

        `memory://` is this process; settings that only a Redis has are passed over. `redis://`,
        `rediss://` (TLS) and `unix://` are a Redis that processes share; enter such a one before it
        is used: `async with broadcaster:`.

        Raises InvalidBrokerError, and MissingExtraError where redis-py is not installed.
        """
        scheme = _find_scheme(url)
        if scheme == "memory":
            return cls(**{name: word for name, word in words.items() if name not in REDIS_WORDS})
        if scheme in ("redis", "rediss", "unix"):
            from livereload_sse.sse.redis import open_redis  # noqa: PLC0415 - an extra

            return open_redis(url, **words)
        raise InvalidBrokerError(
            "not the URL of a broker",
            where=f"scheme {scheme!r}" if scheme else "it has no scheme",
            hint="It begins with redis://, rediss://, unix:// or memory://.",
        )

    async def __aenter__(self) -> Self:
        self._fanout.reopen()  # an application may be started twice in one process, as in its tests
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    @property
    def last_id(self) -> EventId:
        """The newest event's id; before the first one, the moment this broadcaster began."""
        return self._fanout.last_id

    @property
    def closed(self) -> bool:
        """Has `close` been called?"""
        return self._fanout.closed

    @property
    def subscriptions(self) -> int:
        """How many subscriptions are open."""
        return len(self._fanout.open)

    def publish(
        self, name: str, data: Any = None, *, channel: str = "", milliseconds: int | None = None
    ) -> Event:
        """Tell an event to a channel, and return it with its id. Never waits for a reader.

        `data` is anything that `encode` takes: JSON, unless you have said otherwise.
        `milliseconds` is the moment the event speaks of (default: now); ids never go back, so an
        earlier moment is told under the last one's. Once closed, the event reaches nobody. Raises
        InvalidEventError for a name or data that the wire cannot carry, and TooManyChannelsError.
        """
        return self._tell(Event(name, self._encode(name, data)), channel, milliseconds)

    def end(self, *, channel: str = "", name: str = "end", data: Any = None) -> Event:
        """Tell the last event of a channel: its readers' streams end behind it.

        Who comes back having read it is answered 204, which tells a browser to stay away. What is
        published to the channel later begins it anew. Raises what `publish` does.
        """
        # An end without a payload needs no declared type.
        text = encode_json(name, None) if data is None else self._encode(name, data)
        return self._tell(Event(name, text), channel, None, final=True)

    async def flush(self) -> None:
        """Wait until what was published is where readers find it: here it is at once."""

    def subscribe(
        self,
        *channels: str,
        after: EventId | str | None = None,
        on_connect: OnConnect = None,
        overflow: Overflow = Overflow.LATEST,
        max_lag: int | None = None,
        tells_gap: bool = True,
    ) -> Subscription:
        """Open a reader's place: what came after the id, if one is given, then everything live.

        No channel means the unnamed one. It counts as open from this call on, so enter it with
        `async with`, give it to an `EventStream`, or close it.

        after: the id to go on after; an empty text is none
        on_connect: what a reader is told first that has no id, or one of which nothing is known any
            more: the last events of each channel, as many as this number; or the present state, as
            events or (name, payload), by a function that is called at once. Without it, a reader
            whose id is not known is told the loss
        overflow: what becomes of a reader that is more than `max_lag` events behind (default: more
            than are held)
        tells_gap: False: the caller looks at `gap`, and tells what was missed

        Raises TooManyStreamsError at a limit, and TooManyChannelsError.
        """
        for channel in channels:
            check_kind(str, channel=channel)
        terms = Terms(
            loss=self._loss,
            encode=self._encode,
            on_connect=on_connect,
            overflow=overflow,
            max_lag=max_lag,
            tells_gap=tells_gap,
        )
        return self._open(frozenset(channels) if channels else _UNNAMED, terms, after)

    def close(self) -> None:
        """End every subscription as soon as it has read what was published before this call."""
        self._fanout.close()

    def hang_up(self) -> None:
        """End every subscription as soon as it has read what was published; others may come."""
        self._fanout.hang_up()

    def _tell(
        self, event: Event, channel: str, milliseconds: int | None, *, final: bool = False
    ) -> Event:
        check_kind(str, channel=channel)
        with self._fanout.lock:
            event_id = self._next_id(milliseconds)
            told = Event(event.name, event.data, event_id)
            encoded = EncodedEvent(event_id, channel, told.encode(), final)
            if not self._fanout.closed:
                self._fanout.append(encoded)
        return told

    def _open(
        self, channels: frozenset[str], terms: Terms, after: EventId | str | None
    ) -> Subscription:
        subscription = Subscription(self._fanout, channels, terms)
        subscription.place(after)
        return subscription

    def _next_id(self, milliseconds: int | None) -> EventId:
        last = self._fanout.last_id
        moment = self._clock() if milliseconds is None else milliseconds
        if moment > last.milliseconds:
            return EventId(moment, last.sequence >> ORIGIN_BITS << ORIGIN_BITS)
        return EventId(last.milliseconds, last.sequence + 1)
