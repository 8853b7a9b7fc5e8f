"""Servers that share a Redis tell one another what was published by hand."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from livereload_sse.sse import Broadcaster
from tests.integration.app_servers import Project, all_heard, app_server, tabs, until
from tests.integration.redis_serving import RedisServer, running_redis
from tests.reading import Reader, command
from tests.serving import free_port, serving

pytestmark = pytest.mark.redis


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


def test_what_is_published_to_one_server_reaches_the_tabs_of_both(
    small: Path, redis: RedisServer
) -> None:
    with (
        serving(small, "--broker", redis.url) as one,
        serving(small, "--broker", redis.url) as two,
        Reader(one) as near,
        Reader(two) as far,
    ):
        command("notify", one.url, "deploy", "--data", "3")
        told = [reader.next_event() for reader in (near, far)]
        command("notify", two.url, "reload")
        reloaded = [reader.next_event() for reader in (near, far)]

    assert [(event.name, json.loads(event.data)) for event in told] == [
        ("custom", {"name": "deploy", "data": 3})
    ] * 2
    assert [event.name for event in reloaded] == ["reload", "reload"]


def test_whoever_publishes_to_the_redis_reaches_the_tabs_also_those_that_were_away(
    small: Path, redis: RedisServer
) -> None:
    async def publish(version: int) -> None:
        async with Broadcaster.from_url(redis.url) as broadcaster:
            broadcaster.publish("deploy", {"version": version})

    with serving(small, "--broker", redis.url) as server, Reader(server) as reader:
        asyncio.run(publish(1))
        heard = reader.next_event()
        asyncio.run(publish(2))
        reader.next_event()
    # Another process: all that it can know of the first is in the Redis.
    with (
        serving(small, "--broker", redis.url) as server,
        Reader(server, f"visible=1&after={heard.last_event_id}") as late,
    ):
        missed = late.next_event()

    assert json.loads(heard.data) == {"name": "deploy", "data": {"version": 1}}
    assert json.loads(missed.data)["data"]["version"] in {1, 2}


def test_a_redis_that_goes_and_comes_back_is_no_concern_of_the_tabs(small: Path) -> None:
    with (
        running_redis("--appendonly", "yes") as redis,
        serving(small, "--broker", redis.url) as one,
        serving(small, "--broker", redis.url) as two,
        Reader(two) as far,
    ):
        redis.stop()
        command("notify", one.url, "deploy", "--data", "1")
        time.sleep(1.5)  # as long as it takes until readers of a broker are told that it is away
        redis.start()

        event = far.next_event()

    assert json.loads(event.data) == {"name": "deploy", "data": 1}


async def test_an_app_in_several_processes_reaches_the_tabs_of_each(
    tmp_path: Path, redis: RedisServer
) -> None:
    project, uvicorn = Project(tmp_path), "uvicorn app:app --port PORT"
    project.write("one", broker=redis.url)
    with app_server(project, uvicorn) as one, app_server(project, uvicorn) as other:
        async with tabs(one, 1) as near, tabs(other, 1) as far:
            await all_heard(one, near)
            await until(lambda: far[0].events, "a tab of the other process hears it")

    assert (near[0].events, far[0].events) == (["custom"], ["custom"])


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("kafka://here", 2, "not the URL of a broker: scheme 'kafka'"),
        ("redis://:secret@127.0.0.1:PORT", 1, "127.0.0.1"),
    ],
)
def test_a_broker_that_is_none_ends_it_with_a_few_words(
    small: Path, url: str, code: int, said: str
) -> None:
    done = command(
        "serve", str(small), "--port", "0", "--broker", url.replace("PORT", str(free_port()))
    )

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert 2 <= len(done.stderr.splitlines()) <= 3, done.stderr
    assert "secret" not in done.stderr
