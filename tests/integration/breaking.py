"""The experiment behind the choice of tests: each file of a project is broken in its turn, and the test
files that fail then must be among those that are known to use it.
"""

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.environments import OURS
from tests.pytest_sample import broken
from tests.recording import record

PATIENCE = 300
MUTANTS = int(os.environ.get("SSE_RELOAD_SOAK_MUTANTS", "0"))
"""How many files of each project are broken; 0 for a few of the sample's."""

EVERY = "*"
ON = "--continue-on-collection-errors"
QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:sse-reload", "-rfE", "--tb=no")
FAILING = re.compile(r"^(?:FAILED|ERROR) ([^\s:]+\.py)", re.MULTILINE)


@dataclass(frozen=True)
class Project:
    """Tests in a folder, and how they are run."""

    folder: Path
    python: str = sys.executable
    path: tuple[Path, ...] = ()
    args: tuple[str, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": os.pathsep.join(map(str, [*self.path, OURS]))}

    def used(self) -> dict[str, set[str]]:
        """Run all tests with the recorder: what each test file uses."""
        recorded = record(
            self.folder, ON, *self.args, python=self.python, environment=self.environment
        )
        everything = {file for file, told in recorded.files.items() if told.everything}
        assert len(recorded.files) > 1, recorded.output
        return {
            file: recorded.uses(file) | ({EVERY} if file in everything else set())
            for file in recorded.files
        }

    def failing(self) -> set[str]:
        """Run all tests as everybody does: the files of which some fail, `*` when none could run."""
        done = subprocess.run(
            [self.python, "-m", "pytest", *QUIET, ON, *self.args],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode == pytest.ExitCode.USAGE_ERROR:
            return {EVERY}  # a conftest cannot be loaded
        return set(FAILING.findall(done.stdout + done.stderr))


@dataclass(frozen=True)
class Score:
    """What came out: numbers of test files, summed over all that was broken."""

    needed: int
    chosen: int
    runs: int
    missed: Mapping[str, Sequence[str]]

    def __str__(self) -> str:
        return f"{self.needed} fail, {self.chosen} chosen, of {self.runs}; missed: {self.missed}"


@contextmanager
def holding(path: Path, text: str) -> Iterator[None]:
    """Give a file another text for a while."""
    before = path.read_text()
    path.write_text(text)
    try:
        yield
    finally:
        path.write_text(before)


def measure(
    project: Project,
    victims: Sequence[Path],
    *,
    spoil: Callable[[Path], str] = broken,
    chosen_by: Mapping[str, set[str]] | None = None,
) -> Score:
    """Break one file after the other."""
    used = chosen_by or project.used()
    before = project.failing()
    needed, chosen = 0, 0
    missed: dict[str, list[str]] = {}
    for victim in victims:
        name = victim.relative_to(project.folder).as_posix()
        with holding(victim, spoil(victim)):
            found = project.failing()
        failing = set(used) if EVERY in found else found & used.keys() - before
        picked = {file for file, paths in used.items() if {name, EVERY} & paths or file == name}
        needed, chosen = needed + len(failing), chosen + len(picked)
        if lost := failing - picked:
            missed[name] = sorted(lost)
    return Score(needed, chosen, len(used) * len(victims), missed)


def some(paths: Sequence[Path], count: int) -> list[Path]:
    """Choose so many, the same ones each time."""
    return random.Random(6).sample(list(paths), min(count, len(paths)))
