"""How this session's tests stand: what the last run has said of them, and what is known from before.

Joins the scope and the record. Refuses to know what is shown of it.
"""

from collections.abc import Callable, Collection, Mapping

from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.runs import Past
from livereload_sse.pytest_watch.scope import Scope
from livereload_sse.pytest_watch.screen.standing import Counts, Standing

Owed = Callable[[Mapping[str, Collection[str]]], Collection[str]]
"""Says, of the tests in each file, which have not run since something changed (`Loop.owed`)."""


class Stock:
    """Takes stock after each run."""

    def __init__(self, record: Record, *, owed: Owed = lambda _tests: ()) -> None:
        self.scope = Scope()
        self.standing: Standing | None = None
        """None until a run is over."""
        self._record = record
        self._owed = owed
        self._past: Past | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The test files."""
        return self.scope.files(self._record.files)

    @property
    def counts(self) -> dict[str, int]:
        """Each test file → how many tests it has; 0 also for others that were found to have none."""
        files = set(self.files)
        counts = self._record.counts.items()
        return {file: count for file, count in counts if file in files or not count}

    @property
    def failures(self) -> dict[str, str]:
        """Each test that failed when it last ran → its file."""
        failures = self.scope.tests(self._record.known_failures)
        return {test: self._record.file_of(test) for test in failures}

    @property
    def _tests(self) -> dict[str, tuple[str, ...]]:
        """Each test file → the tests in it that this session can run."""
        return {file: self.scope.tests(self._record.tests_of(file)) for file in self.files}

    @property
    def counted(self) -> Counts:
        """How the tests of the last run ended."""
        return self.standing.counts if self.standing is not None else Counts()

    def take(self, past: Past, *, at: str) -> Standing:
        """Sum up after a run; `at` is the time of day as it shall be shown."""
        self._past = past
        tests = self._tests
        self.standing = past.tally.standing(
            exit_code=past.exit_code,
            ended=past.ended,
            duration=past.duration,
            failures=self.failures,
            known=_all(tests),
            owed=self._owed_of(tests),
            at=at,
        )
        return self.standing

    def restate(self) -> None:
        """Sum up again: something has changed since."""
        if self._past is not None and self.standing is not None:
            tests = self._tests
            self.standing = self._past.tally.restated(
                self.standing,
                failures=self.failures,
                known=_all(tests),
                owed=self._owed_of(tests),
            )

    def forget(self, files: Collection[str]) -> None:
        """Test files are no more: what failed in them is no failure any more, either."""
        for file in files:
            self._record.forget(file)
            self.scope.forget(file)
            if self._past is not None:
                self._past.tally.forget(file)
        self.restate()

    def _owed_of(self, tests: Mapping[str, Collection[str]]) -> set[str]:
        """Without what could not be collected: that is said anyway."""
        return {*self._owed(tests)} - self._record.uncollected.keys()


def _all(tests: Mapping[str, Collection[str]]) -> set[str]:
    return {test for its in tests.values() for test in its}
