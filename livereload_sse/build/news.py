"""What is told of a build: that it has begun, how far it is, how it has ended.

Knows the events of the wire that speak of builds, and their data. Refuses to know who hears them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from livereload_sse.build.report import KeyOf, Report, problem_as_json
from livereload_sse.build.results import Ending, Problem


@dataclass(frozen=True, slots=True)
class Started:
    """A build has begun because of `files` (none: it is the first). `expected` is in seconds; `doing`
    says what is done, where that is something else than building.
    """

    name: ClassVar[str] = "build-started"
    build: int
    command: str
    files: tuple[str, ...]
    expected: float | None
    doing: str = ""

    def data(self, _key_of: KeyOf, _project: Path) -> Mapping[str, Any]:
        """Write it for the wire."""
        return {
            "build": self.build,
            "command": self.command,
            "files": list(self.files),
            "expected": self.expected,
            "doing": self.doing,
        }


@dataclass(frozen=True, slots=True)
class Progressed:
    """A build goes on: `elapsed` seconds of it are over, `fraction` (0 to 1) where that is known."""

    name: ClassVar[str] = "build-output"
    build: int
    elapsed: float
    fraction: float | None
    stage: str
    line: str

    def data(self, _key_of: KeyOf, _project: Path) -> Mapping[str, Any]:
        """Write it for the wire."""
        return {
            "build": self.build,
            "elapsed": self.elapsed,
            "fraction": self.fraction,
            "stage": self.stage,
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Succeeded:
    """A build has ended well: `changed` files of the site differ, `pages` of them are pages.

    `files` is how many the site has, `first` whether there was none to compare with, `before` how
    many of the changed ones were shown before it had ended.
    """

    name: ClassVar[str] = "build-succeeded"
    build: int
    duration: float
    changed: int
    pages: int
    files: int
    first: bool
    before: int = 0
    warnings: tuple[Problem, ...] = ()

    def data(self, key_of: KeyOf, project: Path) -> Mapping[str, Any]:
        """Write it for the wire."""
        return {
            "build": self.build,
            "duration": self.duration,
            "changed": self.pages,
            "warnings": [problem_as_json(one, key_of, project) for one in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class Failed:
    """A build has failed; `shown` where what it made is shown nevertheless."""

    name: ClassVar[str] = "build-failed"
    build: int
    command: str
    ending: Ending
    exit_code: int | None
    duration: float
    shown: bool
    report: Report

    def data(self, key_of: KeyOf, _project: Path) -> Mapping[str, Any]:
        """Write it for the wire."""
        return {
            "build": self.build,
            "command": self.command,
            "ending": str(self.ending),
            "exit_code": self.exit_code,
            "duration": self.duration,
            "shown": self.shown,
            "report": self.report.as_json(key_of),
        }


News = Started | Progressed | Succeeded | Failed
