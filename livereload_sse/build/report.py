"""What is shown of a build that failed: the message first, the place, a few lines around it, the
output.

Knows how findings become places in a project. Refuses to know how it is drawn; sources are read
through the function it is given, and nothing but those and the output gets into a report.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from livereload_sse.build.ansi import Line, Span, read_lines, strip
from livereload_sse.build.patterns import Finding, find_all, find_frames
from livereload_sse.build.results import Ending, Finished, Location, Problem

KeyOf = Callable[[Location], str | None]
"""Gives a place the key by which a page may ask to have it opened; None: it may not."""

Locate = Callable[[str], Path | None]
"""Finds the file that a message means."""

MOST_PROBLEMS = 50
MOST_LINES = 400
"""Lines of output that are shown: the last ones."""

AROUND = 2
"""Lines of the source that are shown before and after the place."""

_PLACE = re.compile(
    r"(?<![\w./\\-])(?P<path>[\w./\\-]{1,300}\.\w{1,12}):(?P<line>\d{1,7})(?::(?P<column>\d{1,5}))?"
)
_IN_MESSAGE = re.compile(r"\((?P<path>[^(),\n]{1,200}\.py), line (?P<line>\d{1,7})\)")
"""Python's own way to name a place in what it says of a syntax error."""

_FOLDERS = ("", "docs", "content", "source", "src")
"""Where the paths of messages are looked for: some generators name them from their sources' folder."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a source around a place; `lines` are (number, text)."""

    location: Location
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What went wrong. `output` is what was printed, as lines; `cut`: its beginning is left out."""

    title: str
    problems: tuple[Problem, ...]
    excerpt: Excerpt | None
    output: tuple[Line, ...]
    cut: bool
    project: Path

    def as_json(self, key_of: KeyOf) -> dict[str, Any]:
        """Write it for the wire."""
        locate = cache(lambda path: _locate(path, self.project))
        return {
            "title": self.title,
            "problems": [problem_as_json(one, key_of, self.project) for one in self.problems],
            "excerpt": self._excerpt_as_json(key_of),
            "output": [self._line_as_json(line, key_of, locate) for line in self.output],
            "cut": self.cut,
        }

    def _excerpt_as_json(self, key_of: KeyOf) -> dict[str, Any] | None:
        if self.excerpt is None:
            return None
        location = self.excerpt.location
        return {
            "place": place_as_json(location, key_of, self.project),
            "lines": [
                {"number": number, "text": text, "marked": number == location.line}
                for number, text in self.excerpt.lines
            ],
        }

    def _line_as_json(self, line: Line, key_of: KeyOf, locate: Locate) -> list[dict[str, Any]]:
        return [
            found for span in line for found in _span_as_json(span, locate, key_of, self.project)
        ]


def make_report(
    finished: Finished,
    *,
    project: Path,
    read: Callable[[Path], str | None],
    title: str = "",
) -> Report:
    """Make a report of a run that failed. `read` gives the text of a source, or None; `title` is
    used where what went wrong is not in the output.
    """
    lines = read_lines(finished.output)
    problems = find_problems(finished, project)
    place = next((one.location for one in problems if _is_quotable(one.location, project)), None)
    return Report(
        title or _title(finished, problems, lines),
        problems,
        _excerpt(place, read) if place else None,
        tuple(lines[-MOST_LINES:]),
        len(lines) > MOST_LINES,
        project,
    )


def find_problems(finished: Finished, project: Path) -> tuple[Problem, ...]:
    """List what a run told, errors first, each once; what it told in a structured way counts."""
    if finished.problems is not None:
        unique = dict.fromkeys(finished.problems)
        return tuple(sorted(unique, key=lambda one: one.severity)[:MOST_PROBLEMS])
    text = strip(finished.output)
    findings = _without_echoes([*_last_frames(text, project), *find_all(text)])
    chosen = sorted(findings, key=lambda one: one.severity)[:MOST_PROBLEMS]
    return tuple(dict.fromkeys(_problem(finding, project) for finding in chosen))


def find_warnings(finished: Finished, project: Path) -> tuple[Problem, ...]:
    """List what a run has complained of that called itself a success."""
    return tuple(
        Problem("warning", one.message, one.location) for one in find_problems(finished, project)
    )


def problem_as_json(problem: Problem, key_of: KeyOf, project: Path) -> dict[str, Any]:
    """Write one problem for the wire."""
    place = place_as_json(problem.location, key_of, project) if problem.location else None
    return {"message": problem.message, "severity": problem.severity, "place": place}


def place_as_json(location: Location, key_of: KeyOf, project: Path) -> dict[str, Any]:
    """Write one place for the wire; a file of the project is named from there."""
    return {
        "name": name_of(location.path, project),
        "line": location.line,
        "column": location.column,
        "key": key_of(location),
    }


def name_of(path: Path, project: Path) -> str:
    """Name a file as a person knows it."""
    inside = path.is_relative_to(project)
    return path.relative_to(project).as_posix() if inside else str(path)


def _title(finished: Finished, problems: Sequence[Problem], lines: Sequence[Line]) -> str:
    if finished.ending is Ending.TIMED_OUT:
        return f"The build did not end within {finished.duration:.0f} s (--build-timeout)"
    if problems:
        worst = [one for one in problems if one.severity == problems[0].severity]
        return next((one for one in worst if one.location), worst[0]).message
    if finished.ending is Ending.NOT_STARTED and lines:
        return "".join(span.text for span in lines[-1])
    said = [text for line in lines if (text := "".join(span.text for span in line).strip())]
    return said[-1] if said else "The build failed and said nothing"


def _last_frames(text: str, project: Path) -> list[Finding]:
    """Of each traceback keep the last frame that is in the project, else its last."""
    last = []
    for frames in find_frames(text):
        inside = [one for one in frames if _locate(one.path, project, inside=True)]
        # A place in somebody's library is none where the person can mend anything.
        last.append(inside[-1] if inside else replace(frames[-1], path="", line=None))
    return last[::-1]  # the last one is what ended the run


def _without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what was said before, and what only says that something before it has failed.

    A message without a place is compared with the first ones only: there may be many thousands.
    """
    unique = list({replace(one, start=0): one for one in findings}.values())
    reasons = [one for one in unique if not one.is_echo] or unique
    kept: list[Finding] = []
    for one in reasons:
        if one.path or not any(one.message in other.message for other in kept[:MOST_PROBLEMS]):
            kept.append(one)
    return kept


def _problem(finding: Finding, project: Path) -> Problem:
    named = _IN_MESSAGE.search(finding.message) if not finding.path else None
    if named:
        finding = replace(finding, path=named["path"], line=int(named["line"]))
    path = _locate(finding.path, project) if finding.path else None
    location = Location(path, finding.line, finding.column) if path else None
    return Problem(finding.severity, finding.message, location)


def _locate(path: str, project: Path, *, inside: bool = False) -> Path | None:
    """Find the file that a message means."""
    for folder in _FOLDERS:
        candidate = project / folder / path
        try:
            found = candidate.is_file()
        except (OSError, ValueError):  # a name that the system cannot even spell
            return None
        if found and (not inside or _is_own(candidate, project)):
            return candidate
    return None


def _is_own(path: Path, project: Path) -> bool:
    """A file that the person edits: below the project, and not of an environment in it.

    What it really is counts: a message may name ../elsewhere, and a link may lead there.
    """
    real, root = Path(os.path.realpath(path)), os.path.realpath(project)
    if not real.is_relative_to(root):
        return False
    return not {"site-packages", "node_modules"} & set(real.relative_to(root).parts)


def _is_quotable(location: Location | None, project: Path) -> bool:
    return location is not None and location.line is not None and _is_own(location.path, project)


def _excerpt(location: Location, read: Callable[[Path], str | None]) -> Excerpt | None:
    text = read(location.path)
    if text is None or location.line is None:
        return None
    lines = list(enumerate(text.splitlines(), 1))
    first = max(0, location.line - 1 - AROUND)
    chosen = lines[first : location.line + AROUND]
    return (
        Excerpt(location, tuple((number, line[:300]) for number, line in chosen))
        if chosen
        else None
    )


def _span_as_json(span: Span, locate: Locate, key_of: KeyOf, project: Path) -> list[dict[str, Any]]:
    """Write a span; a place in it becomes a span of its own."""
    style = {"style": list(span.style)} if span.style else {}
    pieces: list[dict[str, Any]] = []
    at = 0
    for found in _PLACE.finditer(span.text):
        path = locate(found["path"])
        if path is None:
            continue
        column = int(found["column"]) if found["column"] else None
        location = Location(path, int(found["line"]), column)
        pieces.append({"text": span.text[at : found.start()], **style})
        place = place_as_json(location, key_of, project)
        pieces.append({"text": found[0], **style, "place": place})
        at = found.end()
    pieces.append({"text": span.text[at:], **style})
    return [piece for piece in pieces if piece["text"]]
