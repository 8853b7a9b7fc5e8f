"""A reader of the task feed that is cut off anywhere gets every event once, and in order.

`SSE_RELOAD_SOAK_RUNS=1200` runs so many; without it, a sample.
"""

import asyncio
import os
from collections.abc import Iterator

import pytest

from tests.integration.task_runs import EVENTS, Run, follow_runs, serving_runs

RUNS = int(os.environ.get("SSE_RELOAD_SOAK_RUNS", "40"))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving_runs() as port:
        yield port


async def test_no_event_is_lost_or_doubled_wherever_the_connection_is_cut(port: int) -> None:
    async with asyncio.timeout(60 + RUNS / 10):
        runs = await follow_runs(port, range(RUNS))

    assert [run.told for run in runs] == [EVENTS] * RUNS
    assert [(run.lost, run.doubled) for run in runs] == [(0, 0)] * RUNS
    assert [seed for seed, run in enumerate(runs) if not run.is_equal] == []
    assert {run.afterwards for run in runs} == {204}
    was_hard(runs)


def was_hard(runs: list[Run]) -> None:
    """The cuts were such that something could have gone wrong."""
    assert sum(run.cuts for run in runs) > RUNS
    assert sum(run.inside for run in runs) > RUNS // 2
    assert sum(len(run.replays) for run in runs) > RUNS
    assert max(max(run.replays, default=0) for run in runs) < 10
