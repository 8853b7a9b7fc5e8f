"""What is said of a run that begins: which tests, and why.

Pure: what is wanted and what is known go in, words come out. Refuses to know where they are shown.
"""

from collections.abc import Mapping
from dataclasses import replace

from livereload_sse.pytest_watch.affected import reasons
from livereload_sse.pytest_watch.affected.choice import Choice
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.screen.standing import Mode
from livereload_sse.pytest_watch.wanted import Cause, Wanted

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
    if wanted.goes_on:
        tests = len(wanted.tests or ())
        return f"{tests} {'test' if tests == 1 else 'tests'} {wanted.goes_on}"
    choice = _chosen(wanted)
    if wanted.cause == "all" and (mode.tests or mode.files):
        return FILTERED
    if wanted.cause in {"all", "cold", "failed", "debug"} or not (
        choice.changed or choice.everything
    ):
        return HEADERS.get(wanted.cause, "")
    header = reasons.header(choice, counts=counts, rootdir=rootdir, uncollected=record.uncollected)
    others = (wanted.files or frozenset[str]()) - choice.files.keys()
    left = 0 if wanted.is_partial else sum(counts.get(file, 0) for file in others)
    return f"{header}, and {left} left from before" if left else header


def reason_of(wanted: Wanted, *, record: Record, rootdir: str, width: int) -> str:
    """Say why, in a line of so many columns; 0: there is no end to it."""
    if not wanted.choice.files or wanted.goes_on:
        return ""
    choice = replace(_chosen(wanted), tests=wanted.choice.tests)
    return reasons.why(choice, rootdir=rootdir, uncollected=record.uncollected, width=width)


def _chosen(wanted: Wanted) -> Choice:
    """Give what has changed, and of what that concerns as much as will run."""
    choice, files = wanted.choice, wanted.files
    if files is not None:
        kept = {file: why for file, why in choice.files.items() if file in files}
        choice = replace(choice, files=kept)
    return replace(choice, tests=wanted.tests) if wanted.is_partial else choice
