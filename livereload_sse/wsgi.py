"""`LiveReloadWSGI(app)`: live reload for Flask, Django and any other WSGI application.

Knows what of a request goes where: pages are made in the thread that the server gave them, only the
internal addresses cross over to the session's event loop. Refuses to know what a session does.
Where live reload is not enabled, nothing but this name stands in front of the application.
"""

import threading
from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from livereload_sse.asgi import ASGI, LiveReload, find_wish
from livereload_sse.errors import MissingExtraError, NotAnAppError
from livereload_sse.frameworks import find_owner, find_static
from livereload_sse.web.debugger import Debugged
from livereload_sse.web.environ import make_scope
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
        check_app(app)
        self.app = app
        owner = find_owner(app)
        self._core = _Core(Inside(Debugged(app, owner=owner)), owner=owner, **words)
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

        session = self._session()
        if is_internal(environ.get("PATH_INFO", "")):
            return answer_across(self._core, session.loop, environ, start_response)
        return InTurn(self._core.pages, make_scope(environ), start_response)

    def _session(self) -> "Alongside":
        """Return what runs in this process; begin it if nothing does."""
        from livereload_sse.alongside import Alongside  # noqa: PLC0415 - not in production

        with self._lock:
            if self._alongside is None or not self._alongside.is_here:
                self._alongside = Alongside(self._core.running())
            return self._alongside


class _Core(LiveReload):
    """Live reload around an ASGI shape of a framework's application, `owner`."""

    def __init__(self, app: Any, *, owner: Any, **words: Any) -> None:
        self._owner = owner
        super().__init__(app, **words)

    @property
    def pages(self) -> ASGI:
        """What answers everything but the internal addresses, while a session runs."""
        running = self._wrapped and self._wrapped.running
        return running.pages if running else self.app

    def _is_wanted(self) -> bool:
        return find_wish(self._owner) if self._enabled is None else self._enabled

    def _wrap(self) -> ASGI:
        # Now and not before: blueprints are registered after the application was wrapped. Flask
        # names a folder whether it exists or not.
        found = find_static(self._owner).items()
        self._static = {**{url: path for url, path in found if path.is_dir()}, **self._static}
        return super()._wrap()


def as_asgi(app: "WSGIApplication", **words: Any) -> LiveReload:
    """Make an ASGI application with live reload of a WSGI one: `uvicorn --reload module:asgi_app`.

    Takes what `LiveReload` takes. Raises `NotAnAppError`, and `MissingExtraError` where a2wsgi is
    not installed.
    """
    check_app(app)
    try:
        from a2wsgi import WSGIMiddleware  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError(
            "A WSGI application needs a2wsgi to be an ASGI one",
            where="LiveReload.wsgi",
            hint="Install it: pip install 'livereload-sse[wsgi]'",
        ) from None
    bridged: Any = WSGIMiddleware(cast("Any", app))  # its types have names of their own
    return _Core(bridged, owner=find_owner(app), **words)


def check_app(app: Any) -> None:
    """Raise `NotAnAppError` unless an object can be called."""
    if not callable(app):
        raise NotAnAppError(
            "Not an application",
            where=repr(app)[:80],
            hint="Give the application itself: LiveReloadWSGI(app.wsgi_app)",
        )
