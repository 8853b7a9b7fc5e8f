"""Requests that no browser sends, through the real proxy with either HTTP parser, and what a target
on a raw socket sees of them: one well-formed request, or none.

What two servers in a row read differently is how one request is smuggled inside another.
"""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereload_sse.web.proxy import LOOP_HEADER
from tests.integration.proxying import OK, PATIENCE, RawTarget, listening, proxying
from tests.integration.smuggling import CASES, CHUNKED, EVIL, post, raw

REQUEST_LINE = re.compile(rb"[A-Z]+ /[\x21-\x7e]* HTTP/1\.1")
FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*")


@dataclass
class Running:
    """The proxy in a thread of its own, and its target."""

    own: bytes = b""
    target: RawTarget | None = None
    stop: asyncio.Event | None = None
    loop: asyncio.AbstractEventLoop | None = None
    started: threading.Event = field(default_factory=threading.Event)

    async def run(self, parser: str) -> None:
        self.loop, self.stop = asyncio.get_running_loop(), asyncio.Event()
        async with listening(OK) as target, proxying(target.target, parser=parser) as front:
            self.target, self.own = target, front.host
            self.started.set()
            await self.stop.wait()

    def send(self, request: bytes, patience: float = 2.0) -> bytes:
        """Send these bytes; return all that comes back until the end, or for so many seconds."""
        port = int(self.own.rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port), patience) as connection:
            received = b""
            try:
                connection.sendall(request.replace(b"{own}", self.own))
                while part := connection.recv(65536):
                    received += part
            except (ConnectionError, TimeoutError):
                pass
            return received

    def seen(self) -> list[bytes]:
        """Whatever has reached the target since the last time, request by request."""
        assert self.target is not None
        heads = list(self.target.heads)
        self.target.heads.clear()
        return heads


@pytest.fixture(scope="module", params=["httptools", "h11"])
def proxy(request: pytest.FixtureRequest) -> Iterator[Running]:
    running = Running()
    thread = threading.Thread(target=lambda: asyncio.run(running.run(request.param)))
    thread.start()
    assert running.started.wait(PATIENCE)
    yield running
    assert running.loop is not None
    assert running.stop is not None
    running.loop.call_soon_threadsafe(running.stop.set)
    thread.join(PATIENCE)


def check(head: bytes, own: bytes) -> None:
    """What every request is like that a target may see."""
    line, *fields = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert REQUEST_LINE.fullmatch(line)
    assert all(FIELD.fullmatch(one) for one in fields), head
    named = [(name.lower(), value) for name, _, value in (one.partition(b": ") for one in fields)]
    names = [name for name, _ in named]
    assert [value for name, value in named if name == b"host"] == [own]
    assert names.count(b"content-length") + names.count(b"transfer-encoding") <= 1
    assert dict(named).get(b"transfer-encoding", b"chunked") == b"chunked"
    assert dict(named).get(b"content-length", b"0").isdigit()
    assert LOOP_HEADER in names, "it was not we who sent this"
    assert not {b"connection", b"te", b"expect", b"proxy-connection"} & set(names)
    path = unquote(line.split(b" ")[1].decode())
    assert not path.startswith("/__sse-reload")


@pytest.mark.parametrize("name", CASES)
def test_a_strange_request_is_one_request_or_none(proxy: Running, name: str) -> None:
    request, wanted = CASES[name]

    answer = proxy.send(request)

    heads = proxy.seen()
    assert len(heads) in wanted, (answer, heads)
    for head in heads:
        check(head, proxy.own)
    assert answer == b"" or re.match(rb"HTTP/1\.1 [2345]\d\d ", answer)
    assert not answer.startswith(b"HTTP/1.1 500")


HANDSHAKE = (
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


def handshake(path: bytes = b"/", *fields: bytes, host: bytes = b"{own}") -> bytes:
    lines = (b"GET " + path + b" HTTP/1.1", b"Host: " + host, *HANDSHAKE, *fields, b"", b"")
    return b"\r\n".join(lines)


@pytest.mark.parametrize(
    "request_of",
    [
        handshake(b"/", b"Origin: http://evil.test"),
        handshake(b"/", b"Origin: null"),
        handshake(b"/", b"Origin: http://localhost:1"),
        handshake(b"/", b"Origin: http://{own}", b"Origin: http://evil.test"),
        handshake(b"/", host=b"evil.test"),
        handshake(b"/__sse-reload/events"),
        handshake(b"/__sse-reload/x", b"Origin: http://{own}"),
        handshake(b"/%5F_sse-reload/x"),
    ],
)
def test_a_foreign_page_opens_no_websocket_and_nobody_one_of_ours(
    proxy: Running, request_of: bytes
) -> None:
    answer = proxy.send(request_of)

    assert re.match(rb"HTTP/1\.1 40[03] ", answer)
    assert proxy.seen() == []


def test_a_page_of_ours_opens_a_websocket(proxy: Running) -> None:
    proxy.send(handshake(b"/chat", b"Origin: http://{own}"))

    (head,) = proxy.seen()
    assert head.startswith(b"GET /chat HTTP/1.1\r\n")
    assert b"\r\norigin: http://" + proxy.own in head
    assert head.lower().count(b"\r\nsec-websocket-key:") == 1


@pytest.mark.parametrize(
    "fields",
    [
        (b"Sec-Fetch-Site: cross-site", b"Sec-Fetch-Mode: no-cors"),
        (b"Sec-Fetch-Site: same-site", b"Sec-Fetch-Mode: cors", b"Origin: http://localhost:1"),
        (b"Origin: http://evil.test",),
        (b"Referer: http://evil.test/x", b"Accept: */*"),
    ],
)
def test_a_foreign_page_gets_nothing_of_the_app(proxy: Running, fields: tuple[bytes, ...]) -> None:
    answer = proxy.send(raw(b"GET /data HTTP/1.1", b"Host: {own}", *fields))

    assert answer.startswith(b"HTTP/1.1 403")
    assert proxy.seen() == []


def test_requests_in_a_row_are_told_apart(proxy: Running) -> None:
    one = b"POST /1 HTTP/1.1\r\nHost: {own}\r\nContent-Length: 3\r\n\r\nabc"
    two = raw(b"GET /2 HTTP/1.1", b"Host: {own}")

    answer = proxy.send(one + two)

    heads = proxy.seen()
    assert [head.split(b" ")[1] for head in heads] == [b"/1", b"/2"]
    assert answer.count(b"HTTP/1.1 200") == 2


def test_of_requests_in_a_row_each_is_judged(proxy: Running) -> None:
    one = b"GET /1 HTTP/1.1\r\nHost: {own}\r\n\r\n"
    two = raw(b"GET /2 HTTP/1.1", b"Host: evil.test")

    answer = proxy.send(one + two)

    assert [head.split(b" ")[1] for head in proxy.seen()] == [b"/1"]
    assert b"HTTP/1.1 403" in answer


in_a_line = st.binary(max_size=40).map(lambda line: line.translate(None, b"\r\n"))


@settings(max_examples=150, deadline=None)
@given(path=in_a_line, name=in_a_line, value=in_a_line, body=st.binary(max_size=60))
def test_no_bytes_anywhere_make_two_requests_or_a_bad_one(
    proxy: Running, path: bytes, name: bytes, value: bytes, body: bytes
) -> None:
    length = b"Content-Length: %d" % len(body)

    proxy.send(
        raw(
            b"POST /" + path + b" HTTP/1.1", b"Host: {own}", length, name + b": " + value, body=body
        )
    )

    heads = proxy.seen()
    assert len(heads) <= 1
    for head in heads:
        check(head, proxy.own)


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=80) | st.lists(st.sampled_from(
    [b"0", b"3", b"a", b"abc", b"\r\n", b"\n", b";", b"=", b"0\r\n\r\n", b"\r\n\r\n", EVIL, b"x: y"]
), max_size=14).map(b"".join))  # fmt: skip
def test_no_chunks_make_two_requests(proxy: Running, body: bytes) -> None:
    proxy.send(post(CHUNKED, body=body), patience=0.1)

    heads = proxy.seen()
    assert len(heads) <= 1
    for head in heads:
        check(head, proxy.own)
