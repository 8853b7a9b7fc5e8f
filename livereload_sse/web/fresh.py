"""An ASGI application whose files a browser asks for again each time.

Many applications let browsers keep style sheets, scripts and images for hours, or say nothing, which
lets a browser guess (RFC 9111, 4.2.2). What was swapped would be the old one again on the next page.
Knows what may be kept and what a browser has to ask for. Refuses to know what has changed.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from livereload_sse.web.provenance import SUFFIXES, find_suffix

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FILES = SUFFIXES | {"js", "mjs", "map", "json", "wasm"}
_DECIDED = (b"no-store", b"no-cache", b"immutable")
"""Directives that stay: not kept at all, asked for each time, or named by content."""


class Fresh:
    """ASGI application for http scopes: requests for files go to `files`, whose answers are asked for
    again each time, and all the rest to `others`.
    """

    def __init__(self, files: "ASGIApp", others: "ASGIApp") -> None:
        self._files = files
        self._others = others

    def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> "Awaitable[None]":
        """Answer one request."""
        if find_suffix(scope["path"]) not in _FILES:
            return self._others(scope, receive, send)

        async def sending(message: "Message") -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                message = {**message, "headers": revalidated(message.get("headers", ()))}
            await send(message)

        return self._files(scope, receive, sending)


def revalidated(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Write the headers of a file so that a browser asks whether it is still the same."""
    fields = list(headers)
    said = b",".join(value for name, value in fields if name.lower() == b"cache-control").lower()
    if any(word in said for word in _DECIDED):
        return fields
    kept = [field for field in fields if field[0].lower() not in (b"cache-control", b"expires")]
    return [*kept, (b"cache-control", b"no-cache")]
