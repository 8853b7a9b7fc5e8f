"""Carrying out `serve` and `preview`: session, server, terminal and keys joined for one run.

Knows how they are wired. Each of them knows nothing of the others.
"""

import asyncio
import os
import secrets
import webbrowser
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from livereload_sse.addresses import (
    EVERYWHERE,
    LOOPBACK_NAMES,
    Listener,
    lan_address,
    listen,
    url_of,
)
from livereload_sse.application import make_application
from livereload_sse.cli.console import Console
from livereload_sse.errors import ServerError
from livereload_sse.folder_session import FolderSession
from livereload_sse.lines import REBUILD
from livereload_sse.running import RunningServer, announced, runtime_folder
from livereload_sse.server import check_certificate, make_server, run, serve
from livereload_sse.terminal.foreground import making_way_for_the_shell
from livereload_sse.terminal.keys import reading_keys

DRAW_INTERVAL = 0.1
"""Seconds between two drawings of what goes on."""

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from starlette.types import ASGIApp

    from livereload_sse.session import Session
    from livereload_sse.settings import Settings

    MakeApp = Callable[..., ASGIApp]


def serve_until_asked(settings: "Settings") -> int:
    """Serve until Ctrl-C, SIGTERM or `q`, and return the exit code.

    Raises `CertificateError` and `AddressError` before anything is served.
    """
    check_certificate(settings.certfile, settings.keyfile)
    listener = listen(settings.host, settings.port)
    console = Console(verbose=settings.verbose, quiet=settings.quiet)
    session = partial(FolderSession, settings, on_update=console.update, on_notice=console.notice)
    return run(lambda: Serving(settings, listener, console, session).main())


def address_of(settings: "Settings", listener: Listener) -> str:
    """Write the address that a person opens, without the prefix."""
    host = settings.host
    shown = "localhost" if host in LOOPBACK_NAMES or host in EVERYWHERE else host
    scheme = "https" if settings.certfile else "http"
    return url_of(shown, listener.port, scheme=scheme, path="/")


class Serving:
    """One run: what starts, what is printed, what the keys do.

    `make_session` is called inside the event loop, and `make_app` with what it has made. `what` says
    what is served, `facts` how, `rebuild` what the key `b` does; `server` is added to what `make_server` is told.
    """

    def __init__(
        self,
        settings: "Settings",
        listener: Listener,
        console: Console,
        make_session: "Callable[[], Session]",
        *,
        what: str = "",
        facts: "Sequence[str]" = (),
        make_app: "MakeApp" = make_application,
        rebuild: str = REBUILD,
        **server: Any,
    ) -> None:
        self._rebuild_words = rebuild
        self._make_app = make_app
        self._server_words = server
        self._what = what or str(settings.directory)
        self._facts = facts
        self._make_session = make_session
        self._settings = settings
        self._listener = listener
        self._console = console
        self._scheme = "https" if settings.certfile else "http"
        self._token = secrets.token_urlsafe(24)
        self._background: set[asyncio.Task[None]] = set()

    async def main(self) -> int:
        """Serve until asked to end."""
        async with AsyncExitStack() as stack:
            # Made and asked for its site before it starts: the first build may end at once.
            self._session = self._make_session()
            application = self._make_app(
                self._session,
                self._settings,
                token=self._token,
                on_request=self._console.request if self._settings.verbose else None,
            )
            await stack.enter_async_context(self._session)
            self._server = make_server(
                application,
                certfile=self._settings.certfile,
                keyfile=self._settings.keyfile,
                on_started=lambda: self._started(stack),
                on_closing=self._session.close_streams,
                **self._server_words,
            )
            await serve(self._server, self._listener)
            for task in self._background:
                task.cancel()
        return 0

    @property
    def _url(self) -> str:
        return address_of(self._settings, self._listener) + self._session.prefix[1:]

    def _lan_urls(self) -> list[str]:
        """Addresses for other machines: only an IPv4 wildcard has one that is not the host itself."""
        address = lan_address() if self._settings.host == "0.0.0.0" else None  # noqa: S104 - compared
        if address is None:
            return []
        path = self._session.prefix
        return [url_of(address, self._listener.port, scheme=self._scheme, path=path)]

    def _started(self, stack: AsyncExitStack) -> None:
        has_keys = (
            stack.enter_context(reading_keys(self._press)) if not self._console.quiet else False
        )
        self._console.banner(
            self._what, self._url, self._lan_urls(), keys=has_keys, facts=self._facts
        )
        if self._console.has_more:
            stack.enter_context(making_way_for_the_shell(self._console.give_way))
            self._in_background(self._keep_drawing())
        if self._settings.host not in LOOPBACK_NAMES:
            self._console.notice(
                "Others on your network can read this folder. --host localhost keeps it to this machine."
            )
        self._announce(stack)
        if self._settings.open:
            self._open_tab()

    def _announce(self, stack: AsyncExitStack) -> None:
        """Leave the state file that `notify` and `events` look for; serving does not depend on it."""
        certificate = self._settings.certfile
        server = RunningServer(
            url=self._url,
            token=self._token,
            pid=os.getpid(),
            root=str(self._session.root),
            certificate=str(certificate.resolve()) if certificate else None,
        )
        try:
            stack.enter_context(announced(server, runtime_folder()))
        except (OSError, ServerError) as error:
            self._console.notice(f"`sse-reload notify` will not find this server: {error}")

    def _press(self, key: str) -> None:
        action = {
            "r": self._reload_all,
            "b": self._rebuild,
            "o": self._open_tab,
            "p": self._pause,
            "u": lambda: self._console.addresses(self._url, self._lan_urls()),
            "h": self._help,
            "?": self._help,
            "q": self._server.close,
        }.get(key.lower())
        if action is not None:
            action()

    def _reload_all(self) -> None:
        self._session.reload("you pressed r")

    def _help(self) -> None:
        self._console.help(rebuild=self._rebuild_words if self._session.builds else "")

    def _rebuild(self) -> None:
        if self._session.builds is not None:
            self._session.builds.rebuild()

    def _pause(self) -> None:
        if self._session.paused:
            self._session.resume()
            self._console.say("Going on.")
        else:
            self._session.pause()
            self._console.say("Paused: changes wait until you press p again.")

    def _open_tab(self) -> None:
        """Starting a browser can take seconds, so it happens beside the loop."""
        self._in_background(asyncio.to_thread(self._open_or_say))

    async def _keep_drawing(self) -> None:
        """A build that prints nothing goes on nevertheless; so does an app in the middle of a line."""
        try:
            while True:
                self._console.tick()
                await asyncio.sleep(DRAW_INTERVAL)
        finally:
            self._console.give_way()

    def _in_background(self, work: "Coroutine[Any, Any, None]") -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _open_or_say(self) -> None:
        if not webbrowser.open(self._url):
            self._console.notice(f"No browser could be opened. The address is {self._url}")
