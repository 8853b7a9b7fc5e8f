"""How long one test may take."""

import asyncio

from livereload_sse.pytest_watch.time_limit import TimeLimit


class Exceeded:
    """The tests that took too long."""

    def __init__(self, seconds: float | None) -> None:
        self.tests: list[str] = []
        self.limit = TimeLimit(seconds, self.tests.append)


async def test_a_test_that_takes_longer_is_named_once() -> None:
    exceeded = Exceeded(0.01)
    exceeded.limit.begin("test_a")
    await asyncio.sleep(0.05)
    assert exceeded.tests == ["test_a"]


async def test_each_test_has_its_own_time() -> None:
    exceeded = Exceeded(0.01)
    exceeded.limit.begin("test_a")
    exceeded.limit.begin("test_b")
    await asyncio.sleep(0.05)
    assert exceeded.tests == ["test_b"]


async def test_what_is_over_or_stands_still_has_no_end_to_it() -> None:
    exceeded = Exceeded(0.01)
    exceeded.limit.begin("test_a")
    exceeded.limit.begin("")
    await asyncio.sleep(0.05)
    exceeded.limit.begin("test_a")
    exceeded.limit.end()
    await asyncio.sleep(0.05)
    assert exceeded.tests == []


async def test_without_a_limit_a_test_may_take_as_long_as_it_likes() -> None:
    exceeded = Exceeded(None)
    exceeded.limit.begin("test_a")
    await asyncio.sleep(0.01)
    assert exceeded.tests == []
