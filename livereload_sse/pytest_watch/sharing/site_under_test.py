"""A running session on a temporary site, for the tests of those who use sse-reload.

Knows how a session and its server are started beside a test, in a thread with an event loop of its
own, and how a test waits for what is told, whichever way it is written. Refuses to know pytest.
"""

import asyncio
import itertools
import json
import os
import secrets
import shutil
import urllib.request
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from livereload_sse.addresses import listen, url_of
from livereload_sse.alongside import Alongside
from livereload_sse.application import make_application
from livereload_sse.errors import ExpectationError, UsageError
from livereload_sse.folder_session import FolderSession
from livereload_sse.pytest_watch.sharing.told import Log, Told
from livereload_sse.server import make_server, serve
from livereload_sse.settings import SETTING_TYPES, Settings
from livereload_sse.sse import Decoder
from livereload_sse.web.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")

HOST = "127.0.0.1"

UPDATE_TIMEOUT = 5.0
"""Seconds in which an update has to come: a save takes a few hundredths, a busy machine longer."""

MARK = "sse-reload-silence"
"""The name of a file that is written to learn that everything before it has been looked at."""


@contextmanager
def site_under_test(folder: Path, options: Mapping[str, Any]) -> "Iterator[SseReload]":
    """Serve `folder`, which may be empty, until the context ends.

    `options` are those of `Settings`, and `site`: a folder that is copied into `folder` first.
    Raises `UsageError` for any other.
    """
    settings = _settings(folder, options)
    running = _Running(settings)
    alongside = Alongside(running.lasting())
    try:
        yield SseReload(folder, running, alongside)
    finally:
        alongside.end()


def _settings(folder: Path, options: Mapping[str, Any]) -> Settings:
    words = dict(options)
    if (copied := words.pop("site", None)) is not None:
        shutil.copytree(copied, folder, dirs_exist_ok=True)
    if unknown := sorted(words.keys() - SETTING_TYPES.keys()):
        raise UsageError(
            f"Unknown setting {unknown[0]!r}",
            where="the parameter of sse_reload",
            hint=f"Known are: site, {', '.join(sorted(SETTING_TYPES))}.",
        )
    return replace(Settings(**words), directory=folder, host=HOST, port=0)


class SseReload:
    """A site that is served while a test changes it.

    `site` is its folder and `url` its address. Each update is given to one `expect_update`, in the
    order in which they were told. The plain methods and those to await do the same.
    """

    def __init__(self, site: Path, running: "_Running", alongside: Alongside) -> None:
        self.site = site
        self.url = running.url
        self._running = running
        self._alongside = alongside

    def __repr__(self) -> str:
        return f"<sse_reload at {self.url}>"

    @property
    def updates(self) -> tuple[Told, ...]:
        """Everything that was told until now."""
        return tuple(self._running.log.all)

    def write(self, name: str, text: str | bytes) -> Path:
        """Save a file of the site as editors do: beside it, then in its place.

        Raises `UsageError` for a name that leads out of the site.
        """
        path = self._find(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.tmp")
        beside.write_bytes(text.encode() if isinstance(text, str) else text)
        beside.replace(path)
        return path

    def remove(self, name: str) -> None:
        """Delete a file of the site. Raises `UsageError` as `write` does."""
        self._find(name).unlink()

    def get(self, path: str = "/") -> str:
        """Open a page as a browser does, and return its text, our tag included."""
        address = self.url + path.removeprefix("/")
        with urllib.request.urlopen(address, timeout=UPDATE_TIMEOUT) as answer:  # noqa: S310 - our own address
            return str(answer.read().decode())

    async def expect_update(
        self,
        *,
        timeout: float = UPDATE_TIMEOUT,  # noqa: ASYNC109 - a test's own patience
        path: str | None = None,
    ) -> Told:
        """Wait for the next update; with `path`, a file of the site, for the next that names it.

        Raises `ExpectationError` after `timeout` seconds.
        """
        __tracebackhide__ = True
        return await _awaited(self._begin(self._running.expect(self._url_of(path), timeout)))

    def wait_for_update(self, *, timeout: float = UPDATE_TIMEOUT, path: str | None = None) -> Told:
        """Wait as `expect_update` does, in a test that does not await."""
        __tracebackhide__ = True
        return self._begin(self._running.expect(self._url_of(path), timeout)).result()

    async def expect_silence(self, *, duration: float = 0.0) -> None:
        """Make sure that nothing was told which no test has waited for: of what was saved until now,
        and in the `duration` seconds that follow.

        Raises `ExpectationError` with what was told.
        """
        __tracebackhide__ = True
        await _awaited(self._begin(self._running.expect_silence(duration)))

    def wait_for_silence(self, *, duration: float = 0.0) -> None:
        """Do what `expect_silence` does, in a test that does not await."""
        __tracebackhide__ = True
        self._begin(self._running.expect_silence(duration)).result()

    def _begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._alongside.loop)

    def _find(self, name: str) -> Path:
        path = Path(os.path.normpath(self.site / name))
        if path == self.site or not path.is_relative_to(self.site):
            raise UsageError(
                "Not a file of the site", where=name, hint="Name it from the site's folder."
            )
        return path

    def _url_of(self, name: str | None) -> str | None:
        if name is None:
            return None
        relative = self._find(name).relative_to(self.site)
        return canonical_url(PurePosixPath(relative.as_posix()), prefix=self._running.prefix)


class _Running:
    """The session and its server, within the loop of their thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._numbers = itertools.count(1)
        self._marks: dict[str, asyncio.Event] = {}
        self.log = Log()
        self.url = ""
        self.prefix = "/"

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[None]:
        """Watch and serve as long as the context lasts."""
        listener = listen(HOST, 0)
        session = FolderSession(self._settings)
        started = asyncio.Event()
        app = make_application(session, self._settings, token=secrets.token_urlsafe(24))
        server = make_server(app, on_started=started.set, on_closing=session.close_streams)
        with ExitStack() as stack:
            stack.callback(listener.close)
            async with session:
                await self._prepare(session, listener.port)
                listening = asyncio.create_task(self._listen(session))
                serving = asyncio.create_task(serve(server, listener))
                await started.wait()
                try:
                    yield
                finally:
                    server.close()
                    await serving
                    await listening

    async def _prepare(self, session: FolderSession, port: int) -> None:
        """What is saved from now on is told."""
        self.prefix = session.prefix
        self.url = url_of(HOST, port, path=session.prefix)
        await session.watcher.armed()

    async def _listen(self, session: FolderSession) -> None:
        """Hear what a tab hears, until the streams end."""
        decoder = Decoder()
        async with session.broadcaster.subscribe() as subscription:
            async for encoded in subscription:
                for event in decoder.feed(encoded.wire):
                    self._hear(Told.read(event.name, json.loads(event.data)))

    def _hear(self, told: Told) -> None:
        """Note what was told, and nothing of our own files."""
        others = tuple(one for one in told.changes if MARK not in one.url)
        for change in told.changes:
            if change.url in self._marks and change.kind != "deleted":
                self._marks[change.url].set()
        if others or not told.changes:
            self.log.add(replace(told, changes=others))

    async def expect(self, url: str | None, timeout: float) -> Told:  # noqa: ASYNC109 - see above
        """Wait for the next update that names an address, or for any."""
        __tracebackhide__ = True
        before = len(self.log.all) - len(self.log.left)
        try:
            async with asyncio.timeout(timeout):
                return await self.log.take(lambda told: url is None or _names(told, url))
        except TimeoutError:
            raise _nothing_came(url, timeout, self.log.all[before:]) from None

    async def expect_silence(self, duration: float) -> None:
        """Wait until everything has been looked at that was saved until then."""
        __tracebackhide__ = True
        await asyncio.sleep(duration)
        await self._until_looked_at()
        if left := self.log.left:
            raise ExpectationError(
                "The tabs were told something",
                where="; ".join(map(str, left)),
                hint="Wait for it with expect_update(), or save less.",
            )

    async def _until_looked_at(self) -> None:
        """The watcher tells in order: once it has told of a new file, it has told what was before."""
        name = f"{MARK}-{next(self._numbers)}.txt"
        url = canonical_url(PurePosixPath(name), prefix=self.prefix)
        seen = self._marks[url] = asyncio.Event()
        mark = self._settings.directory / name
        mark.write_text(name)
        try:
            async with asyncio.timeout(UPDATE_TIMEOUT):
                await seen.wait()
        except TimeoutError:
            raise ExpectationError(
                "Nobody knows whether it is silent: a new file is not told either",
                where=str(mark),
                hint="The site must not ignore *.txt: look at `ignore` and .gitignore.",
            ) from None
        finally:
            with suppress(OSError):
                mark.unlink()


def _names(told: Told, url: str) -> bool:
    return told.name == "reload" or any(one.url == url for one in told.changes)


def _nothing_came(url: str | None, timeout: float, others: "list[Told]") -> ExpectationError:
    """Say what was seen instead."""
    what = f"No update of {url}" if url else "No update"
    seen = "; ".join(map(str, others)) or "nothing"
    return ExpectationError(
        f"{what} within {timeout:g} s",
        where=f"the tabs were told {seen}",
        hint="A file that is saved with the same content, or that is ignored, is no update.",
    )


async def _awaited(future: "Future[T]") -> T:
    """Wait for what is done in another thread, in a test of asyncio or of any other framework."""
    __tracebackhide__ = True
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Trio, which knows no futures of other threads.
        from anyio import to_thread  # noqa: PLC0415 - only there

        wait: Callable[[], T] = partial(future.result)
        return await to_thread.run_sync(wait, abandon_on_cancel=True)
    return await asyncio.wrap_future(future)
