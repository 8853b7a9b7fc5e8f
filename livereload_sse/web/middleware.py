"""The tag in the pages of any ASGI application, while they pass.

Knows which answers are pages, and what changes in an answer that is one: its length, its validators,
its policy. Refuses to know what the application is, and what the tag says. Nothing of a page is held
back but its beginning, until the place of the tag is found; any other answer passes as it is.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from traceback import format_exception
from typing import TYPE_CHECKING, Protocol

from livereload_sse.web import pages
from livereload_sse.web.answers import HTML, Answer
from livereload_sse.web.gate import UnansweredError
from livereload_sse.web.injection import DOCUMENTS, PageKind, wants_injection
from livereload_sse.web.policy import find_source
from livereload_sse.web.reading import basis_of
from livereload_sse.web.rendering import Rendering, current
from livereload_sse.web.shapes import Shape, find_shape
from livereload_sse.web.site import REQUEST_HEADERS, Request
from livereload_sse.web.urls import spell

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOT_ASKED = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since"})
"""What the application does not hear of where a page is wanted. Compressed, it could not be read; and
a browser that kept the page would keep the tag, which names the last event that the page has seen."""

_SENT_BY_PATH = ("http.response.pathsend", "http.response.zerocopysend")
"""ASGI extensions by which an answer's bytes pass us by."""


_MARK = "sse_reload.tagged"
"""In the scope of a request whose answer gets its tag further out: one page has one."""


class PageTag(Protocol):
    """What writes the tag: `injection.render_tag` with all filled in that is the same for each page."""

    def __call__(
        self, page: str, *, event_id: str, kind: PageKind, nonce: str = "", base: str = ""
    ) -> bytes:
        """Write the tag for one page."""


class Tagging:
    """ASGI middleware for http scopes.

    `last_id` names the last event. It is asked before `app` is: what is published from then on is
    newer than what the page shows. An exception of an app that has not answered yet becomes a page
    that heals, and goes on to the server.
    """

    def __init__(self, app: "ASGIApp", *, tag: PageTag, last_id: Callable[[], str]) -> None:
        self._app = app
        self._tag = tag
        self._last_id = last_id

    def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> Awaitable[None]:
        """Answer one request."""
        if not _may_be_shown(scope["headers"]) or _MARK in scope:
            return self._app(scope, receive, send)
        asked = {name: value for name, value in scope["headers"] if name in REQUEST_HEADERS}
        if not wants_injection(asked):
            return self._app(scope, receive, send)
        return self._answer(asked, scope, receive, send)

    async def _answer(
        self, asked: Mapping[bytes, bytes], scope: "Scope", receive: "Receive", send: "Send"
    ) -> None:
        """Answer a request for what may be a page."""
        raw_path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
        request = Request(raw_path, raw_path, scope["query_string"], asked)
        rendering = Rendering(
            partial(self._write_tag, scope, raw_path, self._last_id()), ours=_find_ours(scope)
        )
        page = PageSend(
            send, rendering, is_head=scope["method"] == "HEAD", navigates=_navigates(request)
        )
        token = current.set(rendering)
        try:
            await self._app(_as_seen(scope), receive, page)
        except UnansweredError:
            raise  # somebody outside asks again
        except Exception as error:
            if not page.begun and request.is_navigation:
                await _failure(error, rendering)(scope, receive, send)
            raise
        finally:
            current.reset(token)

    def _write_tag(self, scope: "Scope", raw_path: bytes, event_id: str, nonce: str = "") -> bytes:
        base = spell(basis_of(scope).encode())
        return self._tag(spell(raw_path), event_id=event_id, kind="page", nonce=nonce, base=base)


def _may_be_shown(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Say whether an answer may be shown as a page; asked first, for what a script or a tool wants.

    A browser says what for it asks, or, on plain http by another name than localhost, only that it
    takes HTML.
    """
    takes_html = False
    for name, value in headers:
        if name == b"sec-fetch-dest":
            return value in DOCUMENTS
        if name == b"accept":
            takes_html = b"text/html" in value
    return takes_html


def _find_ours(scope: "Scope") -> str:
    """What a policy of the page calls our addresses by."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    host = hosts[0].decode("latin-1") if len(hosts) == 1 else ""
    return find_source(host, spell(basis_of(scope).encode()))


def _navigates(request: Request) -> bool:
    """A person's browser goes there, and says that it wants a page."""
    return request.is_navigation and b"text/html" in request.asked.get(b"accept", b"")


def _as_seen(scope: "Scope") -> "Scope":
    """The request as the application sees it."""
    headers = [field for field in scope["headers"] if field[0] not in _NOT_ASKED]
    seen = {**scope, "headers": headers, _MARK: True}
    extensions = scope.get("extensions")
    if extensions and not extensions.keys().isdisjoint(_SENT_BY_PATH):
        seen["extensions"] = {
            name: value for name, value in extensions.items() if name not in _SENT_BY_PATH
        }
    return seen


def _failure(error: Exception, rendering: Rendering) -> Answer:
    body = pages.error(
        "The app has failed",
        what="".join(format_exception(error)).rstrip(),
        next_step="Save a file, and this page comes back.",
        tag=rendering.tag(""),
    )
    return Answer(500, body, type=HTML)


class PageSend:
    """Stands in the place of ASGI's `send` for one answer. `begun`: something of it has been sent."""

    __slots__ = ("_head", "_navigates", "_rendering", "_send", "_shape", "_start", "begun")

    def __init__(
        self, send: "Send", rendering: Rendering, *, is_head: bool, navigates: bool
    ) -> None:
        self._send = send
        self._rendering = rendering
        self._head = is_head
        self._navigates = navigates
        self._start: Message | None = None
        self._shape: Shape | None = None
        self.begun = False

    async def __call__(self, message: "Message") -> None:
        """Pass on, hold back or change one message of the answer."""
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            self._shape = find_shape(
                message["status"], headers, self._rendering, navigates=self._navigates
            )
            if self._shape is not None:
                self._start = message
                return
            self.begun = True
        elif message["type"] == "http.response.body" and self._shape is not None:
            await self._pass_on(message, self._shape)
            return
        await self._send(message)

    async def _pass_on(self, message: "Message", shape: Shape) -> None:
        more = message.get("more_body", False)
        ready = shape.feed(bytes(message.get("body", b"")))  # frameworks send memoryviews as well
        if not more:
            ready += shape.finish()
        if self._start is not None:
            if more and not ready:
                return
            self.begun = True
            start, self._start = self._start, None
            await self._send({**start, "headers": _listed(shape.headers())})
        await self._send({**message, "body": b"" if self._head else ready})


def _listed(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return list(headers)
