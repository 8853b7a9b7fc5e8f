"""What is in Redis: in one order over all channels and processes, each event once, and bounded."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from livereload_sse.errors import BrokerRefusedError
from livereload_sse.sse import Broadcaster, EncodedEvent, Gap, Subscription
from livereload_sse.sse.redis import following, session, telling
from livereload_sse.sse.redis.address import parse_address
from livereload_sse.sse.redis.broadcaster import RedisBroadcaster
from livereload_sse.sse.redis.connecting import Link
from livereload_sse.sse.redis.scripts import PUBLISH, Keys
from tests.integration.redis_serving import RedisServer, running_redis
from tests.serving import wait_until

if TYPE_CHECKING:
    from livereload_sse.sse import EventId

pytestmark = pytest.mark.redis

_PREFIXES = count()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with running_redis(on_socket=True) as running:
        yield running


@pytest.fixture
def prefix() -> str:
    return f"storing-{next(_PREFIXES)}"


@asynccontextmanager
async def opened(server: RedisServer, **words: Any) -> AsyncIterator[RedisBroadcaster]:
    made = Broadcaster.from_url(server.url, **words)
    assert isinstance(made, RedisBroadcaster)
    async with made:
        yield made


async def read(subscription: Subscription, number: int) -> list[EncodedEvent]:
    async with asyncio.timeout(20):
        return [await anext(subscription) for _ in range(number)]


def store(link: Link, keys: Keys, first: int, *texts: str, history: int = 100) -> Any:
    """Run the script as a process does whose events begin with this number."""
    names = [keys.meta, keys.news, keys.publisher("one"), keys.stream("")]
    words: list[Any] = [1, 60_000, 60_000, first, 1]
    for text in texts:
        words += [1, history, "", "x", text, 0]
    return link.run(PUBLISH, names, words)


def cut_once(broadcaster: RedisBroadcaster, number: int) -> list[bool]:
    """Have one of the connections break between a script's work and its answer; empty once it has."""
    assert broadcaster._session is not None
    link = broadcaster._session._links[number]
    send, cuts = link._send, [True]

    async def send_and_lose(raw: bytes, answers: int) -> Any:
        answer = await send(raw, answers)
        if cuts and b"EVAL" in raw:
            cuts.pop()
            raise ConnectionResetError("cut")
        return answer

    link._send = send_and_lose  # type: ignore[method-assign]  # what a network does
    return cuts


@asynccontextmanager
async def linked(server: RedisServer) -> AsyncIterator[Link]:
    link = Link(parse_address(server.url), timeout=5)
    await link.open()
    yield link
    await link.close()


async def test_two_broadcasters_have_one_order_of_ids_over_all_channels(
    server: RedisServer, prefix: str
) -> None:
    async with (
        opened(server, prefix=prefix) as first,
        opened(server, prefix=prefix) as second,
        first.subscribe("a", "b") as here,
        second.subscribe("a", "b") as there,
    ):
        for number in range(100):
            (first, second)[number % 2].publish("x", number, channel="ab"[number // 2 % 2])
            await asyncio.sleep(0)
        heard, heard_there = await read(here, 100), await read(there, 100)
        assert heard == heard_there
        ids = [event.id for event in heard]
        assert ids == sorted(set(ids))
        assert {event.json() for event in heard} == set(range(100))


async def test_prefixes_are_apart(server: RedisServer) -> None:
    async with (
        opened(server, prefix="apart-1") as first,
        opened(server, prefix="apart-2") as second,
        second.subscribe() as reader,
    ):
        first.publish("x", 1)
        await first.flush()
        second.publish("x", 2)
        assert [event.json() for event in await read(reader, 1)] == [2]


async def test_a_batch_that_is_sent_again_is_stored_once(server: RedisServer, prefix: str) -> None:
    keys = Keys(prefix)
    async with linked(server) as link:
        first = await store(link, keys, 1, "a", "b")
        again = await store(link, keys, 1, "a", "b", "c")
        assert first < again
        assert await store(link, keys, 1, "a", "b", "c") == again
        assert await link.ask("XLEN", keys.stream("")) == 3
        assert await link.ask("XLEN", keys.news) == 2


async def test_a_channel_holds_exactly_as_many_as_it_may(server: RedisServer, prefix: str) -> None:
    keys = Keys(prefix)
    async with linked(server) as link:
        await store(link, keys, 1, *map(str, range(99)), history=7)
        assert await link.ask("XLEN", keys.stream("")) == 7
    async with (
        opened(server, prefix=prefix, history=7) as one,
        one.subscribe(on_connect=100) as reader,
    ):
        assert _numbers(await read(reader, 7)) == list(range(92, 99))


async def test_what_is_long_is_not_kept_twice(server: RedisServer, prefix: str) -> None:
    async with opened(server, prefix=prefix) as one, one.subscribe() as reader:
        one.publish("x", "short")
        await one.flush()
        one.publish("x", "long" * 2000)
        assert _numbers(await read(reader, 2)) == ["short", "long" * 2000]
    async with linked(server) as link:
        short, long = await link.ask("XRANGE", Keys(prefix).news, "-", "+")
    assert b'"short"' in short[1]
    assert len(b"".join(long[1])) < 200


async def test_what_is_kept_in_redis_does_not_grow(server: RedisServer, prefix: str) -> None:
    async with opened(server, prefix=prefix, history=5, expire=50) as one:
        for number in range(3000):
            one.publish("x", number)
            if number % 100 == 0:
                await one.flush()
        await one.flush()
    keys = Keys(prefix)
    async with linked(server) as link:
        assert await link.ask("XLEN", keys.stream("")) == 5
        assert await link.ask("XLEN", keys.news) <= 400  # whole nodes are trimmed
        assert 0 < await link.ask("PTTL", keys.stream("")) <= 50_000
        assert 0 < await link.ask("PTTL", keys.news) <= 50_000


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often whether Redis is still the same, so that channels may live for a second."""
    monkeypatch.setattr(following, "_CHECK_INTERVAL", 0.02)
    monkeypatch.setattr(session, "SHORTEST_EXPIRE", 1.0)


@pytest.mark.usefixtures("hurry")
async def test_who_comes_back_after_a_channel_has_expired_is_told_a_loss(
    server: RedisServer, prefix: str
) -> None:
    async with opened(server, prefix=prefix, expire=1) as one:
        async with one.subscribe("other") as reader:
            one.publish("x", 1, channel="other")
            (heard,) = await read(reader, 1)
        wait_until(lambda: server.ask("EXISTS", f"{{{prefix}}}:stream:other") == ":0")
    async with (
        opened(server, prefix=prefix, expire=1) as one,
        one.subscribe("other", after=heard.id) as reader,
    ):
        assert reader.gap is Gap.TOO_OLD


@pytest.mark.usefixtures("hurry")
async def test_a_channel_that_expired_and_begins_anew_loses_nothing_for_who_stayed(
    server: RedisServer, prefix: str
) -> None:
    async with opened(server, prefix=prefix, expire=1) as one, one.subscribe() as reader:
        one.publish("x", 1)
        await read(reader, 1)
        await asyncio.to_thread(
            wait_until, lambda: server.ask("EXISTS", f"{{{prefix}}}:stream:") == ":0"
        )
        one.publish("x", 2)
        assert [event.json() for event in await read(reader, 1)] == [2]


async def test_what_others_put_into_our_streams_is_in_nobodys_way(
    server: RedisServer, prefix: str
) -> None:
    async with opened(server, prefix=prefix) as one, one.subscribe() as reader:
        one.publish("x", 1)
        await read(reader, 1)
        for key in ("news", "stream:"):
            server.ask("XADD", f"{{{prefix}}}:{key}", "*", "p", "garbage")
            server.ask("XADD", f"{{{prefix}}}:{key}", "*", "hello", "world")
        one.publish("x", 2)
        # It stands in the chain of ours, so what came before is not certain.
        assert [event.name for event in await read(reader, 1)] == ["reload"]
        one.publish("x", 3)
        assert _numbers(await read(reader, 1)) == [3]


async def test_keys_of_another_program_are_said_and_what_waits_is_kept(
    server: RedisServer, prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.ask("SET", f"{{{prefix}}}:stream:taken", "by somebody")
    async with opened(server, prefix=prefix) as one, one.subscribe() as reader:
        one.publish("x", 1)
        one.publish("x", 2, channel="taken")
        one.publish("x", 3)
        assert [event.json() for event in await read(reader, 1)] == [1]
        await asyncio.to_thread(wait_until, lambda: "wrong kind of value" in caplog.text)
        server.ask("DEL", f"{{{prefix}}}:stream:taken")
        assert [event.json() for event in await read(reader, 1)] == [3]


@pytest.mark.usefixtures("hurry")
async def test_a_channel_that_nobody_reads_is_followed_no_longer(
    server: RedisServer, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "LINGER", 0.1)
    async with opened(server, prefix=prefix) as one, one.subscribe("kept") as reader:
        async with one.subscribe("left") as leaving:
            one.publish("x", 1, channel="left")
            (heard,) = await read(leaving, 1)
        await asyncio.to_thread(wait_until, lambda: one._fanout.peek("left") is None)
        one.publish("x", 2, channel="left")
        async with one.subscribe("left", after=heard.id) as again:
            assert [event.json() for event in await read(again, 1)] == [2]
        one.publish("x", 3, channel="kept")
        assert [event.json() for event in await read(reader, 1)] == [3]


@pytest.mark.usefixtures("hurry")
async def test_names_that_were_only_asked_for_leave_nothing_behind(
    server: RedisServer, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "LINGER", 0.1)
    async with opened(server, prefix=prefix) as one:
        for number in range(50):
            async with one.subscribe(f"nothing-{number}"):
                pass
        assert one._session is not None
        known = one._session._teller._mirrors
        await asyncio.to_thread(wait_until, lambda: not len(known))


async def test_a_name_that_was_asked_for_before_is_not_taken_for_known(
    server: RedisServer, prefix: str
) -> None:
    old, new = [f"old-{at}" for at in range(5)], [f"new-{at}" for at in range(5)]
    async with opened(server, prefix=prefix) as one:
        async with one.subscribe(*old):
            pass
        async with one.subscribe(*old, *new) as reader:
            for name in old:
                one.publish("x", name, channel=name)
            assert _numbers(await read(reader, 5)) == old


async def test_a_reader_that_leaves_before_its_channel_is_loaded_is_in_nobodys_way(
    server: RedisServer, prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(server, prefix=prefix) as one, one.subscribe() as reader:
        hasty = one.subscribe("short")
        coming = asyncio.create_task(hasty.ready())
        await asyncio.sleep(0)
        hasty.close()
        await coming
        one.publish("x", 1, channel="short")
        one.publish("x", 2)
        assert _numbers(await read(reader, 1)) == [2]
        async with one.subscribe("short", on_connect=1) as again:
            assert _numbers(await read(again, 1)) == [1]
    assert not caplog.records


async def test_a_reader_that_comes_while_the_connection_breaks_is_not_forgotten(
    server: RedisServer, prefix: str
) -> None:
    async with opened(server, prefix=prefix) as one, one.subscribe():
        cuts = cut_once(one, 1)
        async with one.subscribe("new") as reader:
            one.publish("x", 1, channel="new")
            assert _numbers(await read(reader, 1)) == [1]
    assert not cuts


async def test_more_than_one_answer_can_hold_comes_at_once(
    server: RedisServer, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_CHECK_INTERVAL", 300.0)
    monkeypatch.setattr(following, "_MOST", 7)
    async with opened(server, prefix=prefix) as one, one.subscribe() as reader:
        for number in range(50):  # in one go, and too long to be in the news
            one.publish("x", [number, "x" * 500])
        assert [number for number, _ in _numbers(await read(reader, 50))] == list(range(50))


async def test_what_is_refused_in_the_midst_of_others_is_said(server: RedisServer) -> None:
    async with linked(server) as link:
        with pytest.raises(BrokerRefusedError, match="unknown command"):
            await link.ask_together(("NOSUCH",), ("PING",))
        with pytest.raises(BrokerRefusedError, match="not an integer"):
            await link.ask_together(("SET", "a", "b"), ("INCR", "a"))
        assert await link.ask_together(("PING",), ("PING",)) == [b"PONG", b"PONG"]


async def test_a_thread_that_publishes_leaves_the_event_loop_to_its_own(
    server: RedisServer, prefix: str
) -> None:
    asyncio.get_running_loop().set_debug(True)  # it objects to calls from other threads
    async with opened(server, prefix=prefix) as one, one.subscribe() as reader:
        for number in range(3):
            await asyncio.to_thread(one.publish, "x", number)
            await one.flush()
        assert _numbers(await read(reader, 3)) == [0, 1, 2]


async def test_more_channels_than_are_held_make_room_for_one_another(
    server: RedisServer, prefix: str
) -> None:
    async with opened(server, prefix=prefix, max_channels=3) as one:
        places: dict[str, EventId] = {}
        for turn in range(2):
            for name in "abcdef":
                one.publish("x", turn, channel=name)
                async with one.subscribe(name, after=places.get(name), on_connect=1) as reader:
                    (heard,) = await read(reader, 1)
                    assert heard.json() == turn
                    places[name] = heard.id


CHILD = """
import asyncio, json, sys
from livereload_sse.sse import Broadcaster

async def main(url, me):
    async with Broadcaster.from_url(url) as broadcaster, broadcaster.subscribe() as reader:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        for number in range(200):
            broadcaster.publish("x", [me, number])
        heard = [await anext(reader) for _ in range(400)]
        print(json.dumps([[str(event.id), event.json()] for event in heard]), flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main(*sys.argv[1:]))
"""


def test_two_processes_hear_one_another_and_agree(server: RedisServer, prefix: str) -> None:
    url = f"{server.url}?prefix={prefix}"
    children = [_start(url, name) for name in ("one", "other")]
    try:
        for child in children:
            assert _line(child) == "ready"
        for child in children:
            _tell(child)
        first, second = (json.loads(_line(child)) for child in children)
        for child in children:
            _tell(child)
            assert child.wait(20) == 0
    finally:
        for child in children:
            child.kill()
            child.communicate()
    assert first == second
    for name in ("one", "other"):
        assert [number for _, (by, number) in first if by == name] == list(range(200))


def _start(url: str, name: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, url, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def _line(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def _tell(child: "subprocess.Popen[str]") -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def _numbers(events: Sequence[EncodedEvent]) -> list[Any]:
    return [event.json() for event in events]


async def test_a_commands_answer_that_was_lost_costs_nothing(
    server: RedisServer, prefix: str
) -> None:
    """The work was done, and the connection was cut before Redis could say so."""
    async with opened(server, prefix=prefix) as one, one.subscribe() as reader:
        cuts = cut_once(one, 0)
        for number in range(5):
            one.publish("x", number)
        await one.flush()
        one.publish("x", 5)
        assert _numbers(await read(reader, 6)) == list(range(6))
        assert not cuts
        assert server.ask("XLEN", f"{{{prefix}}}:stream:") == ":6"
