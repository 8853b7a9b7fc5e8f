"""When to build: one build at a time, never two for one save, none for nothing.

Knows what is asked for and what runs. Refuses to know how a build is done.

A save during a build becomes exactly one further build. Whether it also ends the one that runs is
the question of `cancel`. Ending it lets the newest save be seen after one whole build, and not after
the rest of this one and a whole one; but what was saved before is then seen later, and a person who
saves faster than the site builds would see nothing at all. So "auto" ends a build in its first half,
when it is expected to take a second or more (below that, starting again costs as much as it saves),
and never two in a row. Builds of 8 s and a save every 4.3 s, played ten seconds long: the last save
was shown after 15 s with "never", after 8 s with "auto" and "always"; any save after 12, 10 and 12 s
on average (`python -m tests.benchmarks.cancel_policy`).
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from livereload_sse.build.triggers import Loop, Triggers

Cancel = Literal["auto", "never", "always"]

LEAST_EXPECTED = 1.0
"""Seconds a build must be expected to take before it is worth ending."""


@dataclass(frozen=True, slots=True)
class Request:
    """One build that is asked for: because of `paths`, or for `everything`."""

    number: int
    paths: frozenset[Path]
    everything: bool


class BuildLoop:
    """Has `build` called for what is asked for. Used by one event loop.

    `on_loop` is told of a build that triggers itself, `project` is what its files are named from.
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
        self._durations: deque[float] = deque(maxlen=5)
        self._number = 0
        self._paths: frozenset[Path] = frozenset()
        self._everything = False
        self._asked = asyncio.Event()
        self._began: float | None = None
        self._written: float | None = None
        self._was_cancelled = False

    @property
    def building(self) -> bool:
        """Whether a build runs now."""
        return self._began is not None

    def request(self, changes: Mapping[Path, float], *, everything: bool = False) -> None:
        """Ask for a build because of changed files (path → seconds since 1970; 0: it is gone)."""
        now = self._clock()
        if self._began is not None:
            self._note_build(self._began, now)
        if changes:
            self._triggers.judge({path: at or now for path, at in changes.items()})
        self._paths |= changes.keys()
        self._everything |= everything
        if changes or everything:
            self._asked.set()

    def note_written(self) -> None:
        """The generator has ended: what changes from now on is not its doing."""
        self._written = self._clock()

    async def run(self) -> None:
        """Build whenever something is asked for, until cancelled; that ends the build that runs."""
        while True:
            await self._asked.wait()
            self._triggers.count()
            await self._rest()
            await self._run_one(self._take())

    async def _rest(self) -> None:
        """Let a build that is suspected to trigger itself wait; somebody who saves ends that."""
        while delay := self._triggers.delay:
            self._asked.clear()
            try:
                async with asyncio.timeout(delay):
                    await self._asked.wait()
            except TimeoutError:
                break
        if loop := self._triggers.loop:
            self._on_loop(loop)

    def _take(self) -> Request:
        self._number += 1
        request = Request(self._number, self._paths, self._everything)
        self._paths, self._everything = frozenset(), False
        self._asked.clear()
        return request

    async def _run_one(self, request: Request) -> None:
        self._began, self._written = self._clock(), None
        building = asyncio.ensure_future(self._build(request))
        try:
            cancelled = await self._await(building)
        finally:
            building.cancel()
            await asyncio.wait({building})
            began, ended, self._began = self._began, self._clock(), None
            self._note_build(began, ended)
        self._was_cancelled = cancelled
        if cancelled:
            self._paths |= request.paths
            self._everything |= request.everything
        else:
            building.result()  # what it failed with is our bug, and raised
            self._durations.append(ended - began)

    def _note_build(self, began: float, ended: float) -> None:
        self._triggers.note_build(began, self._written or ended)

    async def _await(self, building: "asyncio.Future[None]") -> bool:
        """Wait for a build; True when it is better ended for the sake of the next one."""
        while not building.done():
            asked = asyncio.ensure_future(self._asked.wait())
            both: set[asyncio.Future[Any]] = {building, asked}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            if building.done() or not self._asked.is_set():
                continue
            if self._is_worth_ending():
                return True
            await asyncio.wait({building})
        return False

    def _is_worth_ending(self) -> bool:
        if self._cancel != "auto" or self._began is None:
            return self._cancel == "always"
        expected = median(self._durations) if self._durations else 0.0
        elapsed = self._clock() - self._began
        return not self._was_cancelled and expected >= LEAST_EXPECTED and elapsed < expected / 2
