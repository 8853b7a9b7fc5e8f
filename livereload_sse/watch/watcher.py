"""The disk as a stream of change sets, for asyncio; and the only door to watchfiles.

Knows the event loop, the lookout's thread and how watchfiles is asked. Refuses to know HTTP, and
what is done about a change.
"""

# Paths are strings here: `wait_for` is called for each request, and Path objects are slower.
# ruff: noqa: PTH113, PTH120

import asyncio
import contextlib
import errno
import functools
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self

from livereload_sse.watch.arming import Batch, Broken, Report
from livereload_sse.watch.changes import ChangeSet
from livereload_sse.watch.grounds import Root
from livereload_sse.watch.ignore import Ignore
from livereload_sse.watch.listening import Listener, Question
from livereload_sse.watch.lookout import IDLE_INTERVAL, Lookout
from livereload_sse.watch.settle import BURST_TIMEOUT, JOINING_DELAY
from livereload_sse.watch.tree import Signature, coarse_milliseconds

BURST_PATIENCE = BURST_TIMEOUT + 0.5
"""Seconds that `wait_for` waits at most: a burst that does not end lets go by itself before."""

LEAVE_TIMEOUT = 1.0
"""Seconds that leaving takes at most."""

P = ParamSpec("P")

_STEP_MS = 3  # watchfiles looks so often whether something was reported: a save takes one to two
_DEBOUNCE_MS = 20  # a report that keeps growing is handed over after so long


class Watcher:
    """Watches folders, or single files, and tells what is different.

        async with Watcher([Path("site")]) as watcher:
            async for change_set in watcher:
                ...

    `ignore` makes the rules for each root. `poll` looks by itself and asks nobody. `notice` gets a
    line for the user when watching has become worse than usual. `recursive` is how the system is
    asked: one watch for all below a root (macOS, Windows), or one for each folder that matters.
    `idle_interval` is how many seconds pass, at least, between two looks that check what was
    reported.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        ignore: Callable[[Path], Ignore] = Ignore,
        poll: bool = False,
        notice: Callable[[str], None] = lambda _line: None,
        recursive: bool = sys.platform != "linux",
        idle_interval: float = IDLE_INTERVAL,
    ) -> None:
        self.started_at = coarse_milliseconds()
        """Milliseconds since 1970: what is changed on disk from then on is told."""
        self._lookout = Lookout(
            [_root(path, ignore) for path in dict.fromkeys(map(os.path.abspath, roots))],
            Listener(
                told=self._in_loop(self._tell),
                stands=self._in_loop(self._stand),
                stands_everywhere=self._in_loop(self._stand_everywhere),
                released=self._in_loop(self._release),
                notice=self._in_loop(notice),
            ),
            start=None if poll else WatchfilesThread.start,
            recursive=recursive,
            started_at=self.started_at,
            idle_interval=idle_interval,
        )
        self._thread = threading.Thread(target=self._run, name="sse-reload watch", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = ChangeSet()
        self._standing: set[str] = set()
        self._failure: BaseException | None = None
        self._answers: set[asyncio.Future[ChangeSet]] = set()
        self._stirred = asyncio.Event()  # something to iterate over, or the end
        self._armed = asyncio.Event()
        self._progress = asyncio.Event()  # replaced each time a folder stands or a burst ends
        self._ended = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Begin to look; returns at once."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop looking; iterations end. A disk that hangs is left alone."""
        self._lookout.leave()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), LEAVE_TIMEOUT)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChangeSet:
        """Wait for what is different; what came meanwhile is merged into one set."""
        while not self._told:
            if self._failure is not None:
                raise self._failure
            if self._ended.is_set():
                raise StopAsyncIteration
            self._stirred.clear()
            await self._stirred.wait()
        told, self._told = self._told, ChangeSet()
        return told

    @property
    def polling(self) -> bool:
        """Whether the watcher looks by itself because nobody reports."""
        return self._lookout.polling

    @property
    def files(self) -> int:
        """How many files are known."""
        return self._lookout.tree.files

    @property
    def folders(self) -> int:
        """How many folders hold these files."""
        return self._lookout.tree.folders

    async def armed(self) -> None:
        """Wait until all folders are watched. Raises what ended the watching, if that comes first."""
        while not self._armed.is_set():
            if self._failure is not None:
                raise self._failure
            await self._next_progress()

    def wait_for(self, path: str | os.PathLike[str]) -> Awaitable[None] | None:
        """What to await before the content of a file may be served; None when it may be right away.

        A file is waited for until its folder is watched, so that no change is missed after it was
        served, and while a burst that includes it goes on, so that no half of a build is. Ends
        after `BURST_PATIENCE` seconds whatever happens.
        """
        text = os.fspath(path)
        return self._wait_for(text) if self._is_unsteady(text) else None

    def remember(self, path: str | os.PathLike[str], signature: Signature, digest: str) -> None:
        """Note the digest of a content that has been served: the same content saved once more is
        no change. Has no effect if the file is another one by now.
        """
        self._lookout.tree.remember(os.fspath(path), signature, digest)

    def find_named(self, name: str) -> list[Path]:
        """Find the known files of a base name, wherever they are. May be called in any thread."""
        return list(map(Path, self._lookout.tree.named(name)))

    async def changed_since(self, milliseconds: int) -> ChangeSet:
        """Ask the disk which files were changed at or after a moment (milliseconds since 1970), by
        their modification and change times. Deleted files leave no time and are not among them.
        When nobody watches any more the answer is empty, or what ended the watching is raised.
        """
        answer: asyncio.Future[ChangeSet] = asyncio.get_running_loop().create_future()
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        if self._ended.is_set():
            self._give_up(answer)
        resolve = self._in_loop(functools.partial(_resolve, answer))
        self._lookout.inbox.put(Question(milliseconds, resolve))
        return await answer

    def _is_unsteady(self, path: str) -> bool:
        if not self._armed.is_set() and os.path.dirname(path) not in self._standing:
            return True
        return self._lookout.holds(path)

    async def _wait_for(self, path: str) -> None:
        try:
            async with asyncio.timeout(BURST_PATIENCE):
                while self._is_unsteady(path) and not self._ended.is_set():
                    await self._next_progress(within=JOINING_DELAY)
        except TimeoutError:
            return  # better what is there now than nothing

    async def _next_progress(self, *, within: float | None = None) -> None:
        """Wait until something stands or ends; `within`: or so many seconds have passed, since
        nobody tells when files stop joining one another.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._progress.wait(), within)

    def _progressed(self) -> None:
        self._progress.set()
        self._progress = asyncio.Event()

    def _run(self) -> None:
        """The lookout's thread."""
        failure: BaseException | None = None
        try:
            self._lookout.run()
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody iterates
            failure = error
        self._in_loop(self._end)(failure)

    def _in_loop(self, function: Callable[P, None]) -> Callable[P, None]:
        """Let the lookout's thread call something in the event loop."""

        def call(*args: P.args, **_kwargs: P.kwargs) -> None:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(function, *args)

        return call

    def _end(self, failure: BaseException | None) -> None:
        self._failure = failure
        self._ended.set()
        self._stirred.set()
        self._progressed()
        for answer in tuple(self._answers):
            self._give_up(answer)

    def _give_up(self, answer: "asyncio.Future[ChangeSet]") -> None:
        """Answer a question that nobody is left to look into."""
        if self._failure is None:
            _resolve(answer, ChangeSet())
        elif not answer.done():
            answer.set_exception(self._failure)

    def _tell(self, changes: ChangeSet) -> None:
        self._told |= changes
        self._stirred.set()

    def _release(self) -> None:
        """A burst has been told: who waited for it may look now."""
        self._lookout.let_go()
        self._progressed()

    def _stand(self, folders: Collection[str]) -> None:
        self._standing.update(folders)
        self._progressed()

    def _stand_everywhere(self) -> None:
        self._armed.set()
        self._standing.clear()
        self._progressed()


class WatchfilesThread:
    """One set of kernel watches: a thread that sleeps in watchfiles.

    Uses the public `watch`, which makes its watches when its first batch is asked for. It asks its
    stop event once in each step, for the first time when all watches stand: that is how we know.
    """

    def __init__(self, paths: Sequence[str], *, recursive: bool, report: Report) -> None:
        self._paths = paths
        self._recursive = recursive
        self._report = report
        self._standing = False
        self._stopping = False
        self._began = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="sse-reload report", daemon=True)

    @classmethod
    def start(cls, paths: Sequence[str], *, recursive: bool, report: Report) -> "WatchfilesThread":
        """Start watching; returns when all watches stand. Raises OSError when they cannot."""
        watches = cls(paths, recursive=recursive, report=report)
        watches._thread.start()
        watches._began.wait()
        if watches._error is not None and not watches._standing:
            raise _as_os_error(watches._error) from watches._error
        return watches

    def stop(self) -> None:
        """Report no more; the thread ends within a step."""
        self._stopping = True

    def is_set(self) -> bool:
        """Answer watchfiles, which asks once in each step whether to stop."""
        if not self._standing:
            self._standing = True
            self._began.set()
        return self._stopping

    def _run(self) -> None:
        try:
            self._watch()
        except Exception as error:  # noqa: BLE001 - watchfiles raises many kinds; see _as_os_error
            self._error = error
            if self._standing and not self._stopping:
                self._report(Broken(error))
        finally:
            self._began.set()

    def _watch(self) -> None:
        from watchfiles import Change, watch  # noqa: PLC0415 - 25 ms that no first page waits for

        for batch in watch(
            *self._paths,
            watch_filter=None,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            stop_event=self,
            rust_timeout=0,
            debug=False,
            raise_interrupt=False,
            force_polling=False,
            recursive=self._recursive,
            # With one watch for each folder this would hide that the limit is reached.
            ignore_permission_denied=self._recursive,
        ):
            moved = frozenset(path for kind, path in batch if kind != Change.modified)
            self._report(Batch(frozenset(path for _, path in batch), moved))


def _as_os_error(error: Exception) -> OSError:
    """Tell the system's limits from other failures; watchfiles gives them in words only."""
    text = str(error)
    if "watch limit" in text:
        return OSError(errno.ENOSPC, text)
    if "Too many open files" in text:
        return OSError(errno.EMFILE, text)
    return error if isinstance(error, OSError) else OSError(errno.EIO, text)


def _root(path: str, ignore: Callable[[Path], Ignore]) -> Root:
    return Root(path, ignore(Path(path)), is_file=os.path.isfile(path))


def _resolve(future: "asyncio.Future[ChangeSet]", changes: ChangeSet) -> None:
    if not future.done():  # whoever asked may have left
        future.set_result(changes)
