"""`live_watch_map`: which tests a file concerns, in the user's own words.

Knows lines like `openapi.yaml -> tests/api/**` and `docs/** -> nothing`. Refuses to know what is on
disk, what was recorded, and what comes of an answer.
"""

# Paths are strings here, as in what a run tells; a link in them is kept.
# ruff: noqa: PTH100, PTH118

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livereload_sse.errors import ConfigurationError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

OPTION = "live_watch_map"

_ARROWS = ("->", "→")
_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class _Line:
    files: "GitIgnoreSpec"
    tests: "GitIgnoreSpec | None"
    """None: `nothing`."""


class Globs:
    """The lines of `live_watch_map`; both sides in gitignore syntax, relative to the root folder."""

    def __init__(self, root: str, lines: Iterable[str] = ()) -> None:
        """Raise `ConfigurationError` for a line that cannot be understood."""
        self._root = os.path.abspath(root)
        stripped = (line.strip() for line in lines)
        self._lines = [_read(line) for line in stripped if line and not line.startswith("#")]

    def speaks_of(self, path: str) -> bool:
        """Whether a line is about this file (an absolute path)."""
        return bool(self._about(path))

    def tests_for(self, path: str, test_files: Iterable[str]) -> tuple[str, ...]:
        """Those of the test files that the lines about `path` name, all lines together."""
        specs = [line.tests for line in self._about(path) if line.tests is not None]
        return tuple(
            file for file in test_files if specs and any(map(_matcher(self._below(file)), specs))
        )

    def _about(self, path: str) -> list[_Line]:
        if not self._lines:
            return []
        matches = _matcher(self._below(path))
        return [line for line in self._lines if matches(line.files)]

    def _below(self, path: str) -> str | None:
        """The path as a pattern sees it; None for one that is not below the root."""
        start = os.path.join(self._root, "")
        return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else None


class _matcher:  # noqa: N801 - a function with an argument bound, used as such
    def __init__(self, below: str | None) -> None:
        self._below = below

    def __call__(self, spec: "GitIgnoreSpec") -> bool:
        return self._below is not None and spec.match_file(self._below)


def _read(line: str) -> _Line:
    arrow = next((arrow for arrow in _ARROWS if arrow in line), None)
    if arrow is None:
        raise _refused(line)
    files, tests = (side.strip() for side in line.split(arrow, 1))
    return _Line(_compile(files, line), None if tests == _NOTHING else _compile(tests, line))


def _compile(pattern: str, line: str) -> "GitIgnoreSpec":
    # 25 ms, and most projects have no such line.
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - see above

    try:
        spec = GitIgnoreSpec.from_lines([pattern])
    except ValueError as error:
        raise _refused(line) from error
    if not any(
        one.include for one in spec.patterns
    ):  # nothing, a comment, or an exception to nothing
        raise _refused(line)
    return spec


def _refused(line: str) -> ConfigurationError:
    return ConfigurationError(
        f"A line of {OPTION} cannot be understood",
        where=line,
        hint="Write it as `files -> tests`, both as in .gitignore, for example "
        "`openapi.yaml -> tests/api/**` or `docs/** -> nothing`.",
    )
