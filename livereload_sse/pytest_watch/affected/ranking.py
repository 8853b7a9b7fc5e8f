"""In which order shall the chosen test files run, so that the answer shows first?

Failed before, changed itself, calls what differs, near, short. Knows what the record knows of tests.
Refuses to know why a file was chosen, beyond its reason.
"""

from collections.abc import Collection, Iterable, Mapping

from livereload_sse.pytest_watch.affected.choice import Reason
from livereload_sse.pytest_watch.affected.concerns import nearness
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.affected.same import Difference
from livereload_sse.watch import Change, ChangeKind

_ONLY_ITS_FUNCTIONS = frozenset({"is", "imports", "starts"})
"""Uses of a file that notice nothing of a function that is not called."""


class Ranking:
    """The chosen test files, in order, and the tests among them that come first."""

    def __init__(self, record: Record, *, reasons: Mapping[str, Reason]) -> None:
        """`reasons`: test file → why it is chosen."""
        self._record = record
        duration = {file: self._duration(file) for file in reasons}
        self.files = dict(
            sorted(reasons.items(), key=lambda it: (nearness(it[1])[:2], duration[it[0]], it[0]))
        )

    def first(
        self, failures: Collection[str], differences: Mapping[str, Difference]
    ) -> tuple[str, ...]:
        """List node ids and test files, the first to run first."""
        changed = [file for file, reason in self.files.items() if reason.how in {"is", "new"}]
        callers = self._callers(differences)
        return tuple(dict.fromkeys([*self._failed(failures), *changed, *callers, *self.files]))

    def callers_only(
        self,
        changes: Iterable[Change],
        found: Mapping[str, Mapping[str, Reason]],
        differences: Mapping[str, Difference],
    ) -> frozenset[str] | None:
        """Name the tests that call what differs; None where more than functions may matter.

        A test of which it is not known what it calls is among them.
        """
        used = [change for change in changes if found[str(change.path)]]
        if not all(self._is_about_calls(c, found[str(c.path)], differences) for c in used):
            return None
        names = {str(c.path): differences[str(c.path)].functions for c in used}
        # What no test calls may be called at import, or by a fixture that is made once.
        if not self._record.is_all_called(names):
            return None
        callers = set(self._callers(differences))
        tests = [test for file in self.files for test in self._record.tests_of(file)]
        return frozenset(t for t in tests if t in callers or not self._record.has_hits(t))

    def _is_about_calls(
        self, change: Change, users: Mapping[str, Reason], differences: Mapping[str, Difference]
    ) -> bool:
        difference = differences.get(str(change.path))
        if difference is None or difference.elsewhere or change.kind is not ChangeKind.MODIFIED:
            return False
        return all(
            reason.how in _ONLY_ITS_FUNCTIONS and self._record.is_fresh(file)
            for file, reason in users.items()
        )

    def _failed(self, failures: Collection[str]) -> list[str]:
        """Put the failed tests in the order of their files; an uncollected file goes by its path."""
        uncollected = {node: path for path, node in self._record.uncollected.items()}
        places = {file: place for place, file in enumerate(self.files)}
        ranked: list[tuple[int, str]] = []
        for test in failures:
            file = self._record.file_of(test)
            if file in places:
                ranked.append((places[file], uncollected.get(test, test)))
        return [test for _, test in sorted(ranked, key=lambda pair: pair[0])]

    def _callers(self, differences: Mapping[str, Difference]) -> list[str]:
        found = self._record.tests_hitting({path: d.functions for path, d in differences.items()})
        return [test for test in found if self._record.file_of(test) in self.files]

    def _duration(self, file: str) -> float:
        return sum(self._record.durations.get(test, 0.0) for test in self._record.tests_of(file))
