"""What this session's arguments let pytest find: the tests that have been collected in it, and the test
files that have none.

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
        self._empty: dict[str, None] = {}
        self._is_narrowed: bool | None = None

    @property
    def is_known(self) -> bool:
        """Whether a run has come so far that it is known what is in it, or what could not be collected."""
        return self._is_narrowed is not None or bool(self._files)

    @property
    def is_narrowed(self) -> bool:
        """Whether the arguments leave out tests: then the first run has deselected some."""
        return bool(self._is_narrowed)

    def learn(self, message: Message) -> None:
        """Hear what a run tells."""
        if isinstance(message, Collected):
            self._collect(message)
        elif isinstance(message, CollectionFailed):
            self._files[message.node] = message.path

    def _collect(self, message: Collected) -> None:
        if self._is_narrowed is None:  # later runs have filters of their own
            self._is_narrowed = bool(message.deselected)
        for test in message.tests:
            self._files[test] = message.files[test.partition("::")[0]]
        self._empty.update(dict.fromkeys(message.empty))

    def forget(self, file: str) -> None:
        """A test file is no more."""
        self._empty.pop(file, None)
        for test in [test for test, its in self._files.items() if its == file]:
            del self._files[test]

    def files(self, known: Collection[str]) -> tuple[str, ...]:
        """Keep those of the known test files that are in it, and those that it knows itself."""
        if not self._files:
            return tuple(dict.fromkeys([*known, *self._empty]))
        return tuple(dict.fromkeys([*self._files.values(), *self._empty]))

    def tests(self, known: Iterable[str]) -> tuple[str, ...]:
        """Keep those of the known node ids that are in it."""
        return tuple(test for test in known if not self._files or test in self._files)

    def only(self, known: Mapping[str, Value]) -> dict[str, Value]:
        """Keep what is known of node ids that are in it."""
        return {test: known[test] for test in self.tests(known)}
