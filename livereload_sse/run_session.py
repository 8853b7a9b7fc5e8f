"""The session of a command that watches its sources by itself, and writes the site when it likes.

Knows when what it has written is worth showing: when the command says that it is done, or, of one
that says nothing, when nothing has been written for a moment. Refuses to know how the command is
kept running.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.build.child import Child
from livereload_sse.build.report import find_problems
from livereload_sse.build.results import OUTPUT_LIMIT, Ending, Finished
from livereload_sse.generated_session import GeneratedSession
from livereload_sse.session import ended

if TYPE_CHECKING:
    from livereload_sse.build.plans import Plan
    from livereload_sse.settings import Settings
    from livereload_sse.watch import ChangeSet

SETTLE_DELAY = 0.15
"""Seconds without a written file after which what was written is shown."""

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
        for task in self._tasks:
            await ended(task)
        await super().__aexit__(*exception)

    def rebuild(self) -> None:
        """Start the command anew, because somebody asks for it."""
        self._child.restart()

    def _act(self, _changes: "ChangeSet") -> None:
        self._written.set()

    def _hear(self, text: str) -> None:
        self._printed = (self._printed + text)[-OUTPUT_LIMIT:]
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
            await self._settle()
            printed, self._printed = self._printed, ""
            duration = time.monotonic() - began
            finished = Finished(Ending.EXITED, 0, duration, printed)
            await self._conclude(self._number, finished, self._output, ())

    async def _settle(self) -> None:
        """Wait until the command has written what it has to write."""
        deadline = time.monotonic() + SETTLE_TIMEOUT
        while self._written.is_set() and time.monotonic() < deadline:
            self._written.clear()
            if self._plan.done is not None:
                await self._wait_until_done(deadline)
                return
            await asyncio.sleep(SETTLE_DELAY)

    async def _wait_until_done(self, deadline: float) -> None:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                await self._done.wait()
        except TimeoutError:
            return  # it says something else than we know
        finally:
            self._done.clear()

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
