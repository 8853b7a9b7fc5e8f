"""When to build: one build at a time, never two for one save, none for nothing.

Knows what is asked for and what runs. Refuses to know how a build is done.

A save during a build becomes exactly one further build. Whether it also ends the one that runs is
the question of `cancel`. Ending it lets the newest save be seen after one whole build, and not after
the rest of this one and a whole one; but what was saved before is then seen later, and a person who
saves faster than the site builds would see nothing at all. So "auto" ends a build in its first half,
if it is expected to take a second or more (below that nobody feels the difference), and never two in
a row. Mean seconds for builds of 8 s (`python -m tests.benchmarks.cancel_policy` plays them):

                                          never   auto   always
    a save and a correction
        until the correction is shown     12.9     8.9      8.0
        until any save is shown           10.4     9.0      9.6
    two saves in each build, for 80 s
        until any save is shown           12.0    10.8     45.9
        at worst                          16.0    17.6     92.3

Up to a quarter of the build instead of half of it, the correction takes 10.2 s; up to three quarters
8.1 s, but the saves of the other rows 9.2, 11.1 and 19.4 s.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from livereload_sse.build.tasks import end_task
from livereload_sse.build.triggers import Loop, Triggers

Cancel = Literal["auto", "never", "always"]

LEAST_EXPECTED = 1.0
"""Seconds a build must be expected to take before it is worth ending."""

LATEST = 0.5
"""The part of its expected duration after which a build is not ended any more."""

REMEMBERED_DURATIONS = 5
"""Builds from which the duration of the next one is expected."""


@dataclass(frozen=True, slots=True)
class Request:
    """One build that is asked for: because of `paths`, or for `everything`.

    `paths` are all that have changed since the last build that ended by itself was begun. `number`
    counts the builds from 1, those that were cancelled too.
    """

    number: int
    paths: frozenset[Path]
    everything: bool


class BuildLoop:
    """Has `build` called for what is asked for. Used by one event loop.

    `on_loop` is told of a build that triggers itself; `project` is what its files are named from.
    `clock` is the one that stamps files, in seconds since 1970.
    """

    def __init__(
        self,
        *,
        build: Callable[[Request], Awaitable[None]],
        cancel: Cancel = "auto",
        on_loop: Callable[[Loop], None] = lambda _loop: None,
        project: Path = Path(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._build = build
        self._cancel = cancel
        self._on_loop = on_loop
        self._clock = clock
        self._triggers = Triggers(project)
        self._durations: deque[float] = deque(maxlen=REMEMBERED_DURATIONS)
        self._number = 0
        self._paths: frozenset[Path] = frozenset()
        self._everything = False
        self._asked = asyncio.Event()
        self._began: float | None = None
        self._was_cancelled = False

    @property
    def building(self) -> bool:
        """Whether a build runs now."""
        return self._began is not None

    def request(self, changes: Mapping[Path, float], *, everything: bool = False) -> None:
        """Ask for a build because of changed files (path → seconds since 1970; 0: it is gone)."""
        now = self._clock()
        self._triggers.note({path: at or now for path, at in changes.items()}, now)
        if everything:
            self._triggers.note_wish()
        if changes or everything:
            self._paths |= changes.keys()
            self._everything |= everything
            self._asked.set()

    def note_written(self) -> None:
        """The generator of this build has ended: what changes from now on is not its doing."""
        self._triggers.end(self._clock())

    async def run(self) -> None:
        """Build whenever something is asked for, until cancelled; that ends the build that runs.

        What `build` raises is raised.
        """
        while True:
            await self._asked.wait()
            await self._rest()
            await self._run_one(self._take())

    async def _rest(self) -> None:
        """Let a build that is suspected to trigger itself wait; somebody who saves ends that."""
        if loop := self._triggers.find_loop():
            self._on_loop(loop)
        while delay := self._triggers.delay():
            self._asked.clear()
            if not await self._is_asked_within(delay):
                return

    async def _is_asked_within(self, delay: float) -> bool:
        try:
            async with asyncio.timeout(delay):
                return await self._asked.wait()
        except TimeoutError:
            return False

    def _take(self) -> Request:
        self._number += 1
        request = Request(self._number, self._paths, self._everything)
        self._paths, self._everything = frozenset(), False
        self._asked.clear()
        return request

    async def _run_one(self, request: Request) -> None:
        began = self._began = self._clock()
        self._triggers.begin(began)
        building = asyncio.ensure_future(self._build(request))
        try:
            cancelled = await self._wait(building)
        finally:
            await end_task(building)
            self._began = None
            self._triggers.end(self._clock())
        self._was_cancelled = cancelled and building.cancelled()
        if self._was_cancelled:
            self._paths |= request.paths
            self._everything |= request.everything
        else:
            building.result()  # what it failed with is our bug, and raised
            self._durations.append(self._clock() - began)

    async def _wait(self, building: "asyncio.Future[None]") -> bool:
        """Wait for a build; True when it is better ended for the sake of the next one."""
        asked = asyncio.ensure_future(self._asked.wait())
        either: set[asyncio.Future[Any]] = {building, asked}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        if not building.done() and self._is_worth_ending():
            return True
        await asyncio.wait({building})
        return False

    def _is_worth_ending(self) -> bool:
        if self._cancel == "never" or self._triggers.is_suspicious or self._began is None:
            return False
        if self._cancel == "always":
            return True
        expected = median(self._durations) if self._durations else 0.0
        elapsed = self._clock() - self._began
        return (
            not self._was_cancelled and expected >= LEAST_EXPECTED and elapsed < LATEST * expected
        )
