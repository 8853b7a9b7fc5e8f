"""`LiveReloadWSGI(app)`: live reload for Flask, Django and any other WSGI application.

Knows what of a request goes where: pages are made in the thread that the server gave them, only the
internal addresses cross over to the session's event loop. Refuses to know what a session does.
Where live reload is not enabled, nothing but this name stands in front of the application.
"""

import threading
from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from livereload_sse.asgi import ASGI, LiveReload, check_callable
from livereload_sse.frameworks import find_owner
from livereload_sse.web.debugger import Debugged
from livereload_sse.web.environ import make_scope, pick_headers
from livereload_sse.web.in_turn import Inside, InTurn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from livereload_sse.alongside import Alongside
    from livereload_sse.sse import EventId
    from livereload_sse.updates import Update


class LiveReloadWSGI:
    """Wraps a WSGI application: `app.wsgi_app = LiveReloadWSGI(app.wsgi_app)`.

    Takes what `LiveReload` takes; callbacks are called in the session's thread. `enabled` defaults
    to SSE_RELOAD, else Flask's `debug`, else Django's DEBUG. Flask's static folders are found.
    Each open stream holds a thread of the server. Where the server has only one, streams are short,
    and tabs ask again twice in a second.

    Raises `NotAnAppError`, and `FolderError` for a path that is missing.
    """

    def __init__(self, app: "WSGIApplication", **words: Any) -> None:
        check_callable(app)
        self.app = app
        self._plain = Debugged(app, owner=find_owner(app))
        self._core = _Core(Inside(self._plain), **words)
        self._answer: WSGIApplication | None = None
        self._alongside: Alongside | None = None
        self._lock = threading.Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        return (self._answer or self._decide())(environ, start_response)

    @property
    def enabled(self) -> bool:
        """Whether tabs are told. Decided once: when somebody asks, or with the first request."""
        return self._core.enabled

    @property
    def tabs(self) -> int:
        """How many tabs somebody can see."""
        return self._core.tabs

    def reload(self, why: str) -> None:
        """Reload every tab; `why` is for their log. Does nothing where not enabled."""
        if self.enabled:
            self._session().call(self._core.reload(why))

    def publish(self, name: str, data: Any = None, *, channel: str = "") -> "EventId | None":
        """Tell the tabs an event of your own, as `LiveReload.publish` does."""
        if not self.enabled:
            return None
        return self._session().call(self._core.publish(name, data, channel=channel))

    @contextmanager
    def running(self) -> "Iterator[LiveReloadWSGI]":
        """Watch for as long as the context lasts, for tests."""
        if self.enabled:
            self._session()
        try:
            yield self
        finally:
            self.close()

    def next_update(self, *, timeout: float = 5.0) -> "Update":
        """Wait for the next update, as `LiveReload.next_update` does."""
        return self._session().call(self._core.next_update(timeout=timeout))

    def close(self) -> None:
        """End the session and its streams; the next request begins another."""
        with self._lock:
            alongside, self._alongside = self._alongside, None
        if alongside is not None:
            alongside.end()

    def _decide(self) -> "WSGIApplication":
        self._answer = self._answer_live if self.enabled else self.app
        return self._answer

    def _answer_live(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        from livereload_sse.web.across import answer_across  # noqa: PLC0415 - not in production
        from livereload_sse.web.guard import is_internal  # noqa: PLC0415
        from livereload_sse.web.injection import TAG_HEADERS, wants_injection  # noqa: PLC0415

        session, path = self._session(), str(environ.get("PATH_INFO", ""))
        if is_internal(path):
            return answer_across(self._core, session.loop, environ, start_response)
        is_file = "." in path.rpartition("/")[2]
        if not is_file and not wants_injection(pick_headers(environ, TAG_HEADERS)):
            return self._plain(environ, start_response)  # nothing would be done to it
        return InTurn(self._core.pages, make_scope(environ), start_response)

    def _session(self) -> "Alongside":
        """Return what runs in this process; begin it if nothing does."""
        from livereload_sse.alongside import Alongside  # noqa: PLC0415 - not in production

        with self._lock:
            if self._alongside is None or not self._alongside.is_here:
                self._alongside = Alongside(self._core.running())
            return self._alongside


class _Core(LiveReload):
    """Live reload around the ASGI shape of a WSGI application."""

    @property
    def pages(self) -> ASGI:
        """What answers everything but the internal addresses, while a session runs."""
        live = self._wrapped.running if self._wrapped else None
        pages: ASGI = self.app if live is None else live.pages
        return pages
