"""WebSockets through the real proxy, in front of a target whose WebSockets are real as well."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from livereload_sse.web.target import Target
from tests.integration.proxying import PATIENCE, Front, proxying

Talking = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def talking(talk: Talking, **words: Any) -> AsyncIterator[Front]:
    """The proxy in front of a server that does this with each WebSocket."""
    words = {"max_size": None, "compression": None, **words}
    async with (
        serve(talk, "127.0.0.1", 0, **words) as server,
        proxying(Target("http", "127.0.0.1", port_of(server))) as front,
    ):
        yield front


def port_of(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


@asynccontextmanager
async def joined(front: Front, path: str = "/", **words: Any) -> AsyncIterator[ClientConnection]:
    """A browser's end."""
    words = {"max_size": None, "proxy": None, **words}
    async with (
        asyncio.timeout(PATIENCE),
        connect(f"ws://127.0.0.1:{front.port}{path}", **words) as socket,
    ):
        yield socket


async def echo(socket: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in socket:
            await socket.send(message)


async def ends(socket: ClientConnection | ServerConnection) -> tuple[int | None, str | None]:
    """Wait for the end of a WebSocket; with which code and reason."""
    async with asyncio.timeout(PATIENCE):
        await socket.wait_closed()
    return socket.close_code, socket.close_reason
