"""Who uses what: for each test file its uses, and for each path the test files that use it.

Paths are numbers here, as there are many uses and few paths. Refuses to know whether a use still
holds.
"""

# Paths are strings here, as in what a run tells.
# ruff: noqa: PTH118

import os
from collections.abc import Iterable, Mapping
from itertools import chain

from livereload_sse.pytest_watch.affected.remembered import HOWS, NO_PATH, Three, threes
from livereload_sse.pytest_watch.affected.ways import Way, way_along
from livereload_sse.pytest_watch.messages import How, Use

_HOW_NUMBERS: dict[How, int] = {how: number for number, how in enumerate(HOWS)}


class Used:
    """The uses of all test files."""

    def __init__(self, paths: list[str], uses: dict[str, list[int]]) -> None:
        """Both are extended in place: `paths` by number, and of each test file its uses."""
        self._paths = paths
        self._numbers = {path: number for number, path in enumerate(paths)}
        self._uses = uses
        self._vias: dict[str, dict[str, str]] = {}
        self._users: dict[tuple[int, int], dict[str, None]] | None = None

    def number_of(self, path: str) -> int:
        """Number a path, anew where it has none."""
        number = self._numbers.setdefault(path, len(self._paths))
        if number == len(self._paths):
            self._paths.append(path)
        return number

    def learn(self, file: str, uses: Iterable[Use], *, merge: bool) -> None:
        """Take the uses of a test file, in place of those known or beside them."""
        known = self._uses.get(file, ()) if merge else ()
        learnt = dict.fromkeys([*threes(known), *map(self._numbered, uses)])
        self.forget(file)
        flat = [number for three in learnt for number in three]
        self._uses[file] = flat
        if self._users is not None:
            _enter(self._users, file, flat)

    def forget(self, file: str) -> None:
        """Take out what a test file uses."""
        self._vias.pop(file, None)
        for path, how, _ in threes(self._uses.pop(file, ())):
            if self._users is not None:
                self._users[path, how].pop(file, None)

    def uses_of(self, file: str) -> tuple[Use, ...]:
        """Give the uses of a test file."""
        return tuple(
            Use(self._paths[path], HOWS[how], self._via(via))
            for path, how, via in threes(self._uses.get(file, ()))
        )

    def users_of(self, path: str, how: How) -> tuple[str, ...]:
        """Name the test files that use a path in this way, among others."""
        number = self._numbers.get(path)
        return () if number is None else tuple(self._index().get((number, _HOW_NUMBERS[how]), ()))

    def users_below(self, folder: str) -> tuple[str, ...]:
        """Name the test files that use something in a folder or below it."""
        start = os.path.join(folder, "")
        below = {number for path, number in self._numbers.items() if path.startswith(start)}
        found = (files for (path, _), files in self._index().items() if path in below)
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    def ways_to(self, path: str) -> dict[str, Way]:
        """Find the test files that use a path in any way, and how each gets there."""
        hows = {file: how for how in reversed(HOWS) for file in self.users_of(path, how)}
        return {file: way_along(path, how, self._vias_of(file), file) for file, how in hows.items()}

    def _index(self) -> Mapping[tuple[int, int], Mapping[str, None]]:
        if self._users is None:
            self._users = {}
            for file, flat in self._uses.items():
                _enter(self._users, file, flat)
        return self._users

    def _vias_of(self, file: str) -> Mapping[str, str]:
        vias = self._vias.get(file)
        if vias is None:
            known = threes(self._uses[file])
            vias = {self._paths[path]: self._via(via) for path, _, via in known}
            self._vias[file] = vias
        return vias

    def _via(self, number: int) -> str:
        return "" if number == NO_PATH else self._paths[number]

    def _numbered(self, use: Use) -> Three:
        via = self.number_of(use.via) if use.via else NO_PATH
        return self.number_of(use.path), _HOW_NUMBERS[use.how], via


def _enter(users: dict[tuple[int, int], dict[str, None]], file: str, flat: list[int]) -> None:
    for path, how, _ in threes(flat):
        users.setdefault((path, how), {})[file] = None
