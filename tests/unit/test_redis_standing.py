"""Whether Redis is there: one word when it is lost, one when it is back, however many parts need it."""

import logging

import pytest

from livereload_sse.sse.redis.standing import BrokerState, Standing


class World:
    """A clock, and what was told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[tuple[str, str]] = []
        self.standing = Standing("redis://h", lambda: self.now, self.hear)

    def hear(self, state: BrokerState, reason: str) -> None:
        self.told.append((state.value, reason))


def test_it_is_closed_then_connected_then_closed() -> None:
    world = World()
    world.standing.open()
    world.standing.close()
    assert world.told == [("connected", ""), ("closed", "")]


def test_what_two_parts_lose_is_told_once_and_back_when_both_are(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    world = World()
    world.standing.open()
    world.standing.fail("reading", ValueError("it is gone\nand this is a hint"))
    world.standing.fail("sending", ValueError("it is gone as well"))
    world.standing.fail("reading", ValueError("still gone"))
    world.now = 3.24
    world.standing.recover("sending")
    assert world.standing.state is BrokerState.AWAY
    world.standing.recover("reading")
    assert world.told[1:] == [("away", "it is gone"), ("connected", "")]
    assert [record.getMessage() for record in caplog.records] == [
        "it is gone; trying again until it is back",
        "Redis is back after 3.2 s: redis://h",
    ]


def test_a_quiet_failure_says_nothing_by_itself_but_has_to_be_over() -> None:
    world = World()
    world.standing.open()
    world.standing.fail("sending", ValueError("hung up"), is_quiet=True)
    assert world.told == [("connected", "")]
    world.standing.fail("reading", ValueError("gone"))
    world.standing.recover("reading")
    assert [state for state, _ in world.told] == ["connected", "away"]
    world.standing.recover("sending")
    assert [state for state, _ in world.told] == ["connected", "away", "connected"]


def test_recovering_from_nothing_is_not_told() -> None:
    world = World()
    world.standing.open()
    world.standing.recover("reading")
    assert len(world.told) == 1
