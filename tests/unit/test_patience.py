import asyncio
import time

import pytest

from tests.patience import TURN, Patience, patiently
from tests.serving import wait_until


def test_it_is_over_when_its_seconds_are() -> None:
    patience = Patience(2.0, clock=iter([0.0, 0.9, 1.8, 2.1]).__next__)
    assert [patience.is_over() for _ in range(3)] == [False, False, True]


def test_a_time_in_which_the_machine_stood_still_counts_as_one_turn() -> None:
    patience = Patience(2.0, clock=iter([0.0, 60.0, 60.9, 61.1]).__next__)
    assert [patience.is_over() for _ in range(3)] == [False, False, True]


async def test_a_loop_that_stood_still_is_not_late() -> None:
    async with patiently(TURN * 1.1):
        time.sleep(TURN * 1.3)  # noqa: ASYNC251 - that is what it is about
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_what_never_comes_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        async with patiently(0.05):
            await asyncio.Event().wait()


def test_what_never_becomes_true_is_named() -> None:
    with pytest.raises(AssertionError, match=r"not within 0\.05 s: the moon"):
        wait_until(lambda: False, 0.05, "the moon")
