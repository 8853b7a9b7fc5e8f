"""Requests of aiohttp whose header values are bytes, as they are on the wire.

aiohttp writes text, in UTF-8, and leaves out what is none: a cookie that was set in Latin-1, or what a
script's `fetch` has put in a header, would not be what it was. So such a byte travels through it as a
character of the last private plane, and becomes itself again in the moment in which it is written.
Knows aiohttp's writer. Refuses to know what is asked.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from aiohttp import ClientRequest

if TYPE_CHECKING:
    import asyncio

    from aiohttp import ClientResponse
    from aiohttp.connector import Connection

_PLANE = 0x10FF00
_STRANGE = re.compile(f"[{chr(_PLANE)}-{chr(_PLANE + 0xFF)}]")
_WRITTEN = re.compile(rb"\xf4\x8f[\xbc-\xbf][\x80-\xbf]")
"""Those characters in UTF-8."""


def as_text(value: bytes) -> str:
    """Write a header value so that `RawRequest` sends these very bytes."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return _byte_by_byte(value)
    return _byte_by_byte(value) if _STRANGE.search(text) else text


def _byte_by_byte(value: bytes) -> str:
    return "".join(chr(one if one < 0x80 else _PLANE + one) for one in value)


def as_bytes(head: bytes) -> bytes:
    """Undo `as_text` in what has become of it in UTF-8."""
    return _WRITTEN.sub(lambda found: bytes([(found[0][2] & 3) << 6 | found[0][3] & 0x3F]), head)


class RawRequest(ClientRequest):
    """A request whose values were written by `as_text`."""

    async def send(self, conn: "Connection") -> "ClientResponse":
        """Send it; what is ASCII, which is almost everything, goes the usual way."""
        protocol = conn.protocol
        if protocol is not None and any(map(_STRANGE.search, self.headers.values())):
            protocol.transport = cast("asyncio.Transport", _Spelling(protocol))
        return await super().send(conn)


class _Spelling:
    """Stands before a connection's transport until the head of one request has been written."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write the head, which the first bytes of the body may follow."""
        self._leave()
        head, end, body = bytes(data).partition(b"\r\n\r\n")
        self._transport.write(as_bytes(head) + end + body)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Write the head and the first bytes of the body."""
        self.write(b"".join(parts))

    def _leave(self) -> None:
        if self._protocol.transport is self:
            self._protocol.transport = self._transport
