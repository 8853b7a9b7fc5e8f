"""The session of a site that is built by a command: a save becomes one build, whose end is told.

Knows when to build and what to watch. Refuses to know how a generator is run (`build.results.Builder`
is that) and what its output means to a tab.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.build.loop import BuildLoop
from livereload_sse.build.news import Progressed
from livereload_sse.build.progress import Progress
from livereload_sse.build.results import OUTPUT_LIMIT, Ending, Finished
from livereload_sse.generated_session import GeneratedSession
from livereload_sse.session import absolute, age, ended, saved_at

if TYPE_CHECKING:
    from livereload_sse.build.loop import Request
    from livereload_sse.build.plans import Plan
    from livereload_sse.build.results import Builder
    from livereload_sse.build.triggers import Loop
    from livereload_sse.settings import Settings
    from livereload_sse.watch import ChangeSet, Watcher

PROGRESS_INTERVAL = 0.25
"""Seconds between two words on how far a build is."""

Quick = Callable[[frozenset[Path]], Awaitable[Mapping[PurePosixPath, bytes] | None]]
"""Makes what can be shown of some changes before their build is over."""


class BuildSession(GeneratedSession):
    """Builds when something changes, and serves what was built.

    `make_builder` makes what runs the generator, given a folder for caches. `quick` makes single files that can be shown before the build is
    over; None where nothing can.
    """

    def __init__(
        self,
        settings: "Settings",
        plan: "Plan",
        make_builder: "Callable[[Path], Builder]",
        *,
        quick: Quick | None = None,
        **told: Any,
    ) -> None:
        super().__init__(settings, plan, **told)
        self._make_builder = make_builder
        self._quick = quick
        self._roots = self._with_users(plan.watch)
        self.watcher = self._make_watcher(self._roots, ignore=self._ignored)
        self._loop = BuildLoop(
            build=self._build, cancel=settings.cancel, on_loop=self._explain, project=self.root
        )
        self._background: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin to watch and to build."""
        await super().__aenter__()
        self._builder = self._make_builder(self.workspace.folder("cache"))
        self._building = asyncio.create_task(self._keep_building())
        self._in_background(self._learn(self.watcher))
        self.rebuild()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """End the build that runs, with all of its processes."""
        self.close_streams()
        async with AsyncExitStack() as ending:  # each of them ends, whatever another fails with
            ending.push_async_callback(super().__aexit__, *exception)
            ending.push_async_callback(self._builder.close)
            for task in [self._building, *self._background]:
                ending.push_async_callback(ended, task)

    def rebuild(self) -> None:
        """Build everything anew, because somebody asks for it."""
        self._loop.request({}, everything=True)

    def watch(self, paths: Iterable[Path]) -> None:
        """Watch these from now on: a generator has said what it reads."""
        roots = self._with_users(paths)
        if set(roots) != set(self._roots):
            self._roots = roots
            self._in_background(self._watch_instead(roots))

    def _act(self, changes: "ChangeSet") -> None:
        changed = {one.path: saved_at(one.path) for one in changes.changes}
        if self._quick is None or self.generations.live is None:
            self._loop.request(changed)
        else:
            self._in_background(self._show_and_build(self._quick, changed))

    async def _keep_building(self) -> None:
        try:
            await self._loop.run()
        except Exception as error:
            self._on_notice(f"Building has failed, so saves are not shown any more: {error!r}")
            raise  # at the end of the session, with its traceback: this is our bug

    async def _build(self, request: "Request") -> None:
        self._start(request.number, request.paths)
        output = self._stage()
        try:
            finished = await self._run(request, output)
            self._loop.note_written()
        except asyncio.CancelledError:
            await self._drop(output, killed=True)
            raise
        await self._conclude(request.number, finished, output, request.paths)
        if not finished.succeeded:
            await self._drop(output, killed=finished.ending is Ending.TIMED_OUT)

    def _stage(self) -> Path:
        """Give the build a folder to write: an empty one, or the one in which it goes on."""
        if self._plan.way != "in-place":
            return self.generations.stage()
        return self._plan.output or self.generations.stage_in_place()

    async def _drop(self, output: Path, *, killed: bool) -> None:
        """Let go of what a run has left. A generator that was killed has left files that are half
        written and look up to date to it, so it begins again with the last good output. The user's
        own output folder is the user's.
        """
        if self._plan.way != "in-place":
            await self.generations.discard(output)
        elif killed and self._plan.output is None:
            await self.generations.reseed()

    async def _run(self, request: "Request", output: Path) -> Finished:
        progress = _Telling(request.number, self.builds.tell, self._on_output)
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._settings.build_timeout) as limit:
                return await self._builder.build(output, request.paths, progress.say)
        except TimeoutError:
            if not limit.expired():
                raise
            duration = time.monotonic() - began
            return Finished(Ending.TIMED_OUT, None, duration, progress.output)

    async def _show_and_build(self, quick: Quick, changed: Mapping[Path, float]) -> None:
        """Show what can be shown before the build, and have it confirmed by the build."""
        files = await quick(frozenset(changed))
        if files:
            self._show_early(files, changed.keys(), delay=age(changed.keys()))
        self._loop.request(changed)

    async def _learn(self, watcher: "Watcher") -> None:
        """Have the contents of the sources known, so that saving the same bytes is no change."""
        await watcher.armed()
        await watcher.changed_since(0)

    async def _watch_instead(self, roots: list[Path]) -> None:
        """Let another watcher take over, once it sees everything."""
        watcher = self._make_watcher(roots, ignore=self._ignored)
        await watcher.__aenter__()
        await watcher.armed()
        before, self.watcher = self.watcher, watcher
        following, self._pump = self._pump, asyncio.create_task(self._follow(watcher))
        await before.__aexit__(None, None, None)
        await following
        await self._learn(watcher)

    def _with_users(self, paths: Iterable[Path]) -> list[Path]:
        return [path for path in (*paths, *map(absolute, self._settings.watch)) if path.exists()]

    def _ignored(self, root: Path) -> list[str]:
        """List the patterns for one root. The user's are relative to the project, and so is the one
        that is advised against a loop.
        """
        own = [pattern_below(pattern, root, self.root) for pattern in self._settings.ignore]
        return [*self._plan.ignored_below(root), *own]

    def _explain(self, loop: "Loop") -> None:
        self._on_notice(loop.text)

    def _in_background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def pattern_below(pattern: str, root: Path, project: Path) -> str:
    """Write an anchored pattern of the project for a root that is watched below it."""
    if not pattern.startswith("/") or root == project or not root.is_relative_to(project):
        return pattern
    return pattern.replace(f"/{root.relative_to(project).as_posix()}/", "/", 1)


class _Telling:
    """Hears what a build prints, and tells now and then how far it is."""

    def __init__(
        self,
        number: int,
        tell: Callable[[Progressed], None],
        on_output: Callable[[str], None],
    ) -> None:
        self._number = number
        self._tell = tell
        self._on_output = on_output
        self._progress = Progress()
        self._began = self._told = time.monotonic()
        self.output = ""

    def say(self, text: str) -> None:
        """Take the next piece of the output."""
        self.output = (self.output + text)[-OUTPUT_LIMIT:]
        self._on_output(text)
        self._progress.feed(text)
        now = time.monotonic()
        if now - self._told >= PROGRESS_INTERVAL:
            self._told = now
            self._tell(self._news(now - self._began))

    def _news(self, elapsed: float) -> Progressed:
        progress = self._progress
        return Progressed(self._number, elapsed, progress.fraction, progress.stage, progress.line)
