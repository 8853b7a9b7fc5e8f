"""What happens in a run, told as it happens.

A plugin of pytest in the process that runs the tests. Knows pytest's reports and what a person wants
to know of them. Refuses to know who listens.
"""

import io
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from _pytest._io import TerminalWriter

from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Message,
    Outcome,
    Section,
    TestResult,
    TestStarted,
    Trouble,
)

WIDTH = 100
"""Columns for which tracebacks are laid out that are shown elsewhere than on this terminal."""

LONGEST = 200_000
"""Characters of one failure's details, and of one piece of its output, that are told."""


class Reporting:
    """Tells of one run. `tell` is called with each message, in order."""

    def __init__(
        self, tell: Callable[[Message], None], *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._began = clock()
        self._deselected = 0
        self._collected = False
        self._reports: dict[str, list[pytest.TestReport]] = {}

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what options have left out."""
        self._deselected += len(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests will run."""
        if session.items or not session.config.pluginmanager.hasplugin("dsession"):
            self._tell_collected(
                [item.nodeid for item in session.items],
                {_file_part(item.nodeid): os.fspath(item.path) for item in session.items},
                tuple((item.location[1] or 0) + 1 for item in session.items),
            )

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:
        """Tell which tests will run where xdist's processes collect them: each the same."""
        if not self._collected:
            root = os.fspath(node.config.rootpath)
            names = dict.fromkeys(_file_part(test) for test in ids)
            self._tell_collected(ids, {name: os.path.join(root, name) for name in names}, ())  # noqa: PTH118 - texts

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell of a file that cannot be collected."""
        if report.failed:
            details = _laid_out(report)
            self._tell(
                CollectionFailed(
                    node=report.nodeid,
                    path=_collected_path(report),
                    message=_last_error(str(report.longrepr)),
                    details=details,
                )
            )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell that a test begins."""
        self._tell(TestStarted(nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell how a test has ended, once its teardown is over."""
        reports = self._reports.setdefault(report.nodeid, [])
        reports.append(report)
        if report.when == "teardown":
            del self._reports[report.nodeid]
            if not any(one.outcome == "rerun" for one in reports):  # type: ignore[comparison-overlap]  # a plugin's
                self._tell(_result(report.nodeid, reports))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Tell that pytest, or a plugin, has failed itself."""
        text = str(excrepr)
        self._tell(Trouble(_last_error(text), _cut(text)))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Any:
        """Tell that the run is over, once everybody has said what there is to say."""
        result = yield
        code = int(getattr(session, "exitstatus", exitstatus))
        self._tell(Finished(code, self._clock() - self._began))
        return result

    def _tell_collected(
        self, tests: Sequence[str], files: dict[str, str], lines: tuple[int, ...]
    ) -> None:
        self._collected = True
        self._tell(Collected(tuple(tests), files, lines, self._deselected))


def _result(test: str, reports: Sequence[pytest.TestReport]) -> TestResult:
    telling = next((one for one in reports if not one.passed), reports[-1])
    message, path, line = _place(telling)
    return TestResult(
        test=test,
        outcome=_outcome(reports),
        duration=sum(one.duration for one in reports),
        message=message,
        details="\n".join(_laid_out(one) for one in reports if one.failed),
        path=path,
        line=line,
        sections=tuple(
            Section(title, _cut(text))
            for title, text in reports[-1].sections
            if any(one.failed for one in reports)
        ),
    )


def _outcome(reports: Sequence[pytest.TestReport]) -> Outcome:
    """Say how a test ended, in pytest's words."""
    for report in reports:
        expected = hasattr(report, "wasxfail")
        if report.failed:
            return "failed" if report.when == "call" else "error"
        if report.skipped:
            return "xfailed" if expected else "skipped"
        if expected and report.when == "call":
            return "xpassed"
    return "passed"


def _place(report: pytest.TestReport) -> tuple[str, str, int]:
    """Find what is to be said of a report in one line, and where it points."""
    told = report.longrepr
    if isinstance(told, tuple):  # a skip: file, line, reason
        path, line, reason = told
        return str(reason).removeprefix("Skipped: "), os.path.abspath(path), int(line or 0)  # noqa: PTH100 - texts
    crash = getattr(told, "reprcrash", None)
    if crash is None:
        return (_last_error(str(told)) if report.failed else str(getattr(report, "wasxfail", ""))), "", 0
    first, *_ = str(crash.message).splitlines() or [""]
    return first, os.path.abspath(crash.path), int(crash.lineno)  # noqa: PTH100 - texts


def _laid_out(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Write a failure as the terminal would show it, with its colours."""
    out = io.StringIO()
    writer = TerminalWriter(out)
    writer.hasmarkup, writer.fullwidth = True, WIDTH
    report.toterminal(writer)
    return _cut(out.getvalue().rstrip("\n"))


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n… {len(text) - LONGEST} characters left out …\n{text[-half:]}"


def _last_error(text: str) -> str:
    """Find the line of a traceback that says what it was: pytest marks it, or it is the last."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return (marked or [line.strip() for line in lines[-1:]] or [""])[-1 if marked else 0]


def _file_part(test: str) -> str:
    return test.partition("::")[0]


def _collected_path(report: pytest.CollectReport) -> str:
    """Name the file of a collector that failed, as well as its id does."""
    return _file_part(report.nodeid)
