"""What is published to one server is told by every other that shares its broker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from livereload_sse.relay import Relay
from livereload_sse.sse import Broadcaster
from tests.integration.app_servers import until


class Shared(Broadcaster):
    """A broker that outlives whoever uses it, as one in another process does."""

    async def __aexit__(self, *_: object) -> None:
        pass


@dataclass
class Heard:
    """What one server has heard of the others."""

    told: list[tuple[str, Any, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def hear(self, name: str, data: Any, channel: str) -> None:
        self.told.append((name, data, channel))


@asynccontextmanager
async def relaying(broker: Broadcaster) -> AsyncIterator[tuple[Relay, Heard]]:
    heard = Heard()
    async with Relay(broker, hear=heard.hear, lost=heard.lost.append) as relay:
        yield relay, heard


@pytest.fixture
def broker() -> Broadcaster:
    return Shared(loss=("lost", None), history=5)


async def test_a_copy_reaches_every_other_server_and_not_the_own(broker: Broadcaster) -> None:
    async with relaying(broker) as (one, own), relaying(broker) as (_, other):
        one.copy("deploy", {"version": 3}, "staff")
        one.copy("reload", {"reason": "why not"}, "")
        await until(lambda: len(other.told) == 2, "both are heard")

    assert other.told == [
        ("deploy", {"version": 3}, "staff"),
        ("reload", {"reason": "why not"}, ""),
    ]
    assert own.told == []


async def test_whoever_publishes_to_the_broker_itself_is_heard(broker: Broadcaster) -> None:
    async with relaying(broker) as (_, heard):
        broker.publish("deploy", 7)
        broker.publish("not ours", channel="orders")
        broker.publish("deploy", 8)
        await until(lambda: len(heard.told) == 2, "both are heard")

    assert heard.told == [("deploy", 7, ""), ("deploy", 8, "")]


async def test_what_was_told_before_is_not_told_again_and_kept_for_tabs_that_were_away(
    broker: Broadcaster,
) -> None:
    before = broker.publish("early", 1).id
    kept = broker.publish("late", 2, milliseconds=broker.last_id.milliseconds + 50).id
    assert before is not None
    assert not isinstance(kept, str)
    assert kept is not None

    async with relaying(broker) as (relay, heard):
        told = heard.told.copy()
        since = relay.since(kept.milliseconds)

    assert (told, since) == ([], [("late", 2)])


async def test_of_other_channels_tabs_have_missed_nothing(broker: Broadcaster) -> None:
    async with relaying(broker) as (one, _), relaying(broker) as (other, heard):
        one.copy("deploy", 1, "staff")
        one.copy("deploy", 2, "")
        await until(lambda: len(heard.told) == 2, "both are heard")

        assert other.since(0) == [("deploy", 2)]
        assert one.since(0) == []


async def test_a_server_that_has_lost_some_says_so(broker: Broadcaster) -> None:
    async with relaying(broker) as (_, heard):
        for number in range(20):  # at once: it cannot read in between
            broker.publish("deploy", number)
        broker.publish("deploy", "last")
        await until(lambda: heard.lost, "it is said")

    assert heard.lost == ["events of other servers were lost"]
