"""Builds of one MkDocs or ProperDocs project, and what can be shown of a save before its build ends.

Knows which of two workers does what: while one builds, the one that has done the last good build
renders single pages, so that a save in the middle of a long build is shown as soon as any other.
Refuses to know when to build, and what becomes of the output.
"""

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from livereload_sse.build.command import Output
from livereload_sse.build.mkdocs.process import WorkerGoneError, WorkerProcess
from livereload_sse.build.mkdocs.quiet import quiet
from livereload_sse.build.mkdocs.told import problem_from
from livereload_sse.build.results import Ending, Finished, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from livereload_sse.build.results import Say

LONG_BUILD = 0.4
"""Seconds from which on a build is worth a second worker, which costs its memory."""

QUICK_TIMEOUT = 2.0
"""Seconds after which a page that was to be quick is left to the whole build."""

Package = Literal["mkdocs", "properdocs"]


class MkDocsBuilder:
    """A `Builder` for one configuration file.

    `python` is the interpreter that has the generator, `url` what the pages take for their site's
    address. `strict` is what plugins are told; warnings never keep a site from being shown.
    `on_watched` is told, after each build that changes it, which files and folders the site is made
    of.
    """

    def __init__(
        self,
        *,
        python: Path,
        package: Package,
        config: Path,
        url: str,
        strict: bool,
    ) -> None:
        self.on_watched: Callable[[tuple[Path, ...]], None] = lambda _paths: None
        self._watched: tuple[Path, ...] = (config,)
        self._python, self._package, self._config = python, package, config
        self._request = {"config": str(config), "url": url, "strict": strict}
        # One date for the whole preview: pages that print it would differ after each build.
        date = os.environ.get("SOURCE_DATE_EPOCH") or str(int(time.time()))
        self._environment = {
            "SOURCE_DATE_EPOCH": date,
            "NO_MKDOCS_2_WARNING": "1",
            "DISABLE_MKDOCS_2_WARNING": "1",
        }
        self._fresh: WorkerProcess | None = None  # has done the last good build
        self._spare: WorkerProcess | None = None
        self._warming: asyncio.Task[None] | None = None
        self._assets: Mapping[str, str] = {}
        self._stale = True  # something has changed that only a whole build can show
        self._building = False
        self._builds: WorkerProcess | None = None  # is building now
        self._refused = False  # since the build began that runs
        self._shown: set[Path] = set()  # while a build runs, which may have read them before
        self._latest: dict[PurePosixPath, bytes] = {}  # what was made of them
        self._duration = 0.0
        self._modules: frozenset[str] = frozenset()
        self._installed: dict[str, float] = {}

    @property
    def watched(self) -> tuple[Path, ...]:
        """The files and folders that the site is made of, as far as builds have told."""
        return self._watched

    async def build(self, output: Path, changed: frozenset[Path], say: "Say") -> Finished:
        """Build into the folder `output`; see `Builder`."""
        began = time.monotonic()
        printed = Output(say)
        await self._forget_outdated(changed)
        self._building, self._refused = True, False
        try:
            finished = await self._build(output, changed, printed, began)
        finally:
            self._building, self._builds = False, None
            self._shown.clear()
            self._latest.clear()
        return finished

    async def quick(self, changed: frozenset[Path]) -> "Mapping[PurePosixPath, bytes] | None":
        """Make what can be shown of these changes before their build is over; None: nothing can.

        May be called while a build runs.
        """
        assets = {path: self._assets[str(path)] for path in changed if str(path) in self._assets}
        others = changed - assets.keys()
        try:
            for path in changed:
                await quiet(path)
            shown = {PurePosixPath(to): path.read_bytes() for path, to in assets.items()}
        except OSError:  # deleted, or not to be read: the build will tell
            self._stale = self._refused = True
            return None
        pages = await self._pages(others) if others else {}
        if pages is None:
            self._stale = self._refused = True
            self._latest.clear()
        shown.update(pages or {})
        if self._building:
            self._shown |= changed if pages is not None else assets.keys()
            self._latest.update(shown)
        return shown or None

    async def close(self) -> None:
        """End both workers."""
        if self._warming is not None:
            self._warming.cancel()
            with suppress(asyncio.CancelledError):
                await self._warming
        workers = [one for one in (self._fresh, self._spare) if one is not None]
        self._fresh = self._spare = None
        await asyncio.gather(*(one.close() for one in workers))

    async def _build(
        self, output: Path, changed: frozenset[Path], printed: Output, began: float
    ) -> Finished:
        try:
            worker = await self._worker()
        except OSError as error:
            printed.feed(f"{self._python}: {error.strerror or error}\n".encode())
            return _finished(Ending.NOT_STARTED, None, began, printed)
        request = {**self._request, "output": str(output), "changed": _texts(changed)}
        self._builds = worker
        try:
            answer = await worker.ask("build", request, printed)
        except WorkerGoneError as error:
            await self._end(worker)
            return _finished(Ending.EXITED, error.code or 1, began, printed)
        except BaseException:
            await asyncio.shield(self._end(worker))
            raise
        if "problems" not in answer:  # it could not even begin, and has printed why
            await self._end(worker)
            return _finished(Ending.EXITED, 1, began, printed)
        self._builds = None
        self._learn(answer)
        if answer["succeeded"]:
            self._take_over(worker, answer)
            await self._catch_up(output)
            self._duration = time.monotonic() - began
            self._warm()
        problems = tuple(map(problem_from, answer["problems"]))
        code = 0 if answer["succeeded"] else 1
        return _finished(Ending.EXITED, code, began, printed, problems)

    async def _worker(self) -> WorkerProcess:
        """Choose who builds: not the one who can render pages, unless the build will be short."""
        if self._warming is not None:
            await asyncio.wait([self._warming])
        if self._spare is not None and self._spare.alive:
            return self._spare
        if self._fresh is not None and self._fresh.alive and self._duration < LONG_BUILD:
            return self._fresh
        self._spare = await self._started()
        return self._spare

    async def _started(self) -> WorkerProcess:
        folder = self._config.parent
        return await WorkerProcess.start(self._python, self._package, folder, self._environment)

    def _take_over(self, worker: WorkerProcess, answer: "Mapping[str, Any]") -> None:
        """The one that has built knows the site best now; the other one builds next."""
        if worker is not self._fresh:
            self._fresh, self._spare = worker, self._fresh
        # A build whose source was edited meanwhile cannot tell whether it goes straight through.
        edited = {str(path) for path in self._shown} & self._assets.keys()
        self._assets = {**answer["assets"], **{path: self._assets[path] for path in edited}}
        self._stale = self._refused

    async def _catch_up(self, output: Path) -> None:
        """What was saved and shown during the build may be older in its output: bring it up to date.

        Otherwise the site would go back for as long as the next build takes. A build that has read a
        file while it was being written knows a page that never was: then what was shown is kept.
        """
        if not self._shown:
            return
        before = dict(self._latest)
        shown = await self.quick(frozenset(self._shown))
        for path, content in {**before, **(shown or {})}.items():
            (output / path).write_bytes(content)

    async def _pages(self, paths: frozenset[Path]) -> "Mapping[PurePosixPath, bytes] | None":
        worker = self._fresh
        if self._stale or worker is None or worker is self._builds or not worker.alive:
            return None
        try:
            async with asyncio.timeout(QUICK_TIMEOUT):
                answer = await worker.ask("pages", {"paths": _texts(paths)})
        except WorkerGoneError:
            return None
        except TimeoutError:
            await self._end(worker)
            return None
        pages = answer.get("pages")
        if pages is None:
            return None
        return {PurePosixPath(to): text.encode() for to, text in pages.items()}

    def _learn(self, answer: "Mapping[str, Any]") -> None:
        self._modules = frozenset(answer["modules"])
        self._installed = _times(answer["installed"])
        watched = tuple(map(Path, answer["watched"]))
        if watched != self._watched:
            self._watched = watched
            self.on_watched(watched)

    async def _forget_outdated(self, changed: frozenset[Path]) -> None:
        """Code that was imported stays as it was: who has imported it is replaced."""
        edited = not self._modules.isdisjoint(map(str, changed))
        if edited or _times(self._installed) != self._installed:
            await self.close()
            self._stale = True

    async def _end(self, worker: WorkerProcess) -> None:
        if worker is self._fresh:
            self._fresh = None
        if worker is self._spare:
            self._spare = None
        await worker.kill()

    def _warm(self) -> None:
        """Have somebody ready for the next build, and for the pages that are saved during it."""
        if self._duration >= LONG_BUILD and self._spare is None and self._warming is None:
            self._warming = asyncio.create_task(self._start_spare())

    async def _start_spare(self) -> None:
        try:
            with suppress(OSError, WorkerGoneError):  # the next build will say so
                self._spare = await self._started()
                output = str(self._config.parent / "site")  # where nothing is written
                await self._spare.ask("warm", {**self._request, "output": output})
        finally:
            self._warming = None


def _finished(
    ending: Ending,
    code: int | None,
    began: float,
    printed: Output,
    problems: tuple[Problem, ...] | None = None,
) -> Finished:
    printed.feed(b"", final=True)
    printed.trim()
    return Finished(ending, code, time.monotonic() - began, printed.text, problems)


def _texts(paths: frozenset[Path]) -> list[str]:
    return sorted(map(str, paths))


def _times(folders: Any) -> dict[str, float]:
    """When something was last installed into, or taken from, each of these folders."""
    return {path: _modified(Path(path)) for path in folders}


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
