"""After a lost connection: at once, then slower and slower, and never two processes in step."""

import asyncio
from collections.abc import Iterator
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import BrokerError
from livereload_sse.sse.redis import trying
from livereload_sse.sse.redis.trying import Trying, delays

if TYPE_CHECKING:
    from livereload_sse.sse.redis.connecting import Link


def test_the_first_try_is_at_once_and_delays_double_up_to_the_longest() -> None:
    found = list(islice(delays(0.05, 5.0, chance=lambda: 0.0), 10))
    assert found == pytest.approx([0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])


@given(st.floats(0, 1, exclude_max=True))
def test_chance_takes_up_to_a_half_off(luck: float) -> None:
    without = islice(delays(chance=lambda: 0.0), 12)
    for short, full in zip(islice(delays(chance=lambda: luck), 12), without, strict=True):
        assert full / 2 <= short <= full


class NoLink:
    """A connection that can always be opened."""

    closed = 0

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        self.closed += 1


class Enough(BaseException):
    """Ends what would go on for ever."""


async def run(errors: list[BaseException], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    told: list[Any] = []

    async def work() -> None:
        error = errors.pop(0)
        if str(error) == "after a success":
            attempt.succeeded()
        raise error

    def none() -> Iterator[float]:
        return repeat(0.0)

    monkeypatch.setattr(trying, "delays", none)
    link = NoLink()
    attempt = Trying(
        cast("Link", link), work, lambda error, count: told.append((str(error), count))
    )
    with pytest.raises(Enough):
        await attempt.go_on()
    return [*told, link.closed]


async def test_failures_are_counted_until_something_succeeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors = [BrokerError("a"), BrokerError("b"), BrokerError("after a success"), Enough()]
    told = await run([*errors[:3], *errors[3:]], monkeypatch)
    assert told == [("a", 1), ("b", 2), ("after a success", 1), 0]


async def test_a_fault_of_ours_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert await run([ValueError("a fault"), Enough()], monkeypatch) == [("a fault", 1), 1]
    assert "ValueError: a fault" in caplog.text


async def test_it_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(run([asyncio.CancelledError()], monkeypatch), 5)
