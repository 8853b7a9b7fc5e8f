"""What is known of the run that goes on: which of its tests have come to their end.

Pure: messages in. Refuses to know what was left before it, and what is wanted next.
"""

from collections.abc import Iterable

from livereload_sse.pytest_watch.messages import Collected, CollectionFailed, Message, TestResult
from livereload_sse.pytest_watch.wanted import Wanted


class Running:
    """What is known of the run that goes on."""

    def __init__(self, wanted: Wanted, *, filtered: bool) -> None:
        self.wanted = wanted
        self.is_filtered = filtered
        self.tests: dict[str, str] | None = None
        """Node id → test file; None until they have been collected."""
        self.again: set[str] = set()
        """Test files that a change has concerned since the run began."""
        self.is_all_again = False
        self.failed_files: set[str] = set()
        self.gone: set[str] = set()
        """Test files that were deleted before all their tests had run."""
        self._left_out: frozenset[str] | None = None
        self._unfinished: dict[str, set[str]] = {}

    @property
    def files(self) -> Iterable[str]:
        """The test files of which tests were collected."""
        return self._unfinished

    @property
    def unfinished(self) -> dict[str, str]:
        """Each test that has not come to its end → its file; without those that will run anyway."""
        return {
            test: file
            for file, tests in self._unfinished.items()
            for test in tests
            if file not in self.again
        }

    def file_of(self, test: str) -> str:
        """Give the file of a test that has run as it is now, `` for any other."""
        file = (self.tests or {}).get(test, "")
        return "" if self.is_all_again or file in self.again else file

    def forget(self, file: str) -> None:
        """A test file is no more."""
        self.failed_files.discard(file)
        if self._unfinished.pop(file, None):
            self.gone.add(file)

    def learn(self, message: Message) -> None:
        """Hear what the run tells."""
        if isinstance(message, Collected):
            self._collect(message)
        elif isinstance(message, TestResult) and self.tests is not None:
            self._unfinished.get(self.tests.get(message.test, ""), set()).discard(message.test)
        elif isinstance(message, CollectionFailed):
            self.failed_files.add(message.path)

    def finished(self, *, complete: bool) -> list[str]:
        """List the test files that are done with: all of their tests have run since the last change."""
        if self.tests is None or self._misses_some():
            return []
        done = [file for file, left in self._unfinished.items() if not left]
        if self.is_filtered or self.wanted.is_partial:
            left_out = done if self._left_out is None else self._left_out
            done = [file for file in done if file not in left_out]
        elif complete and not self.failed_files:
            # Files without tests, and those that are not there any more.
            done += [file for file in self.wanted.files or () if file not in self._unfinished]
        return [file for file in done if file not in self.again]

    def _misses_some(self) -> bool:
        """Whether tests that were left over have not been found again: their names may have changed."""
        return bool(self.wanted.goes_on) and not (self.wanted.tests or set()) <= {
            *(self.tests or ())
        }

    def _collect(self, message: Collected) -> None:
        paths = message.files
        self._left_out = None if message.left_out is None else frozenset(message.left_out)
        self.tests = {test: paths[test.partition("::")[0]] for test in message.tests}
        for test, file in self.tests.items():
            self._unfinished.setdefault(file, set()).add(test)
