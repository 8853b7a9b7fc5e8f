"""What is said over WebSockets through the real proxy, and how they begin."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response

from tests.integration.proxying import (
    PATIENCE,
    Front,
    Peer,
    both,
    complaints,
    field,
    listening,
    proxying,
)
from tests.integration.socket_proxying import echo, ends, joined, talking

LARGE = 20 * 2**20

HANDSHAKE = (
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


# What is said


@pytest.mark.parametrize("message", ["", "text ✓ \0", b"", b"\x00\xff bytes", "x" * 70_000])
async def test_a_message_arrives_as_what_it_is(message: str | bytes) -> None:
    async with talking(echo) as front, joined(front) as browser:
        await browser.send(message)

        assert await browser.recv() == message


@pytest.mark.parametrize("message", ["x" * LARGE, b"\xff" * LARGE], ids=["text", "bytes"])
async def test_a_large_message_passes_both_ways(message: str | bytes) -> None:
    async with talking(echo) as front, joined(front, compression=None) as browser:
        await browser.send(message)

        assert await browser.recv() == message


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_it_may_be_compressed_on_either_side(compression: str | None) -> None:
    async with (
        talking(echo, compression="deflate") as front,
        joined(front, compression=compression) as browser,
    ):
        await browser.send("again " * 1000)

        assert await browser.recv() == "again " * 1000


async def test_what_is_sent_in_pieces_arrives_whole() -> None:
    async with talking(echo) as front, joined(front) as browser:
        await browser.send(["one ", "two ", "three"])

        assert await browser.recv() == "one two three"


async def test_messages_keep_their_order_and_none_is_lost_before_an_end() -> None:
    async def talk(socket: ServerConnection) -> None:
        for number in range(500):
            await socket.send(str(number))
        await socket.close(4000, "all of it")

    async with talking(talk) as front, joined(front) as browser:
        received = [await browser.recv() for _ in range(500)]

        assert received == [str(number) for number in range(500)]
        assert await ends(browser) == (4000, "all of it")


async def test_the_target_may_speak_first() -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send("hello")
        await socket.wait_closed()

    async with talking(talk) as front, joined(front) as browser:
        assert await browser.recv() == "hello"


async def test_a_ping_of_either_side_is_answered() -> None:
    async def talk(socket: ServerConnection) -> None:
        await (await socket.ping())
        await socket.send("heard")
        await socket.wait_closed()

    async with talking(talk) as front, joined(front) as browser:
        await (await browser.ping())

        assert await browser.recv() == "heard"


async def test_a_browser_that_stops_reading_stops_the_target() -> None:
    async def talk(socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await socket.send(bytes(2**20))
                sent.append(1)

    sent: list[int] = []
    async with (
        talking(talk) as front,
        joined(front, max_queue=1, compression=None, ping_interval=None) as browser,
    ):
        await browser.recv()
        last = -1
        while last != len(sent):
            last = len(sent)
            await asyncio.sleep(0.5)

        assert last < 40
        browser.transport.abort()


# The handshake


async def test_a_handshake_says_who_asks_and_nothing_of_its_own_connection() -> None:
    seen: list[Request] = []

    async def talk(socket: ServerConnection) -> None:
        assert socket.request is not None
        seen.append(socket.request)

    async with talking(talk) as front:
        headers = {"Cookie": "a=caf\xe9", "X-One": "1", "Authorization": "Basic eA=="}
        origin = f"http://127.0.0.1:{front.port}"
        async with joined(
            front, "/a%2Fb;x?q=%zz", additional_headers=headers, origin=origin
        ) as browser:
            await ends(browser)

    request = seen[0]
    assert request.path == "/a%2Fb;x?q=%zz"
    assert request.headers["Host"] == f"127.0.0.1:{front.port}"
    assert request.headers["Origin"] == origin
    assert request.headers["X-One"] == "1"
    assert request.headers["Authorization"] == "Basic eA=="
    assert request.headers["X-Forwarded-Proto"] == "http"
    assert request.headers["X-Forwarded-For"] == "127.0.0.1"
    assert len(request.headers.get_all("Sec-WebSocket-Key")) == 1
    assert "Sec-WebSocket-Extensions" not in request.headers
    assert "Sec-WebSocket-Protocol" not in request.headers


@pytest.mark.parametrize(
    ("wanted", "known", "chosen"),
    [(["a", "b"], ["b"], "b"), (["a", "b"], ["b", "a"], "a"), (["a"], [], None), (None, ["a"], None)],
)  # fmt: skip
async def test_the_target_chooses_among_the_browsers_subprotocols(
    wanted: list[Any] | None, known: list[Any], chosen: str | None
) -> None:
    def choose(_socket: ServerConnection, offered: Any) -> Any:
        return next((one for one in offered if one in known), None)

    async with (
        talking(echo, subprotocols=known, select_subprotocol=choose) as front,
        joined(front, subprotocols=wanted) as browser,
    ):
        assert browser.subprotocol == chosen


async def test_cookies_are_set_by_a_handshake() -> None:
    def answer(_socket: ServerConnection, _request: Request, response: Response) -> None:
        response.headers["Set-Cookie"] = "a=1; Domain=example.com"
        response.headers["Set-Cookie"] = "b=2"

    async with talking(echo, process_response=answer) as front, joined(front) as browser:
        assert browser.response is not None
        assert browser.response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
        assert len(browser.response.headers.get_all("Sec-WebSocket-Accept")) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 426, 500, 503])
async def test_a_refusal_is_passed_on(status: int, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(socket: ServerConnection, _request: Request) -> Response:
        response = socket.respond(status, "because\n")
        response.headers["WWW-Authenticate"] = "Basic"
        return response

    async with talking(echo, process_request=refuse) as front:
        with pytest.raises(InvalidStatus) as raised:
            async with joined(front):
                pass

    assert raised.value.response.status_code == status
    assert raised.value.response.headers["WWW-Authenticate"] == "Basic"
    assert complaints(caplog) == []


async def test_a_target_that_is_not_there_is_a_bad_gateway(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with listening() as gone:
        target = gone.target
    async with proxying(target) as front:
        with pytest.raises(InvalidStatus) as raised:
            async with joined(front):
                pass

    assert raised.value.response.status_code == 502
    assert complaints(caplog) == []


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: bm8=\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
    ],
)
async def test_a_handshake_that_goes_wrong_is_a_bad_gateway(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(said) as target, proxying(target.target) as front:
        with pytest.raises(InvalidStatus) as raised:
            async with joined(front):
                pass

    assert raised.value.response.status_code == 502
    assert complaints(caplog) == []


async def test_a_handshake_is_not_led_elsewhere() -> None:
    async with listening() as elsewhere:
        lead = f"http://127.0.0.1:{elsewhere.port}/stolen"
        said = f"HTTP/1.1 302 Found\r\nLocation: {lead}\r\nContent-Length: 0\r\n\r\n".encode()
        async with both(said) as (target, front), front.connected() as browser:
            await browser.send(front.write(b"GET / HTTP/1.1", *HANDSHAKE))
            answer = await browser.read_until()

        assert answer.startswith(b"HTTP/1.1 302")
        assert field(answer, "location") == lead
        assert len(target.heads) == 1
        assert elsewhere.peers == []


async def test_a_target_that_is_ourselves_is_noticed() -> None:
    async with listening() as target, proxying(target.target) as front:

        async def again(peer: Peer, head: bytes) -> None:
            async with front.connected() as once_more:
                await once_more.send(head)
                await peer.send(await once_more.read_until())
            peer.close()

        target.answer = again
        with pytest.raises(InvalidStatus) as raised:
            async with joined(front):
                pass

    assert raised.value.response.status_code == 508


async def test_a_browser_that_does_not_wait_for_the_handshake_ends_it() -> None:
    async def never(peer: Peer, _head: bytes) -> None:
        asked.set()
        await peer.wait_for_end()
        ended.set()

    asked, ended = asyncio.Event(), asyncio.Event()
    async with listening(never) as target, proxying(target.target) as front:
        async with asyncio.timeout(PATIENCE):
            connecting = asyncio.create_task(_enter(front))
            await asked.wait()
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await ended.wait()


async def _enter(front: Front) -> None:
    async with joined(front):
        pass
