import asyncio
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.pytest_watch.sharing.posting import Address, RefusedError
from livereload_sse.pytest_watch.sharing.sharing import LONGEST_TEXT, MOST_NAMES, Sharing, Verdict

HERE = Address("http://localhost:8000", "t")
THERE = Address("http://localhost:8001", "t")


class World:
    """Servers that come and go, and what each has heard."""

    def __init__(self, *here: Address) -> None:
        self.here = set(here)
        self.heard: dict[Address, list[tuple[str, dict[str, Any]]]] = {HERE: [], THERE: []}
        self.refusing: set[Address] = set()
        self.hanging: set[Address] = set()
        self.tries = 0
        self._stirred = asyncio.Condition()

    def find(self, _rootdir: Path, _urls: Collection[str]) -> Collection[Address]:
        return set(self.here)

    async def post(self, address: Address, name: str, data: Mapping[str, Any]) -> None:
        self.tries += 1
        async with self._stirred:
            self._stirred.notify_all()
        if address in self.hanging:
            await asyncio.Event().wait()
        if address in self.refusing:
            raise RefusedError("401")
        if address not in self.here:
            raise ConnectionRefusedError
        self.heard[address].append((name, dict(data)))
        async with self._stirred:
            self._stirred.notify_all()

    def names(self, address: Address = HERE) -> list[str]:
        return [name for name, _ in self.heard[address]]

    async def until(self, count: int, address: Address = HERE) -> None:
        async with asyncio.timeout(5), self._stirred:
            await self._stirred.wait_for(lambda: len(self.heard[address]) >= count)

    async def until_tried(self, count: int) -> None:
        async with asyncio.timeout(5), self._stirred:
            await self._stirred.wait_for(lambda: self.tries >= count)

    def sharing(self, interval: float = 60.0) -> Sharing:
        return Sharing(Path(), find=self.find, post=self.post, interval=interval)


async def test_a_run_is_told_from_beginning_to_end() -> None:
    world = World(HERE)
    async with world.sharing() as sharing:
        sharing.show_page("http://localhost:8123/")
        sharing.started(tests=4, expected=0.5, why="cart.py → 4 of 312 tests")
        await world.until(1)
        sharing.finished(
            Verdict(passed=3, failed=1, before=2, owed=5, failing=["a.py::b"], duration=0.4)
        )
        await world.until(2)

    (begun, first), (ended, last), (gone, _) = world.heard[HERE]
    common = {
        "watch": first["watch"],
        "pid": os.getpid(),
        "run": 1,
        "page": "http://localhost:8123/",
    }
    words = {"tests": 4, "expected": 0.5, "why": "cart.py → 4 of 312 tests"}
    assert (begun, first) == ("tests-started", {**common, **words, "age": first["age"]})
    counts = {"passed": 3, "failed": 1, "skipped": 0, "before": 2, "failing": ["a.py::b"]}
    counts["owed"] = 5
    more = {"duration": 0.4, "trouble": "", "age": last["age"]}
    assert (ended, last) == ("tests-finished", {**common, **counts, **more})
    assert gone == "tests-gone"
    assert 0 <= first["age"] < 5


async def test_who_never_said_anything_says_no_goodbye() -> None:
    world = World(HERE)
    async with world.sharing():
        await asyncio.sleep(0)

    assert world.tries == 0


async def test_a_server_that_starts_later_hears_the_present_state() -> None:
    world = World()
    async with world.sharing(interval=0.01) as sharing:
        sharing.started()
        sharing.finished(Verdict(passed=1))
        world.here.add(HERE)
        await world.until(1)

        assert world.names() == ["tests-finished"]


async def test_a_new_run_looks_for_servers_at_once() -> None:
    world = World()
    async with world.sharing(interval=60) as sharing:
        await asyncio.sleep(0)
        world.here.add(HERE)
        sharing.started()
        await world.until(1)


async def test_runs_are_counted() -> None:
    world = World(HERE)
    async with world.sharing() as sharing:
        for number in (1, 2):
            sharing.started()
            await world.until(number)

        assert [data["run"] for _, data in world.heard[HERE]] == [1, 2]


async def test_the_address_of_the_page_is_told_when_there_is_one() -> None:
    world = World(HERE)
    async with world.sharing() as sharing:
        sharing.finished(Verdict(passed=1))
        await world.until(1)
        sharing.show_page("http://localhost:8123/")
        await world.until(2)

        assert [data["page"] for _, data in world.heard[HERE]] == ["", "http://localhost:8123/"]


async def test_a_server_that_hangs_keeps_nobody_waiting() -> None:
    world = World(HERE, THERE)
    world.hanging.add(THERE)
    async with world.sharing() as sharing:
        sharing.started()
        await world.until(1)
        sharing.finished(Verdict())
        await world.until(2)


async def test_a_server_that_hangs_does_not_keep_us_from_leaving() -> None:
    world = World(HERE)
    async with world.sharing() as sharing:
        sharing.started()
        await world.until(1)
        world.hanging.add(HERE)
        loop = asyncio.get_running_loop()
        began = loop.time()

    assert loop.time() - began < 2


async def test_a_server_that_has_gone_and_come_back_hears_it_again() -> None:
    world = World(HERE)
    async with world.sharing(interval=0.01) as sharing:
        sharing.started()
        await world.until(1)
        world.here.clear()
        sharing.finished(Verdict())
        await world.until_tried(2)
        world.here.add(HERE)
        await world.until(2)

        assert world.names() == ["tests-started", "tests-finished"]


async def test_a_server_that_refuses_is_left_alone() -> None:
    world = World(HERE, THERE)
    world.refusing.add(HERE)
    async with world.sharing(interval=0.01) as sharing:
        for count in (1, 2, 3):
            sharing.started()
            await world.until(count, THERE)

        assert world.tries == 4


async def test_names_are_few_and_short_and_can_be_sent() -> None:
    world = World(HERE)
    failing = ["x" * 1000, "half \ud800", "two\nlines", *map(str, range(10))]
    async with world.sharing() as sharing:
        sharing.finished(Verdict(failing=failing, trouble="a\n\tb"))
        await world.until(1)

    _, data = world.heard[HERE][0]
    assert len(data["failing"]) == MOST_NAMES
    assert len(data["failing"][0]) == LONGEST_TEXT
    assert data["failing"][1:3] == ["half ?", "two lines"]
    assert data["trouble"] == "a b"


async def test_what_goes_wrong_in_looking_is_raised_in_the_end() -> None:
    def find(_rootdir: Path, _urls: Collection[str]) -> Collection[Address]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with Sharing(Path(), find=find):
            await asyncio.sleep(0)
