"""What a stream carries, and the exact bytes that carry it.

Knows the wire rules of server-sent events (WHATWG HTML, "Parsing an event stream" and
"Interpreting an event stream"), one event at a time. Refuses to know who reads, what an event
means, and what time it is.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

from livereload_sse.errors import InvalidEventError, InvalidEventIdError
from livereload_sse.sse.encoding import encode_json

_EVENT_ID: Final = re.compile(r"([0-9]{1,20})-([0-9]{1,20})")
# CR, LF and CRLF end a line and nothing else does: str.splitlines() also splits at U+2028 and others.
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_UNSAFE: Final = re.compile(r"[\0\r\n\ud800-\udfff]")
_ID_BYTES: Final = 128


@dataclass(frozen=True, order=True, slots=True)
class EventId:
    """When an event was told: sorts by time, then by order within the millisecond.

    `milliseconds` since the Unix epoch; `sequence` counts the events of that millisecond from 0.
    Its text, `<milliseconds>-<sequence>`, is short and plain ASCII because browsers send it back
    in the `Last-Event-ID` header.
    """

    milliseconds: int
    sequence: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `<milliseconds>-<sequence>`, ASCII digits only, at most 20 on either side.

        Raises InvalidEventIdError for anything else.
        """
        found = _EVENT_ID.fullmatch(text)
        if found is None:
            raise InvalidEventIdError(
                "not an event id",
                where=ascii(text[:60]),
                hint="An event id reads <milliseconds>-<sequence>, such as 1767225600000-0.",
            )
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.milliseconds}-{self.sequence}"


@dataclass(frozen=True, slots=True)
class Event:
    """One message for whoever reads a stream.

    `name` is what a browser listens to ("" and "message" are the same, the default); `data` is any
    text; `id` becomes the reader's place in the stream: ours, or any text of up to 128 bytes (a
    longer one makes browsers ask a foreign server for leave first: Fetch, "CORS-safelisted
    request-header"). Raises InvalidEventError for a name that holds NUL, CR, LF or half a surrogate
    pair: the first three would forge fields. InvalidEventIdError is the same about the id.
    """

    name: str
    data: str
    id: EventId | str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.id, str):
            _check_id(self.id)
        if not isinstance(self.data, str):
            raise InvalidEventError(
                "event data that is no text",
                where=f"{self.data!r:.60}",
                hint="Event takes a text, and Event.of a payload; an encode= of yours returns str.",
            )
        if _UNSAFE.search(self.name):
            raise InvalidEventError(
                "event name with a control character in it",
                where=ascii(self.name[:60]),
                hint="NUL and line ends are not allowed in an event's name; put them in its data.",
            )

    @classmethod
    def of(cls, name: str, payload: Any = None, *, id: EventId | str | None = None) -> Self:  # noqa: A002 - its name
        """Make an event of a payload, as compact JSON. Raises InvalidEventError."""
        return cls(name, encode_json(name, payload), id)

    def encode(self) -> bytes:
        r"""Encode as one block of the wire, blank line included.

        Every line of the data gets its own field, and each field exactly one space, because the
        reader removes one. CR and CRLF in the data arrive as LF: the wire has only one line end.
        Raises InvalidEventError for data that UTF-8 cannot carry (half a surrogate pair).
        """
        lines = [] if self.name in {"", "message"} else [f"event: {self.name}"]
        if self.id is not None:
            lines.append(f"id: {self.id}")
        lines += [f"data: {line}" for line in _LINE_END.split(self.data)]
        try:
            return ("\n".join(lines) + "\n\n").encode()
        except UnicodeEncodeError as error:
            raise InvalidEventError(
                "event data that is not valid Unicode",
                where=ascii(error.object[error.start : error.end]),
                hint="Half of a surrogate pair cannot be sent; encode the data as ASCII JSON.",
            ) from error


def _check_id(text: str) -> None:
    if _UNSAFE.search(text):
        raise InvalidEventIdError(
            "event id with a control character in it",
            where=ascii(text[:60]),
            hint="NUL and line ends are not allowed in an event's id.",
        )
    size = len(text.encode())
    if size > _ID_BYTES:
        raise InvalidEventIdError(
            "event id that is too long",
            where=f"{text[:40]!a}… has {size} bytes",
            hint=f"Browsers send it back in a header: keep it below {_ID_BYTES + 1} bytes.",
        )


def encode_comment(text: str) -> bytes:
    """Encode a comment: bytes that prove the stream is alive and that every reader ignores."""
    lines = [f": {line}" for line in _LINE_END.split(text)]
    return ("\n".join(lines) + "\n\n").encode(errors="replace")


def encode_retry(seconds: float) -> bytes:
    """Encode after how many seconds a reader that lost the stream shall come back.

    At least one millisecond: Chromium has no lower bound of its own, so 0 would make it spin.
    """
    return f"retry: {max(1, round(seconds * 1000))}\n\n".encode()


def encode_id(event_id: EventId | str) -> bytes:
    """Encode an id without an event: dispatches nothing, and is what the reader comes back with."""
    return f"id: {event_id}\n\n".encode()
