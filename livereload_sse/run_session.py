"""The session of a command that watches its sources by itself, and writes the site when it likes.

Knows when what it has written is worth showing: when the command says that it is done, or, of one
that says nothing, when nothing has been written for a moment. Refuses to know how the command is
kept running.
"""

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.build.child import Child
from livereload_sse.build.manifest import look
from livereload_sse.build.report import find_problems
from livereload_sse.build.results import OUTPUT_LIMIT, Ending, Finished
from livereload_sse.generated_session import GeneratedSession
from livereload_sse.session import ended
from livereload_sse.watch.tree import Signature
from livereload_sse.web.writers import is_being_written

if TYPE_CHECKING:
    from livereload_sse.build.plans import Plan
    from livereload_sse.settings import Settings
    from livereload_sse.watch import ChangeSet

STEP = 0.01
"""Seconds between two looks while it writes; a file that looks the same in two of them rests."""

SETTLE_DELAY = 0.15
"""Seconds without a written file after which it has written what it has to write."""

SETTLE_TIMEOUT = 3.0
"""Seconds after which it is shown although more is being written."""

ERROR_DELAY = 0.5
"""Seconds after which an error counts that a command has printed, and not followed by a file."""


class RunSession(GeneratedSession):
    """Keeps a command running, and serves what it writes."""

    def __init__(self, settings: "Settings", plan: "Plan", **told: Any) -> None:
        super().__init__(settings, plan, **told)
        self._number = 0
        self._printed = ""
        self._written = asyncio.Event()
        self._heard = asyncio.Event()
        self._done = asyncio.Event()
        self._shown: dict[str, Signature] = {}

    async def __aenter__(self) -> Self:
        """Start the command, and watch what it writes."""
        self.enter_workspace()
        output = self._plan.output or self.workspace.folder("written")
        self._output = output
        self.watcher = self._make_watcher([output], ignore=lambda _root: [], gitignore=False)
        await super().__aenter__()
        self._child = Child(
            self._plan.command(output=output, cache=self.workspace.folder("cache")),
            say=self._hear,
            on_exit=self._note_exit,
            done=self._plan.done,
            on_done=self._done.set,
        )
        self._tasks = [
            asyncio.create_task(work)
            for work in (self._child.run(), self._keep_showing(), self._keep_listening())
        ]
        return self

    async def __aexit__(self, *exception: object) -> None:
        """End the command, with all of its processes."""
        self.close_streams()
        async with AsyncExitStack() as ending:  # each of them ends, whatever another fails with
            ending.push_async_callback(super().__aexit__, *exception)
            for task in reversed(self._tasks):
                ending.push_async_callback(ended, task)

    def rebuild(self) -> None:
        """Start the command anew, because somebody asks for it."""
        self._child.restart()

    def _act(self, _changes: "ChangeSet") -> None:
        self._written.set()

    def _hear(self, text: str) -> None:
        self._printed = (self._printed + text)[-OUTPUT_LIMIT:]
        self._on_output(text)
        self._heard.set()

    def _note_exit(self, finished: Finished) -> None:
        self._number += 1
        self._fail(self._number, finished)
        self._concluded.set()

    async def _keep_showing(self) -> None:
        while True:
            await self._written.wait()
            began = time.monotonic()
            self._start(self._next(), ())
            await self._show_as_it_comes()
            printed, self._printed = self._printed, ""
            duration = time.monotonic() - began
            finished = Finished(Ending.EXITED, 0, duration, printed)
            await self._conclude(self._number, finished, self._output, ())

    async def _show_as_it_comes(self) -> None:
        """Show each written file once it rests, until the command has written what it has to write.

        Some write two hundred files to change three, and the one that is looked at may be the first.
        """
        deadline, quiet = time.monotonic() + SETTLE_TIMEOUT, 0.0
        before: Mapping[str, Signature] = {}
        while not self._is_over(quiet) and time.monotonic() < deadline:
            now = await asyncio.to_thread(_look, self._output)
            await self._show_resting(now, before)
            quiet = quiet + STEP if now == before else 0.0
            before = now
            await asyncio.sleep(STEP)
        self._written.clear()
        self._done.clear()

    def _is_over(self, quiet: float) -> bool:
        """It has said so, or nothing has been written for a while."""
        return quiet >= (STEP if self._done.is_set() else SETTLE_DELAY)

    async def _show_resting(
        self, now: Mapping[str, Signature], before: Mapping[str, Signature]
    ) -> None:
        if self.generations.live is None:
            return
        new = {path: found for path, found in now.items() if self._shown.get(path) != found}
        still = {path for path, found in new.items() if before.get(path) == found}
        read = await asyncio.to_thread(_read_resting, self._output, new, still)
        self._shown.update({path.as_posix(): new[path.as_posix()] for path in read})
        self._show_early(read, (), delay=0.0)

    async def _keep_listening(self) -> None:
        """Some go on after an error, write nothing and only print it."""
        while True:
            await self._heard.wait()
            while self._heard.is_set() or self._written.is_set():
                self._heard.clear()
                await asyncio.sleep(ERROR_DELAY)
            finished = Finished(Ending.EXITED, 1, 0.0, self._printed)
            problems = find_problems(finished, self.root)
            if any(one.severity == "error" for one in problems):
                self._printed = ""
                self._start(self._next(), ())
                self._fail(self._number, finished)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _look(folder: Path) -> dict[str, Signature]:
    """Say how the files look; nothing is there while a command writes its folder anew."""
    try:
        return look(folder)
    except OSError:
        return {}


def _read_resting(
    folder: Path, paths: Iterable[str], still: Collection[str]
) -> dict[PurePosixPath, bytes]:
    """Read the files that nobody is writing: the system knows, or they looked the same before.

    What is gone again, or may not be read, is left to what comes after.
    """
    read = {}
    for path in paths:
        with suppress(OSError), (folder / path).open("rb") as file:
            content, unfinished = file.read(), is_being_written(file.fileno())
            if unfinished is False or (unfinished is None and path in still):
                read[PurePosixPath(path)] = content
    return read
