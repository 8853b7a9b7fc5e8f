"""The last events of a broadcaster, and what came after an id.

Knows ids, channels and encoded bytes. Refuses to know who reads, how fast, and what to do about
what is no longer held: it says which reason it is, and the caller decides.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final

from livereload_sse.sse.events import EventId

_START: Final = EventId(0, 0)
ORIGIN_BITS: Final = 20
"""An id's sequence counts in this many bits; above them it says which process has told it."""

_MAX_BYTES: Final = 16 * 1024 * 1024


class Gap(Enum):
    """Why what came after an id cannot be told from memory."""

    BEFORE = "before this process"
    TOO_OLD = "no longer held"
    FUTURE = "not from this clock"
    ELSEWHERE = "told by another process"


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """An event as it goes over the wire; the same `wire` object goes to every reader."""

    id: EventId
    channel: str
    wire: bytes


class History:
    """The newest events: at most `limit` of them and `max_bytes` together, always at least one.

    A *cursor* is a count: how many events were ever appended before the next one to read. A cursor
    stays valid when events are evicted; `has_lost` tells whether that mattered to its channels.
    `start` is the id that stands before the first event.
    """

    def __init__(
        self, limit: int = 1000, *, start: EventId = _START, max_bytes: int = _MAX_BYTES
    ) -> None:
        self.last_id = start
        self._start = start
        self._limit = max(1, limit)
        self._max_bytes = max_bytes
        self._events: deque[EncodedEvent] = deque()
        self._bytes = 0
        self._evicted = 0  # how many; the cursor of the oldest event that is still held
        self._evicted_ids: dict[str, EventId] = {}  # the last one per channel, oldest first
        self._forgotten_id = start  # stands for the channels that _evicted_ids no longer lists

    @property
    def end(self) -> int:
        """The cursor after the newest event."""
        return self._evicted + len(self._events)

    def append(self, event: EncodedEvent) -> None:
        """Add the newest event; its id must be greater than `last_id`."""
        self._events.append(event)
        self._bytes += len(event.wire)
        self.last_id = event.id
        while len(self._events) > self._limit or (
            self._bytes > self._max_bytes and len(self._events) > 1
        ):
            self._evict()

    def after(
        self, event_id: EventId, channels: Collection[str] = ("",)
    ) -> list[EncodedEvent] | Gap:
        """Return what came after an id on these channels, or the reason why that is not known."""
        cursor = self.find_cursor(event_id, channels)
        return cursor if isinstance(cursor, Gap) else self.read(cursor, channels)[0]

    def find_cursor(self, event_id: EventId, channels: Collection[str]) -> int | Gap:
        """Return the cursor behind an id, or the reason why nothing may be read from there."""
        if event_id.sequence >> ORIGIN_BITS != self._start.sequence >> ORIGIN_BITS:
            return Gap.ELSEWHERE
        if event_id < self._start:
            return Gap.BEFORE
        if event_id > self.last_id:
            return Gap.FUTURE
        if self.has_lost(event_id, channels):
            return Gap.TOO_OLD
        return self._evicted + bisect_right(self._events, event_id, key=lambda event: event.id)

    def has_lost(self, event_id: EventId, channels: Collection[str]) -> bool:
        """Was an event after this id evicted that one of these channels carried?"""
        forgotten = self._forgotten_id
        return any(self._evicted_ids.get(channel, forgotten) > event_id for channel in channels)

    def holds(self, cursor: int) -> bool:
        """Is everything from this cursor on still held?"""
        return cursor >= self._evicted

    def read(
        self, cursor: int, channels: Collection[str], *, max_bytes: int | None = None
    ) -> tuple[list[EncodedEvent], int]:
        """Return the held events from a cursor on, and the cursor behind them.

        Stops after the event that reaches `max_bytes`, so there is always progress.
        """
        found: list[EncodedEvent] = []
        size = 0
        # Indexing a deque near its end is O(1), and that is where readers that keep up stand.
        for index in range(max(0, cursor - self._evicted), len(self._events)):
            event = self._events[index]
            if event.channel in channels:
                found.append(event)
                size += len(event.wire)
                if max_bytes is not None and size >= max_bytes:
                    return found, self._evicted + index + 1
        return found, self.end

    def _evict(self) -> None:
        event = self._events.popleft()
        self._bytes -= len(event.wire)
        self._evicted += 1
        self._evicted_ids.pop(event.channel, None)
        self._evicted_ids[event.channel] = event.id
        # Channel names may be many and short-lived. Forgetting one keeps this bounded, at the price
        # of calling an old cursor lost where it may not be: never the other way round.
        if len(self._evicted_ids) > self._limit:
            oldest = next(iter(self._evicted_ids))
            self._forgotten_id = self._evicted_ids.pop(oldest)
