"""A stream behind a real uvicorn, on both of its parsers, as a socket sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn

from livereload_sse.sse.broadcaster import Broadcaster
from livereload_sse.sse.stream import Receive, Scope, Send, Stream

TIMEOUT = 5.0


def left_over_tasks() -> list[str]:
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith("Stream")]


async def wait_until(wanted: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not wanted():  # noqa: ASYNC110 - uvicorn and a broadcaster tell nobody
            await asyncio.sleep(0.001)


class Site:
    """A real uvicorn with one stream at every path."""

    def __init__(self, broadcaster: Broadcaster, port: int) -> None:
        self.broadcaster = broadcaster
        self.port = port

    @asynccontextmanager
    async def reading(self, method: str = "GET") -> AsyncIterator[asyncio.StreamReader]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"{method} / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            yield reader
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def wait_for_subscriptions(self, count: int) -> None:
        await wait_until(lambda: self.broadcaster.subscriptions == count)


@pytest.fixture(params=["httptools", "h11"])
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    broadcaster = Broadcaster(origin=0)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async with broadcaster.subscribe() as subscription:
            await Stream(subscription, send_timeout=0.2)(scope, receive, send)

    config: Any = {"http": request.param, "lifespan": "off", "log_config": None, "port": 0}
    server = uvicorn.Server(uvicorn.Config(app, **config))
    serving = asyncio.create_task(server.serve())
    await wait_until(lambda: server.started)
    yield Site(broadcaster, server.servers[0].sockets[0].getsockname()[1])
    broadcaster.close()
    server.should_exit = True
    await asyncio.wait_for(serving, TIMEOUT)


async def read_until(reader: asyncio.StreamReader, wanted: bytes) -> bytes:
    return await asyncio.wait_for(reader.readuntil(wanted), TIMEOUT)


async def test_the_head_the_place_and_the_events_arrive_at_once(site: Site) -> None:
    async with site.reading() as reader:
        head = await read_until(reader, b"\r\n\r\n")
        place = await read_until(reader, f"id: {site.broadcaster.last_id}\n\n".encode())
        site.broadcaster.publish("x", 1)
        event = await read_until(reader, b"data: 1\n\n")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-type: text/event-stream\r\n" in head
    assert b"connection:" not in head.lower()
    assert place.startswith(b"2")  # the length of a chunk, then the retry field
    assert b"event: x\n" in event


async def test_head_has_no_body(site: Site) -> None:
    async with site.reading("HEAD") as reader:
        head = await read_until(reader, b"\r\n\r\n")
        await site.wait_for_subscriptions(0)

    assert b"text/event-stream" in head


async def test_closing_ends_the_chunked_body_properly(site: Site) -> None:
    async with site.reading() as reader:
        await read_until(reader, b"id: ")
        site.broadcaster.publish("x", "last words")
        site.broadcaster.close()
        rest = await read_until(reader, b"\r\n0\r\n\r\n")

    assert b"last words" in rest


async def test_a_thousand_visitors_leave_nothing_behind(site: Site) -> None:
    for _ in range(20):
        await visit(site, 50)

    assert left_over_tasks() == []
    assert site.broadcaster.subscriptions == 0


async def visit(site: Site, count: int) -> None:
    async def come_and_go() -> None:
        async with site.reading() as reader:
            await read_until(reader, b"id: ")

    await asyncio.gather(*(come_and_go() for _ in range(count)))
    await site.wait_for_subscriptions(0)


async def test_a_peer_that_never_reads_is_dropped_and_others_get_everything(
    site: Site,
) -> None:
    async with site.reading() as stuck, site.reading() as quick:
        await read_until(stuck, b"id: ")
        await read_until(quick, b"id: ")
        for number in range(20):
            site.broadcaster.publish("x", [number, "x" * 1_000_000])
            await read_event(quick, f"data: [{number},".encode())
        await site.wait_for_subscriptions(1)

        site.broadcaster.publish("x", "after")
        await read_event(quick, b'data: "after"')


async def read_event(reader: asyncio.StreamReader, wanted: bytes) -> None:
    """Read, however much it is, until the wanted bytes have arrived."""
    tail = b""
    async with asyncio.timeout(TIMEOUT):
        while wanted not in tail:
            chunk = await reader.read(65536)
            assert chunk, "the stream ended"
            tail = tail[-len(wanted) :] + chunk
