"""Redis is ended, emptied, stopped, cut off: nothing is lost without a word, and nothing comes twice."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest

from livereload_sse.errors import BrokerError, BrokerFullError
from livereload_sse.sse import Broadcaster, EncodedEvent, Subscription
from livereload_sse.sse.redis import broadcaster, following
from livereload_sse.sse.redis.broadcaster import RedisBroadcaster
from livereload_sse.sse.redis.standing import BrokerState
from tests.integration.redis_serving import RedisServer, running_redis
from tests.serving import wait_until

pytestmark = pytest.mark.redis

PERSISTENT = ("--appendonly", "yes")
_PREFIXES = count()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """One that forgets everything when it ends."""
    with running_redis() as running:
        yield running


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look ten times as often whether Redis is still the same."""
    monkeypatch.setattr(following, "_CHECK_INTERVAL", 0.2)
    monkeypatch.setattr(broadcaster, "_PATIENCE", 0.1)


@asynccontextmanager
async def opened(server: RedisServer, **words: Any) -> AsyncIterator[RedisBroadcaster]:
    words = {"prefix": f"outage-{next(_PREFIXES)}", "away": "", **words}
    made = Broadcaster.from_url(server.url, **words)
    assert isinstance(made, RedisBroadcaster)
    async with made:
        yield made


@asynccontextmanager
async def two(server: RedisServer, **words: Any) -> AsyncIterator[list[RedisBroadcaster]]:
    """Two broadcasters that share everything, as in two processes."""
    words = {"prefix": f"outage-{next(_PREFIXES)}", **words}
    async with opened(server, **words) as first, opened(server, **words) as second:
        yield [first, second]


async def read(subscription: Subscription, number: int) -> list[EncodedEvent]:
    async with asyncio.timeout(20):
        return [await anext(subscription) for _ in range(number)]


async def told(subscription: Subscription, number: int) -> list[Any]:
    """The data of the next events, and the names of those that are no numbers."""
    heard = await read(subscription, number)
    return [event.json() if event.name == "number" else event.name for event in heard]


def publish(into: Broadcaster, data: Sequence[Any], channel: str = "") -> None:
    for one in data:
        into.publish("number", one, channel=channel)


async def until(is_true: Callable[[], object]) -> None:
    """Wait for something that only asking can tell, while the event loop goes on."""
    await asyncio.to_thread(wait_until, is_true, 20)


async def in_thread(do: Callable[[], object]) -> None:
    await asyncio.to_thread(do)


async def test_what_is_published_before_during_and_after_an_outage_arrives_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    states: list[BrokerState] = []
    with running_redis(*PERSISTENT) as server:
        async with (
            opened(server, prefix="x", on_state=lambda state, _: states.append(state)) as first,
            opened(server, prefix="x") as second,
            second.subscribe() as reader,
        ):
            caplog.set_level(logging.WARNING, "livereload_sse.sse.redis")
            publish(first, range(5))
            assert await told(reader, 5) == [0, 1, 2, 3, 4]
            await in_thread(server.stop)
            publish(first, range(5, 10))
            await until(lambda: first.state is second.state is BrokerState.AWAY)
            publish(first, range(10, 15))
            await in_thread(server.start)
            await first.flush()
            publish(first, range(15, 20))
            assert await told(reader, 15) == list(range(5, 20))
            assert not reader.take()
            await until(lambda: first.state is second.state is BrokerState.CONNECTED)
            assert states == [BrokerState.CONNECTED, BrokerState.AWAY, BrokerState.CONNECTED]
    lines = [record.getMessage() for record in caplog.records]
    assert len([line for line in lines if "trying again until it is back" in line]) == 2
    assert len([line for line in lines if line.startswith("Redis is back after ")]) == 2
    assert states[-1] is BrokerState.CLOSED


@pytest.mark.parametrize("lose", ["restart", "FLUSHALL"])
async def test_a_redis_that_has_forgotten_is_one_loss_to_each_reader(
    server: RedisServer, lose: str
) -> None:
    async with two(server) as (first, second):
        async with second.subscribe() as reader, second.subscribe("a", "b") as of_two:
            publish(first, [1])
            publish(first, [1], "a")
            (heard,) = await read(reader, 1)
            await read(of_two, 1)
            if lose == "restart":
                await in_thread(server.restart)
            else:
                server.ask("FLUSHALL")
            assert await told(reader, 1) == ["reload"]
            assert await told(of_two, 1) == ["reload"]
            publish(first, [2, 3])
            publish(first, [4], "a")
            assert await told(reader, 2) == [2, 3]
            assert await told(of_two, 1) == [4]
        async with second.subscribe(after=heard.id) as reader:
            publish(first, [5])
            assert await told(reader, 2) == ["reload", 5]


async def test_the_loss_after_a_flush_has_an_id_that_is_good(server: RedisServer) -> None:
    async with two(server) as (first, second):
        async with second.subscribe() as reader:
            publish(first, [1])
            await read(reader, 1)
            server.ask("FLUSHALL")
            (loss,) = await read(reader, 1)
        publish(first, [2])
        async with first.subscribe(after=loss.id) as reader:
            assert await told(reader, 1) == [2]


async def test_a_redis_that_stands_still_holds_up_nobody_and_loses_nothing(
    server: RedisServer,
) -> None:
    async with two(server, timeout=0.4) as (first, second), second.subscribe() as reader:
        publish(first, [0])
        assert await told(reader, 1) == [0]
        server.pause()
        try:
            publish(first, range(1, 500))
            await until(lambda: first.state is second.state is BrokerState.AWAY)
        finally:
            server.resume()
        publish(first, range(500, 600))
        assert await told(reader, 599) == list(range(1, 600))
        await first.flush()
        assert not reader.take()


async def test_connections_that_are_killed_cost_nothing(server: RedisServer) -> None:
    async with two(server) as (first, second), second.subscribe() as reader:
        for number in range(20):
            publish(first, range(number * 10, number * 10 + 10))
            await asyncio.sleep(0)
            server.ask("CLIENT", "KILL", "TYPE", "normal")
        assert await told(reader, 200) == list(range(200))
        publish(first, ["over"])
        assert await told(reader, 1) == ["over"]


async def test_a_slow_reader_gets_ten_thousand_events(server: RedisServer) -> None:
    bounds = {"history": 20_000, "outbox": 20_000}
    async with two(server, **bounds) as (first, second), second.subscribe() as reader:
        publish(first, range(10_000))
        await first.flush()
        assert await told(reader, 10_000) == list(range(10_000))


async def test_readers_are_told_in_band_that_redis_is_away_and_that_it_is_back(
    server: RedisServer,
) -> None:
    async with opened(server, away="broker") as one, one.subscribe() as reader:
        publish(one, [1])
        await read(reader, 1)
        await in_thread(server.stop)
        (away,) = await read(reader, 1)
        await in_thread(server.start)
        found = await read(reader, 2)
    assert (away.name, away.json()) == ("broker", {"state": "away"})
    assert b"id:" not in away.wire
    words = {event.name: event.json() for event in found}
    assert words["broker"] == {"state": "connected"}
    assert "reload" in words  # this Redis has forgotten as well


async def test_an_outage_that_is_over_at_once_is_not_worth_a_word(server: RedisServer) -> None:
    async with opened(server, away="broker") as one, one.subscribe() as reader:
        server.ask("CLIENT", "KILL", "TYPE", "normal")
        publish(one, [1])
        assert await told(reader, 1) == [1]
        await until(lambda: one.state is BrokerState.CONNECTED)
        publish(one, [2])
        assert await told(reader, 1) == [2]


async def test_a_connection_that_was_quiet_and_was_hung_up_is_no_outage(
    server: RedisServer,
) -> None:
    states: list[BrokerState] = []
    async with opened(server, on_state=lambda state, _: states.append(state)) as one:
        assert one._session is not None
        number = await one._session._links[0].ask("CLIENT", "ID")
        server.ask("CLIENT", "KILL", "ID", str(number))
        publish(one, [1])
        await one.flush()
    assert states == [BrokerState.CONNECTED, BrokerState.CLOSED]


async def test_what_waits_is_bounded_in_number_and_in_bytes(server: RedisServer) -> None:
    async with (
        opened(server, outbox=5, timeout=1) as few,
        opened(server, outbox_bytes=5000) as small,
    ):
        server.pause()
        try:
            publish(few, range(5))
            with pytest.raises(BrokerFullError, match="5 events"):
                publish(few, [5])
            small.publish("x", "a" * 4000)
            with pytest.raises(BrokerFullError):
                small.publish("x", "a" * 1000)
            await until(lambda: few.state is BrokerState.AWAY)
            with pytest.raises(BrokerFullError, match="Redis does not answer"):
                publish(few, [5])
        finally:
            server.resume()
        await few.flush()
        await small.flush()
        publish(few, [6])


async def test_a_redis_that_refuses_is_away_until_it_does_not(server: RedisServer) -> None:
    async with opened(server) as one, one.subscribe() as reader:
        server.ask("CONFIG", "SET", "maxmemory", "1")
        try:
            publish(one, [1, 2])
            await until(lambda: one.state is BrokerState.AWAY)
        finally:
            server.ask("CONFIG", "SET", "maxmemory", "0")
        assert await told(reader, 2) == [1, 2]


async def test_readers_that_come_during_an_outage_are_served_from_memory_or_sent_away(
    server: RedisServer,
) -> None:
    async with opened(server, timeout=0.5) as one:
        async with one.subscribe() as reader:
            publish(one, [1, 2])
            heard = await read(reader, 2)
            server.pause()
            try:
                async with one.subscribe(after=heard[0].id) as again:
                    assert await told(again, 1) == [2]
                with pytest.raises(BrokerError, match="cannot be read at present"):
                    await one.subscribe("never heard of").ready()
            finally:
                server.resume()
        assert one.subscriptions == 0


async def test_leaving_while_redis_is_away_says_what_was_not_sent(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(server, timeout=0.3) as one:
        server.pause()
        publish(one, range(3))
        flushing = asyncio.create_task(one.flush())
        await asyncio.sleep(0)
    server.resume()
    with pytest.raises(BrokerError, match="left before this was stored"):
        await flushing
    assert "3 events were not sent" in caplog.text


async def test_leaving_sends_away_who_still_waits(server: RedisServer) -> None:
    async with opened(server, timeout=60) as one:
        server.pause()
        waiting = asyncio.create_task(one.subscribe("never heard of").ready())
        await asyncio.sleep(0)
    server.resume()
    with pytest.raises(BrokerError, match="the broadcaster is closed"):
        await waiting


async def test_events_that_were_trimmed_before_they_were_read_are_one_loss(
    server: RedisServer,
) -> None:
    async with two(server, history=3) as (first, second), second.subscribe() as reader:
        publish(first, [1])
        assert await told(reader, 1) == [1]
        for _ in range(8):  # in one go, and too long to be in the news
            first.publish("long", "x" * 2000)
        await first.flush()
        assert await told(reader, 1) == ["reload"]
        publish(first, [2])
        assert await told(reader, 1) == [2]


async def test_a_failover_that_lost_the_last_events_is_one_loss(server: RedisServer) -> None:
    async with two(server) as (first, second), second.subscribe() as reader:
        publish(first, [1])
        (kept,) = await read(reader, 1)
        prefix = f"{{{first._address.prefix}}}"
        meta = [server.ask("HGET", f"{prefix}:meta", field) for field in ("ms", "n")]
        publish(first, [2])
        (gone,) = await read(reader, 1)
        # What a replica is that had not heard of the second event yet.
        for key in ("stream:", "news"):
            server.ask("XDEL", f"{prefix}:{key}", str(gone.id))
        server.ask("HSET", f"{prefix}:meta", "ms", meta[0], "n", meta[1])
        assert await told(reader, 1) == ["reload"]
        publish(first, [3])
        assert await told(reader, 1) == [3]
        async with first.subscribe(after=kept.id) as other:
            assert await told(other, 1) == [3]
