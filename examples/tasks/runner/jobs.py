"""All jobs: those that run, those that wait for room, and the last of those that are over.

Knows which there are, and tells the list's channel when one changes. Refuses to know what a job
does, and HTTP.
"""

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self

from livereload_sse.sse import Broadcaster

from .events import Rows
from .feed import Feed
from .job import Job
from .steps import steps, surroundings

CHANNEL: Final = "jobs"
KEPT: Final = 20
AT_ONCE: Final = 2

log = logging.getLogger("uvicorn.error")


class NoRoomError(Exception):
    """So many jobs wait and run that not one of them may be forgotten for a new one."""


class Jobs:
    """Starts, keeps and cancels jobs; at its end nothing that they have started runs on.

    folder: in which each job gets a folder of its own, beside the repository
    branches: what there is to run, and the title of each
    """

    def __init__(
        self, broadcaster: Broadcaster, folder: Path, repository: Path, branches: Mapping[str, str]
    ) -> None:
        self.branches = branches
        self._broadcaster = broadcaster
        self._folder = folder
        self._repository = Path(os.path.relpath(repository, folder / "job")).as_posix()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def find(self, name: str) -> Job | None:
        return self._jobs.get(name)

    def rows(self) -> Rows:
        """The list, newest first."""
        return {"rows": [job.row() for job in reversed(self._jobs.values())]}

    def start(self, branch: str) -> Job:
        """Start a job for a branch; it runs as soon as there is room.

        Raises KeyError for a branch that there is not, and NoRoomError.
        """
        title = self.branches[branch]
        self._make_room()
        # Names are not counted: after a restart, a page of before must not find another's job.
        name = secrets.token_hex(4)
        parts = steps(self._repository, branch, ruff=find_spec("ruff") is not None)
        feed = Feed(self._broadcaster, name)
        job = self._jobs[name] = Job(name, (branch, title), parts, feed, self._tell)
        self._tell(job)
        task = self._tasks[name] = asyncio.create_task(self._run(job), name=f"job {name}")
        task.add_done_callback(lambda task: self._finished(job, task))
        return job

    def cancel(self, job: Job) -> None:
        """End what it runs, all of it; one that is over stays as it is."""
        if task := self._tasks.get(job.name):
            task.cancel()

    @contextmanager
    def watched(self, job: Job) -> Iterator[None]:
        """Count somebody who watches a job."""
        job.watch(1)
        try:
            yield
        finally:
            job.watch(-1)

    async def _run(self, job: Job) -> None:
        folder = self._folder / job.name
        folder.mkdir()
        await job.run(folder, surroundings(os.environ), self._room)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _make_room(self) -> None:
        """Forget the oldest that is over, where there are as many as are kept."""
        if len(self._jobs) < KEPT:
            return
        oldest = next((job for job in self._jobs.values() if job.is_over), None)
        if oldest is None:
            raise NoRoomError
        del self._jobs[oldest.name]
        self._broadcaster.publish("rows", self.rows(), channel=CHANNEL)

    def _tell(self, job: Job) -> None:
        if job.name in self._jobs:
            self._broadcaster.publish("row", job.row(), channel=CHANNEL)

    def _finished(self, job: Job, task: asyncio.Task[None]) -> None:
        del self._tasks[job.name]
        if not job.is_over:  # a task that is cancelled at once never begins
            job.abandon()
        if not task.cancelled() and (error := task.exception()):
            log.error("job %s has broken the example", job.name, exc_info=error)
