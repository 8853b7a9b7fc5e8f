"""Which folders the operating system watches for us, and keeping it so.

A set of kernel watches cannot grow, so folders that appear later get a second set; now and then
both become one. Knows which folders are covered and by which inode. Refuses to know how a kernel
watch works (`start` does) and what is in the folders.
"""

import os
import time
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from livereload_sse.watch.tree import is_within

RETIRE_DELAY = 0.1
"""Seconds that a replaced set of watches still reports, until what it had seen has arrived."""

_ATTEMPTS = 5  # folders can vanish between being listed and being watched


@dataclass(frozen=True, slots=True)
class Batch:
    """What the operating system reports: paths that something happened to.

    `moved` are those among them that came or went; if one is a watched folder, its watch is lost.
    """

    touched: frozenset[str]
    moved: frozenset[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A set of watches has failed and reports no more."""

    error: Exception


Report = Callable[[Batch | Broken], None]


class KernelWatches(Protocol):
    """One started set of kernel watches; reports from a thread of its own."""

    def stop(self) -> None:
        """Report no more; returns at once."""


class Start(Protocol):
    """Starts a set; returns when all its watches stand."""

    def __call__(self, paths: Sequence[str], *, recursive: bool, report: Report) -> KernelWatches:
        """Raise FileNotFoundError or PermissionError where a path cannot be watched, another
        OSError where the system has no watches left (ENOSPC, EMFILE).
        """


class Arming:
    """Covers folders with kernel watches: flat ones on exactly these folders (Linux, where each
    costs), or one recursive watch on each root (macOS, Windows, where that is free).

    `always` names folders that every set watches besides, such as the parents of the roots.
    """

    def __init__(
        self,
        start: Start,
        report: Report,
        *,
        roots: Sequence[str],
        always: Callable[[], Iterable[str]],
        recursive: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._start = start
        self._report = report
        self._roots = roots
        self._always = always
        self._recursive = recursive
        self._covered: dict[str, int] = {}
        self._late: set[str] = set()
        self._base: KernelWatches | None = None
        self._extra: KernelWatches | None = None
        self._retiring: list[tuple[float, KernelWatches]] = []

    @property
    def covered(self) -> Mapping[str, int]:
        """Folder → the inode it had when it was covered."""
        return self._covered

    @property
    def recursive(self) -> bool:
        """Whether one watch covers a root with all below it."""
        return self._recursive

    @property
    def late(self) -> int:
        """How many folders are covered by the second set."""
        return len(self._late)

    def covers(self, folder: str, inode: int) -> bool:
        """Whether a folder is watched and still the one that is."""
        return self._covered.get(folder) == inode

    def cover(self, folders: Mapping[str, int]) -> None:
        """Watch these folders as well."""
        self._covered.update(folders)
        if self._base is None:
            self._base = self._started(self._covered)
            return
        if self._recursive:
            if any(root in folders for root in self._roots):  # another folder by that name
                self._retire(self._base)
                self._base = self._started(self._covered)
            return
        self._late.update(folders)
        self._retire(self._extra)
        self._extra = self._started(self._late)

    def cover_anew(self, folders: Mapping[str, int]) -> None:
        """Watch exactly these folders, with one set."""
        self._covered = dict(folders)
        old = self._base, self._extra
        self._base, self._extra = self._started(self._covered), None
        self._late.clear()
        for watches in old:
            self._retire(watches)

    def uncover(self, folders: Collection[str]) -> None:
        """Note that folders have gone or moved, and all below them with them."""
        for path in [path for path in self._covered if is_within(path, folders)]:
            del self._covered[path]
            self._late.discard(path)

    def keep(self, folders: Container[str]) -> None:
        """Note that of all covered folders only these are left."""
        for path in [path for path in self._covered if path not in folders]:
            del self._covered[path]
            self._late.discard(path)

    def tidy(self) -> float | None:
        """Stop replaced sets whose time has come; returns when the next one's does."""
        while self._retiring and self._retiring[0][0] <= self._clock():
            self._retiring.pop(0)[1].stop()
        return self._retiring[0][0] if self._retiring else None

    def close(self) -> None:
        """Stop all watches."""
        for watches in (self._base, self._extra, *(watches for _, watches in self._retiring)):
            if watches is not None:
                watches.stop()
        self._base = self._extra = None
        self._retiring.clear()
        self._covered.clear()
        self._late.clear()

    def _retire(self, watches: KernelWatches | None) -> None:
        if watches is not None:
            self._retiring.append((self._clock() + RETIRE_DELAY, watches))

    def _started(self, folders: Iterable[str]) -> KernelWatches | None:
        """Start a set for what there is of these folders.

        Where they vanish faster than they can be watched, that is reported as a failure of the set.
        """
        wanted = self._roots if self._recursive else (*self._always(), *folders)
        failure: Exception | None = None
        for _ in range(_ATTEMPTS):
            paths = [path for path in wanted if _can_be_watched(path)]
            if not paths:
                return None
            try:
                return self._start(paths, recursive=self._recursive, report=self._report)
            except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
                failure = error
        if failure is not None:
            self._report(Broken(failure))
        return None


def _can_be_watched(path: str) -> bool:
    """Whether there is a folder, by a name that can be handed over: watchfiles takes only Unicode."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return os.path.isdir(path) and os.access(path, os.R_OK)  # noqa: PTH112 - a Path is ten times slower
