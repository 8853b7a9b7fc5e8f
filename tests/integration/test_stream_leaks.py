"""Hundreds of readers come and go: nothing of them is left, whatever they have read."""

import asyncio
import gc
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from livereload_sse.sse import Broadcaster, EventEndpoint, EventStream
from tests.integration.event_serving import TIMEOUT, served
from tests.processes import open_files
from tests.serving import wait_until

VISITS = 300
AT_ONCE = 25


@dataclass
class Site:
    """What may be left over."""

    broadcaster: Broadcaster = field(default_factory=Broadcaster)
    began: int = 0
    closed: int = 0
    url: str = ""

    async def items(self) -> AsyncIterator[str]:
        self.began += 1
        try:
            while True:
                yield "item"
                await asyncio.sleep(0.05)
        finally:
            self.closed += 1

    def plain_items(self) -> Iterator[str]:
        self.began += 1
        try:
            while True:
                yield "item"
                time.sleep(0.05)
        finally:
            self.closed += 1

    def left(self) -> tuple[int, int, int, int]:
        tasks = httpx.get(f"{self.url}/tasks", verify=False).json()  # noqa: S501 - plain http
        threads = [one.name for one in threading.enumerate() if one.name == "sse-items"]
        return tasks, self.broadcaster.subscriptions, open_files(), len(threads)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()

    async def items(_: Request) -> EventStream:
        return EventStream(site.items())

    def plain_items(_: Request) -> EventStream:
        return EventStream(site.plain_items())

    async def tasks(_: Request) -> JSONResponse:
        return JSONResponse(len(asyncio.all_tasks()))

    routes = [
        Route("/endpoint", EventEndpoint(site.broadcaster, on_connect=1)),
        Route("/items", items),
        Route("/plain-items", plain_items),
        Route("/tasks", tasks),
    ]
    site.broadcaster.publish("message", "item")
    with served(Starlette(routes=routes)) as site.url:
        yield site


def visit(port: int, path: str, count: int) -> None:
    """Come, hear the first item, and leave: half of them without a word, the rest in order."""
    readers = [socket.create_connection(("127.0.0.1", port), TIMEOUT) for _ in range(count)]
    for reader in readers:
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    for number, reader in enumerate(readers):
        heard = b""
        while b"item" not in heard:
            heard += reader.recv(65536)
        if number % 2:
            reader.shutdown(socket.SHUT_WR)
        reader.close()


@pytest.mark.parametrize("path", ["/endpoint", "/items", "/plain-items"])
def test_whoever_comes_and_goes_leaves_nothing_behind(site: Site, path: str) -> None:
    port = httpx.URL(site.url).port or 0
    visit(port, path, AT_ONCE)  # whatever is made once, and kept
    wait_until(lambda: site.left()[1::2] == (0, 0) and site.began == site.closed, TIMEOUT)
    gc.collect()
    before = site.left()
    began = site.began
    for _ in range(VISITS // 3 // AT_ONCE):
        visit(port, path, AT_ONCE)

    wait_until(
        lambda: site.left() == before,
        TIMEOUT,
        lambda: f"tasks, subscriptions, files, threads: {before}, now {site.left()}",
    )
    assert site.began == site.closed
    assert site.began - began == (0 if path == "/endpoint" else VISITS // 3)
