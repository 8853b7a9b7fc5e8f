"""The app of the deployment example in four processes, which share a Redis, behind one nginx.

Nothing leads a reader back to the process that it was at: nginx asks whichever is free.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from livereload_sse.sse import Broadcaster
from tests.integration.bell_serving import PATIENCE, Bell, bell
from tests.integration.listening import Listener, listeners, listeners_of, strike_all, until
from tests.integration.nginx_serving import nginx
from tests.integration.proxies import Certificate, Proxy, make_certificate
from tests.integration.redis_serving import RedisServer, running_redis

WORKERS = 4

pytestmark = [pytest.mark.redis, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with running_redis() as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def app(redis: RedisServer) -> Iterator[Bell]:
    with bell("--workers", str(WORKERS), BROADCAST_URL=redis.url) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(
    app: Bell, certificate: Certificate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    with nginx(tmp_path_factory.mktemp("nginx"), certificate, app.port) as running:
        yield running


async def ask_workers(app: Bell) -> dict[int, int]:
    """How many streams each process has; the kernel decides which of them answers, so ask often."""
    streams: dict[int, int] = {}
    for _ in range(400):
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{app.url}/health/ready")
        said = answer.json()
        streams[said["process"]] = said["streams"]
        if len(streams) == WORKERS:
            return streams
    raise AssertionError(f"not all workers answer: {streams}")


@asynccontextmanager
async def readers_at_all_workers(app: Bell, proxy: Proxy) -> AsyncIterator[list[Listener]]:
    """Readers through nginx, as many as it takes for each process to have one.

    They come one by one: of a crowd that comes at once, one process may take all.
    """
    listening: list[Listener] = []
    async with AsyncExitStack() as stack:
        while len(listening) < 100:
            listening += await stack.enter_async_context(listeners(proxy))
            if len(listening) % WORKERS == 0 and all((await ask_workers(app)).values()):
                break
        assert all((await ask_workers(app)).values())
        yield listening


async def test_what_one_worker_publishes_is_heard_by_the_readers_of_all(
    app: Bell, proxy: Proxy
) -> None:
    async with readers_at_all_workers(app, proxy) as listening:
        await strike_all(app, *range(1, 9))
        await until(lambda: all(len(one.strokes) >= 8 for one in listening), "all hear all")

    assert {tuple(one.strokes) for one in listening} == {(1, 2, 3, 4, 5, 6, 7, 8)}
    assert len({tuple(event.last_event_id for event in one.events) for one in listening}) == 1


async def test_readers_of_a_worker_that_dies_go_on_at_another_without_gap_or_double(
    app: Bell, proxy: Proxy, redis: RedisServer
) -> None:
    strokes = [1 + number % 8 for number in range(60)]
    async with (
        Broadcaster.from_url(redis.url) as publisher,
        readers_at_all_workers(app, proxy) as listening,
    ):
        victim, orphans = next(iter((await ask_workers(app)).items()))
        for count, number in enumerate(strokes):
            if count == 20:
                os.kill(victim, signal.SIGKILL)
            publisher.publish("bell", {"strokes": number})
            await asyncio.sleep(0.01)  # they are cut in the midst of it, not before or after
        await until(lambda: all(len(one.strokes) >= 60 for one in listening), "all hear all")

    assert all(one.strokes == strokes for one in listening)
    assert {event.name for one in listening for event in one.events} == {"bell"}
    assert sum(one.cut for one in listening) == orphans


async def test_with_redis_even_a_restart_of_the_app_forgets_nothing(redis: RedisServer) -> None:
    with bell(BROADCAST_URL=redis.url) as app:
        async with (
            Broadcaster.from_url(redis.url) as publisher,
            listeners_of(f"{app.url}/events") as (listener,),
        ):
            await strike_all(app, 1, 2)
            await until(lambda: len(listener.strokes) == 2, "two are heard")
            app.kill()
            publisher.publish("bell", {"strokes": 3})
            await publisher.flush()
            app.start()
            await strike_all(app, 4)
            await until(lambda: len(listener.events) >= 4, "all are heard")

    assert listener.strokes == [1, 2, 3, 4]


async def test_streams_of_all_workers_end_well_when_the_app_is_asked_to_end(
    redis: RedisServer, certificate: Certificate, tmp_path: Path
) -> None:
    with (
        bell("--workers", "2", BROADCAST_URL=redis.url) as app,
        nginx(tmp_path, certificate, app.port) as proxy,
    ):
        async with listeners(proxy, 16, returns=False) as listening:
            await asyncio.to_thread(app.end, 15)
            await until(lambda: not any(one.is_open for one in listening), "all have ended")

    assert all((one.ended, one.cut) == (1, 0) for one in listening)
    assert [line for line in app.printed if "error" in line.lower()] == []


async def test_a_stroke_is_answered_while_redis_is_away_and_heard_when_it_is_back() -> None:
    with running_redis() as redis, bell(BROADCAST_URL=redis.url) as app:
        async with listeners_of(f"{app.url}/events") as (listener,):
            redis.pause()
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                answer = await client.post(f"{app.url}/bell?strokes=3")
            heard_before = list(listener.strokes)
            redis.resume()
            await until(lambda: listener.strokes == [3], "it is heard")

    assert (answer.status_code, heard_before) == (202, [])
