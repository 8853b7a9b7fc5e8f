"""One run, seen through to its end."""

import asyncio

import pytest

from livereload_sse.pytest_watch import supervising
from livereload_sse.pytest_watch.engine.runner import Run
from livereload_sse.pytest_watch.messages import Finished, Message, Started
from livereload_sse.pytest_watch.supervising import Supervision


class FakeRun(Run):
    """A run without a process: it does what each test says when it is signalled."""

    def __init__(self, *, obeys: bool = True) -> None:
        super().__init__(_ignore)
        self.signals: list[str] = []
        self._obeys = obeys

    def interrupt(self, *, makes_way: bool = False) -> None:
        self.signals.append("make way" if makes_way else "interrupt")
        if self._obeys:
            self.hear(Finished(2, 0.1))
            self.end(2)

    def kill(self) -> None:
        self.signals.append("kill")
        self.end(-9)


def _ignore(_message: Message) -> None:
    return None


class Wishes:
    """What whoever watches wants."""

    def __init__(self) -> None:
        self.unwanted = self.awaited = False


def supervise(run: FakeRun, wishes: Wishes) -> Supervision:
    return Supervision(run, is_unwanted=lambda: wishes.unwanted, is_awaited=lambda: wishes.awaited)


async def test_a_run_that_ends_by_itself_is_complete() -> None:
    run, wishes = FakeRun(), Wishes()
    seen = asyncio.create_task(supervise(run, wishes).see_through())
    await asyncio.sleep(0)
    run.hear(Finished(0, 0.1))
    run.end(0)
    assert await seen == "complete"
    assert run.signals == []


async def test_a_run_that_is_not_wanted_any_more_is_interrupted_once() -> None:
    run, wishes = FakeRun(), Wishes()
    run.hear(Started(1))
    supervision = supervise(run, wishes)
    seen = asyncio.create_task(supervision.see_through())
    await asyncio.sleep(0)
    wishes.unwanted = True
    supervision.stir()
    supervision.stir()
    assert await seen == "cancelled"
    assert run.signals == ["interrupt"]


async def test_a_run_that_makes_way_for_another_is_told_so() -> None:
    run = FakeRun()
    run.hear(Started(1))
    supervision = Supervision(
        run, is_unwanted=lambda: True, is_awaited=lambda: True, makes_way=lambda: True
    )
    assert await supervision.see_through() == "cancelled"
    assert run.signals == ["make way"]


async def test_a_run_is_interrupted_only_once_it_has_a_process() -> None:
    run, wishes = FakeRun(), Wishes()
    wishes.unwanted = True
    seen = asyncio.create_task(supervise(run, wishes).see_through())
    for _ in range(5):
        await asyncio.sleep(0)
    assert run.signals == []
    run.hear(Started(1))
    assert await seen == "cancelled"
    assert run.signals == ["interrupt"]


async def test_a_run_whose_teardown_takes_too_long_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervising, "TEARDOWN_TIMEOUT", 0.01)
    run, wishes = FakeRun(obeys=False), Wishes()
    run.hear(Started(1))
    wishes.unwanted = True
    assert await supervise(run, wishes).see_through() == "cancelled"
    assert run.signals == ["interrupt", "kill"]


async def test_a_process_that_lingers_is_left_alone_while_nothing_waits_for_it() -> None:
    run, wishes = FakeRun(), Wishes()
    supervision = supervise(run, wishes)
    seen = asyncio.create_task(supervision.see_through())
    run.hear(Finished(0, 0.1))
    await asyncio.wait([seen], timeout=supervising.LINGER_TIMEOUT * 2)
    assert run.signals == []
    wishes.awaited = True
    supervision.stir()
    assert await seen == "complete"
    assert run.signals == ["kill"]
    assert supervision.was_killed


async def test_a_run_can_be_ended_from_outside_and_counts_as_one_that_was_not_cancelled() -> None:
    run, wishes = FakeRun(obeys=False), Wishes()
    run.hear(Started(1))
    supervision = supervise(run, wishes)
    seen = asyncio.create_task(supervision.see_through())
    await asyncio.sleep(0)
    supervision.cancel()
    run.hear(Finished(2, 0.1))
    run.end(2)
    assert await seen == "complete"
