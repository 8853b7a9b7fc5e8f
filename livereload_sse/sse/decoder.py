"""The reader's half of the wire: bytes, in any pieces, become events.

A parser to the letter of WHATWG HTML ("Parsing an event stream", "Interpreting an event stream").
Knows bytes only; refuses to know where they come from, when to connect again, and our own ids
(other servers' ids are any text).
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARK: Final = "\ufeff"
# More digits than this are 300 million years; int() has limits of its own on absurd lengths.
_RETRY_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """An event as a browser would dispatch it.

    `name` is "message" where the stream named none; `last_event_id` is the id to come back with,
    "" when the stream gave none yet.
    """

    name: str
    data: str
    last_event_id: str


class Decoder:
    """One connection's parser. A new connection needs a new one, with the old one's id.

    `last_event_id` is what to send as `Last-Event-ID`; it also moves on blocks without data.
    `retry` is the delay in seconds the server asked for, or None. Invalid UTF-8 becomes U+FFFD.
    An event whose blank line never arrives is never returned.
    """

    def __init__(self, *, last_event_id: str = "") -> None:
        self.last_event_id = last_event_id
        self.retry: float | None = None
        self._text = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._at_start = True
        self._after_carriage_return = False
        self._line: list[str] = []  # the pieces of the line that has not ended yet
        self._id = last_event_id
        self._name = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[ReceivedEvent]:
        """Take the next bytes and return the events that they complete, in order."""
        *ended, rest = _LINE_END.split(self._decode(chunk))
        events = []
        for piece in ended:
            event = self._end_line(piece)
            if event is not None:
                events.append(event)
        if rest:
            self._line.append(rest)
        return events

    def _decode(self, chunk: bytes) -> str:
        text = self._text.decode(chunk)
        if not text:
            return ""
        if self._at_start:
            self._at_start = False
            text = text.removeprefix(_BYTE_ORDER_MARK)
        # A CR ended its line at once, without waiting for what follows; its LF is not a second end.
        if self._after_carriage_return and text.startswith("\n"):
            text = text[1:]
        self._after_carriage_return = text.endswith("\r")
        return text

    def _end_line(self, piece: str) -> ReceivedEvent | None:
        line = "".join((*self._line, piece))
        self._line.clear()
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        self._interpret(name, value.removeprefix(" "))
        return None

    def _interpret(self, field: str, value: str) -> None:
        """Process one field; a comment has the empty name, and unknown names are ignored."""
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        elif field == "id" and "\0" not in value:
            self._id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value[:_RETRY_DIGITS]) / 1000

    def _dispatch(self) -> ReceivedEvent | None:
        self.last_event_id = self._id
        name, data = self._name or "message", self._data
        self._name, self._data = "", []
        if not data:
            return None
        return ReceivedEvent(name, "\n".join(data), self._id)
