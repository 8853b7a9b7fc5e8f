"""From the save of any file to the first result and to the summary, by what kind of file it is; and
the same tests, all of them, by a `pytest` that is started for it.

    python -m tests.benchmarks.watch_changes [rounds]
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path

from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.watch_peers import SUMMARY, Watcher, ours, plain
from tests.benchmarks.watch_save import made, start
from tests.benchmarks.watch_terminal import on_a_screen
from tests.pytest_sample import Sample, make_sample

ROUNDS = 10

KINDS: dict[str, Callable[[Sample], Path]] = {
    "a test file": attrgetter("test_file"),
    "a module, needed by 2 of 30 test files": attrgetter("leaf"),
    "a template": attrgetter("template"),
    "a module, needed by 5": attrgetter("shared"),
    "a JSON file": attrgetter("data"),
    "the package, needed by all": attrgetter("package"),
}

AIMS = {"a test file": ("aim: ≤ 60", "aim: ≤ 100")}


def measure(watcher: Watcher, *, rounds: int = ROUNDS) -> list[Row]:
    """Save each kind of file in turn, and run plain pytest in between; milliseconds."""
    firsts: dict[str, list[float]] = defaultdict(list)
    summaries: dict[str, list[float]] = defaultdict(list)
    cold = []
    with ExitStack() as stack:
        running = start(stack, watcher)
        sample = Sample(running.folder, 0)
        apart = make_sample(made(stack) / "project", heavy=True)
        for number in range(rounds + 1):
            for kind, find in KINDS.items():
                first, summary = running.save(str(find(sample)))
                if number and first is not None:
                    firsts[kind].append(first)
                    summaries[kind].append(summary)
            running.settle()
            cold.append(run_once(apart.folder))
    return [
        *rows(firsts, summaries),
        Row("pytest, all tests", cold[1:], "ms"),
    ]


def rows(firsts: dict[str, list[float]], summaries: dict[str, list[float]]) -> list[Row]:
    made_rows = []
    for kind, taken in summaries.items():
        first_aim, aim = AIMS.get(kind, ("", ""))
        made_rows.append(Row(kind, taken, "ms", aim))
        made_rows.append(Row("  its first result", firsts[kind], "ms", first_aim))
    return made_rows


def run_once(folder: Path) -> float:
    """Start pytest and wait for its summary; milliseconds."""
    began = time.perf_counter()
    with on_a_screen(plain().command, folder) as screen:
        return (screen.wait_for(SUMMARY) - began) * 1000


def main(words: Sequence[str] = ()) -> None:
    rounds = int(words[0]) if words else ROUNDS
    print_rows(
        f"Save → first result and summary, warm, {rounds} rounds", measure(ours(), rounds=rounds)
    )


if __name__ == "__main__":
    main(sys.argv[1:])
