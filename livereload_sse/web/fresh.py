"""An ASGI application whose files a browser asks for again each time.

Many applications let browsers keep style sheets, scripts and images for hours, or say nothing, which
lets a browser guess (RFC 9111, 4.2.2). What was swapped would be the old one again on the next page.
Knows what may be kept and what a browser has to ask for. Refuses to know what has changed.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from livereload_sse.web.provenance import SUFFIXES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FILES = SUFFIXES | {"js", "mjs", "map", "json", "wasm"}
_DECIDED = (b"no-store", b"no-cache", b"immutable")
"""Directives that stay: not kept at all, asked for each time, or named by content."""


class Fresh:
    """ASGI middleware for http scopes: what `app` sends of files is asked for again each time."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if scope["path"][-6:].rpartition(".")[2].lower() not in _FILES:
            await self._app(scope, receive, send)
            return

        async def sending(message: "Message") -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                message = {**message, "headers": revalidated(message["headers"])}
            await send(message)

        await self._app(scope, receive, sending)


def revalidated(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Write the headers of a file so that a browser asks whether it is still the same."""
    fields = list(headers)
    said = b",".join(value for name, value in fields if name.lower() == b"cache-control").lower()
    if any(word in said for word in _DECIDED):
        return fields
    kept = [field for field in fields if field[0].lower() not in (b"cache-control", b"expires")]
    return [*kept, (b"cache-control", b"no-cache")]
