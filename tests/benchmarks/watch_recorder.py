"""What it costs to note what each test file uses: CPU seconds of one run of the sample's tests, with
the recorder and without, and with function hits where Python has them.

Each run in a process of its own, in turns, so that a busy machine is busy for all. CPU time is that of
the whole process, imports included; a loss is that of one turn, and the median of all turns counts.
Run with `python -m tests.benchmarks.watch_recorder [rounds]`.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.table import Row, print_rows
from tests.environments import OURS
from tests.pytest_sample import make_sample
from tests.recording import INSTALLED

ROUNDS = 11
WITHOUT, HOOK, RECORDED, HITS = "without", "an empty audit hook", "recorded", "with function hits"
WAYS = {
    WITHOUT: "pass",
    HOOK: "sys.addaudithook(lambda event, args: None)",
    RECORDED: "plugins = [begin(hits=False)]",
    HITS: "plugins = [begin(hits=True)]",
}
AIMS = {RECORDED: "aim: ≤ 9 %"}

# The recorder is imported in each of them: in a warm process it is there already.
SCRIPT = """
import sys
import pytest
from livereload_sse.pytest_watch.messages import encode
from livereload_sse.pytest_watch.recorder import Recorder

def begin(*, hits):
    made = Recorder(roots=sys.argv[1:2], installed=sys.argv[2:], tell=encode, hits=hits)
    made.start()
    return made

plugins = []
{way}
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:sse-reload"], plugins=plugins))
"""


def spend(folder: Path, way: str) -> float:
    """Run the sample's tests once; returns CPU milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", SCRIPT.format(way=WAYS[way]), str(folder), *INSTALLED],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(OURS)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measure(*, rounds: int = ROUNDS) -> list[Row]:
    """For each way: CPU milliseconds, and how many per cent more than without."""
    names = [name for name in WAYS if name != HITS or hasattr(sys, "monitoring")]
    spent: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as parent:
        folder = make_sample(Path(parent, "sample")).folder
        spend(folder, WITHOUT)  # compiles
        for turn in range(rounds):
            first = turn % len(names)
            for name in (*names[first:], *names[:first]):
                spent[name].append(spend(folder, name))
    return rows_of(spent)


def rows_of(spent: Mapping[str, Sequence[float]]) -> list[Row]:
    rows = [Row(name, values, "ms") for name, values in spent.items()]
    for name in spent.keys() - {WITHOUT}:
        more = [
            100 * (one / bare - 1) for one, bare in zip(spent[name], spent[WITHOUT], strict=True)
        ]
        least = 100 * (min(spent[name]) / min(spent[WITHOUT]) - 1)
        rows.append(Row(f"{name}, more", [statistics.median(more)], "%", AIMS.get(name, "")))
        rows.append(Row(f"{name}, more, least of all turns", [least], "%"))
    return rows


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print_rows("The recorder: CPU time of 169 tests in 30 files", measure(rounds=rounds))


if __name__ == "__main__":
    main()
