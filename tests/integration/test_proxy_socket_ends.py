"""How WebSockets end that go through the real proxy."""

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import CloseCode
from websockets.utils import accept_key

from livereload_sse.web.target import Target
from tests.integration.proxying import PATIENCE, Peer, both, complaints, field, proxying
from tests.integration.socket_proxying import ends, joined, port_of, talking


@pytest.mark.parametrize(
    ("code", "reason"),
    [(1000, ""), (1000, "done"), (1001, ""), (1011, "oops"), (3000, "é"), (4999, "x" * 123)],
)
async def test_the_targets_end_is_the_browsers(
    code: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[Any] = []

    async def talk(socket: ServerConnection) -> None:
        await socket.close(code, reason)
        ended.append((socket.close_code, socket.close_reason))

    async with talking(talk) as front, joined(front) as browser:
        assert await ends(browser) == (code, reason)
    assert ended[0][0] == code  # closed as it had asked for
    assert complaints(caplog) == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [(1000, ""), (1000, "done"), (1001, "bye"), (3000, "é"), (4999, "x" * 123)],
)
async def test_the_browsers_end_is_the_targets(
    code: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    ended: asyncio.Queue[Any] = asyncio.Queue()

    async def talk(socket: ServerConnection) -> None:
        ended.put_nowait(await ends(socket))

    async with talking(talk) as front, asyncio.timeout(PATIENCE):
        async with joined(front) as browser:
            await browser.close(code, reason)

        assert await ended.get() == (code, reason)
    assert complaints(caplog) == []


async def test_an_end_without_a_code_is_a_normal_one() -> None:
    ended: asyncio.Queue[Any] = asyncio.Queue()

    async def talk(socket: ServerConnection) -> None:
        ended.put_nowait(await ends(socket))

    async with talking(talk) as front, asyncio.timeout(PATIENCE):
        async with joined(front) as browser:
            browser.transport.write(b"\x88\x80\x00\x00\x00\x00")  # a masked Close of no bytes
            await browser.wait_closed()

        assert await ended.get() == (CloseCode.NORMAL_CLOSURE, "")


async def test_a_target_that_is_cut_off_cuts_the_browser_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send("last")
        await socket.recv()
        socket.transport.abort()

    async with talking(talk) as front, joined(front) as browser:
        assert await browser.recv() == "last"
        await browser.send("go")

        assert await ends(browser) == (CloseCode.ABNORMAL_CLOSURE, "")
        assert browser.protocol.close_rcvd is None
    assert complaints(caplog) == []


async def test_a_browser_that_is_cut_off_has_gone_away() -> None:
    ended: asyncio.Queue[Any] = asyncio.Queue()

    async def talk(socket: ServerConnection) -> None:
        ended.put_nowait(await ends(socket))

    async with talking(talk) as front, asyncio.timeout(PATIENCE):
        async with joined(front) as browser:
            browser.transport.abort()

        assert await ended.get() == (CloseCode.GOING_AWAY, "")


async def test_a_target_that_breaks_the_protocol_is_a_cut(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(socket: ServerConnection) -> None:
        socket.transport.write(b"\xff\xff\xff\xff")
        await socket.wait_closed()

    async with talking(talk) as front, joined(front) as browser:
        assert (await ends(browser))[0] == CloseCode.ABNORMAL_CLOSURE
    assert complaints(caplog) == []


async def test_a_target_that_does_not_answer_an_end_holds_nobody() -> None:
    async def talk(socket: ServerConnection) -> None:
        socket.transport.pause_reading()
        await go_on.wait()

    go_on = asyncio.Event()
    async with serve(talk, "127.0.0.1", 0, close_timeout=0.1) as server, asyncio.timeout(PATIENCE):
        target = Target("http", "127.0.0.1", port_of(server))
        async with proxying(target) as front, joined(front) as browser:
            await browser.close(1000)
            assert await ends(browser) == (1000, "")
        go_on.set()


async def test_the_end_of_the_proxy_ends_both_and_waits_for_neither(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ended: asyncio.Queue[Any] = asyncio.Queue()

    async def talk(socket: ServerConnection) -> None:
        ended.put_nowait(await ends(socket))

    async with serve(talk, "127.0.0.1", 0) as server, asyncio.timeout(PATIENCE):
        async with proxying(Target("http", "127.0.0.1", port_of(server))) as front:
            browser = await connect(f"ws://127.0.0.1:{front.port}/", proxy=None)
            began = asyncio.get_running_loop().time()
        duration = asyncio.get_running_loop().time() - began

        assert await ends(browser) == (CloseCode.SERVICE_RESTART, "")
        assert (await ended.get())[0] == CloseCode.SERVICE_RESTART
    assert duration < 1.0
    assert complaints(caplog) == []


async def test_a_target_has_its_time_to_answer_an_end() -> None:
    async def answer(peer: Peer, head: bytes) -> None:
        key = field(head, "sec-websocket-key")
        accepted = accept_key(key or "").encode()
        await peer.send(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
            b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n",
        )
        await peer.read(2 + 4 + 2)  # a masked Close with a code
        reading = asyncio.ensure_future(peer.reader.read())
        _, waiting = await asyncio.wait({reading}, timeout=0.2)
        assert waiting
        await peer.send(b"\x88\x02\x03\xe8")
        assert await reading == b""
        answered.set()

    answered = asyncio.Event()
    async with both(answer) as (_, front), asyncio.timeout(PATIENCE):
        async with joined(front) as browser:
            await browser.close(1000)
        await answered.wait()
