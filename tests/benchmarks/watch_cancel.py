"""From a save in the midst of a run until the next run has begun, the first one's teardown included.

A test sleeps with a fixture set up; then its file is saved. The next run has begun when it imports
that file again. pytest-watch is the only other one that does not wait for the end, or lose the save.

    python -m tests.benchmarks.watch_cancel [rounds]
"""

import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.watch_peers import Watcher, ours, python_peers
from tests.benchmarks.watch_save import Running, made, start
from tests.pytest_sample import save

ROUNDS = 10

SLOW = """import time
import pytest

SECONDS = {seconds}
ROUND = {number}


def write(word):
    with open({diary!r}, "a") as diary:
        diary.write(f"{{word}} {{time.time()}}\\n")


write("imported")


@pytest.fixture
def something():
    write("setup")
    yield
    write("teardown")


def test_slow(something):
    time.sleep(SECONDS)
"""


class Diary:
    """What the slow test has written, outside of the project."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def entries(self) -> list[tuple[str, float]]:
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [(word, float(at)) for word, _, at in (line.partition(" ") for line in lines)]

    def wait_for(self, running: Running, count: int, word: str) -> float:
        """Wait until a word has been written so often; returns when. Reads the terminal meanwhile."""
        deadline = time.monotonic() + 60
        while len(found := [at for name, at in self.entries() if name == word]) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"no {word}:\n{running.screen.text[-2000:]}")
            running.screen.rest(0.005)
        return found[count - 1]

    def count(self, word: str) -> int:
        return sum(name == word for name, _ in self.entries())


def cancel(running: Running, diary: Diary, number: int) -> tuple[float, float]:
    """Save twice; milliseconds from the second to the next run's begin, and to its test's end.

    The terminal is no help here: the run that is cut short sums up, too.
    """
    file = running.folder / "tests" / "test_slow.py"
    running.settle()
    setups, teardowns = diary.count("setup"), diary.count("teardown")
    save(file, SLOW.format(seconds=60, number=number, diary=str(diary.path)))
    diary.wait_for(running, setups + 1, "setup")
    running.screen.forget()
    imports = diary.count("imported")
    began = time.time()
    save(file, SLOW.format(seconds=0, number=number, diary=str(diary.path)))
    begins = diary.wait_for(running, imports + 1, "imported")
    ends = diary.wait_for(running, teardowns + 2, "teardown")
    return (begins - began) * 1000, (ends - began) * 1000


def measure(watchers: Sequence[Watcher], *, rounds: int = ROUNDS) -> list[Row]:
    begins: dict[str, list[float]] = defaultdict(list)
    ends: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        pairs = [(start(stack, watcher), Diary(made(stack) / "diary.txt")) for watcher in watchers]
        for number in range(rounds + 1):
            for running, diary in pairs:
                begin, end = cancel(running, diary, number)
                if number:
                    begins[running.watcher.name].append(begin)
                    ends[running.watcher.name].append(end)
    aims = {ours().name: "aim: ≤ 200"}
    return [
        *(Row(name, taken, "ms", aims.get(name, "")) for name, taken in begins.items()),
        *(Row(f"  its test has run, {name}", taken, "ms") for name, taken in ends.items()),
    ]


def main(words: Sequence[str] = ()) -> None:
    rounds = int(words[0]) if words else ROUNDS
    others = [one for one in python_peers() if one.name == "pytest-watch"]
    print_rows(
        f"Save in the midst of a run → the next one begins, {rounds} rounds",
        measure([ours(), *others], rounds=rounds),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
