"""From the start of `pytest --watch` until its first run is complete, beside plain `pytest`.

python -m tests.benchmarks.watch_start [rounds]
"""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.watch_peers import SUMMARY, ours, plain
from tests.benchmarks.watch_save import made
from tests.benchmarks.watch_terminal import on_a_screen

ROUNDS = 20


def measure(*, rounds: int = ROUNDS) -> list[Row]:
    """Start both in turn, on the same project; milliseconds to the summary, and how they compare."""
    taken: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        folder = made(stack) / "project"
        plain().make(folder)
        for number in range(rounds + 1):
            for watcher in (plain(), ours()):
                began = time.perf_counter()
                with on_a_screen(watcher.command, folder) as screen:
                    duration = (screen.wait_for(SUMMARY) - began) * 1000
                if number:
                    taken[watcher.name].append(duration)
    both = [Row(name, values, "ms") for name, values in taken.items()]
    ratio = [median(values) for values in taken.values()]
    return [*both, Row("  watching costs", [(ratio[1] / ratio[0] - 1) * 100], "%", "aim: ≤ 3")]


def main(words: Sequence[str] = ()) -> None:
    rounds = int(words[0]) if words else ROUNDS
    print_rows(f"Start → the first run is complete, {rounds} rounds", measure(rounds=rounds))


if __name__ == "__main__":
    main(sys.argv[1:])
