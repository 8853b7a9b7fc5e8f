"""The tests in which runs have broken off: they took too long, or have ended the process.

Pure. Each is one until it comes to its end by itself, and runs last until then: what is behind it has
to wait for it. Refuses to know how a run is ended, and what is said of it.
"""

from livereload_sse.pytest_watch.messages import Message, TestResult


class Culprits:
    """Learns from messages; what it says itself of a test it is not told again."""

    def __init__(self) -> None:
        self._tests: dict[str, None] = {}

    @property
    def tests(self) -> tuple[str, ...]:
        """Their node ids, the latest one last."""
        return tuple(self._tests)

    def blame(self, test: str) -> None:
        """A run has broken off in this test."""
        self._tests.pop(test, None)
        self._tests[test] = None

    def learn(self, message: Message) -> None:
        """Hear what a run tells."""
        if isinstance(message, TestResult):
            self._tests.pop(message.test, None)
