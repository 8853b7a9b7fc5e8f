"""Work that a cancellation waits for."""

import asyncio

import pytest

from livereload_sse.build.tasks import end_task, to_the_end
from tests.virtual_time import now, run_virtually


def test_what_is_done_to_the_end_is_done_however_often_its_task_is_cancelled() -> None:
    done: list[str] = []

    async def work() -> None:
        await asyncio.sleep(1)
        done.append("work")

    async def scene() -> None:
        task = asyncio.create_task(to_the_end(work()))
        for _ in range(3):
            await asyncio.sleep(0.1)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == ["work"]

    run_virtually(scene())


def test_what_fails_in_the_end_is_raised() -> None:
    async def work() -> None:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        run_virtually(to_the_end(work()))


def test_a_task_is_waited_for_after_it_was_cancelled() -> None:
    async def slow_to_leave() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(2)

    async def scene() -> None:
        task = asyncio.create_task(slow_to_leave())
        await asyncio.sleep(1)
        began = now()
        await end_task(task)
        assert task.cancelled()
        assert now() - began == pytest.approx(2)

    run_virtually(scene())


def test_a_task_that_is_over_is_left_alone() -> None:
    async def scene() -> None:
        task = asyncio.create_task(asyncio.sleep(0, "result"))
        await task
        await end_task(task)
        assert task.result() == "result"

    run_virtually(scene())
