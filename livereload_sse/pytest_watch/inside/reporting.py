"""What happens in a run, told as it happens.

A plugin of pytest in the process that reports: the one that runs the tests, or that has xdist run
them. Knows pytest's hooks. What reports mean is known in `reports`. Refuses to know who listens.
"""

import time
from collections.abc import Callable, Generator
from typing import Any

import pytest

from livereload_sse.pytest_watch.inside.reports import cut, is_last, is_void, last_error, result_of
from livereload_sse.pytest_watch.inside.reserve import reserve
from livereload_sse.pytest_watch.messages import Finished, Message, Remark, TestStarted, Trouble


class Reporting:
    """Tells of one run. `tell` is called with each message, in order.

    `makes_way` says, of a run that is interrupted, whether another one is to begin instead.

    Register it last: what other plugins tell at the end of the session is told before `Finished`.
    """

    is_told_elsewhere = True  # where reports come together, if copies of this process run the tests

    def __init__(
        self,
        tell: Callable[[Message], None],
        *,
        makes_way: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._tell = tell
        self._makes_way = makes_way
        self._config: pytest.Config | None = None
        self._clock = clock
        self._began = clock()
        self._reports: dict[str, list[pytest.TestReport]] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Keep what knows who prints."""
        self._config = config

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell that a test begins."""
        self._tell(TestStarted(nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Where a test has taken all memory, have some to report it with."""
        if call.excinfo is not None and issubclass(call.excinfo.type, MemoryError):
            reserve.give_back()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell how a test has ended, once its teardown is over."""
        reports = self._reports.setdefault(report.nodeid, [])
        reports.append(report)
        if is_void(report):
            reports.clear()
        elif is_last(report):
            del self._reports[report.nodeid]
            self._tell(result_of(report.nodeid, reports))

    def pytest_internalerror(self, excrepr: object) -> None:
        """Tell that pytest, or a plugin, has failed itself."""
        text = str(excrepr)
        self._tell(Trouble(last_error(text), cut(text)))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell why somebody has called `pytest.exit`. Ctrl-C needs no words, and a run that makes way
        for the next one no summary.
        """
        if isinstance(excinfo.value, pytest.exit.Exception):
            self._tell(Trouble(str(excinfo.value)))
        elif self._config is not None and self._makes_way():
            _leave_out_summary(self._config)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int
    ) -> Generator[None, Any, Any]:
        """Tell that the run is over, once everybody has said what there is to say."""
        try:
            result = yield
        except pytest.exit.Exception as error:
            self._tell(Remark(f"pytest.exit was called when the tests were over: {error}"))
            self._finish(session, exitstatus if error.returncode is None else error.returncode)
            raise
        self._finish(session, int(getattr(session, "exitstatus", exitstatus)))
        return result

    def _finish(self, session: pytest.Session, code: int) -> None:
        for test, reports in self._reports.items():
            # Left in the middle of it, by Ctrl-C or from a debugger: what has failed has failed, but
            # what has not come to its end has not passed.
            if any(report.failed for report in reports):
                self._tell(result_of(test, reports))
        self._tell(Finished(int(code), self._clock() - self._began, _summary(session.config)))


def _summary(config: pytest.Config) -> str:
    """Give the counts as pytest words them, `2 failed, 310 passed`; `` without its reporter."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if not hasattr(reporter, "build_summary_stats_line"):
        return ""
    parts, _ = reporter.build_summary_stats_line()
    return ", ".join(text for text, _ in parts)


def _leave_out_summary(config: pytest.Config) -> None:
    """Have nothing printed of a run that was cancelled for the next one: that one will tell it."""
    config.option.no_summary = True
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and hasattr(
        reporter, "_report_keyboardinterrupt"
    ):  # there is no option
        reporter._report_keyboardinterrupt = lambda: None  # noqa: SLF001 - see above
