"""What is known from runs before: what each test file used, how each test ended and how long it took."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from livereload_sse.pytest_watch.messages import Message, Outcome, Use
from livereload_sse.pytest_watch.order import Order


class Record:
    """Learns from messages; kept in a file."""

    def __init__(self, path: Path | None = None, *, rootdir: str = "") -> None:
        raise NotImplementedError

    @classmethod
    def load(cls, path: Path | None, *, rootdir: str) -> tuple[Self, str]:
        """Read it; the text is a line for the user, where something was dropped, else empty."""
        raise NotImplementedError

    def save(self) -> str:
        """Write it, all or nothing; a line for the user where that failed for the first time."""
        raise NotImplementedError

    def begin(self, order: Order) -> None:
        """A run begins; call it before its first message. Files asked for are stale until recorded."""
        raise NotImplementedError

    def learn(self, message: Message) -> None:
        raise NotImplementedError

    def forget(self, file: str) -> None:
        """A test file has been deleted."""
        raise NotImplementedError

    @property
    def files(self) -> tuple[str, ...]:
        """Test files that have been collected or recorded."""
        raise NotImplementedError

    def tests_of(self, file: str) -> tuple[str, ...]:
        """Node ids."""
        raise NotImplementedError

    def file_of(self, test: str) -> str:
        """The absolute path of a node id's file, or ``."""
        raise NotImplementedError

    @property
    def counts(self) -> Mapping[str, int]:
        """Test file → how many tests."""
        raise NotImplementedError

    @property
    def durations(self) -> Mapping[str, float]:
        """Node id → seconds, the last time."""
        raise NotImplementedError

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Node id → how it ended the last time."""
        raise NotImplementedError

    @property
    def known_failures(self) -> tuple[str, ...]:
        """Node ids that failed the last time; of a file that could not be collected, its own."""
        raise NotImplementedError

    def uses_of(self, file: str) -> tuple[Use, ...]:
        raise NotImplementedError

    def is_read(self, path: str) -> bool:
        """Whether a test reads this path as data."""
        raise NotImplementedError

    def is_fresh(self, file: str) -> bool:
        """Whether it ran to its end since it, or what it uses, was last different."""
        raise NotImplementedError

    def tests_hitting(self, path: str, functions: Iterable[str]) -> tuple[str, ...]:
        """Node ids of tests that called one of these functions (qualified names) of that file."""
        raise NotImplementedError
