"""What flows through the real proxy: at once, in both directions, and never more than is wanted."""

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.proxying import (
    OK,
    PATIENCE,
    Peer,
    body_of,
    both,
    complaints,
    field,
    head_of,
    listening,
    stands_still,
)
from tests.serving import running

MANY = 64 * 2**20
"""Bytes, of which no more than half can wait in the sockets and parsers between two ends."""


async def test_a_body_of_known_length_keeps_it() -> None:
    async with both() as (target, front):
        await front.ask(b"POST / HTTP/1.1", b"Content-Length: 5", body=b"12345")

    assert field(target.heads[0], "content-length") == "5"
    assert field(target.heads[0], "transfer-encoding") is None
    assert target.received.endswith(b"\r\n\r\n12345")


@pytest.mark.parametrize("method", [b"POST", b"GET", b"DELETE"])
async def test_a_chunked_body_goes_on_in_chunks_whatever_the_method(method: bytes) -> None:
    async with both() as (target, front):
        await front.ask(
            method + b" / HTTP/1.1",
            b"Transfer-Encoding: chunked",
            body=b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n",
        )

    assert field(target.heads[0], "transfer-encoding") == "chunked"
    assert field(target.heads[0], "content-length") is None
    body = re.sub(rb"[0-9a-f]+\r\n([a-z]*)\r\n", rb"\1", body_of(target.received))
    assert body == b"abcde"


async def test_a_request_without_a_body_has_none_on_the_other_side() -> None:
    async with both() as (target, front):
        await front.ask(b"GET / HTTP/1.1")
        await front.ask(b"POST / HTTP/1.1", b"Content-Length: 0")

    assert field(target.heads[0], "content-length") is None
    assert field(target.heads[1], "content-length") == "0"


async def test_an_upload_flows_while_it_is_sent() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.read(3)
        heard.set()
        await peer.read(3)
        await peer.send(OK)

    heard = asyncio.Event()
    async with both(answer) as (_, front), front.connected() as browser:
        await browser.send(front.write(b"POST / HTTP/1.1", b"Content-Length: 6"), b"abc")
        async with asyncio.timeout(PATIENCE):
            await heard.wait()
        await browser.send(b"def")

        assert b"200 OK" in await browser.read_until()


async def test_a_request_does_not_wait_for_its_body() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
        await peer.send(await peer.read(3))

    async with both(answer) as (_, front), front.connected() as browser:
        await browser.send(front.write(b"POST / HTTP/1.1", b"Content-Length: 3"))
        assert b"200 OK" in await browser.read_until()
        await browser.send(b"abc")

        assert await browser.read(3) == b"abc"


async def test_a_target_that_stops_reading_stops_the_browser() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await go_on.wait()
        await peer.read(MANY)
        await peer.send(OK)

    go_on = asyncio.Event()
    async with both(answer) as (target, front), front.connected() as browser:
        browser.writer.write(
            front.write(b"POST / HTTP/1.1", b"Content-Length: %d" % (MANY)) + bytes(MANY)
        )
        await target.wait_for_request()
        # Wherever it stands still, most of it has not left the browser.
        await stands_still(lambda: buffered(browser.writer))
        assert buffered(browser.writer) > MANY // 2

        go_on.set()
        assert b"200 OK" in await browser.read_until()


async def test_a_browser_that_stops_reading_stops_the_target() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        peer.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MANY))
        peer.writer.write(bytes(MANY))

    async with both(answer) as (target, front), front.connected() as browser:
        await browser.send(front.write())
        await browser.read_until()
        await stands_still(lambda: buffered(target.asked[0].writer))
        assert buffered(target.asked[0].writer) > MANY // 2

        assert await browser.read(MANY) == bytes(MANY)


def buffered(writer: asyncio.StreamWriter) -> int:
    return writer.transport.get_write_buffer_size()


async def test_what_a_target_streams_arrives_at_once_and_untouched() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for number in range(3):
            await peer.send(b"9\r\ndata: %d\n\n\r\n" % number)
            await turn.acquire()
        await peer.send(b"0\r\n\r\n")

    turn = asyncio.Semaphore(0)
    async with both(answer) as (_, front), front.connected() as browser:
        await browser.send(front.write(b"GET / HTTP/1.1", b"Accept: text/event-stream"))
        assert b"chunked" in await browser.read_until()
        for number in range(3):
            assert await browser.read_until(b"\n\n\r\n") == b"9\r\ndata: %d\n\n\r\n" % number
            turn.release()

        assert await browser.read_until(b"0\r\n\r\n") == b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it", b"all of it"),
        (b"HTTP/1.0 200 OK\r\n\r\nall of it", b"all of it"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nall of it", b"all of it"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9;x=y\r\nall of it\r\n0\r\nX-T: 1\r\n\r\n", b"all of it"),
        (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", b""),
    ],
)  # fmt: skip
async def test_however_a_target_ends_its_answer_it_is_whole(said: bytes, body: bytes) -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(said)
        peer.close()

    async with both(answer) as (_, front):
        received = await front.ask()

    if field(received, "transfer-encoding") == "chunked":
        assert body_of(received).endswith(b"0\r\n\r\n")
        assert body in body_of(received)
    else:
        assert (field(received, "content-length"), body_of(received)) == (str(len(body)), body)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nX-A: 1\r\n\r\n",
        b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 5\r\nX-A: 1\r\n\r\n',
        b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\nX-A: 1\r\n\r\n",
    ],
)
async def test_an_answer_that_has_no_body_has_none(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with both(said) as (_, front), front.connected() as browser:
        await browser.send(front.write())
        first = await browser.read_until()
        await browser.send(front.write(b"GET /next HTTP/1.1"))
        second = await browser.read_until()

    assert field(first, "x-a") == field(second, "x-a") == "1"
    assert first.split(b" ")[1] == second.split(b" ")[1] == said.split(b" ")[1]
    assert complaints(caplog) == []


async def test_a_head_has_the_length_and_no_body() -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"
    async with both(said) as (target, front), front.connected() as browser:
        for _ in range(2):
            await browser.send(front.write(b"HEAD / HTTP/1.1"))
            assert field(await browser.read_until(), "content-length") == "12345"

    assert [head.split(b" ")[0] for head in target.heads] == [b"HEAD", b"HEAD"]


@pytest.mark.parametrize("coming", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
async def test_what_comes_before_the_answer_is_not_taken_for_it(coming: bytes) -> None:
    before = b"HTTP/1.1 " + coming + b"\r\nLink: </a.css>\r\n\r\n"
    async with both(before + before + OK) as (_, front):
        answer = await front.ask()

    assert head_of(answer).startswith("HTTP/1.1 200")
    assert body_of(answer) == b"ok"


async def test_a_browser_that_waits_to_be_told_to_go_on_is() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.read(3)
        await peer.send(OK)

    async with both(answer) as (target, front), front.connected() as browser:
        head = front.write(b"PUT / HTTP/1.1", b"Content-Length: 3", b"Expect: 100-continue")
        await browser.send(head)
        assert await browser.read_until() == b"HTTP/1.1 100 Continue\r\n\r\n"
        await browser.send(b"abc")

        assert b"200 OK" in await browser.read_until()
    assert field(target.heads[0], "expect") is None


async def test_an_answer_may_come_before_the_request_has_ended() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(
            b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno."
        )

    async with both(answer) as (_, front), front.connected() as browser:
        await browser.send(front.write(b"POST / HTTP/1.1", b"Content-Length: 99999999"), b"abc")

        assert b"413" in await browser.read_until()
        assert await browser.read(3) == b"no."


async def test_both_bodies_may_flow_at_the_same_time() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")
        for _ in range(2):
            await peer.send(await peer.read(3))

    async with both(answer) as (_, front), front.connected() as browser:
        await browser.send(front.write(b"POST / HTTP/1.1", b"Content-Length: 6"), b"abc")
        await browser.read_until()
        assert await browser.read(3) == b"abc"
        await browser.send(b"def")

        assert await browser.read(3) == b"def"


async def test_an_answer_keeps_its_coding_where_no_page_is_wanted() -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n\x01\x02\x03"
    async with both(said) as (target, front):
        answer = await front.ask(
            b"GET / HTTP/1.1", b"Accept-Encoding: br, gzip", b"Sec-Fetch-Dest: empty"
        )

    assert field(target.heads[0], "accept-encoding") == "br, gzip"
    assert (field(answer, "content-encoding"), body_of(answer)) == ("br", b"\x01\x02\x03")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the peak")
async def test_much_passes_both_ways_in_little_memory(tmp_path: Path) -> None:
    amount = 200 * 2**20

    async def answer(peer: Peer, head: bytes) -> None:
        if head.startswith(b"GET"):
            await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % amount)
            for _ in range(amount // 2**20):
                await peer.send(bytes(2**20))
            return
        for _ in range(amount // 2**20):
            await peer.reader.readexactly(2**20)
        await peer.send(OK)

    async with listening(answer) as target:
        started = await asyncio.to_thread(start, target.port, tmp_path)
        with started as (port, peak):
            before = peak()
            async with asyncio.timeout(60):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
                writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
                await reader.readuntil(b"\r\n\r\n")
                for _ in range(amount // 2**20):
                    await reader.readexactly(2**20)
                writer.write(
                    b"POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %d\r\n\r\n"
                    % (port, amount)
                )
                for _ in range(amount // 2**20):
                    writer.write(bytes(2**20))
                    await writer.drain()
                assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
                writer.close()
            grown = peak() - before

    assert grown < 16 * 2**20


def start(port: int, folder: Path) -> "Started":
    return Started(port, folder)


class Started:
    """`sse-reload proxy` in a process of its own; with its port and what it has needed at most."""

    def __init__(self, port: int, folder: Path) -> None:
        self._running = running("proxy", Path(str(port)), cwd=folder)

    def __enter__(self) -> tuple[int, Callable[[], int]]:
        server = self._running.__enter__()

        def peak() -> int:
            status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
            return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) * 1024

        return server.port, peak

    def __exit__(self, *exception: object) -> None:
        self._running.__exit__(None, None, None)
