"""The session of somebody's application: what is watched is what its pages are made of.

Knows that a file of a static mount can be shown by itself, that anything else means a reload, and
that code means nothing until the application runs it. Refuses to know who serves the application,
and how it is started again.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from inspect import isawaitable
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.errors import FolderError
from livereload_sse.session import (
    MOST_CHANGES,
    Session,
    absolute,
    age,
    ended,
    event,
    saved_at,
)
from livereload_sse.sse.history import ORIGIN_BITS
from livereload_sse.watch import ChangeSet
from livereload_sse.web.provenance import Provenance

if TYPE_CHECKING:
    from livereload_sse.settings import Settings
    from livereload_sse.sse import Event
    from livereload_sse.updates import Update
    from livereload_sse.watch import Change
    from livereload_sse.web.mounts import Mount

CODE = frozenset({".py"})
"""Suffixes of what a running application has loaded, and will not look at again."""

SOURCES = CODE | {
    *(".html", ".htm", ".xhtml", ".jinja", ".jinja2", ".j2", ".djhtml", ".mako", ".md"),
    *(".css", ".js", ".mjs"),
}
"""Suffixes that count wherever they are. An application itself writes into its folder as well:
databases, logs, uploads."""

HANGING_UP_INTERVAL = 0.1
"""Seconds that a stream may last which is opened while the process ends."""

OnChange = Callable[[ChangeSet], Awaitable[object] | object]


class AppSession(Session):
    """Watches what an application is made of.

    That is the sources in the current folder, everything in `paths`, and `mounts`, the folders that
    are served as they are. `on_change` are called, and awaited, before tabs are told. `started` is
    when the application's code was loaded, `grace` how long a reloader has to end the process, in
    seconds. `provenance` is told of what was served; `basis` is the path that the application is
    mounted at.
    """

    _compared = CODE
    """Suffixes of what a tab does not miss: it asks how new they are (`find_code`), and compares."""

    def __init__(
        self,
        settings: "Settings",
        *,
        paths: Sequence[Path] = (),
        mounts: "Sequence[Mount]" = (),
        on_change: Sequence[OnChange] = (),
        started: float,
        grace: float,
        on_update: "Callable[[Update], None]" = lambda _update: None,
        on_notice: Callable[[str], None] = lambda _line: None,
    ) -> None:
        super().__init__(
            settings,
            root=Path.cwd(),
            on_update=on_update,
            on_notice=on_notice,
            # A server may run the application in several processes, and a tab meets any of them.
            origin=1 + secrets.randbelow(2**ORIGIN_BITS - 1),
        )
        self._named = tuple(map(absolute, paths))
        self._mounts = tuple(mounts)
        self._callbacks = tuple(on_change)
        self._started = started
        self._grace = grace
        self._code: int | None = None
        self._waiting = ChangeSet()
        self._stirred = asyncio.Event()
        self._asked_to_end = asyncio.Event()
        self._away_until = 0.0
        self.makes_way = False
        """Whether the streams end when code has changed: where no signal will tell that the process
        shall end, its reloader would wait for them."""
        roots = [self.root, *self._named, *self._mount_folders()]
        self.watcher = self._make_watcher(roots, ignore=lambda _root: settings.ignore)
        self.provenance = Provenance(find=self.watcher.find_named)
        self.basis = ""

    async def __aenter__(self) -> Self:
        """Start to watch."""
        await super().__aenter__()
        self._telling = asyncio.create_task(self._keep_telling())
        self._proving = asyncio.create_task(self.provenance.keep_proving())
        self._hanging_up = asyncio.create_task(self._keep_hanging_up())
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop watching and end the streams."""
        self.close_streams()
        async with AsyncExitStack() as ending:  # each of them ends, whatever the others fail with
            ending.push_async_callback(super().__aexit__)
            for task in (self._hanging_up, self._proving, self._telling):
                ending.push_async_callback(ended, task)

    def hang_up(self) -> None:
        """End the streams, and those that tabs open again, for as long as the process has to end.

        A server waits for its answers. Should the process go on, the tabs come back by themselves.
        """
        self._away_until = time.monotonic() + self._grace
        self._asked_to_end.set()

    async def _keep_hanging_up(self) -> None:
        while True:
            await self._asked_to_end.wait()
            self._asked_to_end.clear()
            while time.monotonic() < self._away_until:
                self.broadcaster.hang_up()
                await asyncio.sleep(HANGING_UP_INTERVAL)

    async def find_code(self) -> int:
        """Say how new the newest code is that the application runs, in milliseconds since 1970."""
        if self._code is None:
            known = await self.watcher.changed_since(0)
            files = [one.path for one in known.changes if one.path.suffix in CODE]
            self._code = await asyncio.to_thread(_newest_before, files, self._started)
        return self._code

    def _mount_folders(self) -> list[Path]:
        return [mount.folder for mount in self._mounts if mount.folder.is_dir()]

    def _act(self, changes: ChangeSet) -> None:
        wanted = self._wanted(changes)
        if wanted:
            self._waiting |= wanted
            self._stirred.set()

    def _wanted(self, changes: ChangeSet) -> ChangeSet:
        """Leave out what the application may have written itself."""
        return ChangeSet(frozenset(filter(self._counts, changes.changes)), changes.seen_at)

    def _counts(self, change: "Change") -> bool:
        path = change.path
        return (
            path.suffix.lower() in SOURCES
            or any(path.is_relative_to(root) for root in self._named)
            or bool(self._urls(path))
        )

    def _urls(self, path: Path) -> list[str]:
        """The addresses at which a file is shown: those that are known, and those that were seen."""
        mounted = (mount.find_url(path) for mount in self._mounts)
        known = [self.basis + url for url in mounted if url is not None]
        return list(dict.fromkeys((*known, *self.provenance.urls(path))))

    async def _keep_telling(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            try:
                await self._tell_waiting()
            except Exception as error:  # noqa: BLE001 - told with its traceback; the next save goes on
                said = "".join(format_exception(error))
                self._on_notice(f"A change was not told, which is a fault of ours.\n{said}")

    async def _tell_waiting(self) -> None:
        if not await self._prepare():
            return
        changes, self._waiting = self._waiting, ChangeSet()
        if changes:
            await self._call_back(changes)
            self._tell(changes)

    async def _prepare(self) -> bool:
        """Wait until the application shows what has changed; False when it cannot.

        A reloader ends this process, and the next one tells. Where none does, the code that runs is
        the old one; but the page may show something of the file, and the person waits for an answer.
        """
        if any(one.path.suffix in CODE for one in self._waiting.changes):
            if self.makes_way:
                self.hang_up()
            await asyncio.sleep(self._grace)
            self._on_notice(
                "The code has changed, and the app still runs the old one: restart it, or run it"
                " with a reloader (uvicorn --reload)."
            )
        return True

    async def _call_back(self, changes: ChangeSet) -> None:
        for callback in self._callbacks:
            try:
                answer = callback(changes)
                if isawaitable(answer):
                    await answer
            except (Exception, asyncio.CancelledError) as error:
                if _is_cancelled():
                    raise  # it is us who end, not something that the callback has waited for
                self._on_notice(f"An on_change callback has failed: {error!r}")

    def _tell(self, changes: ChangeSet) -> None:
        ordered = sorted(changes.changes, key=lambda change: change.path)
        self._told_until = max(self._told_until, _moment_after(ordered))
        data = self._data(ordered)
        if data is None:
            event_id = self._publish("reload", {"reason": self._reason(ordered)})
        else:
            event_id = self._publish("change", data)
        files = tuple(self._name(change.path) for change in ordered)
        self._begin(event_id, files, delay=age([change.path for change in ordered]))

    def _data(self, changes: "Sequence[Change]") -> dict[str, Any] | None:
        """Write a `change`; None when something has changed that is not served as it is."""
        if len(changes) > MOST_CHANGES or not all(self._urls(one.path) for one in changes):
            return None
        described = [
            {"kind": str(one.kind), "url": url, **({"digest": one.digest} if one.digest else {})}
            for one in changes
            for url in self._urls(one.path)
        ]
        return {"changes": described}

    def _reason(self, changes: "Sequence[Change]") -> str:
        if len(changes) > MOST_CHANGES:
            return f"more than {MOST_CHANGES} files changed"
        first = next(one for one in changes if not self._urls(one.path))
        return f"{self._name(first.path)} {first.kind}"

    async def _missed(self, milliseconds: int) -> "Sequence[Event]":
        changes = self._wanted(await self.watcher.changed_since(milliseconds)).changes
        missed = (one for one in changes if one.path.suffix not in self._compared)
        ordered = sorted(missed, key=lambda one: one.path)
        if not ordered:
            return []
        data = self._data(ordered)
        if data is None:
            return [event("reload", {"reason": self._reason(ordered)})]
        return [event("change", data)]


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _moment_after(changes: "Iterable[Change]") -> int:
    """Say when all of this had been saved, in milliseconds since 1970.

    The watcher vouches for a moment before it looked, and a file may have been saved while it did;
    Linux since 6.13 also stamps files ahead of the clock that is asked for it (multigrain
    timestamps). To another process, the next one or another worker, it would then be news.
    """
    newest = max((saved_at(change.path) for change in changes), default=0.0)
    return int(min(newest, time.time()) * 1000) + 1


def _newest_before(files: Iterable[Path], moment: float) -> int:
    """Say when the newest of these files was saved that was saved before a moment."""
    times = [saved for path in files if (saved := saved_at(path)) <= moment]
    return int(max(times, default=0.0) * 1000)


def check_paths(paths: Iterable[Path]) -> None:
    """Raise `FolderError` for something to watch that does not exist."""
    for path in paths:
        with suppress(OSError):
            if path.exists():
                continue
        raise FolderError(
            "No such file or folder to watch",
            where=str(path),
            hint="Name what exists, from where the app is started: LiveReload(app, paths=[…])",
        )
