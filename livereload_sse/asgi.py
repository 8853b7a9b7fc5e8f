"""`LiveReload(app)`: live reload for any ASGI application.

Knows when it is wanted, and what an application looks like from outside. Everything else is imported
only once it is: in production this module is a name in front of the application, and nothing more.
"""

import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.errors import MissingExtraError, NotAnAppError
from livereload_sse.frameworks import find_debug, find_static, forget_templates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from markupsafe import Markup

    from livereload_sse.app_session import OnChange
    from livereload_sse.sse import EventId
    from livereload_sse.updates import Update
    from livereload_sse.wrapping import Wrapped

Scope = Any
ASGI = Callable[[Any, Any, Any], Awaitable[None]]

_IMPORTED = os.getpid(), time.time()

SWITCH = "SSE_RELOAD"
"""The environment variable that says whether live reload is enabled: 1 or 0."""

GRACE = 2.0
"""Seconds that a reloader has to end the process after code has changed."""


class LiveReload:
    """Wraps an ASGI application: each open tab shows templates, static files and code as they are
    saved.

        app = LiveReload(FastAPI(debug=True))

    paths: files and folders that reload the tabs, beside the sources (Python, templates) in the
        current folder and the folders that are served as they are
    static: such folders by their URL, `{"/static": "app/static"}`: what changes there is swapped
        without a reload. Those of Starlette, FastAPI, Flask, Quart and Django are found
    enabled: default: the environment's SSE_RELOAD (1 or 0), else the application's `debug`, else
        Django's DEBUG. Where it is not, requests reach the application untouched
    ignore: what not to watch, as in .gitignore; `gitignore`: whether those files count; `poll`: look
        at the files instead of waiting for the system to tell
    allow_host: other names by which tabs may call this server
    on_change: called with each `ChangeSet`, and awaited, before the tabs are told
    grace: seconds that a reloader has to end the process after code has changed
    broker: the URL of a Redis (`redis://…`): `publish` and `reload` reach the tabs of every process
        that has the same

    Raises `NotAnAppError`, and `FolderError` for a path that is missing.
    """

    def __init__(  # noqa: PLR0913 - each is one setting, and all are given by name
        self,
        app: Any,
        *,
        paths: Sequence[str | Path] = (),
        static: Mapping[str, str | Path] | None = None,
        enabled: bool | None = None,
        ignore: Sequence[str] = (),
        gitignore: bool = True,
        poll: bool = False,
        allow_host: Sequence[str] = (),
        highlight: bool = True,
        on_change: "OnChange | Sequence[OnChange]" = (),
        grace: float = GRACE,
        broker: str = "",
    ) -> None:
        check_app(app)
        self.app = app
        self._enabled = enabled
        self._paths = tuple(map(Path, paths))
        self._static = dict(static or {})
        self._words: dict[str, Any] = {
            "ignore": tuple(ignore),
            "gitignore": gitignore,
            "poll": poll,
            "allow_host": tuple(allow_host),
            "highlight": highlight,
            "broker": broker,
        }
        self._on_change = (on_change,) if callable(on_change) else tuple(on_change)
        self._grace = grace
        self._started = _find_start()
        self._inner: ASGI | None = None
        self._wrapped: Wrapped | None = None
        if self._is_wanted():
            self._check_paths()

    @classmethod
    def wsgi(cls, app: Any, **words: Any) -> Self:
        """Make an ASGI application with live reload of a WSGI one, for uvicorn.

        Takes what `LiveReload` takes. Raises `NotAnAppError`, and `MissingExtraError` where a2wsgi
        is not installed. For a server that speaks WSGI itself there is `LiveReloadWSGI`.
        """
        check_callable(app)
        try:
            from a2wsgi import WSGIMiddleware  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtraError(
                "A WSGI application needs a2wsgi to become an ASGI one",
                where="LiveReload.wsgi",
                hint="Install it: pip install 'livereload-sse[wsgi]'",
            ) from None
        return cls(WSGIMiddleware(app), **words)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one scope."""
        await (self._inner or self._decide(scope))(scope, receive, send)

    @property
    def enabled(self) -> bool:
        """Whether tabs are told. Decided once: when somebody asks, or with the first request."""
        if self._inner is None:
            self._decide()
        return self._wrapped is not None

    @property
    def tabs(self) -> int:
        """How many tabs somebody can see."""
        live = self._wrapped.running if self._wrapped else None
        return live.session.tabs if live else 0

    async def reload(self, why: str) -> None:
        """Reload every tab; `why` is for their log. Does nothing where not enabled."""
        if self.enabled and self._wrapped:
            await self._wrapped.tell(lambda session: session.reload(why))

    async def publish(self, name: str, data: Any = None, *, channel: str = "") -> "EventId | None":
        """Tell the tabs an event of your own: their window gets a CustomEvent `sse-reload:<name>`.

        `data` is anything JSON can say. Returns the event's id; None where not enabled. Raises
        `InvalidEventError`.
        """
        if not self.enabled or self._wrapped is None:
            return None
        return await self._wrapped.tell(lambda session: session.publish(name, data, channel))

    def script(self, *, nonce: str = "") -> "Markup":
        """The tag, for a template that wants to place it; see `script`."""
        return script(nonce=nonce)

    @asynccontextmanager
    async def running(self) -> "AsyncIterator[LiveReload]":
        """Watch for as long as the context lasts, for tests that have no lifespan."""
        if not self.enabled or self._wrapped is None:
            yield self
            return
        await self._wrapped.live()
        try:
            yield self
        finally:
            await self._wrapped.end()

    async def next_update(self, *, timeout: float = 5.0) -> "Update":  # noqa: ASYNC109 - a test's own patience
        """Wait for the next update: files, and what the tabs did with them.

        Raises `TimeoutError` after `timeout` seconds, and `RuntimeError` where not enabled.
        """
        import asyncio  # noqa: PLC0415 - not needed to be wrapped

        if not self.enabled or self._wrapped is None:
            raise RuntimeError("live reload is not enabled, so there are no updates")
        async with asyncio.timeout(timeout):
            return await self._wrapped.next_update()

    def _decide(self, scope: Scope = None) -> ASGI:
        self._inner = self._wrap() if self._is_wanted(scope) else self.app
        return self._inner

    def _is_wanted(self, scope: Scope = None) -> bool:
        """Ask the application; one that has us for its middleware is named by its scopes only."""
        if self._enabled is not None:
            return self._enabled
        return find_wish(self.app, outside=scope.get("app") if scope else None)

    def _check_paths(self) -> None:
        from livereload_sse.app_session import check_paths  # noqa: PLC0415 - see the top

        check_paths([*self._paths, *map(Path, self._static.values())])

    def _wrap(self) -> ASGI:
        from livereload_sse.app_session import AppSession  # noqa: PLC0415 - see the top
        from livereload_sse.settings import Settings  # noqa: PLC0415
        from livereload_sse.web.mounts import find_mounts, make_mounts  # noqa: PLC0415
        from livereload_sse.wrapping import Wrapped  # noqa: PLC0415

        self._check_paths()
        settings = Settings(**self._words)
        static = (*self._static.items(), *find_static(self.app))

        def make_session(on_update: Any, on_notice: Any) -> AppSession:
            return AppSession(
                settings,
                paths=self._paths,
                mounts=tuple(dict.fromkeys((*make_mounts(static), *find_mounts(self.app)))),
                on_change=(forget_templates, *self._on_change),
                started=self._started,
                grace=self._grace,
                on_update=on_update,
                on_notice=on_notice,
            )

        self._wrapped = Wrapped(self.app, settings, make_session)
        return self._wrapped


def script(*, nonce: str = "") -> "Markup":
    """Write the tag where a template wants it, instead of having it put in.

    `nonce` is that of the page's Content-Security-Policy. Empty where live reload is not enabled.
    """
    from livereload_sse.web.rendering import script as write  # noqa: PLC0415 - see the top

    return write(nonce=nonce)


def _find_start() -> float:
    """Say when the application's code was not loaded yet, as late as that is certain.

    This module is imported before the application's own. What is saved while those are loaded may
    have been read before or after, so it is news: the process that has it for certain will tell.
    A process that was forked since has loaded code of its own.
    """
    process, moment = _IMPORTED
    return moment if process == os.getpid() else time.time()


def find_wish(app: Any, *, outside: Any = None) -> bool:
    """Say whether live reload is wanted: by the environment, else where the framework debugs.

    `outside` is an application that `app` is a part of, if it is known.
    """
    said = os.environ.get(SWITCH, "")
    if said:
        return said.lower() not in ("0", "false", "no", "off")
    debug = find_debug(app)
    return bool(find_debug(outside) if debug is None and outside is not None else debug)


def check_app(app: Any) -> None:
    """Raise `NotAnAppError` unless an object can be called as an ASGI application is."""
    check_callable(app)
    count = _count_arguments(app)
    if count == 2:
        raise NotAnAppError(
            "A WSGI application, not an ASGI one",
            where=repr(app)[:80],
            hint="Use LiveReload.wsgi(app), or run it behind: sse-reload proxy",
        )
    if count is not None and count != 3:
        raise NotAnAppError(
            "Not an ASGI application",
            where=repr(app)[:80],
            hint="It must take scope, receive and send (asgi.readthedocs.io).",
        )


def check_callable(app: Any) -> None:
    """Raise `NotAnAppError` unless an object can be called at all."""
    if not callable(app):
        raise NotAnAppError(
            "Not an application",
            where=repr(app)[:80],
            hint="Give the application itself: LiveReload(app)",
        )


def _count_arguments(app: Any) -> int | None:
    """How many arguments a callable needs; None when it takes any number, or does not tell."""
    try:
        parameters = signature(app).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(one.kind is Parameter.VAR_POSITIONAL for one in parameters):
        return None
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return sum(one.kind in positional and one.default is Parameter.empty for one in parameters)
