"""An application of somebody's with live reload around it: what `LiveReload` becomes when enabled.

Knows how session, guard, internal addresses and the tag stand around an application, and how a
session begins and ends in a server that is not ours. Refuses to know frameworks.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeVar

from livereload_sse.addresses import url_of
from livereload_sse.app_session import AppSession
from livereload_sse.application import make_endpoints, make_tag
from livereload_sse.errors import ServerError
from livereload_sse.lines import update_line
from livereload_sse.running import RunningServer, announced, apps_folder, runtime_folder
from livereload_sse.server_logs import find_logger, hide_internal_requests
from livereload_sse.sse.ending import before_ending
from livereload_sse.web.assets import packaged_client
from livereload_sse.web.fresh import Fresh
from livereload_sse.web.guard import INTERNAL_PREFIX, Guard, Hosts, is_internal
from livereload_sse.web.injection import TabOptions
from livereload_sse.web.learning import Learning
from livereload_sse.web.middleware import Tagging
from livereload_sse.web.pages import forbidden_host
from livereload_sse.web.reading import basis_of, path_within

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from livereload_sse.settings import Settings
    from livereload_sse.updates import Update

T = TypeVar("T")

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
        self._live: Live | None = None  # the newest, for who is in a hurry
        self._lives: dict[asyncio.AbstractEventLoop, Live] = {}
        self._waiting: list[asyncio.Future[Update]] = []

    def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> Awaitable[None]:
        """Answer one scope of any type; what costs least is decided first."""
        live = self._live
        if (
            scope["type"] != "http"
            or live is None
            or not live.is_ready
            or live.loop is not asyncio.get_running_loop()
            or INTERNAL_PREFIX in scope["path"]
        ):
            return self._answer(scope, receive, send)
        if scope.get("root_path"):
            live.session.basis = basis_of(scope)
        return live.pages(scope, receive, send)

    async def _answer(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer what is no plain request to an application whose session runs."""
        if scope["type"] == "http":
            live, path = await self.live(), path_within(scope)
            live.session.basis = basis_of(scope)
            if is_internal(path):
                live.announce(scope)
                await live.internal({**scope, "path": path, "root_path": ""}, receive, send)
            else:
                await live.pages(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live_with(scope, receive, send)
        elif scope["type"] == "websocket" and is_internal(path_within(scope)):
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    @property
    def running(self) -> "Live | None":
        """What runs now, in whichever event loop."""
        running = (live for live in reversed(self._lives.values()) if live.is_running)
        return next(running, None)

    async def live(self) -> "Live":
        """Return what runs in this event loop; begin it if nothing does."""
        loop = asyncio.get_running_loop()
        live = self._lives.get(loop)
        if live is None or not live.is_running:
            hide_internal_requests()
            self._lives = {other: one for other, one in self._lives.items() if one.is_running}
            live = self._live = Live(self._app, self._settings, self._hosts, self._new_session())
            self._lives[loop] = live
        if not live.is_ready:
            await live.ready()
        return live

    async def tell(self, word: "Callable[[AppSession], T]") -> T:
        """Say something to the session that has the tabs, in whichever event loop that runs.

        Code of an application that cannot await runs in threads, and may begin a loop of its own.
        """
        running = self._lives.get(asyncio.get_running_loop()) or self.running
        if running is None or running.loop is asyncio.get_running_loop():
            return word((await self.live()).session)
        return await asyncio.wrap_future(
            asyncio.run_coroutine_threadsafe(running.hear(word), running.loop)
        )

    async def end(self) -> None:
        """End what runs in this event loop, if something does. Raises what it has failed with."""
        live = self._lives.pop(asyncio.get_running_loop(), None)
        if live is not None:
            await live.end()

    async def next_update(self) -> "Update":
        """Wait for the next update whose tabs have all answered."""
        future: asyncio.Future[Update] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return await future

    async def _live_with(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Begin before the application does, and end before it is told to, or when it cannot begin."""

        async def receiving() -> "Message":
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.live()
            elif message["type"] == "lifespan.shutdown":
                await self._end_quietly()
            return message

        async def sending(message: "Message") -> None:
            if message["type"] == "lifespan.startup.failed":
                await self._end_quietly()
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        except BaseException:
            await self._end_quietly()
            raise

    async def _end_quietly(self) -> None:
        """The application has something to put away as well, whatever has become of us."""
        try:
            await self.end()
        except Exception:  # noqa: BLE001 - logged with its traceback
            find_logger().exception("Live reload has ended with a fault of its own.")

    def _new_session(self) -> AppSession:
        return self._make_session(self._note, find_logger().warning)

    def _note(self, update: "Update") -> None:
        find_logger().info(update_line(update))
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.get_loop().is_closed():
                future.get_loop().call_soon_threadsafe(_resolve, future, update)


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
        self._tag = partial(make_tag, session, client_digest=client.digest)
        self._token = secrets.token_urlsafe(24)
        self._announced = ExitStack()
        self._is_announced = False
        endpoints = make_endpoints(
            session, token=self._token, client=client, code=session.find_code
        )
        self.internal = Guard(endpoints, hosts=hosts, page=forbidden_host)
        self._app = app
        self.pages: ASGIApp = app

    async def ready(self) -> None:
        """Wait until what changes is seen. Raises what was in the way."""
        waiting = self.loop.create_task(self._ready.wait())
        try:
            await asyncio.wait({waiting, self._running}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._running.done() and not self._ready.is_set():
            self._running.result()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended: by itself, or with its event loop."""
        return not (self._running.done() or self.loop.is_closed())

    async def hear(self, word: "Callable[[AppSession], T]") -> T:
        """Have something said to the session, in its own event loop."""
        await self.ready()
        return word(self.session)

    def announce(self, scope: "Scope") -> None:
        """Leave a state file for `pytest --watch`, with the first request that a tab makes to us: the
        application is not told before where it is served.
        """
        url = None if self._is_announced else _find_url(scope)
        if url is None or not self.is_running:
            return
        self._is_announced = True
        server = RunningServer(
            url=url, token=self._token, pid=os.getpid(), root=str(self.session.root)
        )
        with suppress(OSError, ServerError):  # then the tests are not shown; nothing else needs it
            self._announced.enter_context(announced(server, apps_folder(runtime_folder())))

    async def end(self) -> None:
        """End the streams, and the session. Raises what it has failed with."""
        self._closing.set()
        await asyncio.wait({self._running})
        if not self._running.cancelled():
            self._running.result()

    async def _run(self) -> None:
        try:
            with self._announced:
                await self._run_session()
        finally:
            self.is_ready = False

    async def _run_session(self) -> None:
        async with self.session:
            tab = self._tab(code=await self.session.find_code())
            tagging = Tagging(self._app, tag=self._tag(tab=tab), last_id=self.session.last_id_text)
            self.pages = Fresh(Learning(tagging, self.session.provenance), tagging)
            with before_ending(self.session.hang_up) as is_minded:
                self.session.makes_way = not is_minded
                self.is_ready = True
                self._ready.set()
                await self._closing.wait()


def _find_url(scope: "Scope") -> str | None:
    """Say where the application is reached; None where that is no address that could be called.

    What a test client makes up is a name.
    """
    host, port = scope.get("server") or ("", None)
    try:
        number = "127.0.0.1" if host == "localhost" else str(ip_address(host))
    except ValueError:
        return None
    if not port or scope["scheme"] not in ("http", "https"):
        return None
    return url_of(number, port, scheme=scope["scheme"], path=f"{basis_of(scope)}/")


def _resolve(future: "asyncio.Future[Update]", update: "Update") -> None:
    if not future.done():  # whoever waited may have left
        future.set_result(update)
