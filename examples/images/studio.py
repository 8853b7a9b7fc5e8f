"""The line of pictures, the painters who take them from it, and what is told of each.

Each job has a channel of its own, which ends with it; the channel `table` tells of all of them.
Refuses to know HTTP, and how a picture is drawn.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

from jobs import Job, Phase
from orders import Order
from painter import PainterEndedError, Paints
from worker import Failed, Finished, Preview, Told

from livereload_sse.sse import Broadcaster

TABLE = "table"
WAITING = 12  # pictures in the line
KEPT = 24  # pictures altogether: the oldest that is over makes room


class LineIsFullError(Exception):
    """So many pictures wait that another one is refused."""


class Studio:
    """Takes orders and has them drawn, each painter one at a time.

    clock: seconds, for how long a picture has taken
    """

    def __init__(
        self,
        broadcaster: Broadcaster,
        painters: Callable[[], Sequence[Paints]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.jobs: dict[str, Job] = {}
        self._broadcaster = broadcaster
        self._hire = painters
        self._clock = clock
        self._line: list[Job] = []
        self._came = asyncio.Event()
        self._at_work: dict[str, Paints] = {}

    async def __aenter__(self) -> Self:
        """Start the painters' processes."""
        self._painters = self._hire()
        self._tasks = [asyncio.create_task(self._work(painter)) for painter in self._painters]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave no process behind."""
        for task in self._tasks:
            task.cancel()
        for painter in self._painters:
            await painter.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ask(self, order: Order) -> Job:
        """Put a picture into the line. Raises LineIsFullError."""
        if len(self._line) >= WAITING:
            raise LineIsFullError
        self._make_room()
        job = Job(secrets.token_hex(4), order)
        self.jobs[job.id] = job
        self._line.append(job)
        self._tell_positions()
        self._came.set()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a picture that waits or is drawn; one that is over stays as it is."""
        if job.phase is Phase.QUEUED:
            self._line.remove(job)
            self._end(job, Phase.CANCELLED)
            self._tell_positions()
        elif job.phase is Phase.RENDERING:
            self._end(job, Phase.CANCELLED)
            self._at_work[job.id].kill()

    def describe(self, job: Job) -> dict[str, Any]:
        """What is told of a job."""
        return job.describe(self._clock())

    def state(self, job: Job) -> list[tuple[str, Any]]:
        """What a reader of its channel is told first, in the middle or when all is over."""
        return [(job.phase, self.describe(job))]

    def table(self) -> list[tuple[str, Any]]:
        """What a reader of the table is told first: all of it."""
        return [("table", [self.describe(job) for job in self.jobs.values()])]

    async def _work(self, painter: Paints) -> None:
        """Take the first of the line, as long as there is a line."""
        while True:
            while not self._line:
                self._came.clear()
                await self._came.wait()
            job = self._line.pop(0)
            job.phase, job.started, job.position = Phase.RENDERING, self._clock(), 0
            self._at_work[job.id] = painter
            self._tell("rendering", job)
            self._tell_positions()
            await self._draw(job, painter)
            del self._at_work[job.id]

    async def _draw(self, job: Job, painter: Paints) -> None:
        try:
            async for told in painter.draw(job.order):
                job.worker = painter.pid
                if job.phase is Phase.RENDERING:
                    self._hear(job, told)
                else:
                    painter.kill()  # it was cancelled while its process was started
        except (PainterEndedError, OSError) as error:
            if job.phase is Phase.RENDERING:
                self._end(job, Phase.FAILED, f"{error} Another one draws what comes next.")

    def _hear(self, job: Job, told: Told) -> None:
        match told:
            case Finished(picture):
                job.picture, job.percent = picture, 100
                self._end(job, Phase.DONE)
            case Failed(why):
                self._end(job, Phase.FAILED, why)
            case Preview(percent, picture):
                job.percent, job.preview = percent, picture
                job.version += 1
                self._tell("preview", job)
            case _:
                job.percent = told.percent
                self._tell("rendering", job)

    def _end(self, job: Job, phase: Phase, why: str = "") -> None:
        """The last event of a job, and the end of its channel: no page comes back to it."""
        job.phase, job.why, job.ended, job.position = phase, why, self._clock(), 0
        self._tell(phase, job)
        self._broadcaster.end(channel=job.channel)

    def _tell_positions(self) -> None:
        """Tell those whose place in the line is another one."""
        for position, job in enumerate(self._line, start=1):
            if job.position != position:
                job.position = position
                self._tell("queued", job)

    def _tell(self, name: str, job: Job) -> None:
        described = self.describe(job)
        self._broadcaster.publish(name, described, channel=job.channel)
        self._broadcaster.publish("image", described, channel=TABLE)

    def _make_room(self) -> None:
        """Forget the oldest that is over. Those under way are fewer than are kept."""
        over = [job for job in self.jobs.values() if job.phase.is_end]
        for job in over[: max(0, len(self.jobs) + 1 - KEPT)]:
            del self.jobs[job.id]
            self._broadcaster.publish("gone", {"id": job.id}, channel=TABLE)
