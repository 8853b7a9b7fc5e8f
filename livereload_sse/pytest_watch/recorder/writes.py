"""Which files the run itself writes: a change of theirs is nobody's save.

Each is told before it is written, so that whoever watches knows it first. Refuses to know who wrote.
"""

# Paths are strings, as the audit events name them.
# ruff: noqa: PTH120

import os
from collections.abc import Callable, Iterable

from livereload_sse.pytest_watch.messages import Message, Wrote


class Writes:
    """Collects what is written, and tells of each path once."""

    def __init__(self, tell: Callable[[Message], None]) -> None:
        self._tell = tell
        self._told: dict[str, None] = {}
        self._own: set[str] = set()
        self._own_folders: set[str] = set()

    @property
    def paths(self) -> tuple[str, ...]:
        """All that were written."""
        return tuple(sorted(self._told))

    def wrote(self, paths: Iterable[str]) -> None:
        """Note what is about to be written."""
        new = tuple(path for path in paths if path not in self._told)
        if new:
            self._told.update(dict.fromkeys(new))
            self._tell(Wrote(new))

    def made(self, paths: Iterable[str]) -> None:
        """Note files whose whole content comes from this run."""
        known = tuple(paths)
        self._own.update(known)
        self.wrote(known)

    def made_folder(self, paths: Iterable[str]) -> None:
        """Note a folder that is about to be made; one that is there already is not."""
        new = tuple(path for path in paths if not os.path.lexists(path))
        self._own_folders.update(new)
        self.wrote(new)

    def moved(self, source: Iterable[str], target: Iterable[str]) -> None:
        """Note that one name becomes another."""
        targets = tuple(target)
        if not all(map(self.is_own, tuple(source))):
            self.wrote(targets)
        else:
            self.made(targets)
        self.wrote(source)

    def is_own(self, path: str) -> bool:
        """Whether what is there now was made by this run: who reads it depends on nothing new."""
        if path in self._own or path in self._own_folders:
            return True
        return bool(self._own_folders) and any(map(self._own_folders.__contains__, _above(path)))


def _above(path: str) -> Iterable[str]:
    while (parent := os.path.dirname(path)) != path:
        yield parent
        path = parent
