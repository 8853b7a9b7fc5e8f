"""How this session's tests stand: what the last run has said of them, and what is known from before.

Joins the scope and the record. Refuses to know what is shown of it.
"""

from collections.abc import Collection, Mapping

from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.messages import Outcome
from livereload_sse.pytest_watch.runs import Past
from livereload_sse.pytest_watch.scope import Scope
from livereload_sse.pytest_watch.screen.standing import Standing


class Stock:
    """Takes stock after each run."""

    def __init__(self, record: Record) -> None:
        self.scope = Scope()
        self.standing: Standing | None = None
        """None until a run is over."""
        self._record = record
        self._past: Past | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The test files."""
        return self.scope.files(self._record.files)

    @property
    def counts(self) -> dict[str, int]:
        """Each test file → how many tests it has."""
        files = set(self.files)
        return {file: count for file, count in self._record.counts.items() if file in files}

    @property
    def failures(self) -> dict[str, str]:
        """Each test that failed when it last ran → its file."""
        failures = self.scope.tests(self._record.known_failures)
        return {test: self._record.file_of(test) for test in failures}

    @property
    def _outcomes(self) -> Mapping[str, Outcome]:
        return self.scope.only(self._record.outcomes)

    def take(self, past: Past, *, at: str) -> Standing:
        """Sum up after a run; `at` is the time of day as it shall be shown."""
        self._past = past
        self.standing = past.tally.standing(
            exit_code=past.exit_code,
            ended=past.ended,
            duration=past.duration,
            failures=self.failures,
            known=self._outcomes,
            at=at,
        )
        return self.standing

    def forget(self, files: Collection[str]) -> None:
        """Test files are no more: what failed in them is no failure any more, either."""
        for file in files:
            self.scope.forget(file)
        if self._past is not None and self.standing is not None:
            self.standing = self._past.tally.restated(
                self.standing, failures=self.failures, known=self._outcomes
            )
