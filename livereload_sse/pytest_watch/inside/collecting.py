"""What a run finds when it collects, told as soon as that is known.

A plugin of pytest in the process that collects: the one that runs the tests, or each of xdist's, which
all find the same, so that `tell` says each thing once. Refuses to know what becomes of the tests.
"""

import os
import sys
from collections.abc import Callable, Generator, Sequence
from typing import Any

import pytest

from livereload_sse.pytest_watch.inside.reports import failed_collection, file_part
from livereload_sse.pytest_watch.inside.selecting import LEFT_OUT
from livereload_sse.pytest_watch.messages import Collected, CollectionFailed, Message


class Collecting:
    """Tells of one run's tests. `tell` is called with each message, in order."""

    def __init__(self, tell: Callable[[Message], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()
        self._is_collected = False
        self._deselected = 0
        self._skipped = 0
        self._paths: dict[str, str] = {}
        self._looked_into: dict[str, None] = {}
        self._with_tests: set[str] = set()

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note which files have tests, those included that will be left out."""
        self._with_tests.add(os.fspath(item.path))

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what options have left out."""
        self._deselected += len(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests will run."""
        if sys.exc_info()[0] is not None:
            return  # pytest calls this, too, when it is interrupted in the middle of collecting
        if session.items or not session.config.pluginmanager.hasplugin("dsession"):
            self.tell(
                Collected(
                    tuple(item.nodeid for item in session.items),
                    {file_part(item.nodeid): os.fspath(item.path) for item in session.items},
                    tuple(_line(item) for item in session.items),
                    self._deselected,
                    tuple(path for path in self._looked_into if path not in self._with_tests),
                    self._skipped,
                    session.config.stash.get(LEFT_OUT, None),
                )
            )

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """Tell which tests will run where no process of xdist's has told it itself."""
        root = os.fspath(node.config.rootpath)
        files = {name: os.path.join(root, name) for name in map(file_part, ids)}  # noqa: PTH118 - texts
        self.tell(Collected(tuple(ids), files))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Note where a collector is: its report knows a name only."""
        path = self._paths[collector.nodeid] = os.fspath(collector.path)
        report = yield
        self._skipped += report.skipped
        # With `--lf`, pytest says of files in which nothing has failed that nothing is in them.
        if _is_for_code_to_say(collector, report) and not _is_limited(collector.config):
            self._looked_into[path] = None
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell of a file that cannot be collected."""
        if report.failed:
            name = file_part(report.nodeid)
            path = self._paths.get(report.nodeid) or os.path.abspath(name)  # noqa: PTH100 - texts
            self.tell(failed_collection(report, path))

    def tell(self, message: Message) -> None:
        """Tell what has not been told, by whichever process."""
        if isinstance(message, Collected):
            if self._is_collected:
                return
            self._is_collected = True
        if isinstance(message, CollectionFailed):
            if message.node in self._told:
                return
            self._told.add(message.node)
        self._tell(message)


def _is_limited(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "lf", False))


def _is_for_code_to_say(collector: pytest.Collector, report: pytest.CollectReport) -> bool:
    """Whether other code than the file's own may decide that there are tests in it: what it imports
    says that it is to be skipped, say. Of a module in which doctests are looked for, its text decides.
    """
    if report.failed or not isinstance(collector, pytest.File):
        return False
    return report.skipped or "doctest" not in type(collector).__name__.casefold()


def _line(item: pytest.Item) -> int:
    """Give the line where a test begins, counted from 1; 0 where it is not known."""
    line = item.location[1]
    return 0 if line is None else line + 1
