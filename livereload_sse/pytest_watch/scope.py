"""What this session's arguments let pytest find: the tests that have been collected in it.

Pure. Earlier sessions had other arguments, and the record knows their tests, too: what failed there
is nobody's failure here.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from livereload_sse.pytest_watch.messages import Collected, CollectionFailed, Message

Value = TypeVar("Value")


class Scope:
    """Learns from messages. Until something has been collected, everything is in it."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}

    def learn(self, message: Message) -> None:
        """Hear what a run tells."""
        if isinstance(message, Collected):
            for test in message.tests:
                self._files[test] = message.files[test.partition("::")[0]]
        elif isinstance(message, CollectionFailed):
            self._files[message.node] = message.path

    def forget(self, file: str) -> None:
        """A test file is no more."""
        for test in [test for test, its in self._files.items() if its == file]:
            del self._files[test]

    def files(self, known: Collection[str]) -> tuple[str, ...]:
        """Keep those of the known test files that are in it, and those that it knows itself."""
        if not self._files:
            return tuple(known)
        return tuple(dict.fromkeys(self._files.values()))

    def tests(self, known: Iterable[str]) -> tuple[str, ...]:
        """Keep those of the known node ids that are in it."""
        return tuple(test for test in known if not self._files or test in self._files)

    def only(self, known: Mapping[str, Value]) -> dict[str, Value]:
        """Keep what is known of node ids that are in it."""
        return {test: known[test] for test in self.tests(known)}
