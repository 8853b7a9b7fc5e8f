"""From the save of one test file to the line that sums up the tests, each watcher in a terminal of
its own; all are measured in turn, so that what else the machine does hits each alike.

The watchers of pytest run all thirty files by design, ours the one that was saved; vitest and jest,
on a project of their own, run that one, too. `python -m tests.benchmarks.watch_save [name …]` takes
words that the wanted names hold, and `rounds=5`.
"""

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.watch_peers import (
    Watcher,
    chosen,
    ours,
    python_peers,
    trivial_peers,
)
from tests.benchmarks.watch_terminal import Screen, as_a_user, on_a_screen
from tests.pytest_sample import change

ROUNDS = 10
SILENCE = 0.7
"""Seconds without output after which a watcher is taken to wait."""

AIMS = {"pytest --watch": "aim: ≤ 100"}


@dataclass
class Running:
    """A watcher at work on its project."""

    watcher: Watcher
    folder: Path
    screen: Screen

    def settle(self) -> None:
        self.screen.rest(SILENCE)
        self.screen.forget()

    def save(self, name: str = "") -> tuple[float | None, float]:
        """Save a file; milliseconds to the first result, where one is shown, and to the summary."""
        self.settle()
        path = self.folder / (name or self.watcher.test_file)
        began = time.perf_counter()
        change(path)
        first = None
        if self.watcher.first:
            first = (self.screen.wait_for(self.watcher.first) - began) * 1000
        summary = (self.screen.wait_for(self.watcher.summary) - began) * 1000
        if self.watcher.ready:
            self.screen.wait_for(self.watcher.ready)
        return first, summary


def start(stack: ExitStack, watcher: Watcher) -> Running:
    """Start a watcher on a project; goes on once it has run, and waits for a save."""
    folder = made(stack) / "project"
    watcher.make(folder)
    # pytest-watcher runs the pytest that is on PATH.
    path = os.pathsep.join([str(Path(watcher.command[0]).parent), os.environ["PATH"]])
    screen = on_a_screen(watcher.command, folder, as_a_user(PATH=path))
    running = Running(watcher, folder, stack.enter_context(screen))
    if watcher.name != "jest --watch":  # which has nothing to do before something has changed
        running.screen.wait_for(watcher.summary)
    if watcher.ready:
        running.screen.wait_for(watcher.ready)
    return running


def made(stack: ExitStack) -> Path:
    """Make a folder; watchers may go on writing into it for a moment while they end."""
    return Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))


def measure(watchers: Sequence[Watcher], *, rounds: int = ROUNDS) -> list[Row]:
    """Save in turn; the first round is to warm up."""
    firsts: dict[str, list[float]] = defaultdict(list)
    summaries: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        all_running = [start(stack, watcher) for watcher in watchers]
        for number in range(rounds + 1):
            for running in all_running:
                first, summary = running.save()
                if not number:
                    continue
                summaries[running.watcher.name].append(summary)
                if first is not None:
                    firsts[running.watcher.name].append(first)
    rows = [Row(name, taken, "ms", AIMS.get(name, "")) for name, taken in summaries.items()]
    return [*rows, *(Row(f"  first result, {name}", taken, "ms") for name, taken in firsts.items())]


def ratios(rows: Sequence[Row], mine: str) -> list[Row]:
    """Say how many times as quick as each of the others ours is."""
    own = next((row.median for row in rows if row.name == mine), None)
    if own is None:
        return []
    others = [row for row in rows if row.name != mine and not row.name.startswith("  ")]
    return [
        Row(f"  as quick as {row.name}", [median(row.values) / own], "x")
        for row in others
        if not row.name.startswith("pytest --watch")
    ]


def main(words: Sequence[str] = ()) -> None:
    """Measure those that run pytest, then those on trivial projects."""
    rounds = next((int(word[7:]) for word in words if word.startswith("rounds=")), ROUNDS)
    wanted = [word for word in words if not word.startswith("rounds=")]
    sets = {
        "sample project": ([ours(), ours("--watch-cold"), *python_peers()], "pytest --watch"),
        "trivial project": (trivial_peers(), "pytest --watch, trivial project"),
    }
    for title, (watchers, mine) in sets.items():
        rows = measure(chosen(watchers, wanted), rounds=rounds)
        if rows:
            print_rows(
                f"Save of a test file → summary, {title}, {rounds} rounds",
                [*rows, *ratios(rows, mine)],
            )


if __name__ == "__main__":
    main(sys.argv[1:])
