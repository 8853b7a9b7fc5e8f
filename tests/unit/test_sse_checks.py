"""Settings that cannot be are refused where they are given, in a few words."""

from collections.abc import Callable
from typing import Any

import pytest

from livereload_sse.errors import InvalidBrokerError, InvalidSettingError
from livereload_sse.sse import Broadcaster, EventEndpoint, EventStream, Limits
from livereload_sse.sse.checks import check_words

Make = Callable[[], object]


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Broadcaster(history=-1), "history=-1"),
        (lambda: Broadcaster(limit=True), "limit=True"),
        (lambda: Broadcaster(max_bytes=1.5), "max_bytes=1.5"),  # type: ignore[arg-type]  # the mistake
        (lambda: Broadcaster(max_channels=-1), "max_channels=-1"),
        (lambda: Broadcaster(origin=-1), "origin=-1"),
        (lambda: Broadcaster(loss="lost"), "loss='lost'"),  # type: ignore[arg-type]  # the mistake
        (lambda: Limits(readers=-1), "readers=-1"),
        (lambda: Limits(history="9"), "history='9'"),  # type: ignore[arg-type]  # the mistake
        (lambda: Broadcaster().subscribe(max_lag=0), "max_lag=0"),
        (lambda: Broadcaster().subscribe(on_connect=-1), "on_connect=-1"),
        (lambda: Broadcaster().subscribe(overflow="disconnect"), "Overflow.LATEST"),  # type: ignore[arg-type]  # the mistake
        (lambda: Broadcaster().subscribe(["a"]), "channel=['a']"),  # type: ignore[arg-type]  # the mistake
        (lambda: Broadcaster().publish("a", channel=None), "channel=None"),  # type: ignore[arg-type]  # the mistake
        (lambda: EventStream(iter("a"), heartbeat=0), "heartbeat=0"),
        (lambda: EventStream(iter("a"), retry=-1), "retry=-1"),
        (lambda: EventStream(iter("a"), send_timeout=float("inf")), "send_timeout=inf"),
        (lambda: EventStream(iter("a"), headers={"x-room": "東京"}), "x-room"),
        (lambda: EventStream(iter("a"), headers={"x-room": "a\r\nb: c"}), "x-room"),
        (lambda: EventEndpoint(Broadcaster(), heartbeat=None), "heartbeat=None"),  # type: ignore[arg-type]  # the mistake
        (lambda: EventEndpoint("/events"), "must be a Broadcaster"),  # type: ignore[arg-type]  # the mistake
        (lambda: Broadcaster.from_url(5), "url=5"),  # type: ignore[arg-type]  # the mistake
        (lambda: check_words({"a": 1, "z": 2}, frozenset("a"), "here"), "no such setting: z"),
    ],
)
def test_what_cannot_be_is_named(make: Make, named: str) -> None:
    with pytest.raises(InvalidSettingError) as caught:
        make()

    assert named in str(caught.value)
    assert 2 <= len(str(caught.value).splitlines()) <= 3


@pytest.mark.parametrize("told", ["up", {"up": 1}, None, [5], [("a", 1, 2)], [(1, 2)]])
def test_a_state_that_is_none_is_named_and_gives_the_place_back(told: Any) -> None:
    broadcaster = Broadcaster()

    with pytest.raises(InvalidSettingError, match="on_connect="):
        broadcaster.subscribe(on_connect=lambda: told)

    assert broadcaster.subscriptions == 0


def test_a_response_that_cannot_be_made_gives_its_readers_place_back() -> None:
    broadcaster = Broadcaster()

    with pytest.raises(InvalidSettingError):
        EventStream(broadcaster.subscribe(), headers={"x-room": "東京"})

    assert broadcaster.subscriptions == 0


@pytest.mark.parametrize("url", ["redis://[::1", "kafka://here", "", "localhost:6379"])
def test_a_url_that_names_no_broker_is_refused(url: str) -> None:
    with pytest.raises(InvalidBrokerError):
        Broadcaster.from_url(url)


def test_settings_of_a_redis_are_passed_over_in_memory() -> None:
    broadcaster = Broadcaster.from_url("memory://", prefix="shop", away="", history=5)

    assert type(broadcaster) is Broadcaster


async def test_a_broadcaster_that_was_left_may_be_entered_again() -> None:
    broadcaster = Broadcaster()
    async with broadcaster:
        broadcaster.publish("x", 1)
    assert broadcaster.closed

    async with broadcaster, broadcaster.subscribe(on_connect=9) as subscription:
        broadcaster.publish("x", 2)

        assert [event.json() for event in subscription.take()] == [1, 2]


def test_ids_of_two_broadcasters_cannot_be_taken_for_one_anothers() -> None:
    one, other = Broadcaster(), Broadcaster()
    heard = one.publish("x", 1).id
    other.publish("x", 2)

    assert heard is not None
    assert other.subscribe(after=heard).gap is not None
    assert one.subscribe(after=heard).gap is None
