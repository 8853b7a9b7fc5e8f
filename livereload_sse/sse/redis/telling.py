"""From the mirrors to the readers of this process.

Knows which channels readers here still want, and that what is told in one go must be seen in one
go. Refuses to know Redis, and how readers are woken.
"""

from collections.abc import Iterable, Iterator
from logging import getLogger
from typing import TYPE_CHECKING, Final

from livereload_sse.errors import InvalidEventError
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.fanout import Fanout
from livereload_sse.sse.history import EncodedEvent
from livereload_sse.sse.redis.mirrors import Mirrors
from livereload_sse.sse.redis.scripts import Entry, epoch_of, first_of

if TYPE_CHECKING:
    from livereload_sse.sse.fanout import Channel

_LOGGER: Final = getLogger("livereload_sse.sse.redis")

LINGER: Final = 60.0
"""Seconds for which a channel that nobody reads is followed on: a page that is loaded anew is back."""


class Teller:
    """Hands what is new in the mirrors to the fan-out of this process."""

    def __init__(self, fanout: Fanout, mirrors: Mirrors) -> None:
        self._fanout = fanout
        self._mirrors = mirrors
        self._channels: dict[str, Channel] = {}
        self._idle_since: dict[str, float] = {}
        self._next_look = 0.0

    def knows(self, channels: Iterable[str], after: EventId | None) -> bool:
        """Are these channels followed, and was all of them told that came up to an id?

        By what was told, not by what is known: there may be more on its way.
        """
        # Each of them, also behind one that is not: what the fan-out has let go of is dropped here.
        followed = [self._follows(channel) for channel in channels]
        if not all(followed):
            return False
        if after is None:
            return True
        with self._fanout.lock:
            is_same = epoch_of(after) == epoch_of(self._fanout.start)
            return is_same and after <= self._fanout.last_id

    def tell(self) -> None:
        """Hand out what is new: what was loaded, then what has come since, in its order."""
        news = self._mirrors.take_news()
        with self._fanout.lock:
            if self._mirrors.epoch is not None:
                self._fanout.start = first_of(self._mirrors.epoch)
            # First, because the loss that a reader is told has the id to come back with.
            self._fanout.last_id = self._mirrors.known
            for loaded in news.loaded:
                if self._fanout.peek(loaded.channel) is None:
                    self._drop(loaded.channel)
                    continue
                self._channels[loaded.channel] = self._fanout.hold(
                    loaded.channel,
                    _encode_all(loaded.channel, loaded.entries),
                    lost=loaded.lost,
                    has_lost=loaded.has_lost,
                )
            for channel, entry in news.arrived:
                if self._follows(channel):
                    for event in _encode_all(channel, (entry,)):
                        self._fanout.append(event)

    def _follows(self, name: str) -> bool:
        """Whether a channel is known, and the fan-out has not let go of it meanwhile."""
        if name in self._mirrors and self._fanout.peek(name) is not self._channels[name]:
            self._drop(name)
        return name in self._mirrors

    def drop_idle(self, now: float) -> None:
        """Follow no longer what nobody has read for a while; `now`: seconds of any one clock."""
        if now < self._next_look:
            return
        self._next_look = now + LINGER / 10
        for name in filter(self._follows, self._mirrors):
            if self._channels[name].readers:
                self._idle_since.pop(name, None)
            elif now - self._idle_since.setdefault(name, now) >= LINGER:
                self._forget(name)

    def _forget(self, name: str) -> None:
        with self._fanout.lock:
            if not self._channels[name].readers:
                self._fanout.forget(name)
                self._drop(name)

    def _drop(self, name: str) -> None:
        self._mirrors.drop(name)
        self._channels.pop(name, None)
        self._idle_since.pop(name, None)


def _encode_all(channel: str, entries: Iterable[Entry]) -> Iterator[EncodedEvent]:
    for entry in entries:
        try:
            wire = Event(entry.name, entry.data, entry.id).encode()
        except InvalidEventError as error:
            # Not by our hand: `publish` would have refused it.
            _LOGGER.warning("skipped an entry of channel %r: %s", channel, error)
            continue
        yield EncodedEvent(entry.id, channel, wire, entry.final)
