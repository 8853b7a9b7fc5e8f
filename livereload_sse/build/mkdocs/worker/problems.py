"""What went wrong, and where: from log records and exceptions to problems with a file and a line.

Knows how MkDocs words its complaints, and what YAML, Jinja and tracebacks tell of a place. Refuses
to guess: a place that is not certain to exist is none.
"""

from __future__ import annotations

import logging
import os
import re
import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Place = Mapping[str, Any]
    """`path`, `line` and `column`, each None where not known."""

    Problem = Mapping[str, Any]
    """`severity`, `message`, and a place."""

NOWHERE: Place = {"path": None, "line": None, "column": None}

PAGE = re.compile(r"^(?:Doc file|Error (?:reading|building) page|Excluding) '(?P<page>[^']+)'")
LINK = re.compile(r"contains (?:a|an)(?: \w+)* link '(?P<target>[^']+)'")
IN_NAV = re.compile(r"reference to '(?P<target>[^']+)' is included in the 'nav'")
IN_CONFIG = re.compile(r"^Config value '(?P<key>[^']+)': (?P<message>.*)", re.DOTALL)
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
INSTALLED = tuple(
    folder + os.sep
    for name in ("stdlib", "platstdlib", "purelib", "platlib")
    if (folder := sysconfig.get_path(name))
)

IN_YAML = re.compile(r'in "(?P<path>[^"]+)", line (?P<line>\d+), column (?P<column>\d+)')


def problem_of_record(record: logging.LogRecord, config: str, docs: str) -> Problem:
    """Read a complaint that MkDocs or a plugin has logged."""
    message = record.getMessage()
    severity = "error" if record.levelno >= logging.ERROR else "warning"
    return {"severity": severity, "message": message, **_place_in(message, config, docs)}


def problem_of(error: BaseException, config: str, docs: str) -> Problem | None:
    """Read what has ended a build; None for an end that was only announced, whose cause is logged."""
    names = {one.__name__ for one in type(error).__mro__}
    message = _message(error)
    if "Abort" in names:
        return None
    place = _in_yaml(error) or _in_template(error) or _in_source(error)
    if place is None and "ConfigurationError" in names:
        place = _at(config)
    if place is None:
        place = _in_traceback(error, str(Path(config).parent)) or _place_in(message, config, docs)
    return {"severity": "error", "message": message, **place}


def _message(error: BaseException) -> str:
    text = str(error).strip()
    kind = type(error).__name__
    purposeful = {"ConfigurationError", "BuildError", "PluginError"}
    if text and purposeful & {one.__name__ for one in type(error).__mro__}:
        return text
    return f"{kind}: {text}" if text else kind


def _place_in(message: str, config: str, docs: str) -> Place:
    in_config = IN_CONFIG.match(message)
    if in_config:
        words = [*QUOTED.findall(in_config["message"]), f"{in_config['key']}:"]
        return _at(config, _line_with(config, words))
    in_nav = IN_NAV.search(message)
    if in_nav:
        return _at(config, _line_with(config, [in_nav["target"]]))
    page = PAGE.match(message)
    if page:
        path = Path(docs, page["page"])
        link = LINK.search(message)
        return _at(path, _line_with(path, [link["target"]] if link else []))
    return NOWHERE


def _at(path: str | Path, line: int | None = None, column: int | None = None) -> Place:
    if not Path(path).is_file():
        return NOWHERE
    return {"path": absolute(str(path)), "line": line, "column": column}


def _line_with(path: str | Path, words: list[str]) -> int | None:
    """Find the line that has the first of these words which is in the file at all."""
    try:
        lines = Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    found = (number for word in words for number, line in enumerate(lines, 1) if word in line)
    return next(found, None)


def _in_yaml(error: BaseException) -> Place | None:
    for one in _chain(error):
        mark = getattr(one, "problem_mark", None) or getattr(one, "context_mark", None)
        if mark is not None:
            return _at(mark.name, mark.line + 1, mark.column + 1)
    found = list(IN_YAML.finditer(str(error)))
    if not found:
        return None
    last = found[-1]
    return _at(last["path"], int(last["line"]), int(last["column"]))


def _in_template(error: BaseException) -> Place | None:
    """A template's syntax error has its own place, which no frame of the traceback has."""
    for one in _chain(error):
        if type(one).__name__ in ("TemplateSyntaxError", "TemplateAssertionError"):
            place = _at(getattr(one, "filename", None) or "", getattr(one, "lineno", None))
            return None if place is NOWHERE else place
    return None


def _in_source(error: BaseException) -> Place | None:
    for one in _chain(error):
        if isinstance(one, SyntaxError) and one.filename:
            return _at(one.filename, one.lineno, one.offset)
    return None


def _in_traceback(error: BaseException, project: str) -> Place | None:
    """The last place in the project's own files: a hook, a template, a macro."""
    for one in _chain(error):
        for frame in reversed(traceback.extract_tb(one.__traceback__)):
            path = absolute(frame.filename)
            if path.startswith(project + os.sep) and not is_installed(path):
                return _at(path, frame.lineno)
    return None


def absolute(path: str) -> str:
    """Write a path in full, links kept: it is compared with what a person has saved."""
    return os.path.abspath(path)  # noqa: PTH100 - pathlib's `resolve` follows links, `absolute` keeps `..`


def is_installed(path: str) -> bool:
    """Is this file part of Python or of an installed package, and so nobody's to edit?"""
    packages = (f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
    return path.startswith(INSTALLED) or any(name in path for name in packages)


def _chain(error: BaseException) -> list[BaseException]:
    """The error, and what it was raised because of."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or one.__context__
    return chain
