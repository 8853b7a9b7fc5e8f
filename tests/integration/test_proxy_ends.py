"""Targets that are not there, leave or break off, and browsers that do, with the real proxy between."""

import asyncio
import socket
from contextlib import suppress

import pytest

from livereload_sse.web.target import Target
from tests.integration.proxying import (
    OK,
    PATIENCE,
    Peer,
    body_of,
    both,
    complaints,
    head_of,
    listening,
    proxying,
    stands_still,
)


@pytest.mark.parametrize(
    "beginning",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
    ],
)
async def test_half_an_answer_is_cut_and_never_ended(
    beginning: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(beginning)
        await told.wait()
        peer.cut()

    told = asyncio.Event()
    async with both(answer) as (_, front), front.connected() as browser:
        await browser.send(front.write())
        received = await browser.read_until(b"half")
        told.set()
        received += await browser.read_to_end()

    assert b"half" in received
    assert not received.endswith(b"0\r\n\r\n")
    assert complaints(caplog) == []


async def test_a_page_that_breaks_off_before_anything_was_shown_is_asked_again() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 40\r\n\r\n")
        if len(target.heads) == 1:
            await peer.send(b"<!doc")
            peer.cut()
        else:
            await peer.send(b"<!doctype html><head></head><p>page</p>\n")

    async with both(answer) as (target, front):
        received = await front.ask(b"GET / HTTP/1.1", b"Sec-Fetch-Dest: document")

    assert head_of(received).startswith("HTTP/1.1 200")
    assert b"<p>page</p>" in received
    assert received.count(b"<!doc") == 1


async def test_a_browser_that_leaves_ends_the_request_of_an_answer() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        await peer.wait_for_end()
        ended.set()

    ended = asyncio.Event()
    async with both(answer) as (_, front):
        async with front.connected() as browser:
            await browser.send(front.write())
            await browser.read_until()
        async with asyncio.timeout(PATIENCE):
            await ended.wait()


class Silent:
    """A target that is asked, and waits until nobody does any more."""

    def __init__(self) -> None:
        self.asked, self.ended = asyncio.Event(), asyncio.Event()

    async def answer(self, peer: Peer, _head: bytes) -> None:
        self.asked.set()
        await peer.wait_for_end()
        self.ended.set()


async def test_a_browser_that_leaves_before_the_answer_ends_the_request() -> None:
    silent = Silent()
    async with both(silent.answer) as (_, front), asyncio.timeout(PATIENCE):
        async with front.connected() as browser:
            await browser.send(front.write(b"POST / HTTP/1.1", b"Content-Length: 3"), b"abc")
            await silent.asked.wait()
        await silent.ended.wait()


async def test_a_browser_that_leaves_in_its_upload_ends_the_request_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    silent = Silent()
    async with both(silent.answer) as (target, front), asyncio.timeout(PATIENCE):
        async with front.connected() as browser:
            await browser.send(front.write(b"POST / HTTP/1.1", b"Content-Length: 30"), b"abc")
            await silent.asked.wait()
        await silent.ended.wait()

        assert front.session.gate.is_open
        assert not target.received.endswith(b"0\r\n\r\n")
    assert complaints(caplog) == []


async def test_a_browser_that_leaves_does_not_mean_that_the_target_has() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.wait_for_end()
        ended.set()

    ended = asyncio.Event()
    async with both(answer) as (target, front), asyncio.timeout(PATIENCE):
        async with front.connected() as browser:
            await browser.send(front.write(b"GET / HTTP/1.1", b"Content-Length: 30"), b"")
            await target.wait_for_request()
        await ended.wait()
        await front.ask(b"OPTIONS * HTTP/1.1")  # answered by us, when all that came before is done

        assert front.session._looking is None


async def test_an_upload_that_stands_still_does_not_hold_the_end_of_the_proxy(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def never(_peer: Peer, _head: bytes) -> None:
        await asyncio.Event().wait()

    loop = asyncio.get_running_loop()
    async with listening(never) as target:
        async with proxying(target.target) as front, front.connected() as browser:
            head = front.write(b"POST / HTTP/1.1", b"Content-Length: %d" % 2**30)
            browser.writer.write(head + bytes(2**26))
            await target.wait_for_request()
            await stands_still(browser.writer.transport.get_write_buffer_size)
            browser.cut()
            began = loop.time()
        assert loop.time() - began < 2.0
    assert complaints(caplog) == []


async def test_a_browser_that_leaves_an_early_answer_in_its_upload_ends_the_request() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        await peer.wait_for_end()
        ended.set()

    ended = asyncio.Event()
    async with both(answer) as (_, front), asyncio.timeout(PATIENCE):
        async with front.connected() as browser:
            await browser.send(front.write(b"POST / HTTP/1.1", b"Content-Length: 30"), b"abc")
            await browser.read_until()
        await ended.wait()


async def test_a_connection_is_used_again() -> None:
    async with both() as (target, front):
        for _ in range(5):
            await front.ask()

    assert len(target.heads) == 5
    assert len(target.asked) == 1


async def test_a_request_on_a_connection_that_was_just_closed_is_asked_again() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        if len(target.heads) == 2:
            peer.cut()  # the second request on this connection: the server had given it up
        else:
            await peer.send(OK)

    async with both(answer) as (target, front):
        answers = [body_of(await front.ask()) for _ in range(3)]

        assert answers == [b"ok"] * 3
        assert front.session.gate.is_open
    assert len(target.heads) == 4


@pytest.mark.parametrize("method", [b"POST", b"PATCH"])
async def test_what_may_have_been_carried_out_is_not_asked_again(method: bytes) -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.read(3)
        peer.cut()

    async with both(answer) as (target, front):
        received = await front.ask(method + b" / HTTP/1.1", b"Content-Length: 3", body=b"abc")

        assert front.session.gate.is_open
    assert head_of(received).startswith("HTTP/1.1 502")
    assert b"may have been carried out" in received
    assert len(target.heads) == 1


async def test_neither_is_what_has_no_body() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        peer.cut()

    async with both(answer) as (target, front):
        received = await front.ask(b"POST / HTTP/1.1", b"Content-Length: 0")

    assert head_of(received).startswith("HTTP/1.1 502")
    assert len(target.heads) == 1


async def test_nor_what_has_a_body_that_has_been_read_whatever_the_method() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        await peer.read(3)
        peer.cut()

    async with both(answer) as (target, front):
        received = await front.ask(b"GET / HTTP/1.1", b"Content-Length: 3", body=b"abc")

    assert head_of(received).startswith("HTTP/1.1 502")
    assert len(target.heads) == 1


async def test_no_part_of_a_body_is_sent_a_second_time() -> None:
    async def answer(peer: Peer, _head: bytes) -> None:
        if len(target.heads) == 1:
            await peer.send(OK)
        else:
            await peer.read(3)
            peer.cut()

    async with both(answer) as (target, front):
        await front.ask()
        received = await front.ask(b"PUT / HTTP/1.1", b"Content-Length: 6", body=b"abcdef")

    assert head_of(received).startswith("HTTP/1.1 502")
    assert len([head for head in target.heads if head.startswith(b"PUT")]) == 1


async def test_requests_wait_for_a_target_that_comes_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    async with proxying(Target("http", "127.0.0.1", port)) as front:
        asking = [
            asyncio.create_task(front.ask()),
            asyncio.create_task(front.ask(b"POST / HTTP/1.1", b"Content-Length: 3", body=b"abc")),
        ]

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.IncompleteReadError):  # a look whether somebody listens
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(OK)
                await reader.read()
            writer.close()

        heads: list[bytes] = []
        await asyncio.sleep(0)
        server = await asyncio.start_server(answer, "127.0.0.1", port)
        answered = await asyncio.gather(*asking)
        server.close()

    assert [body_of(one) for one in answered] == [b"ok", b"ok"]
    assert sorted(head.split(b" ")[0] for head in heads) == [b"GET", b"POST"]


@pytest.mark.parametrize(
    "said",
    [b"SSH-2.0-OpenSSH_9.9\r\n", b"\x15\x03\x01\x00\x02\x02\x50", b"HTTP/1.1 200 OK\r\nBad\x01: 1\r\n\r\n"],
)  # fmt: skip
async def test_a_target_that_does_not_speak_http_is_said_to(said: bytes) -> None:
    async with both(said) as (_, front):
        received = await front.ask()

    assert head_of(received).startswith("HTTP/1.1 502")
    assert b"is no HTTP" in received


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 999 Hm\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
)
async def test_a_status_that_is_no_answer_is_not_passed_on(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with both(said) as (_, front):
        received = await front.ask()

    assert head_of(received).startswith("HTTP/1.1 502")
    assert complaints(caplog) == []


async def test_a_target_that_is_ourselves_is_noticed() -> None:
    async with listening() as target, proxying(target.target) as front:

        async def answer(peer: Peer, head: bytes) -> None:
            async with front.connected() as again:
                await again.send(head[:-2] + b"Connection: close\r\n\r\n")
                await peer.send(await again.read_to_end())
            peer.close()

        target.answer = answer
        received = await front.ask()

    assert head_of(received).startswith("HTTP/1.1 508")
