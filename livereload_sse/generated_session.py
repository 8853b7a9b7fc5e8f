"""What every session has in common that serves what a generator makes.

Knows that a site comes in generations, what is told when the next one is there or cannot be had,
and what a tab missed. Refuses to know how the generator is run: `build_session` and `run_session` do.
"""

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from statistics import median
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.build.editor import find_editor
from livereload_sse.build.generations import Generations
from livereload_sse.build.news import Failed, Started, Succeeded
from livereload_sse.build.report import find_warnings, make_report
from livereload_sse.build.workspace import Workspace
from livereload_sse.builds import Builds, read_source
from livereload_sse.errors import EmptyOutputError
from livereload_sse.session import MOST_CHANGES, Session, event, is_served
from livereload_sse.watch import coarse_milliseconds
from livereload_sse.web.urls import PAGE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livereload_sse.build.manifest import Difference
    from livereload_sse.build.news import News
    from livereload_sse.build.plans import Plan
    from livereload_sse.build.results import Finished
    from livereload_sse.settings import Settings
    from livereload_sse.sse import Event
    from livereload_sse.updates import Update

REMEMBERED_DURATIONS = 5
"""Builds from which the duration of the next one is guessed."""


class GeneratedSession(Session):
    """Serves the last good output of a generator.

    `plan` says what is run and watched, `memory` is the file that remembers, beyond this run, when
    each file of the site became different. `on_news` is told what happens to each build, `on_output`
    what it prints.
    """

    builds: Builds

    def __init__(
        self,
        settings: "Settings",
        plan: "Plan",
        *,
        memory: Path | None = None,
        on_update: "Callable[[Update], None]" = lambda _update: None,
        on_news: "Callable[[News], None]" = lambda _news: None,
        on_output: Callable[[str], None] = lambda _text: None,
        on_notice: Callable[[str], None] = lambda _line: None,
    ) -> None:
        super().__init__(settings, root=plan.project, on_update=on_update, on_notice=on_notice)
        self._plan = plan
        self._memory = memory
        self._on_output = on_output
        self._stack = ExitStack()
        self._workspace: Workspace | None = None
        self._durations: deque[float] = deque(maxlen=REMEMBERED_DURATIONS)
        self._shown_before: dict[PurePosixPath, None] = {}
        self._concluded = asyncio.Event()  # the first run is over, or none will be
        self.builds = Builds(
            plan.shown,
            project=plan.project,
            editor=find_editor(settings.editor),
            publish=self._publish,
            on_news=on_news,
            rebuild=self.rebuild,
        )

    async def __aenter__(self) -> Self:
        """Make a place for the generations, and start to watch."""
        self.enter_workspace()
        self.generations = Generations(
            self.workspace, memory=self._memory, clock=coarse_milliseconds
        )
        self.generations.on_switch = self.builds.switch
        return await super().__aenter__()

    async def __aexit__(self, *exception: object) -> None:
        """End what runs, and leave nothing behind."""
        self._concluded.set()
        with self._stack:
            await super().__aexit__(*exception)

    def enter_workspace(self) -> None:
        """Make the private folder of this run, unless it is there already."""
        if self._workspace is None:
            self._workspace = self._stack.enter_context(Workspace(self.root))

    @property
    def workspace(self) -> Workspace:
        """The private folder of this run."""
        assert self._workspace is not None  # noqa: S101 - it is made before anything runs
        return self._workspace

    @property
    def expected(self) -> float | None:
        """Seconds that a build has taken of late; None before the first."""
        return median(self._durations) if self._durations else None

    @abstractmethod
    def rebuild(self) -> None:
        """Build everything anew, because somebody asks for it."""

    async def _missed(self, milliseconds: int) -> "Sequence[Event]":
        await self._concluded.wait()
        if self.generations.live is None:
            return [event("reload", {"reason": "the site could not be built"})]
        served = self._shown_of(self.generations.changed_since(milliseconds))
        if len(served) > MOST_CHANGES:
            return [event("reload", {"reason": f"more than {MOST_CHANGES} files changed"})]
        return [event("change", self._data(served))] if served else []

    def _start(self, number: int, files: Collection[Path]) -> None:
        names = tuple(sorted(map(self._name, files)))
        self.builds.tell(Started(number, self.builds.command, names, self.expected))

    async def _conclude(
        self, number: int, finished: "Finished", output: Path, files: Collection[Path]
    ) -> None:
        """Show what a run has made, or say why there is nothing to show."""
        try:
            if finished.succeeded:
                await self._succeed(number, finished, output, files)
            else:
                self._fail(number, finished)
        except EmptyOutputError as error:
            self._fail(number, finished, instead=error)
        finally:
            self._concluded.set()

    async def _succeed(
        self, number: int, finished: "Finished", output: Path, files: Collection[Path]
    ) -> None:
        first = self.generations.live is None
        served = self._shown_of(await self.generations.show(output))
        self._durations.append(finished.duration)
        before, self._shown_before = self._shown_before, {}
        warnings = find_warnings(finished, self.root)
        succeeded = Succeeded(
            number,
            finished.duration,
            changed=len({*before, *(one.path for one in served)}),
            pages=count_pages({*before, *(one.path for one in served)}),
            before=len(before),
            files=self.generations.files,
            first=first,
            warnings=warnings,
        )
        if warnings and self._settings.strict:
            self._fail(number, finished, shown=True)
        else:
            self.builds.tell(succeeded)
        # Of a command that watches by itself nobody knows what was saved: then what it wrote counts.
        names = sorted(map(self._name, files)) or [one.path.as_posix() for one in served]
        self._tell(served, tuple(names), built=succeeded)

    def _show_early(
        self, files: Mapping[PurePosixPath, bytes], sources: Collection[Path], *, delay: float
    ) -> None:
        """Show single files before their build is over."""
        served = self._shown_of(self.generations.put(files))
        self._shown_before |= dict.fromkeys(one.path for one in served)
        names = sorted(map(self._name, sources)) or [one.path.as_posix() for one in served]
        self._tell(served, tuple(names), delay=delay)

    def _tell(
        self,
        served: "Sequence[Difference]",
        files: tuple[str, ...],
        *,
        delay: float = 0.0,
        built: Succeeded | None = None,
    ) -> None:
        """Tell the tabs what is different."""
        self._told_until = max(self._told_until, coarse_milliseconds())
        if not served:
            return
        if len(served) > MOST_CHANGES:
            event_id = self._publish("reload", {"reason": f"{len(served)} files changed"})
        else:
            event_id = self._publish("change", self._data(served))
        self._begin(event_id, files, delay=delay, built=built)

    def _fail(
        self,
        number: int,
        finished: "Finished",
        *,
        shown: bool = False,
        instead: EmptyOutputError | None = None,
    ) -> None:
        report = make_report(
            finished,
            project=self.root,
            read=read_source,
            title=str(instead) if instead else "",
        )
        self.builds.tell(
            Failed(
                number,
                self.builds.command,
                finished.ending,
                finished.exit_code,
                finished.duration,
                shown,
                report,
            )
        )

    def _shown_of(self, differences: "Sequence[Difference]") -> "list[Difference]":
        """Leave out what is never shown to anybody."""
        unseen = self._plan.unseen
        return [
            one for one in differences if is_served(one.path) and one.path.as_posix() not in unseen
        ]

    def _data(self, served: "Sequence[Difference]") -> dict[str, Any]:
        return {"changes": [self._described(one.kind, one.path, one.digest) for one in served]}


def count_pages(paths: Collection[PurePosixPath]) -> int:
    """Count those that a person goes to."""
    return sum(path.suffix == PAGE_SUFFIX for path in paths)
