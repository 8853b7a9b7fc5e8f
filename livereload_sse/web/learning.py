"""An ASGI application whose answers are looked at while they pass: where is which file served?

Knows which requests and answers can say so. Refuses to know how that is proven. Every answer passes
as it is; the first request for a style, an image or a font is asked without its conditions, because
a server that says "not modified" shows nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.web.decoded import find_decoding
from livereload_sse.web.provenance import Provenance, Recording, may_be_shown
from livereload_sse.web.urls import spell

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since"})


class Learning:
    """ASGI middleware for http scopes: tells `provenance` what `app` serves."""

    def __init__(self, app: "ASGIApp", provenance: Provenance) -> None:
        self._app = app
        self._provenance = provenance

    def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> "Awaitable[None]":
        """Answer one request."""
        if not may_be_shown(scope["path"]) or scope["method"] != "GET":
            return self._app(scope, receive, send)
        url = spell(scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape"))
        seen = _unconditional(scope) if self._provenance.is_new(url) else scope
        return self._app(seen, receive, LearningSend(send, url, self._provenance))


def _unconditional(scope: "Scope") -> "Scope":
    headers = [field for field in scope["headers"] if field[0] not in _CONDITIONS]
    return {**scope, "headers": headers}


class LearningSend:
    """Stands in the place of ASGI's `send` for one answer, and changes nothing of it."""

    __slots__ = ("_provenance", "_recording", "_send", "_status", "_url")

    def __init__(self, send: "Send", url: str, provenance: Provenance) -> None:
        self._send = send
        self._url = url
        self._provenance = provenance
        self._status = 0
        self._recording: Recording | None = None

    async def __call__(self, message: "Message") -> None:
        """Pass one message on, and learn from it."""
        await self._send(message)
        if message["type"] == "http.response.start":
            self._status = message["status"]
            if self._status == 200:
                self._recording = self._begin(message)
        elif message["type"] == "http.response.body" and self._recording is not None:
            self._hear(message, self._recording)
        elif message["type"] == "http.response.pathsend" and self._status == 200:
            self._provenance.take(self._url, Path(message["path"]))

    def _begin(self, start: "Message") -> Recording | None:
        named = {name.lower(): value.decode("latin-1") for name, value in start.get("headers", ())}
        length = named.get(b"content-length", "")
        decoding = find_decoding(named.get(b"content-encoding", ""))
        announced = int(length) if length.isdecimal() else None
        kind = named.get(b"content-type", "")
        if decoding is None or not self._provenance.wants(self._url, kind, announced):
            return None
        return Recording(decoding)

    def _hear(self, body: "Message", recording: Recording) -> None:
        recording.feed(body.get("body", b""))
        if body.get("more_body", False):
            return
        self._recording = None
        digest = recording.finish()
        if digest is not None:
            self._provenance.learn(self._url, digest, size=recording.size)
