"""What a reader of the task feed loses when its connection is cut, and how soon it has the rest.

Runs of 47 events through the feed of `examples/tasks`, cut one to five times anywhere, over real
sockets to a uvicorn of their own; see `tests/integration/task_runs.py`. A replay is the time from the
moment the reader connects again to that in which it has the last event that it had missed by then.
How long a reader waits before it connects again is its own choice, and is not in it.

    python -m tests.benchmarks.task_replay [runs]
"""

import asyncio
import sys

from tests.benchmarks.table import Row, print_rows
from tests.integration.task_runs import EVENTS, Run, follow_runs, serving_runs

RUNS = 1200


def main(runs: int = RUNS) -> None:
    """Follow the runs, and print what came of them."""
    with serving_runs() as port:
        done = asyncio.run(follow_runs(port, range(runs)))
    print_runs(done)


def print_runs(runs: list[Run]) -> None:
    replays = [1000 * seconds for run in runs for seconds in run.replays]
    cuts, inside = sum(run.cuts for run in runs), sum(run.inside for run in runs)
    title = f"The feed of {len(runs):,} jobs of {EVENTS} events, cut {cuts:,} times"
    rows = [
        Row("events told", [sum(run.told for run in runs)], ""),
        Row("events lost", [sum(run.lost for run in runs)], "", "none"),
        Row("events doubled", [sum(run.doubled for run in runs)], "", "none"),
        Row("feeds that differ from what was told", [sum(not run.is_equal for run in runs)], ""),
        Row("cuts inside an event", [inside], ""),
        Row(f"replay ({len(replays):,} times)", replays, "ms", "3,200 ms on average"),
        Row("replay, on average", [sum(replays) / len(replays)], "ms"),
        Row("replay, the worst", [max(replays)], "ms"),
    ]
    print_rows(title, rows)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
