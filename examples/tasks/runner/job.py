"""One job: its steps, one after another, until one fails or somebody cancels it.

Knows what a state means and when it changes. Refuses to know other jobs, and HTTP.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from .events import Ended, Row, State
from .feed import Feed
from .problems import Reader
from .processes import run
from .steps import Step


class Job:
    """`changed` is called whenever the row of the job in the list reads differently."""

    def __init__(
        self,
        name: str,
        branch: tuple[str, str],
        steps: tuple[Step, ...],
        feed: Feed,
        changed: Callable[["Job"], None],
    ) -> None:
        self.name = name
        self.branch, self.title = branch
        self.steps = steps
        self.feed = feed
        self.state: State = "waiting"
        self.watching = 0
        self._started: float | None = None
        self._seconds: float | None = None
        self._changed = changed

    @property
    def is_over(self) -> bool:
        return self.state not in {"waiting", "running"}

    def row(self) -> Row:
        """The job as the list shows it."""
        return {
            "id": self.name,
            "branch": self.branch,
            "title": self.title,
            "state": self.state,
            "started": self._started,
            "seconds": self._seconds,
            "problems": self.feed.problems,
            "watching": self.watching,
        }

    def watch(self, more: int) -> None:
        """So many more watch the job than before."""
        self.watching += more
        self._changed(self)

    async def run(self, folder: Path, environ: Mapping[str, str], room: asyncio.Semaphore) -> None:
        """Run the steps in a folder, as soon as there is room; never raises CancelledError.

        To cancel it, cancel the task: what runs is ended first, and then the feed says so.
        """
        began = time.monotonic()
        ended: Ended = "failed"
        try:
            async with room:
                began, self._started = time.monotonic(), time.time()
                self._become("running")
                ended = await self._run_steps(folder, environ)
        except asyncio.CancelledError:
            ended = "cancelled"
        finally:
            self._seconds = round(time.monotonic() - began, 3)
            self.feed.end(ended, seconds=self._seconds)
            self._become(ended)

    def abandon(self) -> None:
        """Say that it was cancelled so early that it has not even begun to wait."""
        self._seconds = 0.0
        self.feed.end("cancelled", seconds=0.0)
        self._become("cancelled")

    def _become(self, state: State) -> None:
        self.state = state
        self._changed(self)

    async def _run_steps(self, folder: Path, environ: Mapping[str, str]) -> Ended:
        for step in self.steps:
            if not await self._succeeds(step, folder, environ):
                return "failed"
        return "done"

    async def _succeeds(self, step: Step, folder: Path, environ: Mapping[str, str]) -> bool:
        began, code = time.monotonic(), None
        state: Ended = "failed"
        self.feed.begin(step.name)
        try:
            code = await self._run_commands(step, folder, environ)
            state = "failed" if code else "done"
        except asyncio.CancelledError:
            state = "cancelled"
            raise
        except OSError as error:  # there is no such program
            self.feed.say(step.name, str(error))
        finally:
            self.feed.finish(step.name, state, code=code, seconds=time.monotonic() - began)
        return state == "done"

    async def _run_commands(self, step: Step, folder: Path, environ: Mapping[str, str]) -> int:
        reader = Reader(folder)

        def tell(line: str) -> None:
            self.feed.say(step.name, line)
            if place := reader.feed(line):
                self.feed.complain(step.name, place)
                self._changed(self)

        for command in step.commands:
            tell(f"$ {command}")
            if code := await run(command.words, folder, environ, tell):
                return code
        return 0
