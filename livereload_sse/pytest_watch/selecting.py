"""Which of the tests that pytest would run are run now, and which of them first.

A plugin of pytest in the process that runs the tests. It only takes away and puts in order: the
user's own arguments say what there is.
"""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.patterns import Pattern


class Selecting:
    """Holds a run to its order."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._files = order.files
        self._folders = _folders_above(order.files or frozenset())
        self._names, self._paths = Pattern(order.names), Pattern(order.paths)
        self._ranks = {name: rank for rank, name in enumerate(order.first)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Leave out arguments that name nothing of what is wanted: pytest would call them missing."""
        if self._files is not None and not config.option.pyargs:
            wanted = self._files | self._folders
            base = config.invocation_params.dir
            kept = [argument for argument in config.args if _path_in(argument, base) in wanted]
            config.args = kept or config.args

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Pass over files, and whole folders, that are not wanted now."""
        path = os.fspath(collection_path)
        if self._files is None or path in self._files or path in self._folders:
            return None
        # None leaves the word to others: this plugin never collects what they refuse.
        return True if collection_path.is_dir() or collection_path.is_file() else None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None]:
        """Take out single tests, and put first what shall be first; the others stay as they are."""
        yield
        kept = [item for item in items if self._is_kept(item)]
        if taken := [item for item in items if not self._is_kept(item)]:
            config.hook.pytest_deselected(items=taken)
        items[:] = sorted(kept, key=self._rank) if self._ranks else kept

    def _is_kept(self, item: pytest.Item) -> bool:
        if self._files is not None and os.fspath(item.path) not in self._files:
            return False
        if not self._is_named(item.nodeid):
            return False
        tests = self._order.tests
        # A file that could not be collected is known by its own name.
        return tests is None or item.nodeid in tests or item.nodeid.partition("::")[0] in tests

    def _is_named(self, test: str) -> bool:
        return self._names.picks(test) and self._paths.picks(test.partition("::")[0])

    def _rank(self, item: pytest.Item) -> int:
        last = len(self._ranks)
        return min(self._ranks.get(item.nodeid, last), self._ranks.get(os.fspath(item.path), last))


def _path_in(argument: str, base: Path) -> str:
    """Name what an argument of pytest's points to, by its absolute path; links stay links."""
    return os.path.abspath(base / argument.partition("::")[0])  # noqa: PTH100 - it would follow them


def _folders_above(files: frozenset[str]) -> frozenset[str]:
    return frozenset(os.fspath(folder) for file in files for folder in Path(file).parents)
