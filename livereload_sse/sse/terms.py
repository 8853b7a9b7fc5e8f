"""How a reader wants to be served: what it is told first, and what if it is too slow.

Knows the words for it, and how a state or a loss is written. Refuses to know when it is due:
`subscription` does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from livereload_sse.errors import InvalidSettingError
from livereload_sse.sse.checks import check_counts, check_kind
from livereload_sse.sse.encoding import Encode, encode_json
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.history import START, EncodedEvent

State: TypeAlias = Callable[[], Iterable[Event | tuple[str, Any]]]
OnConnect: TypeAlias = int | State | None
"""What a reader is told that has no place yet: the last events of each channel, as many as this; or
the present state, as events or as (name, payload)."""


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

    def __post_init__(self) -> None:
        check_kind(Overflow, overflow=self.overflow)
        if self.max_lag is not None:
            check_counts(1, max_lag=self.max_lag)
        if self.on_connect is not None and not callable(self.on_connect):
            check_counts(on_connect=self.on_connect)

    def encode_loss(self, event_id: EventId | None) -> EncodedEvent:
        """Encode the loss; behind its id the reader goes on."""
        name, data = self.loss
        return _encode(Event(name, encode_json(name, data)), event_id)

    def encode_state(self, told: object, event_id: EventId | None) -> list[EncodedEvent]:
        """Encode the present state. Only the last of its events has an id.

        Cut before that, the reader comes back without, and gets all of it again. Not in a block of
        its own, because a page's script sees ids of events only.
        """
        if isinstance(told, str | bytes | Mapping) or not isinstance(told, Iterable):
            raise InvalidSettingError(
                "on_connect= must return events, or pairs of a name and a payload",
                where=f"it has returned {told!r:.60}",
                hint='A list, as in [("state", {…})]; it is called, not awaited.',
            )
        state = [self._make_event(one) for one in told]
        return [_encode(one, None) for one in state[:-1]] + [
            _encode(one, event_id) for one in state[-1:]
        ]

    def _make_event(self, told: object) -> Event:
        if isinstance(told, Event):
            return told
        if not isinstance(told, tuple) or len(told) != 2 or not isinstance(told[0], str):
            raise InvalidSettingError(
                "on_connect= must return events, or pairs of a name and a payload",
                where=f"{told!r:.60} is neither",
                hint='Such as ("state", {…}).',
            )
        name, data = told
        return Event(name, self.encode(name, data))


def _encode(event: Event, event_id: EventId | None) -> EncodedEvent:
    wire = Event(event.name, event.data, event_id).encode()
    return EncodedEvent(event_id or START, "", wire)
