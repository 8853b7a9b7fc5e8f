"""What copies of this process report, reported here: each file's results in one piece.

Knows pytest's hooks for reports. Refuses to know where the reports come from.
"""

import signal
from collections.abc import Callable
from typing import Any

import pytest

from livereload_sse.pytest_watch.jobs.values import Group
from livereload_sse.pytest_watch.jobs.warned import unpack


class Replay:
    """Reports what other processes report, so that each file's results come in one piece.

    The file in front is shown as it goes on; the others wait until it is over. With `-x` none waits:
    a failure must be heard of at once.
    """

    def __init__(self, session: pytest.Session) -> None:
        self._items = session.items
        self._hook = session.config.hook
        self._config = session.config
        self._waits = not session.config.option.maxfail
        self._front: Group | None = None
        self._held: dict[Group, list[Callable[[], None]]] = {}
        self._left: dict[Group, int] = {}

    def start(self, group: Group, index: int) -> None:
        """A test begins."""
        item = self._items[index]
        self._do(
            group,
            lambda: self._hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location),
        )

    def report(self, group: Group, data: Any) -> None:
        """A report has been made."""
        if isinstance(data.get("longrepr"), list):
            data["longrepr"] = tuple(data["longrepr"])  # a skip's place; JSON knows lists only

        def replay() -> None:
            report = self._hook.pytest_report_from_serializable(config=self._config, data=data)
            self._hook.pytest_runtest_logreport(report=report)

        self._do(group, replay)

    def warning(self, group: Group, data: Any) -> None:
        """A warning has been caught."""
        location = data["location"]
        about = {
            "warning_message": unpack(data["warning"]),
            "when": data["when"],
            "nodeid": data["nodeid"],
            "location": None if location is None else tuple(location),
        }
        # pytest keeps those that it has told, for plugins that are registered later.
        self._do(group, lambda: self._hook.pytest_warning_recorded.call_historic(kwargs=about))

    def end(self, group: Group, index: int) -> None:
        """A test has ended; with the last one of its file the next file is in front."""
        item = self._items[index]
        self._do(
            group,
            lambda: self._hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location),
        )
        if index == group[-1]:
            self.close(group)

    def died(self, group: Group, index: int, status: int) -> None:
        """The process of a test has died in it: that is a failure of the test."""
        item = self._items[index]
        report = pytest.TestReport(
            item.nodeid,
            item.location,
            {},
            "failed",
            f"The process of this test {_end(status)}.",
            "call",
        )
        over = pytest.TestReport(item.nodeid, item.location, {}, "passed", None, "teardown")
        for one in (report, over):
            data = self._hook.pytest_report_to_serializable(config=self._config, report=one)
            self.report(group, data)
        self.end(group, index)

    def close(self, group: Group) -> None:
        """Nothing comes of this file any more."""
        if group == self._front:
            self._front = None
            self._next()
        elif group in self._held:
            self._left[group] = 0

    def flush(self) -> None:
        """Report all that was held back."""
        for held in self._held.values():
            for replay in held:
                replay()
        self._held.clear()

    def _do(self, group: Group, replay: Callable[[], None]) -> None:
        if self._front is None:
            self._front = group
        if group == self._front or not self._waits:
            replay()
        else:
            self._held.setdefault(group, []).append(replay)

    def _next(self) -> None:
        """Report the files that are over, then put another in front."""
        for group in [group for group in self._held if group in self._left]:
            for replay in self._held.pop(group):
                replay()
        if self._held:
            self._front = next(iter(self._held))
            for replay in self._held.pop(self._front):
                replay()


def _end(status: int) -> str:
    """Say how a process has ended that should not have; `status` is as `waitstatus_to_exitcode` has it."""
    if status >= 0:
        return f"ended with exit code {status} in the middle of it"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"  # one of those without a name
    memory = ", as a system does when memory runs out" if -status == signal.SIGKILL else ""
    return f"was killed by {name} in the middle of it{memory}"
