"""A project that is watched through one edit, and run cold before and after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.integration.pytest_watching import PYTEST, once, watching
from tests.pytest_results import Results, Run, differences
from tests.serving import wait_until

WAITING = "waiting for changes"
PATIENCE = 60.0


@dataclass(frozen=True)
class Edit:
    """One file, and what is written into it."""

    file: str
    text: str


@dataclass(frozen=True)
class Followed:
    """The runs: watched ones, and cold ones before and after the edit."""

    cold: Run
    first: Run
    again: Run
    second: Run
    screen: str

    def check_first(self) -> None:
        """The first run is what a cold one is."""
        assert differences(self.cold.results, self.first.results) == {}, self.screen[-3000:]
        assert self.first.exit_code == self.cold.exit_code

    def check(self) -> None:
        """The first run is what a cold one is; the second misses nothing that the edit has changed,
        and each of its tests does what it does cold.
        """
        self.check_first()
        changed = differences(self.cold.results, self.again.results).keys()
        assert changed <= self.second.results.keys(), self.screen[-3000:]
        wanted = {test: self.again.results[test] for test in self.second.results}
        assert differences(wanted, self.second.results) == {}
        assert not self.second.trouble


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a project, relative path by relative path."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def follow(
    folder: Path,
    results: Path,
    *options: str,
    edit: Edit,
    command: Sequence[str] = PYTEST,
    watch: Sequence[str] = (),
) -> Followed:
    """Watch the project in `folder` through the edit. `results` is a folder for what runs tell, and
    `watch` are options for the one that watches only.
    """
    notes = Results.in_folder(results)
    before = (folder / edit.file).read_text()
    cold = _once(folder, notes, options, command)
    (folder / edit.file).write_text(edit.text)
    again = _once(folder, notes, options, command)
    (folder / edit.file).write_text(before)
    count = len(notes.ended())
    with watching(folder, notes, *options, *watch, command=command) as watched:
        first = watched.wait_for_runs(count + 1, PATIENCE)
        watched.screen.wait_for(WAITING)
        shown = len(watched.screen.shown)
        (folder / edit.file).write_text(edit.text)
        second = watched.wait_for_runs(count + 2, PATIENCE)
        # What a run prints in the end comes after it has told how it went.
        wait_until(lambda: WAITING.encode() in watched.screen.shown[shown:], 15, "the end of it")
        screen = watched.screen.text
    return Followed(cold, first, again, second, screen)


def _once(folder: Path, notes: Results, options: Sequence[str], command: Sequence[str]) -> Run:
    """Run cold, and leave nothing compiled: Python takes a file for another that was written in the
    same second and is as long.
    """
    run = once(folder, notes, *options, command=command)
    for compiled in folder.rglob("*.pyc"):
        compiled.unlink()
    return run
