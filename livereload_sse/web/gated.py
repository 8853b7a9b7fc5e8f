"""What stands in front of a server that comes and goes: requests wait for it, and are asked again.

Knows how long, and what is answered when nobody comes: a person gets a page that waits and heals.
Refuses to know who the server is.
"""

import asyncio
from typing import TYPE_CHECKING, Protocol

from livereload_sse.web import pages
from livereload_sse.web.answers import HTML, Answer, text_answer
from livereload_sse.web.gate import Gate, UnansweredError
from livereload_sse.web.injection import PageKind
from livereload_sse.web.site import REQUEST_HEADERS, Request

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PATIENCE = 10.0
"""Seconds that a request waits."""

ATTEMPTS = 5
"""How often one request is made: what ends a server each time it is asked shall not do so for ever."""


class BareTag(Protocol):
    """Writes the tag of a page that we make ourselves."""

    def __call__(self, page: str, *, kind: PageKind) -> bytes:
        """Write the tag for one page."""


class Gated:
    """ASGI application for http scopes that lets requests through to `app` while `gate` is open."""

    def __init__(
        self, app: "ASGIApp", *, gate: Gate, tag: BareTag, patience: float = PATIENCE
    ) -> None:
        self._app = app
        self._gate = gate
        self._tag = tag
        self._patience = patience

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        for _ in range(ATTEMPTS):
            if not await self._gate.wait(deadline - loop.time()):
                break
            try:
                await self._app(scope, receive, send)
            except UnansweredError:
                self._gate.on_refused()
            else:
                return
        await self._find_substitute(scope)(scope, receive, send)

    def _find_substitute(self, scope: "Scope") -> Answer:
        asked = {name: value for name, value in scope["headers"] if name in REQUEST_HEADERS}
        path = scope.get("raw_path") or scope["path"].encode()
        request = Request(path, path, scope["query_string"], asked)
        why = self._gate.why_not or "The app does not answer."
        if not (request.is_navigation and b"text/html" in asked.get(b"accept", b"")):
            return text_answer(503, why, retry_after="1")
        body = pages.away(why, tag=self._tag(request.url, kind="waiting"))
        return Answer(503, body, type=HTML, headers={"retry-after": "1"})
