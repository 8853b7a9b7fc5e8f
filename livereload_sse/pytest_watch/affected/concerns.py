"""Which test files does one change concern?

Knows the rules; the record and the graph answer them. A file that one of them names is never left
out again, and where nobody can know, the answer is yes. Refuses to know in which order tests run.
"""

# Paths are strings here, as in what a run tells.
# ruff: noqa: PTH118, PTH119, PTH120

import os
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatch

from livereload_sse.pytest_watch.affected.choice import Reason
from livereload_sse.pytest_watch.affected.globs import Globs
from livereload_sse.pytest_watch.affected.graph import CONFTEST, PACKAGE, Graph, Look
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.watch import ChangeKind


class Concerns:
    """Answers for all changes of one set, with one look at the disk."""

    def __init__(
        self,
        *,
        record: Record,
        graph: Graph,
        test_files: Collection[str],
        rules: Globs,
        python_files: Sequence[str],
        within: Sequence[str],
    ) -> None:
        """Take what `choose` takes."""
        self._record = record
        self._graph = graph
        self._test_files = dict.fromkeys(test_files)
        self._rules = rules
        self._python_files = python_files
        self._within = within
        self._loose = [file for file in self._test_files if not record.is_fresh(file)]
        self._everything = record.everything
        self._looks: dict[bool, Look] = {}

    def of(self, kind: ChangeKind, path: str) -> dict[str, Reason]:
        """Find the test files that a change concerns, each with its best reason; a deleted one is its
        own.
        """
        found = self._itself(path)
        for file, reason in self._all_reasons(kind, path):
            if file in self._test_files:
                found[file] = min(found.get(file, reason), reason, key=nearness)
        return found

    def _all_reasons(self, kind: ChangeKind, path: str) -> Iterator[tuple[str, Reason]]:
        yield from self._users(kind, path)
        if os.path.basename(path) == CONFTEST:
            yield from self._below(path)
        if kind is not ChangeKind.MODIFIED:
            yield from self._where_files_come_and_go(path)
        if self._rules.speaks_of(path):
            for file in self._rules.tests_for(path, self._test_files):
                yield file, Reason(path, "map", (file, path))
        else:
            yield from self._those_that_cannot_be_followed(path)
            yield from self._namers(path)

    def _itself(self, path: str) -> dict[str, Reason]:
        is_like_one = path in self._test_files or self._looks_like_a_test_file(path)
        # One that was found to have no tests is not among them, and may have some now.
        if path in self._test_files or (is_like_one and self._record.is_recorded(path)):
            return {path: Reason(path, "is", (path,))}
        return {path: Reason(path, "new", (path,))} if is_like_one else {}

    def _looks_like_a_test_file(self, path: str) -> bool:
        if self._within and not any(_is_in(path, place) for place in self._within):
            return False
        # As in pytest, a pattern without a separator is about the name.
        return any(
            fnmatch(path if "/" in pattern else os.path.basename(path), pattern)
            for pattern in self._python_files
        )

    def _users(self, kind: ChangeKind, path: str) -> Iterator[tuple[str, Reason]]:
        for file, way in self._record.ways_to(path).items():
            yield file, Reason(path, way.how, way.chain)
        # A new module may be found in the place of one from elsewhere that no record names.
        of_all = kind is ChangeKind.ADDED and path.endswith(".py")
        for file, way in self._look(of_all=of_all).users_of(path).items():
            yield file, Reason(path, way.how, way.chain)

    def _look(self, *, of_all: bool) -> Look:
        look = self._looks.get(of_all)
        if look is None:
            files = self._test_files if of_all else self._loose
            look = self._looks[of_all] = self._graph.look(files)
        return look

    def _below(self, path: str) -> Iterator[tuple[str, Reason]]:
        for file in self._test_files:
            if _is_in(file, os.path.dirname(path)):
                yield file, Reason(path, "starts", (file, path))

    def _where_files_come_and_go(self, path: str) -> Iterator[tuple[str, Reason]]:
        for folder in _folders_above(path):
            for file in self._record.listers_of(folder):
                yield file, Reason(path, "lists", (file, path))
        if os.path.basename(path) == PACKAGE:
            for file in self._record.users_below(os.path.dirname(path)):
                yield file, Reason(path, "imports", (file, path))

    def _namers(self, path: str) -> Iterator[tuple[str, Reason]]:
        """Find the test files that have code which names a path, whoever else was seen to use it: that
        a file exists can be asked, and what is not Python can read it, without being heard.
        """
        if path.endswith(".py"):
            return
        heard = self._record.ways_to(path)
        for file, way in self._look(of_all=True).users_of(path).items():
            if file not in heard:
                yield file, Reason(path, "names", way.chain)

    def _those_that_cannot_be_followed(self, path: str) -> Iterator[tuple[str, Reason]]:
        for file, text in self._everything.items():
            yield file, Reason(path, "everything", (file, path), text)
        for file in self._loose:
            if self._record.is_unclear(file):
                yield file, Reason(path, "unknown", (file, path))


def nearness(reason: Reason) -> tuple[int, int, str]:
    """Sort reasons: the test file itself, then the shorter way, then what is only feared."""
    if reason.how in {"is", "new"}:
        rank = 0
    else:
        rank = 2 if reason.how in {"everything", "unknown", "configuration"} else 1
    return rank, len(reason.chain), reason.path


def _is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(os.path.join(place, ""))


def _folders_above(path: str) -> Iterator[str]:
    folder = os.path.dirname(path)
    while folder != path:
        yield folder
        path, folder = folder, os.path.dirname(folder)
