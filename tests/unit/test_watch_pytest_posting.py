import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from livereload_sse.pytest_watch.sharing.posting import Address, RefusedError, post


@asynccontextmanager
async def answering(
    answer: bytes, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that reads one request and gives one answer; yields its address and the requests."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        asked.append(head + await reader.readexactly(length))
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, host, 0)
    async with server:
        yield f"{server.sockets[0].getsockname()[1]}", asked


async def test_an_event_is_posted_with_the_token_of_the_server() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (port, asked):
        await post(Address(f"http://localhost:{port}", "a word"), "tests-started", {"why": "ä"})

    head, _, body = asked[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /__sse-reload/publish HTTP/1.1"
    assert {f"Host: localhost:{port}", "Authorization: Bearer a word"} <= set(lines)
    assert json.loads(body) == {"event": "tests-started", "data": {"why": "ä"}}


async def test_an_application_may_be_mounted_below_a_path() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n") as (port, asked):
        await post(Address(f"http://127.0.0.1:{port}/sub", "t"), "tests-gone", {})

    assert asked[0].startswith(b"POST /sub/__sse-reload/publish ")


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 401 Unauthorized\r\n\r\n", b"SSH-2.0-x\r\n", b"x" * 70_000]
)
async def test_a_server_that_does_not_want_it_refuses(answer: bytes) -> None:
    async with answering(answer) as (port, _):
        with pytest.raises((RefusedError, ConnectionError)):
            await post(Address(f"http://127.0.0.1:{port}", "t"), "tests-gone", {})


async def test_who_hangs_up_has_not_heard_it() -> None:
    async with answering(b"") as (port, _):
        with pytest.raises(ConnectionError):
            await post(Address(f"http://127.0.0.1:{port}", "t"), "tests-gone", {})


async def test_who_is_not_there_has_not_heard_it() -> None:
    async with answering(b"") as (port, _):
        pass

    with pytest.raises(OSError, match="Connect"):
        await post(Address(f"http://127.0.0.1:{port}", "t"), "tests-gone", {})
