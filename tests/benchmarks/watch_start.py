"""From the start of `pytest --watch` until its session starts, and until its first run is complete,
beside plain `pytest`.

python -m tests.benchmarks.watch_start [rounds]
"""

import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from statistics import median

from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.watch_peers import SUMMARY, ours, plain
from tests.benchmarks.watch_save import made
from tests.benchmarks.watch_terminal import on_a_screen

ROUNDS = 20


POINTS = {"the session starts": r"test session starts", "the first run is complete": SUMMARY}
"""What is waited for: the take-over comes before the first, recording is in the second, too."""


def measure(*, rounds: int = ROUNDS) -> list[Row]:
    """Start both in turn, on the same project; milliseconds to each point, and how they compare."""
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    with ExitStack() as stack:
        folder = made(stack) / "project"
        plain().make(folder)
        for number in range(rounds + 1):
            for watcher in (plain(), ours()):
                began = time.perf_counter()
                with on_a_screen(watcher.command, folder) as screen:
                    for point, pattern in POINTS.items():
                        duration = (screen.wait_for(pattern) - began) * 1000
                        if number:
                            taken[point, watcher.name].append(duration)
    return [row for point in POINTS for row in _rows(point, taken)]


def _rows(point: str, taken: Mapping[tuple[str, str], Sequence[float]]) -> list[Row]:
    found = {name: values for (at, name), values in taken.items() if at == point}
    one, other = map(median, found.values())
    rows = [Row(f"{point}: {name}", values, "ms") for name, values in found.items()]
    return [*rows, Row("  watching costs", [(other / one - 1) * 100], "%")]


def main(words: Sequence[str] = ()) -> None:
    rounds = int(words[0]) if words else ROUNDS
    print_rows(f"Start, {rounds} rounds; aim for the first point: ≤ 3 %", measure(rounds=rounds))


if __name__ == "__main__":
    main(sys.argv[1:])
