"""The run's own end of xdist's processes, where tests are run in such (`-n`).

Hands them the order, and hears from each what it collects and records, over xdist's own line. What the
other end does is in `worker`. Refuses to know what is told.
"""

import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

import pytest

from livereload_sse.pytest_watch.inside.collecting import Collecting
from livereload_sse.pytest_watch.inside.reports import file_part, is_last
from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    FileRecorded,
    Message,
    decode,
)
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.plugin import WORKER

EVENT = "sse_reload"
"""Our own event on xdist's line, and the name under which the order travels."""


class Workers:
    """Joins them to the run; idle in a run without xdist. `tell` must be callable from any thread."""

    def __init__(
        self, order: Order, tell: Callable[[Message], None], collecting: Collecting
    ) -> None:
        self._order = order
        self._tell = tell
        self._collecting = collecting
        self._lock = threading.Lock()
        self._records: dict[str, list[FileRecorded]] = defaultdict(list)
        self._tests: dict[str, set[str]] = defaultdict(set)
        self._whole: set[str] = set()
        self._done: set[str] = set()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self) -> None:
        """Tell the processes that are about to begin that they are ours, before they import anything."""
        os.environ[WORKER] = json.dumps(
            {
                "roots": self._order.roots,
                "installed": self._order.installed,
                "record": self._order.record,
                "hits": self._order.hits,
                "slate": self._order.slate,
            }
        )

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand over the order, and listen."""
        node.workerinput[EVENT] = json.dumps(self._order.as_json())
        hear = node.process_from_remote

        def hear_all(said: Any) -> None:
            if isinstance(said, tuple) and said[0] == EVENT:
                self.hear(**said[1])
            else:
                hear(said)

        # xdist has no events for others, and takes an unknown one for a broken process.
        node.process_from_remote = hear_all

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests have ended."""
        if is_last(report):
            self._done.add(report.nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, Any, Any]:
        """Tell what the tests of each file have used, in whichever process each of them has run."""
        result = yield
        for file, records in self._records.items():
            self._tell(merged(records, partial=not self._is_done(file)))
        return result

    def hear(self, *, line: str = "", whole: Sequence[str] = ()) -> None:
        """Hear one of them: a message, and the files none of whose tests are left out."""
        with self._lock:
            self._whole.update(whole)
            if line:
                self._take(decode(line.encode()))

    def _take(self, message: Message) -> None:
        match message:
            case FileRecorded():
                self._records[message.file].append(message)
            case Collected():
                for test in message.tests:
                    self._tests[message.files[file_part(test)]].add(test)
                self._whole.update(message.empty)
                self._collecting.tell(message)
            case CollectionFailed():
                self._collecting.tell(message)
            case _:
                self._tell(message)

    def _is_done(self, file: str) -> bool:
        return file in self._whole and self._tests[file] <= self._done


def merged(records: Iterable[FileRecorded], *, partial: bool) -> FileRecorded:
    """Join what several processes have recorded of one test file."""
    first, *others = records
    uses = {
        (use.path, use.how): use for record in reversed([first, *others]) for use in record.uses
    }
    everything = next((one.everything for one in (first, *others) if one.everything), "")
    return FileRecorded(first.file, tuple(uses.values()), everything, partial)
