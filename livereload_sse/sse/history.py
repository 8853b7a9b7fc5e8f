"""The last events of one channel, and what came after an id.

Knows ids and encoded bytes. Refuses to know who reads, how fast, and what to do about what is no
longer held: it says that it is not, and the caller decides.
"""

import json
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from livereload_sse.sse.decoder import Decoder, ReceivedEvent
from livereload_sse.sse.events import EventId

START: Final = EventId(0, 0)
"""The id before all others."""

ORIGIN_BITS: Final = 20
"""An id's sequence counts in this many bits; above them it says which process has told it."""


class Gap(Enum):
    """Why what came after an id cannot be told from memory."""

    BEFORE = "before this process"
    TOO_OLD = "no longer held"
    FUTURE = "not from this clock"
    ELSEWHERE = "told by another process"
    UNREADABLE = "not an id of ours"


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """An event as it goes over the wire; the same `wire` object goes to every reader.

    `final` is that of a channel's last event: nothing follows, unless the channel begins anew.
    """

    id: EventId
    channel: str
    wire: bytes
    final: bool = False

    @property
    def name(self) -> str:
        """What a browser would call it."""
        return self._received().name

    @property
    def data(self) -> str:
        """The text that it carries."""
        return self._received().data

    def json(self) -> Any:
        """Read the data as JSON. Raises ValueError for any other text."""
        return json.loads(self.data)

    def _received(self) -> ReceivedEvent:
        return Decoder().feed(self.wire)[0]


class History:
    """The newest events of a channel: at most `limit` of them, always at least one.

    A *cursor* is a count: how many events were ever appended before the next one to read. A cursor
    stays valid when events are evicted: `begin` is that of the oldest event held, `end` that after
    the newest. `lost` is the id of the newest event that is not held, `size` the bytes of those
    that are. `is_final` says whether the newest event, held or not, was the channel's last one.
    """

    __slots__ = ("_events", "_limit", "begin", "end", "is_final", "lost", "size")

    def __init__(self, limit: int = 1000, *, lost: EventId = START, evicted: int = 0) -> None:
        self.begin = self.end = evicted
        self.lost = lost
        self.size = 0
        self.is_final = False
        self._limit = max(1, limit)
        self._events: deque[EncodedEvent] = deque()

    def __len__(self) -> int:
        return len(self._events)

    @property
    def last_id(self) -> EventId:
        """The id of the newest event; where none is held, of the newest that was."""
        return self._events[-1].id if self._events else self.lost

    def append(self, event: EncodedEvent) -> None:
        """Add the newest event; its id must be greater than `last_id`."""
        self._events.append(event)
        self.end += 1
        self.size += len(event.wire)
        self.is_final = event.final
        while len(self._events) > self._limit:
            self.evict()

    def evict(self) -> None:
        """Let go of the oldest event."""
        event = self._events.popleft()
        self.size -= len(event.wire)
        self.lost = event.id
        self.begin += 1

    def find_cursor(self, event_id: EventId) -> int | None:
        """Return the cursor behind an id; None when something that came after it is not held."""
        if self.lost > event_id:
            return None
        return self.begin + bisect_right(self._events, event_id, key=lambda event: event.id)

    def read(self, cursor: int, *, max_bytes: int) -> list[EncodedEvent]:
        """Return the held events from a cursor on, up to the one that reaches `max_bytes`."""
        if cursor == self.end - 1:  # a reader that keeps up
            return [self._events[-1]]
        found: list[EncodedEvent] = []
        size = 0
        # Indexing a deque near its end is O(1), and that is where readers that keep up stand.
        for index in range(max(0, cursor - self.begin), len(self._events)):
            found.append(self._events[index])
            size += len(found[-1].wire)
            if size >= max_bytes:
                break
        return found
