"""What is said of a run that begins: which tests, and why.

Pure: what is wanted and what is known go in, words come out. Refuses to know where they are shown.
"""

from collections.abc import Mapping

from livereload_sse.pytest_watch.affected import reasons
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.loop import Cause, Wanted
from livereload_sse.pytest_watch.screen.standing import Mode

HEADERS: Mapping[Cause, str] = {
    "now": "once more",
    "all": "all tests",
    "failed": "what failed",
    "last": "once more",
    "affected": "what has not run since the last change",
    "cold": "all tests, from a cold start",
    "debug": "the first failure, in the debugger",
    "snapshots": "once more, updating snapshots",
    "tests": "what was asked for in the page",
}
"""What is said of a run that begins for another reason than a change."""

FILTERED = "what fits the filters"
"""What is said of all tests while filters leave some of them out."""


def header_of(
    wanted: Wanted, mode: Mode, *, counts: Mapping[str, int], record: Record, rootdir: str
) -> str:
    """Say what runs. `counts`: each test file of this session → how many tests it has."""
    choice = wanted.choice
    if wanted.cause == "all" and (mode.tests or mode.files):
        return FILTERED
    if wanted.cause in {"all", "cold"} or not (choice.files or choice.everything):
        return HEADERS.get(wanted.cause, "")
    header = reasons.header(choice, counts=counts, rootdir=rootdir, uncollected=record.uncollected)
    others = (wanted.files or frozenset[str]()) - choice.files.keys()
    left = sum(counts.get(file, 0) for file in others)
    return f"{header}, and {left} left from before" if left else header


def reason_of(wanted: Wanted, *, record: Record, rootdir: str, width: int) -> str:
    """Say why, in a line of so many columns; 0: there is no end to it."""
    if not wanted.choice.files:
        return ""
    return reasons.why(wanted.choice, rootdir=rootdir, uncollected=record.uncollected, width=width)
