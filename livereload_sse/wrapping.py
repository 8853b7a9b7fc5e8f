"""An application of somebody's with live reload around it: what `LiveReload` becomes when enabled.

Knows how session, guard, internal addresses and the tag stand around an application, and how a
session begins and ends in a server that is not ours. Refuses to know frameworks.
"""

import asyncio
import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from livereload_sse.app_session import AppSession
from livereload_sse.application import make_endpoints
from livereload_sse.ending import before_ending
from livereload_sse.lines import update_line
from livereload_sse.server_logs import find_logger, hide_internal_requests
from livereload_sse.web.assets import packaged_client
from livereload_sse.web.fresh import Fresh
from livereload_sse.web.guard import Guard, Hosts, is_internal
from livereload_sse.web.injection import TabOptions, render_tag
from livereload_sse.web.learning import Learning
from livereload_sse.web.middleware import Tagging
from livereload_sse.web.pages import forbidden_host
from livereload_sse.web.reading import basis_of, path_within

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from livereload_sse.settings import Settings
    from livereload_sse.updates import Update

MakeSession = Callable[[Callable[["Update"], None], Callable[[str], None]], AppSession]
"""Makes the session, given what is called with each update and with each notice."""


class Wrapped:
    """The ASGI application around `app`.

    Its session begins with the lifespan, or with the first request where there is none, and ends
    with the lifespan, with the process, or with the event loop.
    """

    def __init__(
        self,
        app: "ASGIApp",
        settings: "Settings",
        make_session: MakeSession,
    ) -> None:
        self._app = app
        self._settings = settings
        self._make_session = make_session
        self._hosts = Hosts(settings.allow_host)
        self._live: Live | None = None
        self._waiting: list[asyncio.Future[Update]] = []

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one scope of any type."""
        if scope["type"] == "lifespan":
            await self._app(scope, partial(self._receive_life, receive), send)
            return
        path = path_within(scope)
        if scope["type"] == "http":
            live = await self.live()
            live.session.basis = basis_of(scope)
            if is_internal(path):
                await live.internal({**scope, "path": path, "root_path": ""}, receive, send)
            else:
                await live.pages(scope, receive, send)
        elif is_internal(path):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    @property
    def running(self) -> "Live | None":
        """What runs now, in whichever event loop."""
        return self._live

    async def live(self) -> "Live":
        """Return what runs in this event loop; begin it if nothing does."""
        live = self._live
        if live is None or live.loop is not asyncio.get_running_loop():
            hide_internal_requests()
            live = self._live = Live(self._app, self._settings, self._hosts, self._new_session())
        if not live.is_ready:
            await live.ready()
        return live

    async def end(self) -> None:
        """End what runs, if something does."""
        live, self._live = self._live, None
        if live is not None and live.loop is asyncio.get_running_loop():
            await live.end()

    async def next_update(self) -> "Update":
        """Wait for the next update whose tabs have all answered."""
        future: asyncio.Future[Update] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return await future

    async def _receive_life(self, receive: "Receive") -> "Message":
        """Begin before the application does, and end before it is told to."""
        message = await receive()
        if message["type"] == "lifespan.startup":
            await self.live()
        elif message["type"] == "lifespan.shutdown":
            await self.end()
        return message

    def _new_session(self) -> AppSession:
        return self._make_session(self._note, find_logger().warning)

    def _note(self, update: "Update") -> None:
        find_logger().info(update_line(update))
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done() and not future.get_loop().is_closed():
                future.set_result(update)


class Live:
    """A session that runs, and the applications that it has made. Begins when it is made."""

    def __init__(
        self, app: "ASGIApp", settings: "Settings", hosts: Hosts, session: AppSession
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.session = session
        self.is_ready = False
        self._closing = asyncio.Event()
        self._ready = asyncio.Event()
        self._running = self.loop.create_task(self._run())
        client = packaged_client()
        self._tab = partial(TabOptions, update="reload", highlight=settings.highlight)
        self._render = partial(render_tag, client_digest=client.digest)
        endpoints = make_endpoints(
            session, token=secrets.token_urlsafe(24), client=client, code=session.find_code
        )
        self.internal = Guard(endpoints, hosts=hosts, page=forbidden_host)
        self._app = app
        self.pages: ASGIApp = app

    async def ready(self) -> None:
        """Wait until what changes is seen. Raises what was in the way."""
        waiting = self.loop.create_task(self._ready.wait())
        await asyncio.wait({waiting, self._running}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._running.done() and not self._ready.is_set():
            self._running.result()

    async def end(self) -> None:
        """End the streams, and the session."""
        self._closing.set()
        await asyncio.wait({self._running})

    async def _run(self) -> None:
        async with self.session:
            tab = self._tab(code=await self.session.find_code())
            tag = partial(self._render, tab=tab)
            tagging = Tagging(self._app, tag=tag, last_id=self.session.last_id_text)
            self.pages = Fresh(Learning(tagging, self.session.provenance))
            with before_ending(self.session.hang_up) as is_minded:
                self.session.makes_way = not is_minded
                self.is_ready = True
                self._ready.set()
                await self._closing.wait()
