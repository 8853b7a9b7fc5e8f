"""What a job consists of: clone, lint, test, build.

Knows which commands there are and in which surroundings they run. Refuses to run them.
"""

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PYTHON: Final = sys.executable
# What an outer git hook or test run has set is about that, and not about the job.
LEFT_OUT: Final = ("GIT_", "PYTEST_", "COV_", "COVERAGE_", "PYTHON")
SET: Final = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONUNBUFFERED": "1",  # a line is told when it is printed, and not when a buffer is full
    "PYTHONUTF8": "1",
    "COLUMNS": "88",
}


@dataclass(frozen=True, slots=True)
class Command:
    """Words for the system; as text they are what a person would type."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return shlex.join("python" if word == PYTHON else word for word in self.words)


@dataclass(frozen=True, slots=True)
class Step:
    """Commands that run one after another, until one fails."""

    name: str
    tool: str
    commands: tuple[Command, ...]


def steps(repository: str, branch: str, *, ruff: bool) -> tuple[Step, ...]:
    """Return the steps for a branch; each runs in the folder that the first one clones into.

    repository: its path, as seen from that folder
    ruff: whether it is installed; without it the lint step finds errors of syntax only
    """
    return (
        _step(
            "clone",
            "git",
            ("git", "clone", "--progress", "--no-local", "--branch", branch, repository, "."),
            ("git", "log", "--oneline", "-1"),
        ),
        _lint(ruff=ruff),
        _step("test", "pytest", (PYTHON, "-m", "pytest", "-v", "-p", "no:cacheprovider")),
        _step(
            "build",
            "zipapp",
            (PYTHON, "-m", "zipapp", "src", "-m", "lamps.__main__:main", "-o", "lamps.pyz"),
            (PYTHON, "lamps.pyz", "Fl(3) W 10s", "Oc(2) R 12s", "Iso Y 4s"),
        ),
    )


def _lint(*, ruff: bool) -> Step:
    if ruff:
        words = (PYTHON, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", ".")
        return _step("lint", "ruff", words)
    return _step("lint", "compileall", (PYTHON, "-m", "compileall", "src", "tests"))


def _step(name: str, tool: str, *commands: tuple[str, ...]) -> Step:
    return Step(name, tool, tuple(Command(words) for words in commands))


def surroundings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of every command."""
    kept = {name: value for name, value in environ.items() if not name.startswith(LEFT_OUT)}
    return {**kept, **SET}
