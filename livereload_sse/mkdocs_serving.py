"""Our server in the place of the one that `mkdocs serve` has.

Knows how MkDocs uses its server, and how a session that builds is served. Refuses to know MkDocs
beyond what it is handed.
"""

import asyncio
import logging
import secrets
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from livereload_sse.addresses import listen
from livereload_sse.application import make_application
from livereload_sse.build.mkdocs.called import CalledBuilder, call_in
from livereload_sse.build.mkdocs.worker.reading import Reading
from livereload_sse.build.news import Failed
from livereload_sse.build.plans import Plan
from livereload_sse.build_session import BuildSession
from livereload_sse.errors import LiveReloadError
from livereload_sse.server import make_server, run, serve
from livereload_sse.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from livereload_sse.addresses import Listener
    from livereload_sse.build.news import News
    from livereload_sse.updates import Update

SHUTDOWN_TIMEOUT = 5.0
"""Seconds that a call of `shutdown` from another thread waits for the end."""


class PreviewServer:
    """Stands where `mkdocs serve` expects its own server, and is used like that."""

    def __init__(
        self,
        config: Any,
        builder: "Callable[..., Any]",
        *,
        root: str,
        watched: "Collection[str]",
    ) -> None:
        self.builder = builder
        self.root = root
        self.url = str(config.site_url)
        self.error_handler: Callable[[int], bytes | None] = lambda _code: None
        self._config = config
        self._recorded = list(watched)
        self._running: tuple[asyncio.AbstractEventLoop, BuildSession] | None = None
        self._close: Callable[[], None] = lambda: None
        self._ended = threading.Event()
        package = type(config).__module__.partition(".")[0]
        self._log = logging.getLogger(f"{package}.plugins.sse-reload")

    def watch(self, path: str, func: Any = None, *, recursive: bool = True) -> None:  # noqa: ARG002 - MkDocs' own words
        """Build anew when something changes there; a folder is always watched with all in it."""
        if func is not None and func is not self.builder:
            raise TypeError("Plugins can no longer pass a 'func' parameter to watch().")
        self._recorded.append(str(path))
        self._watch_anew()

    def unwatch(self, path: str) -> None:
        """Stop to watch a path, as often as it was asked for."""
        self._recorded.remove(str(path))
        self._watch_anew()

    def serve(self, *, open_in_browser: bool = False) -> None:
        """Serve until Ctrl-C or `shutdown`. Ends the program where that is not possible."""
        address = urlsplit(self.url)
        words = {
            "directory": self._folder,
            "host": address.hostname or "localhost",
            "port": address.port,
            "prefix": address.path or "/",
            "cancel": "never",  # what runs in a thread of ours cannot be ended
            "open": open_in_browser,
        }
        try:
            settings = load_settings(self._folder, words)
            listener = listen(settings.host, settings.port)
            run(lambda: self._main(settings, listener))
        except LiveReloadError as error:
            raise SystemExit(str(error)) from None
        finally:
            self._ended.set()

    def shutdown(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - MkDocs' own words
        """End the serving; from any thread."""
        self._close()
        if wait:
            self._ended.wait(SHUTDOWN_TIMEOUT)

    @property
    def _folder(self) -> Path:
        return Path(self._config.config_file_path).parent

    def _paths(self) -> list[Path]:
        """What MkDocs and plugins have asked for, and what MkDocs misses."""
        config = self._config
        return [
            Path(path)
            for path in Reading().watched(config.config_file_path, config, self._recorded)
        ]

    def _watch_anew(self) -> None:
        if self._running is not None:
            loop, session = self._running
            loop.call_soon_threadsafe(session.watch, self._paths())

    async def _main(self, settings: Settings, listener: "Listener") -> int:
        session = BuildSession(
            settings,
            self._plan(),
            lambda _session: CalledBuilder(self.builder, Path(self.root), self._config),
            on_update=self._tell_update,
            on_news=self._tell_news,
            on_notice=self._log.warning,
        )
        application = make_application(session, settings, token=secrets.token_urlsafe(24))
        loop = asyncio.get_running_loop()
        async with session:
            self._running = (loop, session)
            server = make_server(
                application,
                on_started=lambda: self._started(settings),
                on_closing=session.close_streams,
            )
            self._close = lambda: call_in(loop, server.close)
            try:
                await serve(server, listener)
            finally:
                self._running = None
        return 0

    def _plan(self) -> Plan:
        return Plan(
            title="MkDocs",
            way="fresh",
            project=self._folder,
            folder=self._folder,
            words="mkdocs serve",
            watch=tuple(self._paths()),
        )

    def _started(self, settings: Settings) -> None:
        self._log.info("Serving on %s with sse-reload", self.url)
        if settings.open:  # which can take seconds
            threading.Thread(target=webbrowser.open, args=(self.url,), daemon=True).start()

    def _tell_update(self, update: "Update") -> None:
        seconds = "" if update.duration is None else f" in {update.duration * 1000:.0f} ms"
        self._log.info("%s → %d tabs%s", ", ".join(update.files), update.tabs, seconds)

    def _tell_news(self, news: "News") -> None:
        if isinstance(news, Failed):
            self._log.error("The build has failed; the last good site is still served.")
