"""Entering a broadcaster on Redis: it works, or it says in three parts why not, and shows no secret."""

import asyncio
import logging
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from livereload_sse.errors import BrokerError, BrokerRefusedError, NotEnteredError
from livereload_sse.sse import Broadcaster
from livereload_sse.sse.redis import following
from livereload_sse.sse.redis.broadcaster import RedisBroadcaster
from livereload_sse.sse.redis.scripts import Keys
from tests.integration.redis_serving import RedisServer, running_redis
from tests.serving import free_port

pytestmark = pytest.mark.redis

PASSWORD = "p@ss/w:rd#1"
QUOTED = "p%40ss%2Fw%3Ard%231"


@pytest.fixture(scope="module")
def locked() -> Iterator[RedisServer]:
    with running_redis(password=PASSWORD) as server:
        yield server


@pytest.fixture(scope="module")
def tls() -> Iterator[RedisServer]:
    with running_redis(tls=True) as server:
        yield server


async def works(url: str) -> None:
    """See an event through."""
    async with (
        Broadcaster.from_url(url, timeout=5) as broadcaster,
        broadcaster.subscribe() as reader,
    ):
        broadcaster.publish("x", "it works")
        async with asyncio.timeout(10):
            assert (await anext(reader)).json() == "it works"


async def fails(url: str) -> str:
    """Return what is said, which must not have the password in it."""
    with pytest.raises(BrokerError) as caught:
        await Broadcaster.from_url(url, timeout=0.5).__aenter__()
    text = str(caught.value)
    assert PASSWORD not in text
    assert QUOTED not in text
    assert caught.value.where
    assert caught.value.hint
    return text


async def test_with_the_password_it_works(locked: RedisServer) -> None:
    await works(f"redis://:{QUOTED}@127.0.0.1:{locked.port}/0")
    await works(f"redis://default:{QUOTED}@127.0.0.1:{locked.port}?max_connections=5")


async def test_another_database_and_a_socket_work(locked: RedisServer) -> None:
    await works(f"redis://:{QUOTED}@127.0.0.1:{locked.port}/3")
    await works(f"unix://:{QUOTED}@{locked.folder}/redis.sock?db=2")


async def test_a_wrong_password_is_said_and_not_shown(locked: RedisServer) -> None:
    text = await fails(f"redis://:{QUOTED}x@127.0.0.1:{locked.port}")
    assert "WRONGPASS" in text or "invalid username-password" in text
    assert "percent-encoded" in text
    assert f"redis://127.0.0.1:{locked.port}" in text


async def test_no_password_where_one_is_wanted(locked: RedisServer) -> None:
    text = await fails(f"redis://127.0.0.1:{locked.port}")
    assert "Authentication required" in text
    assert "redis://user:password@host" in text


async def test_a_database_that_is_not_there(locked: RedisServer) -> None:
    text = await fails(f"redis://:{QUOTED}@127.0.0.1:{locked.port}/99")
    assert "DB index is out of range" in text
    assert "number of a database" in text


async def test_nobody_listens() -> None:
    text = await fails(f"redis://:{QUOTED}@127.0.0.1:{free_port()}")
    assert text.startswith("Redis cannot be reached: redis://127.0.0.1:")
    assert "Start Redis" in text


async def test_there_is_no_socket(tmp_path: Path) -> None:
    assert "redis.sock" in await fails(f"unix://{tmp_path}/redis.sock")


async def test_tls_with_the_authoritys_certificate(tls: RedisServer) -> None:
    await works(f"{tls.url}?ssl_ca_certs={tls.folder}/ca.pem")


async def test_a_certificate_that_is_not_trusted(tls: RedisServer) -> None:
    text = await fails(tls.url)
    assert text.startswith("no TLS connection to Redis: rediss://localhost")
    assert "certificate verify failed" in text.lower()
    assert "?ssl_ca_certs=" in text


async def test_tls_where_there_is_none_and_none_where_there_is(
    tls: RedisServer, locked: RedisServer
) -> None:
    # One without TLS waits for the end of what it takes for a command.
    assert "has no TLS" in await fails(f"rediss://127.0.0.1:{locked.port}")
    assert "rediss://" in await fails(f"redis://127.0.0.1:{tls.port}")


@asynccontextmanager
async def answering(
    answer: Callable[[StreamReader, StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """Something that listens where a Redis should; each connection ends with its answer."""
    ended: list[asyncio.Event] = []

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        ended.append(asyncio.Event())
        mine = ended[-1]
        await answer(reader, writer)
        writer.close()
        await writer.wait_closed()
        mine.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for event in ended:
            await event.wait()


async def answer_as_old(reader: StreamReader, writer: StreamWriter) -> None:
    """Speak Redis's protocol, know one command, and be of 2018."""
    info = b"# Server\r\nredis_version:4.0.9\r\n"
    while head := await reader.readline():
        words = []
        for _ in range(int(head[1:])):
            await reader.readline()
            words.append((await reader.readline()).strip())
        body = b"$%d\r\n%b\r\n" % (len(info), info)
        writer.write(body if words[0] == b"INFO" else b"-ERR unknown command\r\n")


async def answer_as_website(reader: StreamReader, writer: StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def answer_nothing(reader: StreamReader, _: StreamWriter) -> None:
    await reader.read()


async def test_a_redis_that_is_too_old() -> None:
    async with answering(answer_as_old) as url:
        text = await fails(url)
    assert re.fullmatch(
        r"Redis 6\.2 is needed, or any Valkey: redis://127\.0\.0\.1:\d+ is 4\.0\.9\nUse a newer one\.",
        text,
    )


async def test_what_is_no_redis_at_all() -> None:
    async with answering(answer_as_website) as url:
        assert (await fails(url)).startswith("what answers is no Redis")


async def test_a_server_that_says_nothing() -> None:
    async with answering(answer_nothing) as url:
        assert (await fails(url)).startswith("Redis does not answer")


async def test_a_replica(locked: RedisServer) -> None:
    with running_redis("--replicaof", "127.0.0.1", str(locked.port)) as replica:
        text = await fails(replica.url)
    assert "is a replica" in text
    assert f"127.0.0.1:{locked.port}" in text


async def test_a_redis_that_may_throw_channels_away_is_worth_a_line(
    caplog: pytest.LogCaptureFixture, tls: RedisServer
) -> None:
    tls.ask("CONFIG", "SET", "maxmemory", "100mb")
    tls.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    await works(f"unix://{tls.folder}/redis.sock")
    tls.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    assert "maxmemory-policy allkeys-lru" in caplog.text


async def test_a_user_who_may_do_little_needs_only_what_is_documented(tls: RedisServer) -> None:
    """Nor may this one interrupt: a new channel then waits for the end of a short wait."""
    rules = (
        "~{sse}:* +eval +evalsha +multi +exec +xadd +xread +xrevrange +hmget +hset +get +set"
        " +del +pexpire +time"
    )
    tls.ask("ACL", "SETUSER", "little", "on", ">secret", *rules.split())
    await works(f"unix://little:secret@{tls.folder}/redis.sock")
    tls.ask("ACL", "SETUSER", "less", "on", ">secret", "~other:*", *rules.split()[1:])
    text = await fails(f"unix://less:secret@{tls.folder}/redis.sock")
    assert "ACL" in text


async def test_a_wait_that_cannot_be_interrupted_is_short(
    tls: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_CHECK_INTERVAL", 300.0)
    rules = ("on", ">secret", "~*", "+@all", "-client|unblock", "-client|id")
    tls.ask("ACL", "SETUSER", "deaf", *rules)
    url = f"unix://deaf:secret@{tls.folder}/redis.sock"
    async with (
        asyncio.timeout(30),
        Broadcaster.from_url(url) as broadcaster,
        broadcaster.subscribe(),
        broadcaster.subscribe("another"),
    ):
        pass


async def test_a_new_channel_interrupts_the_wait_for_news(
    tls: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_CHECK_INTERVAL", 300.0)
    monkeypatch.setattr(following, "_DEAF", 300.0)
    url = f"unix://{tls.folder}/redis.sock"
    async with Broadcaster.from_url(url, timeout=30) as broadcaster, broadcaster.subscribe():
        for number in range(20):
            async with asyncio.timeout(30), broadcaster.subscribe(f"another-{number}"):
                pass


async def test_in_a_cluster_all_keys_are_in_one_slot_whose_node_is_to_be_named() -> None:
    keys = Keys("sse")
    with running_redis("--cluster-enabled", "yes") as node:
        text = await fails(node.url)
        names = (keys.meta, keys.news, keys.publisher("x"), keys.stream(""), keys.stream("a{b}"))
        assert len({node.ask("CLUSTER", "KEYSLOT", name.decode()) for name in names}) == 1
    assert "node that serves the slot" in text


async def test_it_is_used_between_entering_and_leaving_only(tls: RedisServer) -> None:
    broadcaster = Broadcaster.from_url(f"unix://{tls.folder}/redis.sock")
    for use in (lambda: broadcaster.publish("x", 1), broadcaster.subscribe):
        with pytest.raises(NotEnteredError, match="async with broadcaster"):
            use()
    with pytest.raises(NotEnteredError):
        await broadcaster.flush()
    async with broadcaster:
        broadcaster.publish("x", 1)
    with pytest.raises(NotEnteredError):
        broadcaster.publish("x", 1)
    with pytest.raises(RuntimeError, match="entered once"):
        await broadcaster.__aenter__()


async def test_leaving_sends_what_waits_and_leaves_nothing_behind(
    tls: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = asyncio.all_tasks()
    url = f"unix://{tls.folder}/redis.sock?prefix=leaving"
    async with Broadcaster.from_url(url) as broadcaster:
        assert isinstance(broadcaster, RedisBroadcaster)
        for number in range(1000):
            broadcaster.publish("x", number)
    assert tls.ask("XLEN", "{leaving}:stream:") == ":1000"
    assert tls.ask("KEYS", "{leaving}:publisher:*") == "*0"
    assert not caplog.records
    assert asyncio.all_tasks() == before


async def test_a_refusal_is_an_error_of_its_own_kind(locked: RedisServer) -> None:
    with pytest.raises(BrokerRefusedError):
        await Broadcaster.from_url(f"redis://127.0.0.1:{locked.port}").__aenter__()
