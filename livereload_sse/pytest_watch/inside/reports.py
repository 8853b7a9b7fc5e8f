"""From pytest's reports to what a person wants to know of them.

Pure. Knows how pytest, and the plugins that run tests twice or in parts, write down what happened.
Refuses to know when.
"""

import io
import os
from collections.abc import Sequence

import pytest
from _pytest._io import TerminalWriter

from livereload_sse.pytest_watch.messages import CollectionFailed, Outcome, Section, TestResult

WIDTH = 100
"""Columns for which tracebacks are laid out that are shown elsewhere than on this terminal."""

LONGEST = 200_000
"""Characters of one failure's details, and of one piece of its output, that are told."""

_PHASES = ("setup", "call", "teardown")

Place = tuple[str, str, int]
"""What is to be said of a report in one line, the absolute path where it was, and the line in it."""


def is_last(report: pytest.TestReport) -> bool:
    """Say whether no other report of this test follows: after teardown, or after its process's end."""
    return report.when == "teardown" or report.when not in _PHASES


def is_void(report: pytest.TestReport) -> bool:
    """Say whether the test begins anew: plugins that rerun failures have an outcome of their own."""
    return report.outcome not in {"passed", "failed", "skipped"}


def result_of(test: str, reports: Sequence[pytest.TestReport]) -> TestResult:
    """Sum up what was reported of one test, from its setup to its teardown."""
    failed = [one for one in reports if one.failed]
    telling = failed[0] if failed else _told_of(reports)
    message, path, line = _place(telling)
    return TestResult(
        test=test,
        outcome=_outcome(reports),
        duration=sum(one.duration for one in reports if not _is_part(one)),
        message=message,
        details="\n".join(_laid_out(one) for one in failed),
        path=path,
        line=line,
        sections=tuple(Section(title, cut(text)) for title, text in _sections(failed, reports)),
    )


def failed_collection(report: pytest.CollectReport, path: str) -> CollectionFailed:
    """Say what became of a file that cannot be collected; `path` is the absolute one."""
    message, _, line = _place(report)
    return CollectionFailed(
        node=report.nodeid, path=path, message=message, details=_laid_out(report), line=line
    )


def file_part(test: str) -> str:
    """Give what stands before the first `::` of a node id."""
    return test.partition("::")[0]


def last_error(text: str) -> str:
    """Find the line of a traceback that says what it was: pytest marks it, or it is the last."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    return (marked or [line.strip() for line in lines[-1:]] or [""])[-1]


def cut(text: str) -> str:
    """Keep the beginning and the end of a text that is too long to be shown."""
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]}\n… {len(text) - LONGEST} characters left out …\n{text[-half:]}"


def _outcome(reports: Sequence[pytest.TestReport]) -> Outcome:
    """Say how a test ended, in pytest's words. A failure in one part of it is its own."""
    failed = [one.when for one in reports if one.failed]
    if failed:
        return "failed" if set(failed) - {"setup", "teardown"} else "error"
    telling = _told_of(reports)
    expected = hasattr(telling, "wasxfail")
    if telling.skipped:
        return "xfailed" if expected else "skipped"
    return "xpassed" if expected and telling.when == "call" else "passed"


def _told_of(reports: Sequence[pytest.TestReport]) -> pytest.TestReport:
    """Choose the report that says how a test ended that has not failed."""
    whole = [one for one in reports if not _is_part(one)] or reports
    skipped = (one for one in whole if one.skipped)
    called = (one for one in whole if one.when == "call")
    return next(skipped, None) or next(called, None) or whole[-1]


def _is_part(report: pytest.TestReport) -> bool:
    """Say whether it is a subtest's, which is told beside that of its test."""
    return type(report).__name__.casefold() == "subtestreport"


def _sections(
    failed: Sequence[pytest.TestReport], reports: Sequence[pytest.TestReport]
) -> list[tuple[str, str]]:
    # Each report has what was captured up to then.
    return list(reports[-1].sections) if failed else []


def _place(report: pytest.TestReport | pytest.CollectReport) -> Place:
    told = report.longrepr
    if isinstance(told, tuple | list):  # a skip: file, line, reason; from another process, a list
        path, line, reason = told
        return str(reason).removeprefix("Skipped: "), _absolute(path), int(line or 0)
    reason = str(getattr(report, "wasxfail", "")).removeprefix("reason: ")
    crash = getattr(told, "reprcrash", None)
    if crash is not None:
        message = reason or _first_line(str(crash.message))
        return message, _absolute(crash.path), int(crash.lineno or 0)
    if report.failed:
        return _place_in_doctest(told) or (last_error(str(told)), "", 0)
    return reason, "", 0


def _place_in_doctest(told: object) -> Place | None:
    for location, _ in getattr(told, "reprlocation_lines", ()):
        return (
            _first_line(str(location.message)),
            _absolute(location.path),
            int(location.lineno or 0),
        )
    return None


def _laid_out(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Write a failure as the terminal would show it, with its colours."""
    out = io.StringIO()
    writer = TerminalWriter(out)
    writer.hasmarkup, writer.fullwidth = True, WIDTH
    report.toterminal(writer)
    return cut(out.getvalue().rstrip("\n"))


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - texts; it would follow links
