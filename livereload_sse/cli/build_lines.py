"""The words of the terminal for builds: facts in, text out.

Pure. Refuses to know colours, terminals and clocks.
"""

import signal
from collections.abc import Sequence

from livereload_sse.build.ansi import strip
from livereload_sse.build.news import Failed, Succeeded
from livereload_sse.build.report import name_of
from livereload_sse.build.results import Ending, Problem
from livereload_sse.lines import printable

MOST_WARNINGS = 5
MOST_OUTPUT = 12
"""Lines of a failed build's output that are printed: the last ones."""


def started_line(command: str) -> str:
    """Say that a build has begun, where nothing can be drawn that follows it."""
    return f"building … {printable(command)}"


def running_line(elapsed: float, *, fraction: float | None, stage: str) -> str:
    """Say how far a build is."""
    parts = ["building" if fraction is None else f"building {fraction:.0%}", f"{elapsed:.1f} s"]
    return " · ".join([*parts, *([printable(stage)] if stage else [])])


def built_phrase(built: Succeeded) -> str:
    """Say what a good build has made."""
    parts = [f"built in {seconds(built.duration)}", _changed(built)]
    if built.warnings:
        parts.append(_count(len(built.warnings), "warning"))
    return " · ".join(parts)


def failed_line(failed: Failed) -> str:
    """Say that a build has failed, and how."""
    after = f"after {seconds(failed.duration)}"
    if failed.ending is Ending.TIMED_OUT:
        return f"build ended {after}, which is --build-timeout"
    if failed.ending is Ending.NOT_STARTED:
        return "build could not be started"
    if failed.shown:
        return f"build has warnings {after}, which --strict calls a failure"
    return f"build failed {after}{exit_phrase(failed.exit_code)}"


def failure_lines(failed: Failed) -> list[str]:
    """Say what went wrong and where, and in how many places more."""
    title, *_ = failed.report.title.splitlines() or [""]
    located = [one for one in failed.report.problems if one.location]
    lines = [printable(title), *(f"at {_place(one, failed)}" for one in located[:1])]
    # Places, not errors: a log line and the traceback after it often tell of the same one.
    places = {_place(one, failed) for one in located if one.severity == "error"}
    if len(places) > 1:
        lines.append(f"and {_count(len(places) - 1, 'more place')}")
    return lines


def output_lines(failed: Failed) -> list[str]:
    """List the end of what a failed build has printed."""
    lines = ["".join(span.text for span in line) for line in failed.report.output]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines[-MOST_OUTPUT:]


def advice_line(failed: Failed, *, has_site: bool) -> str:
    """Say what is shown meanwhile."""
    if failed.shown:
        return "What was built is shown nevertheless."
    if has_site:
        return "The last good site is still shown; saving builds again."
    return "There is nothing to show yet; saving builds again."


def warning_lines(warnings: Sequence[Problem]) -> list[str]:
    """List the first warnings, and how many more there are."""
    lines = [f"{_where(one)}{printable(_first(one.message))}" for one in warnings[:MOST_WARNINGS]]
    more = len(warnings) - MOST_WARNINGS
    return [*lines, *([f"and {more} more"] if more > 0 else [])]


def seconds(duration: float) -> str:
    """Write a duration as a person compares builds."""
    return f"{duration:.2f} s" if duration < 10 else f"{duration:.0f} s"


def exit_phrase(code: int | None) -> str:
    """Say with which exit code a process has ended: ` (exit code 2)`, ` (SIGKILL)`, or nothing.

    A code below 0 is the signal that ended it; POSIX has them, and Windows codes above 2³¹.
    """
    if code is None:
        return ""
    names = {one.value: one.name for one in signal.Signals}
    return f" ({names[-code]})" if -code in names else f" (exit code {code})"


def last_lines(text: str, count: int) -> list[str]:
    """Take the last lines of an output, without colours and without empty ones."""
    return [line for line in strip(text).splitlines() if line.strip()][-count:]


def _changed(built: Succeeded) -> str:
    if built.first:
        return _count(built.files, "file")
    left = built.changed - built.before
    if left == 0:
        return "nothing else changed" if built.before else "nothing changed"
    return f"{_count(built.pages, 'page') if built.pages else _count(left, 'file')} changed"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _place(problem: Problem, failed: Failed) -> str:
    location = problem.location
    if location is None:
        return ""
    name = printable(name_of(location.path, failed.report.project))
    return ":".join(
        str(part) for part in (name, location.line, location.column) if part is not None
    )


def _where(problem: Problem) -> str:
    location = problem.location
    if location is None:
        return ""
    line = f":{location.line}" if location.line else ""
    return f"{printable(location.path.name)}{line}: "


def _first(message: str) -> str:
    return message.partition("\n")[0]
