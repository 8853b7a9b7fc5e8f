"""The channels of one process, and who reads them.

Knows bounds: of readers, channels and bytes, altogether and per channel. Refuses to know where
events come from and who gives them their ids: they are appended here with both.

Any thread may append, subscribe and close; one lock guards it all, and is never held while waiting.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from heapq import merge
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Final

from livereload_sse.errors import LiveReloadError, TooManyChannelsError, TooManyStreamsError
from livereload_sse.sse.checks import check_counts
from livereload_sse.sse.events import EventId
from livereload_sse.sse.history import ORIGIN_BITS, START, EncodedEvent, Gap, History

if TYPE_CHECKING:
    from livereload_sse.sse.subscription import Subscription

MAX_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one channel may hold: events for readers that come back, and readers at once.

    None: as many as the broadcaster says for all.
    """

    history: int | None = None
    readers: int | None = None

    def __post_init__(self) -> None:
        named = {"history": self.history, "readers": self.readers}
        check_counts(**{name: value for name, value in named.items() if value is not None})


@dataclass(slots=True, eq=False)
class Channel:
    """One named stream: what is held of it, and who reads it."""

    name: str
    history: History
    readers_limit: int | None
    # A dict because it keeps the order: the reader that came first is served first.
    readers: dict["Subscription", None] = field(default_factory=dict)


class Fanout:
    """Hands each appended event to every reader of its channel.

    start: the id before the first event
    history, limits: events per channel, and what is different for channels by name (patterns of
        `fnmatch`, the first that fits)
    limit: readers altogether
    max_channels: channels that are held; one that nobody reads gives way to a new one
    max_bytes: of events that are held; the channel that grows gives way first
    """

    def __init__(
        self,
        *,
        start: EventId = START,
        history: int = 1000,
        limit: int = 1000,
        limits: Mapping[str, Limits] | None = None,
        max_channels: int = 10_000,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.lock = RLock()
        self.start = start
        self.last_id = start
        self.closed = False
        self.open: dict[Subscription, None] = {}
        self._history = history
        self._limit = limit
        self._limits = dict(limits or {})
        self._max_channels = max_channels
        self._max_bytes = max_bytes
        self._bytes = 0
        self._channels: dict[str, Channel] = {}  # that which was published to longest ago is first
        self._forgotten = START  # the newest id of the channels that are not held any more

    def append(self, event: EncodedEvent) -> None:
        """Add the newest event of all and wake its readers. Raises TooManyChannelsError."""
        with self.lock:
            channel = self.find_channel(event.channel)
            before = channel.history.size
            channel.history.append(event)
            self._bytes += channel.history.size - before
            self.last_id = max(self.last_id, event.id)
            self._channels[channel.name] = self._channels.pop(channel.name)
            self._shrink(channel)
            wake(channel.readers)

    def find_channel(self, name: str) -> Channel:
        """Return a channel; a new one where there is none yet. Raises TooManyChannelsError."""
        channel = self._channels.get(name)
        if channel is None:
            if len(self._channels) >= self._max_channels:
                self._forget_idle()
            history = History(self.history_of(name), lost=self._forgotten)
            readers = self._find_limits(name).readers
            channel = self._channels[name] = Channel(name, history, readers)
        return channel

    def peek(self, name: str) -> Channel | None:
        """Return a channel, if it is there."""
        return self._channels.get(name)

    def history_of(self, name: str) -> int:
        """Return how many events of a channel are held."""
        own = self._find_limits(name).history
        return max(1, self._history if own is None else own)

    def hold(
        self, name: str, events: Iterable[EncodedEvent], *, lost: EventId, has_lost: bool
    ) -> Channel:
        """Hold what is known elsewhere of a channel, instead of what is held.

        `lost` is the id of the newest event that is not among these. Whoever reads the channel goes
        on with them; `has_lost`: finds instead to have lost something. Raises TooManyChannelsError.
        """
        with self.lock:
            channel = self.find_channel(name)
            former = channel.history
            channel.history = History(
                self.history_of(name), lost=lost, evicted=former.end + has_lost
            )
            for event in events:
                channel.history.append(event)
            self._bytes += channel.history.size - former.size
            self._shrink(channel)
            wake(channel.readers)
            return channel

    def forget(self, name: str) -> None:
        """Let go of what is held of a channel. Its readers stay; whoever comes back has a gap."""
        with self.lock:
            channel = self._channels[name]
            self._bytes -= channel.history.size
            self._forgotten = max(self._forgotten, channel.history.last_id)
            if not channel.readers:
                del self._channels[name]
                return
            while len(channel.history):
                channel.history.evict()

    def enter(self, reader: "Subscription", names: Collection[str]) -> list[Channel]:
        """Note a reader of these channels. Raises TooManyStreamsError and TooManyChannelsError."""
        with self.lock:
            if len(self.open) >= self._limit:
                _refuse(f"all {self._limit} are taken", "raise the limit: Broadcaster(limit=…)")
            self.open[reader] = None
            channels: list[Channel] = []
            try:
                for name in names:
                    channels.append(self.find_channel(name))
                    # At once: a channel with a reader does not give way to the next one's name.
                    _add_reader(channels[-1], reader)
            except LiveReloadError:
                self.leave(reader, channels)
                raise
            return channels

    def leave(self, reader: "Subscription", channels: Collection[Channel]) -> None:
        """Forget a reader; it need not be there."""
        with self.lock:
            if reader not in self.open:
                return  # a channel of one of these names may be another one by now
            del self.open[reader]
            for channel in channels:
                channel.readers.pop(reader, None)
                # A name that was only ever asked for leaves nothing behind.
                if not channel.readers and not channel.history.end:
                    self._channels.pop(channel.name, None)

    def find_gap(self, after: EventId, channels: Collection[Channel]) -> Gap | None:
        """Say why what came after an id on these channels is not known, if it is not."""
        if after.sequence >> ORIGIN_BITS != self.start.sequence >> ORIGIN_BITS:
            return Gap.ELSEWHERE
        if after < self.start:
            return Gap.BEFORE
        if after > self.last_id:
            return Gap.FUTURE
        if any(channel.history.lost > after for channel in channels):
            return Gap.TOO_OLD
        return None

    def close(self) -> None:
        """End every reader as soon as it has read what is there; others end at once."""
        with self.lock:
            self.closed = True
            wake(self.open)

    def reopen(self) -> None:
        """Take readers again."""
        with self.lock:
            self.closed = False

    def hang_up(self) -> None:
        """End every reader as soon as it has read what is there; others may come."""
        with self.lock:
            for reader in list(self.open):
                reader.let_go()

    def _find_limits(self, name: str) -> Limits:
        for pattern, limits in self._limits.items():
            if fnmatchcase(name, pattern):
                return limits
        return Limits()

    def _shrink(self, growing: Channel) -> None:
        """Keep the bound on bytes, and the newest event whatever its size."""
        while self._bytes > self._max_bytes and len(growing.history) > 1:
            self._evict(growing)
        if self._bytes <= self._max_bytes:
            return
        for channel in self._channels.values():
            while self._bytes > self._max_bytes and channel is not growing and len(channel.history):
                self._evict(channel)
            if self._bytes <= self._max_bytes:
                return

    def _evict(self, channel: Channel) -> None:
        before = channel.history.size
        channel.history.evict()
        self._bytes -= before - channel.history.size

    def _forget_idle(self) -> None:
        """Make room for a new channel. Names may be many and short-lived, one for each job.

        What was forgotten stands for every name that is not held: at the price of calling an old
        place lost where it may not be, never the other way round.
        """
        idle = next((one.name for one in self._channels.values() if not one.readers), None)
        if idle is None:
            raise TooManyChannelsError(
                "too many channels",
                where=f"all {self._max_channels} have readers",
                hint="Use fewer names, or raise the limit: Broadcaster(max_channels=…).",
            )
        self.forget(idle)


def read_merged(
    channels: Sequence[Channel], cursors: list[int], max_bytes: int
) -> list[EncodedEvent]:
    """Read channels in the order of ids over them all, from these cursors on, and move them."""
    found = [
        channel.history.read(cursor, max_bytes=max_bytes)
        for channel, cursor in zip(channels, cursors, strict=True)
    ]
    places = {channel.name: index for index, channel in enumerate(channels)}
    events: list[EncodedEvent] = []
    size = 0
    for event in merge(*found, key=lambda event: event.id):
        events.append(event)
        cursors[places[event.channel]] += 1
        size += len(event.wire)
        if size >= max_bytes:
            break
    return events


def wake(readers: Collection["Subscription"]) -> None:
    """Let readers look again, in whatever thread their event loops run."""
    thread = get_ident()
    for reader in readers:
        reader.wake(thread)


def _add_reader(channel: Channel, reader: "Subscription") -> None:
    most = channel.readers_limit
    if most is not None and len(channel.readers) >= most:
        _refuse(f"all {most} of channel {channel.name!r} are taken", "raise its Limits(readers=…)")
    channel.readers[reader] = None


def _refuse(where: str, hint: str) -> None:
    raise TooManyStreamsError(
        "too many open streams", where=where, hint=f"Close some tabs, or {hint}."
    )
