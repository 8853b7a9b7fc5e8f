"""The watching end of the line between the process that watches and those that run tests.

Knows asyncio, and that each thing said is one line of JSON. Refuses to know what is said. The other
end is in `channel`.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any


class Line(asyncio.Protocol):
    """The watching end: calls `on_line` with each line, and `on_end` once."""

    def __init__(self, on_line: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._on_line = on_line
        self._on_end = on_end
        self._pieces: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - streams are all it is used for
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand on whole lines. A record may be megabytes long, so pieces are joined once."""
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._pieces.append(line)
            whole = b"".join(self._pieces)
            self._pieces.clear()
            if whole:
                self._on_line(whole)
        if rest:
            self._pieces.append(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that nothing comes any more."""
        del exc  # a reset is an end like any other
        self._on_end()

    def say(self, what: Mapping[str, Any]) -> None:
        """Send one line."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(json.dumps(what).encode() + b"\n")

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
