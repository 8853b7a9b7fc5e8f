"""What is known from runs before: what each test file used, how each test ended, how long it took.

Learns from the messages of runs and is kept in a file. Refuses to know what has changed and which
tests to run. It never calls a thing known that may be different: a test file that has been asked
for, and has not run to its end since, is not fresh.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Self

from livereload_sse.pytest_watch.affected.hits import Hits
from livereload_sse.pytest_watch.affected.remembered import File, Remembered, Signature
from livereload_sse.pytest_watch.affected.shelf import Shelf
from livereload_sse.pytest_watch.affected.used import Used
from livereload_sse.pytest_watch.affected.ways import Way
from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    FileRecorded,
    Finished,
    Message,
    Outcome,
    TestHits,
    TestResult,
    Use,
)
from livereload_sse.pytest_watch.order import Order

FAILED: frozenset[Outcome] = frozenset({"failed", "error"})

_ENDED_BY_ITSELF = frozenset({0, 1, 5})
"""Exit codes of pytest after which what was not collected is not there: passed, failed, no tests."""

_LIMITING = ("--lf", "--last-failed", "--sw", "--stepwise")
"""Arguments with which pytest leaves out tests that are there, and may not count them."""


class Record:
    """What runs have told; `begin` and `learn` tell it."""

    def __init__(self, path: Path | None = None, *, rootdir: str = "") -> None:
        """Begin with nothing known; `path` is where `save` writes, None: nowhere."""
        self._rootdir = rootdir
        self._shelf = Shelf(path, rootdir=rootdir)
        self._differs = False
        self._take(Remembered())
        self._begin_run(Order())

    @classmethod
    def load(cls, path: Path | None, *, rootdir: str) -> tuple[Self, str]:
        """Read it; the text is a line for the user where something was dropped, else empty."""
        record = cls(path, rootdir=rootdir)
        known, line = record._shelf.read()
        record._take(known)
        return record, line

    def save(self) -> str:
        """Write it, all or nothing; gives a line for the user where that cannot be done, once."""
        if not self._differs:
            return ""
        self._differs = False
        return self._shelf.write(self._known)

    def begin(self, order: Order, *, is_enough: bool = False) -> None:
        """Say that a run begins, before its first message. `is_enough`: what has changed concerns none
        of the tests that the order leaves out.
        """
        concerned = order.files
        if is_enough and order.tests is not None:
            concerned = frozenset(map(self.file_of, order.tests))
        self._begin_run(order)
        for path, file in self._known.files.items():
            if not file.stale and (concerned is None or path in concerned):
                self._change(path).stale = True
                if is_enough:
                    self._fresh_but_for.add(path)

    def learn(self, message: Message) -> None:
        """Take what a run tells; what does not concern the record is passed over."""
        match message:
            case Collected():
                self._learn_collected(message)
            case CollectionFailed():
                self._change(message.path).failure = message.node
                self._failed_now.add(message.path)
            case TestResult():
                self._learn_result(message)
            case FileRecorded():
                self._learn_uses(message)
            case TestHits():
                self._change(self._place(message.test))
                self._hits.learn(message.test, message.functions)
            case Finished() if message.exit_code in _ENDED_BY_ITSELF:
                self._forget_gone()
            case _:
                return
        self._differs = True

    def forget(self, file: str) -> None:
        """Forget a test file that has been deleted."""
        known = self._known.files.pop(file, None)
        self._used.forget(file)
        self._forget_tests(known.tests if known else ())
        self._differs = True

    # What is known of tests.

    @property
    def files(self) -> tuple[str, ...]:
        """The test files that have been collected, or could not be."""
        return tuple(self._known.files)

    @property
    def counts(self) -> dict[str, int]:
        """Test file → how many tests are in it."""
        return {path: len(file.tests) for path, file in self._known.files.items()}

    @property
    def durations(self) -> Mapping[str, float]:
        """Node id → seconds, the last time."""
        return MappingProxyType(self._known.durations)

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Node id → how it ended the last time."""
        return MappingProxyType(self._known.outcomes)

    @property
    def failures(self) -> dict[str, str]:
        """Each node id that failed the last time it ran → its test file, the latest run's first.

        A file that could not be collected is there by the node that failed.
        """
        known = self._known
        failed = {file.failure: path for path, file in known.files.items() if file.failure}
        tests = [test for test, outcome in known.outcomes.items() if outcome in FAILED]
        tests.sort(key=lambda test: test not in self._ended_now)
        return failed | {test: self._file_of[test] for test in tests}

    @property
    def known_failures(self) -> tuple[str, ...]:
        """The node ids of `failures`."""
        return tuple(self.failures)

    def tests_of(self, file: str) -> tuple[str, ...]:
        """Name the tests of a file, in their order."""
        known = self._known.files.get(file)
        return tuple(known.tests) if known else ()

    def file_of(self, test: str) -> str:
        """Give the absolute path of a test's file, also for one that could not be collected; `` where
        that is not known.
        """
        known = self._file_of.get(test)
        if known is not None:
            return known
        return next((path for path, node in self.uncollected.items() if node == test), "")

    def tests_hitting(self, functions: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
        """Name the tests that call one of these functions, those first that call the fewest in all.

        `functions`: path → qualified names.
        """
        return tuple(self._hits.callers(_flat(functions)))

    def is_all_called(self, functions: Mapping[str, Iterable[str]]) -> bool:
        """Whether each of these functions is called by a test."""
        return not self._hits.never_called(_flat(functions))

    def has_hits(self, test: str) -> bool:
        """Whether it is known what a test calls."""
        return test in self._known.hits

    # What is known of files.

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths that a test file has used, folders and some that are gone included."""
        return tuple(self._known.paths)

    def uses_of(self, file: str) -> tuple[Use, ...]:
        """Give what a test file has used."""
        return self._used.uses_of(file)

    def ways_to(self, path: str) -> dict[str, Way]:
        """Find the test files that have used a path, and how each got there."""
        return self._used.ways_to(path)

    def listers_of(self, folder: str) -> tuple[str, ...]:
        """Name the test files that have asked what is in a folder."""
        return self._used.users_of(folder, "lists")

    def users_below(self, folder: str) -> tuple[str, ...]:
        """Name the test files that have used something in a folder or below it."""
        return self._used.users_below(folder)

    def is_read(self, path: str) -> bool:
        """Whether a test reads this path as data, so that each byte counts."""
        return bool(self._used.users_of(path, "reads"))

    @property
    def everything(self) -> dict[str, str]:
        """Test file → why it must be taken to depend on all files; those for which that is so."""
        return {path: f.everything for path, f in self._known.files.items() if f.everything}

    @property
    def uncollected(self) -> dict[str, str]:
        """Each path that could not be collected the last time → its node."""
        return {path: f.failure for path, f in self._known.files.items() if f.failure}

    def is_recorded(self, file: str) -> bool:
        """Whether it has ever run to its end with a recorder."""
        return file in self._known.uses

    def is_fresh(self, file: str) -> bool:
        """Whether what was recorded of it holds: it has run to its end since it was last asked for,
        and is what it was then.
        """
        known = self._known.files.get(file)
        if known is None or known.stale or known.failure or not self.is_recorded(file):
            return False
        return _is_as_recorded(known, file)

    def is_unclear(self, file: str) -> bool:
        """Whether it may use what nobody knows of: it was tried as it is now, and nothing was told."""
        known = self._known.files.get(file, File())
        return bool(known.failure) or (known.attempted and not _is_as_recorded(known, file))

    # Learning.

    def _take(self, known: Remembered) -> None:
        self._known = known
        self._used = Used(known.paths, known.uses)
        self._hits = Hits(known.functions, known.hits)
        self._file_of = {test: path for path, file in known.files.items() for test in file.tests}
        self._bases: dict[str, str] = {}

    def _begin_run(self, order: Order) -> None:
        self._order = order
        self._collected: dict[str, list[str]] = {}
        self._is_whole = False
        self._signatures: dict[str, Signature | None] = {}
        self._failed_now: set[str] = set()
        self._ended_now: set[str] = set()
        self._recorded_now: set[str] = set()
        # Files that were fresh, and are again once those of their tests have run that had to.
        self._fresh_but_for: set[str] = set()

    def _change(self, path: str) -> File:
        """Give what is known of a test file, to be changed."""
        self._differs = True
        self._known.lines.pop(path, None)
        return self._known.files.setdefault(path, File())

    def _place(self, test: str) -> str:
        """Give the file of a test, which is in it from now on."""
        path = self._file_of.get(test)
        if path is None:
            path = self._file_of[test] = self._find_file(test)
            self._change(path).tests.append(test)
        return path

    def _learn_collected(self, message: Collected) -> None:
        self._bases.update(message.files)
        self._collected = {path: [] for path in message.empty}
        for test in message.tests:
            self._collected.setdefault(self._find_file(test), []).append(test)
        self._is_whole = not message.deselected and not _is_limited(self._order)
        for path, tests in self._collected.items():
            file = self._change(path)
            file.tests = list(dict.fromkeys([*tests, *file.tests]))
            file.failure = ""
            file.attempted = file.attempted or self._order.record
            self._file_of.update(dict.fromkeys(tests, path))
            self._signatures[path] = _signature(path)

    def _find_file(self, test: str) -> str:
        base = test.split("::", 1)[0]
        known = self._bases.get(base) or self._file_of.get(test)
        return known or str(Path(self._rootdir, base))

    def _learn_result(self, result: TestResult) -> None:
        test = result.test
        self._change(self._place(test))
        self._known.outcomes[test] = result.outcome
        self._known.durations[test] = result.duration
        self._ended_now.add(test)

    def _learn_uses(self, message: FileRecorded) -> None:
        path, file = message.file, self._change(message.file)
        merge = message.partial or path in self._recorded_now
        self._used.learn(path, message.uses, merge=merge)
        file.everything = message.everything or (file.everything if merge else "")
        file.attempted = False
        if message.partial:
            file.stale = file.stale and path not in self._fresh_but_for
            return  # what the other tests of the file use may have changed: it is no fresher
        self._recorded_now.add(path)
        file.stale = False
        file.signature = self._signatures.get(path) or _signature(path)

    def _forget_gone(self) -> None:
        """Forget tests that would have been collected if they were still there."""
        if not self._is_whole:
            return
        for path, tests in self._collected.items():
            self._keep_only(path, tests)
        asked = self._order.files
        for path in () if self._failed_now else tuple(self._known.files):
            file = self._known.files[path]
            if path not in self._collected and (file.failure if asked is None else path in asked):
                file.failure = ""
                self._keep_only(path, [])  # notes that the file is changed

    def _keep_only(self, path: str, tests: list[str]) -> None:
        file = self._change(path)
        self._forget_tests(set(file.tests) - set(tests))
        file.tests = tests

    def _forget_tests(self, tests: Iterable[str]) -> None:
        for test in tests:
            for known in (self._known.outcomes, self._known.durations, self._file_of):
                known.pop(test, None)
            self._hits.forget(test)


def _is_limited(order: Order) -> bool:
    """Whether an order leaves out tests of the files that it names."""
    if order.tests is not None or order.names or order.paths:
        return True
    return any("::" in argument or argument.startswith(_LIMITING) for argument in order.args)


def _flat(functions: Mapping[str, Iterable[str]]) -> list[str]:
    return [f"{path}:{name}" for path, names in functions.items() for name in names]


def _is_as_recorded(known: File, path: str) -> bool:
    return known.signature is not None and known.signature == _signature(path)


def _signature(path: str) -> Signature | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - called for each test file at each change
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
