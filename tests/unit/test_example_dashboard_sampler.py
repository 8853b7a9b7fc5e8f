"""The dashboard example's sampler: one task, a steady pace, and only while somebody listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from examples.dashboard.sampler import Sampler
from tests.virtual_time import run_virtually


@dataclass
class Machine:
    """Notes at which second each thing is asked of it. A sample takes `takes` seconds."""

    takes: float = 0.0
    readers: int = 0
    begun: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)

    async def begin(self) -> None:
        self.begun.append(clock())

    async def sample(self) -> float:
        asked = clock()
        await asyncio.sleep(self.takes)
        return asked

    @asynccontextmanager
    async def sampled(self, interval: float) -> AsyncIterator[Sampler[float]]:
        sampler = Sampler(
            interval,
            is_heard=lambda: self.readers > 0,
            begin=self.begin,
            read=self.sample,
            take=self.taken.append,
        )
        running = asyncio.create_task(sampler.run())
        yield sampler
        running.cancel()
        await asyncio.wait((running,))


def clock() -> float:
    return asyncio.get_running_loop().time()


def test_nothing_is_measured_while_nobody_listens() -> None:
    machine = Machine()

    async def scene() -> None:
        async with machine.sampled(1.0):
            await asyncio.sleep(60)
            assert (machine.begun, machine.taken) == ([], [])
            machine.readers = 1
            await asyncio.sleep(4)
            machine.readers = 0
            await asyncio.sleep(60)

    run_virtually(scene())
    assert machine.begun == [60.0]
    assert machine.taken == [60.25, 61.25, 62.25, 63.25]


@pytest.mark.parametrize("readers", [1, 10])
def test_the_pace_is_the_same_however_many_listen(readers: int) -> None:
    machine = Machine(readers=readers)

    async def scene() -> int:
        async with machine.sampled(1.0) as sampler:
            await asyncio.sleep(3)
        return sampler.taken

    assert run_virtually(scene()) == 3
    assert machine.taken == [0.25, 1.25, 2.25]


def test_after_a_pause_the_counters_are_set_anew() -> None:
    machine = Machine(readers=1)

    async def scene() -> None:
        async with machine.sampled(1.0):
            await asyncio.sleep(1)
            machine.readers = 0
            await asyncio.sleep(60)
            machine.readers = 1
            await asyncio.sleep(1.2)

    run_virtually(scene())
    assert machine.begun[0] == 0.0
    assert len(machine.begun) == 2
    assert machine.taken == [0.25, machine.begun[1] + 0.25]


def test_who_comes_first_need_not_wait_for_the_interval() -> None:
    machine = Machine()

    async def scene() -> None:
        async with machine.sampled(3600.0) as sampler:
            await asyncio.sleep(5)
            machine.readers = 1
            sampler.wake()
            await asyncio.sleep(1)

    run_virtually(scene())
    assert machine.taken == [5.25]


def test_a_sample_that_came_late_is_not_made_up_for() -> None:
    machine = Machine(readers=1, takes=2.5)

    async def scene() -> None:
        async with machine.sampled(1.0):
            await asyncio.sleep(10)

    run_virtually(scene())
    assert machine.taken == [0.25, 3.75, 7.25]
