"""Which of the tests that pytest would run are run now, and which of them first.

A plugin of pytest in the process that collects. It only takes away and puts in order: the user's own
arguments say what there is.

Files are put in order, and the tests of a file stay in theirs: tests that rely on what others of
their file have left behind are common, and out of order they fail for as long as somebody watches.
"""

import os
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.patterns import Pattern

LEFT_OUT = pytest.StashKey[tuple[str, ...]]()
"""The files of which the order leaves tests out, by their absolute paths."""


class Selecting:
    """Holds a run to its order."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._files = order.files
        self._folders = _folders_above(order.files or frozenset())
        self._names, self._paths = Pattern(order.names), Pattern(order.paths)
        self._ranks: dict[str, int] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Leave out arguments that name nothing of what is wanted: a file that is named is imported,
        whatever anybody says to it later.
        """
        if self._files is not None:
            config.args = [one for one in config.args if self._may_name(one, config)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Pass over files, and whole folders, that are not wanted now."""
        # None leaves the word to others: this plugin never collects what they refuse.
        return None if self._is_wanted(os.fspath(collection_path)) else True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None]:
        """Take out single tests, and put first what shall be first, when others have had their say."""
        yield
        kept: list[pytest.Item] = []
        taken: list[pytest.Item] = []
        for item in items:
            (kept if self._is_kept(item) else taken).append(item)
        config.stash[LEFT_OUT] = tuple(sorted({os.fspath(item.path) for item in taken}))
        if taken:
            config.hook.pytest_deselected(items=taken)
        if self._order.first or self._order.last:
            self._ranks = self._rank_files(kept)
            kept.sort(key=lambda item: self._ranks[os.fspath(item.path)])
        items[:] = kept

    def _may_name(self, argument: str, config: pytest.Config) -> bool:
        path = _path_in(argument, config.invocation_params.dir, pyargs=config.option.pyargs)
        return path is None or self._is_wanted(path)

    def _is_wanted(self, path: str) -> bool:
        """Say whether a path is a wanted file, above one, or inside of what is collected as one."""
        if self._files is None or path in self._files or path in self._folders:
            return True
        return any(os.fspath(folder) in self._files for folder in Path(path).parents)

    def _is_kept(self, item: pytest.Item) -> bool:
        if self._files is not None and os.fspath(item.path) not in self._files:
            return False
        file = item.nodeid.partition("::")[0]
        if not (self._names.picks(item.nodeid) and self._paths.picks(file)):
            return False
        tests = self._order.tests
        # A file that could not be collected is known by its own name.
        return tests is None or item.nodeid in tests or file in tests

    def _rank_files(self, items: list[pytest.Item]) -> dict[str, int]:
        """Give each file the place of the first of its tests, or of itself; the others come next, and
        at the very end those that shall be last.
        """
        places = {name: place for place, name in enumerate(self._order.first)}
        last = len(places)
        ranks: dict[str, int] = {}
        held = {os.fspath(item.path) for item in items if item.nodeid in self._order.last}
        for item in items:
            file = os.fspath(item.path)
            if file in held:
                ranks[file] = last + 1
                continue
            place = min(places.get(item.nodeid, last), places.get(file, last))
            ranks[file] = min(ranks.get(file, last), place)
        return ranks


def _path_in(argument: str, base: Path, *, pyargs: bool) -> str | None:
    """Name what an argument of pytest's points to, by its absolute path; links stay links. None for a
    module that is not found: for pytest to say so.
    """
    name = argument.partition("::")[0]
    path = os.path.abspath(base / name)  # noqa: PTH100 - it would follow links
    return _path_of_module(name) if pyargs and not os.path.lexists(path) else path


def _path_of_module(name: str) -> str | None:
    """Find a module's file, or a package's folder, as pytest does."""
    try:
        found = find_spec(name)
    except (ImportError, AttributeError, ValueError):
        return None
    if found is None:
        return None
    if found.submodule_search_locations:
        return os.path.abspath(next(iter(found.submodule_search_locations)))  # noqa: PTH100 - as above
    return os.path.abspath(found.origin) if found.origin else None  # noqa: PTH100


def _folders_above(files: frozenset[str]) -> frozenset[str]:
    return frozenset(os.fspath(folder) for file in files for folder in Path(file).parents)
