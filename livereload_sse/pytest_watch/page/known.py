"""The tests that were ever seen, each under a number, and how they ended.

Knows numbers, files, results and durations. Refuses to know runs beyond their number, and what is
told to whom.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from livereload_sse.pytest_watch.messages import Outcome, TestResult
from livereload_sse.pytest_watch.page.shapes import TestRow

HELD = 20
"""How many durations of a test are kept."""

FAILURES = frozenset({"failed", "error"})


@dataclass(slots=True)
class KnownTest:
    """One test: where it is, and its last result."""

    number: int
    node: str
    file: int
    name: str
    line: int = 0
    outcome: Outcome | Literal[""] = ""
    duration: float = 0.0
    run: int = 0
    result: TestResult | None = None
    """The last one, where there is anything to say of it."""
    durations: deque[float] = field(default_factory=lambda: deque(maxlen=HELD))
    outcomes: deque[Outcome] = field(default_factory=lambda: deque(maxlen=HELD))

    def end(self, result: TestResult, run: int) -> None:
        """Note how it ended."""
        self.outcome, self.duration, self.run = result.outcome, result.duration, run
        self.result = result if result.message or result.details or result.sections else None
        self.durations.append(round(result.duration, 4))
        self.outcomes.append(result.outcome)

    def row(self) -> TestRow:
        """Describe it with its last result."""
        about = (self.number, self.file, self.name, self.line)
        return (*about, self.outcome, round(self.duration, 4), self.run)


class KnownTests:
    """All of them. An index into `files`, absolute paths, never changes; nor does a test's number."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self._indices: dict[str, int] = {}
        self._by_node: dict[str, KnownTest] = {}
        self._by_number: dict[int, KnownTest] = {}
        self._last_number = 0

    def __iter__(self) -> Iterator[KnownTest]:
        return iter(self._by_node.values())

    def find(self, test: str | int) -> KnownTest | None:
        """Find a test by its node id or its number."""
        return self._by_number.get(test) if isinstance(test, int) else self._by_node.get(test)

    def meet(self, node: str, path: str, line: int = 0) -> tuple[KnownTest, bool]:
        """Give the test of this name, and whether it was not known before or is elsewhere now."""
        test = self._by_node.get(node)
        if test is None:
            self._last_number += 1
            name = node.partition("::")[2] or node
            test = KnownTest(self._last_number, node, self._index(path), name, line)
            self._by_node[node] = self._by_number[test.number] = test
            return test, True
        moved = line not in (0, test.line)
        test.line = line or test.line
        return test, moved

    def forget(self, nodes: Collection[str]) -> list[int]:
        """Forget tests that are no more; returns their numbers."""
        gone = [test for node in nodes if (test := self._by_node.pop(node, None))]
        for test in gone:
            del self._by_number[test.number]
        return [test.number for test in gone]

    def in_files(self, paths: Collection[str]) -> list[KnownTest]:
        """List the tests of these files."""
        wanted = {self._indices[path] for path in paths if path in self._indices}
        return [test for test in self if test.file in wanted]

    def failing(self) -> list[KnownTest]:
        """List those that failed when they last ran."""
        return [test for test in self if test.outcome in FAILURES]

    def remember(self, outcomes: Mapping[str, Outcome], durations: Mapping[str, float]) -> None:
        """Take over what an earlier process knew of tests that have been met and have not run."""
        for test in self:
            if not test.outcome:
                test.outcome = outcomes.get(test.node, "")
                test.duration = durations.get(test.node, 0.0)

    def _index(self, path: str) -> int:
        if path not in self._indices:
            self._indices[path] = len(self.files)
            self.files.append(path)
        return self._indices[path]
