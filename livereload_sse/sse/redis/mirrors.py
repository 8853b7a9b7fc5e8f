"""What one process knows of the channels in Redis that are read here.

Knows which entry follows which, and so whether something is missing in between; and up to which id
everything is known. Refuses to know connections and clocks: it is given what Redis has answered.

Events leave here in the order of their ids over all channels, and nothing leaves from behind the
place where something is missing: a reader of several channels comes back with one id, which stands
for all that came before it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from livereload_sse.sse.events import EventId
from livereload_sse.sse.history import START
from livereload_sse.sse.redis.scripts import Entry, Snapshot, Told, epoch_of

_MOST_AT_ONCE: Final = 50
"""New channels that are loaded in one piece: Redis does nothing else meanwhile."""

_SLACK: Final = 1000
"""Milliseconds that Redis may take to see that a stream is too old."""


@dataclass(slots=True)
class _Mirror:
    """One channel as it is known here.

    last: the id after which to read on
    newest: the id of the newest entry that was ever seen, if there was one
    """

    last: EventId
    newest: EventId | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A channel that was loaded: what is held of it, and the newest id that is not.

    has_lost: whether it was known before, and something is missing between then and now
    """

    channel: str
    lost: EventId
    entries: Sequence[Entry]
    has_lost: bool


@dataclass(slots=True)
class News:
    """What is new, to be told in this order."""

    loaded: list[Loaded] = field(default_factory=list)
    arrived: list[tuple[str, Entry]] = field(default_factory=list)


class Mirrors:
    """The channels that are known here, and those that have to be loaded.

    expire: milliseconds that a quiet channel is kept in Redis

    `epoch` is that of all ids; everything up to the id `known` is known.
    """

    def __init__(self, expire: int) -> None:
        self.epoch: int | None = None
        self.known = START
        self._expire = expire
        self._checked = START  # Redis's clock when all that there was has been read
        self._mirrors: dict[str, _Mirror] = {}
        self._wanted: dict[str, bool] = {}  # channels to load; whether they have lost something
        self._news = News()

    def __contains__(self, channel: str) -> bool:
        """Is the channel known, without anything missing?"""
        return channel in self._mirrors and channel not in self._wanted

    def __len__(self) -> int:
        """Count the channels that are known."""
        return len(self._mirrors)

    def __iter__(self) -> Iterator[str]:
        """Name the channels that are known."""
        return iter(list(self._mirrors))

    def wants(self, channels: Iterable[str]) -> bool:
        """Is one of these channels to be loaded?"""
        return any(name in self._wanted for name in channels)

    @property
    def wants_any(self) -> bool:
        """Is there a channel to be loaded?"""
        return bool(self._wanted)

    def want(self, channel: str) -> None:
        """Have a channel loaded, unless it is known."""
        if channel not in self._mirrors:
            self._wanted.setdefault(channel, False)

    def drop(self, channel: str) -> None:
        """Forget a channel."""
        self._mirrors.pop(channel, None)
        self._wanted.pop(channel, None)

    def plan(self) -> list[str]:
        """Name the channels to load now: all of which something is missing, and some new ones."""
        new = [name for name, has_lost in self._wanted.items() if not has_lost]
        return [name for name, has_lost in self._wanted.items() if has_lost] + new[:_MOST_AT_ONCE]

    def places(self, channels: Iterable[str] | None = None) -> dict[str, EventId]:
        """Say after which id to read on, for each of these channels that is known; None: for all."""
        names = self._mirrors if channels is None else channels
        return {name: self._mirrors[name].last for name in names if name in self}

    def continues(self, news: Sequence[Told]) -> bool:
        """Whether these are all the news since what is known."""
        befores = (self.known, *(told.id for told in news))
        return all(told.previous == before for told, before in zip(news, befores, strict=False))

    def read(
        self,
        found: Mapping[str, Sequence[Entry]],
        cut: Collection[str] = (),
        *,
        until: EventId | None = None,
    ) -> bool:
        """Take in what came after the `places`.

        cut: the channels of which there may be more than was found
        until: up to this id it is what came in all channels; default: however far it goes

        Returns whether that is all, and nothing is missing; else `catch_up`.
        """
        # What was dropped since Redis was asked is of no interest.
        kept = {name: _until(entries, until) for name, entries in found.items() if name in self}
        stops = [self._find_break(name, entries) for name, entries in kept.items()]
        stops += [
            _after(found[name][-1].id)
            for name in cut
            if name in kept and len(kept[name]) == len(found[name])
        ]
        end = min((stop for stop in stops if stop is not None), default=None)
        self._take(kept, end)
        if end is None and until is not None:
            self.known = max(self.known, until)
        return end is None

    def catch_up(
        self,
        names: Sequence[str],
        snapshot: Snapshot,
        found: Mapping[str, Sequence[Entry]],
        cut: Collection[str] = (),
    ) -> bool:
        """Take in what was loaded, and what came in all others up to the same moment.

        Returns whether everything is known up to that moment; else plan, and load once more.
        """
        if not self._is_the_same_log(snapshot):
            return False
        if not self.read(found, cut):
            return False
        # What came in these before something was found missing is among what was loaded.
        self._news.arrived = [one for one in self._news.arrived if one[0] not in names]
        for name, entries in zip(names, snapshot.entries, strict=True):
            if name in self._wanted:
                self._load(name, entries, snapshot)
        self.known = max(self.known, snapshot.last_id)
        self._checked = EventId(snapshot.now, 0)
        return True

    def take_news(self) -> News:
        """Return what is to be told, once."""
        news, self._news = self._news, News()
        return news

    def _is_the_same_log(self, snapshot: Snapshot) -> bool:
        """Whether what is known here is still true; else what is not has to be loaded."""
        if self.epoch != snapshot.epoch:
            is_first, self.epoch, self.known = self.epoch is None, snapshot.epoch, snapshot.last_id
            self._wanted |= dict.fromkeys(self._mirrors, True)
            self._news.arrived.clear()
            return is_first
        if snapshot.last_id >= self.known:
            return True
        # Redis knows less than it did: it has failed over, or was restored.
        gone = [
            name
            for name, one in self._mirrors.items()
            if one.newest is not None and one.newest > snapshot.last_id
        ]
        self.known = snapshot.last_id
        self._wanted |= dict.fromkeys(gone, True)
        return not gone

    def _load(self, name: str, entries: Sequence[Entry], snapshot: Snapshot) -> None:
        ours = [one for one in entries if one.is_ours and epoch_of(one.id) == snapshot.epoch]
        newest = entries[-1].id if entries else None
        # A channel that is not there has not been used for so long, or never.
        floor = EventId(max(0, snapshot.now - self._expire), 0)
        lost = ours[0].previous if ours else floor
        self._mirrors[name] = _Mirror(newest or snapshot.last_id, newest)
        self._news.loaded.append(Loaded(name, lost, ours, self._wanted.pop(name)))

    def _find_break(self, channel: str, entries: Sequence[Entry]) -> EventId | None:
        """Return the first id that may be that of something missing.

        It is not that of the first entry that is there again: between the two, other channels may
        have been told already, and who came back with such an id would not hear of the loss.
        """
        mirror = self._mirrors[channel]
        newest = mirror.newest
        for entry in entries:
            if entry.is_ours and not self._follows(entry, newest):
                self._wanted[channel] = True
                return _after(newest or mirror.last)
            newest = entry.id
        return None

    def _follows(self, entry: Entry, newest: EventId | None) -> bool:
        """Whether nothing is missing before an entry."""
        if epoch_of(entry.id) != self.epoch:
            return False
        if not entry.begins:
            return entry.previous == newest
        # The stream was gone, and has begun anew. Was it for its age, and did we know all of it?
        age = entry.previous.milliseconds + _SLACK
        has_vanished = newest is not None and newest.milliseconds > age
        return not has_vanished and self._checked >= entry.previous

    def _take(self, found: Mapping[str, Sequence[Entry]], end: EventId | None) -> None:
        arrived = [
            (entry.id, channel, entry)
            for channel, entries in found.items()
            for entry in entries
            if end is None or entry.id < end
        ]
        for event_id, channel, entry in sorted(arrived, key=itemgetter(0)):
            mirror = self._mirrors[channel]
            mirror.last = mirror.newest = event_id
            if entry.is_ours:
                self._news.arrived.append((channel, entry))
                self.known = max(self.known, event_id)


def _until(entries: Sequence[Entry], end: EventId | None) -> Sequence[Entry]:
    return entries if end is None else [entry for entry in entries if entry.id <= end]


def _after(event_id: EventId) -> EventId:
    return EventId(event_id.milliseconds, event_id.sequence + 1)
