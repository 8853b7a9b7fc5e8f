"""Werkzeug's interactive debugger, where its page gets our tag.

Knows that Werkzeug's own stands in front of the whole application, where nothing can be put into its
page: a tab that shows it would stay on it when the error is mended. Refuses to do anything where it
does not stand there.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_STANDS_IN_FRONT = "werkzeug.debug.preserve_context"
"""In the environ of a request that has come through an interactive debugger."""


class Debugged:
    """A WSGI application with a second debugger of the same kind around it, once there is a first.

    Both have the same PIN, which is made from what `owner`, the framework's application, is called.
    What a person types into the page is meant for ours: the first one does not know its secret and
    lets it pass.
    """

    def __init__(self, app: "WSGIApplication", *, owner: Any) -> None:
        self.app = app
        self._owner = owner
        self._debugger: WSGIApplication | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        if _STANDS_IN_FRONT not in environ:
            return self.app(environ, start_response)
        debugger = self._debugger
        if debugger is None:
            debugger = self._debugger = self._make(environ["SERVER_NAME"])
        return debugger(environ, start_response)

    def _make(self, server_name: str) -> "WSGIApplication":
        from werkzeug.debug import DebuggedApplication  # noqa: PLC0415 - it has called us

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            return self.app(environ, start_response)

        answer.__module__ = getattr(self._owner, "__module__", type(self._owner).__module__)
        answer.__name__ = getattr(self._owner, "__name__", type(self._owner).__name__)
        debugger: Any = DebuggedApplication(answer, evalex=True, pin_logging=False)
        debugger.trusted_hosts.append(server_name)
        return debugger  # type: ignore[no-any-return]  # werkzeug may not be installed
