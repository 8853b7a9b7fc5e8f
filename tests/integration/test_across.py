import asyncio
import io
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from livereload_sse.alongside import Alongside
from livereload_sse.web.across import BODY_LIMIT, Answering, answer_across
from tests.unit.test_environ import environ

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

STREAM = [(b"content-type", b"text/event-stream")]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    @asynccontextmanager
    async def nothing() -> AsyncIterator[None]:
        yield

    alongside = Alongside(nothing())
    yield alongside.loop
    alongside.end()


class Server:
    """What a server notes of an answer's beginning."""

    status = ""

    def start_response(
        self, status: str, _headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self.status = status
        return lambda _data: None


def ask(
    app: "ASGIApp",
    loop: asyncio.AbstractEventLoop,
    *,
    threads: bool = True,
    server: Server | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Answering:
    asked = environ(**more)
    asked["wsgi.multithread"] = threads
    return answer_across(app, loop, asked, (server or Server()).start_response)


def start(status: int = 200, headers: Any = ()) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(text: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": text, "more_body": more}


async def echo(_scope: "Scope", receive: "Receive", send: "Send") -> None:
    message = await receive()
    await send(start(201))
    await send(body(message["body"]))


def test_an_answer_comes_with_its_status_and_its_bytes(loop: asyncio.AbstractEventLoop) -> None:
    server = Server()
    asked = io.BytesIO(b"hello, and what follows it on the connection")
    answer = ask(echo, loop, server=server, more={"CONTENT_LENGTH": "5", "wsgi.input": asked})
    assert server.status == "201 Created"
    assert list(answer) == [b"hello"]


def test_a_body_of_unknown_length_is_read_where_the_server_ends_it(
    loop: asyncio.AbstractEventLoop,
) -> None:
    more = {"wsgi.input": io.BytesIO(b"hello"), "wsgi.input_terminated": True}
    assert list(ask(echo, loop, more=more)) == [b"hello"]


def test_more_than_anything_takes_is_not_read(loop: asyncio.AbstractEventLoop) -> None:
    asked = io.BytesIO(b"x" * (BODY_LIMIT + 10))
    length = str(BODY_LIMIT + 10)
    answer = ask(echo, loop, more={"CONTENT_LENGTH": length, "wsgi.input": asked})
    assert len(b"".join(answer)) == BODY_LIMIT


def test_what_fails_before_the_answer_is_raised_in_the_server_s_thread(
    loop: asyncio.AbstractEventLoop,
) -> None:
    async def app(_scope: "Scope", _receive: "Receive", _send: "Send") -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        ask(app, loop)


def test_what_fails_in_the_middle_is_raised_so_that_the_answer_is_cut(
    loop: asyncio.AbstractEventLoop,
) -> None:
    async def app(_scope: "Scope", _receive: "Receive", send: "Send") -> None:
        await send(start())
        await send(body(b"half", more=True))
        raise KeyError("x")

    answer = iter(ask(app, loop))
    assert next(answer) == b"half"
    with pytest.raises(KeyError):
        next(answer)


def test_a_piece_is_made_when_the_one_before_has_been_taken(
    loop: asyncio.AbstractEventLoop,
) -> None:
    sent: list[int] = []

    async def app(_scope: "Scope", _receive: "Receive", send: "Send") -> None:
        await send(start())
        for number in range(3):
            await send(body(b"piece", more=number < 2))
            sent.append(number)

    answer = iter(ask(app, loop))
    next(answer)
    settle(loop)
    assert sent == []
    next(answer)
    settle(loop)
    assert sent == [0]


def settle(loop: asyncio.AbstractEventLoop) -> None:
    """Let the loop do all that it has to do now."""

    async def turns() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(turns(), loop).result(5)


class Listening:
    """A stream that says one thing, and what became of it."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    async def __call__(self, _scope: "Scope", receive: "Receive", send: "Send") -> None:
        try:
            await send(start(headers=STREAM))
            await send(body(b"hello", more=True))
            await receive()
            await receive()
        finally:
            self.ended.set()


def test_who_closes_an_answer_ends_it(loop: asyncio.AbstractEventLoop) -> None:
    stream = Listening()
    answer = ask(stream, loop)
    assert next(iter(answer)) == b"hello"
    assert not stream.ended.is_set()
    answer.close()
    assert stream.ended.wait(5)


def test_a_stream_does_not_keep_the_only_thread(loop: asyncio.AbstractEventLoop) -> None:
    stream = Listening()
    answer = ask(stream, loop, threads=False)
    assert list(answer) == [b"hello"]
    answer.close()
    assert stream.ended.wait(5)


def test_a_stream_lasts_in_a_thread_that_ends_with_the_process(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livereload_sse.web.across.AWAITED_DURATION", 0.2)
    lasting, read = Listening(), threading.Event()
    held: list[Answering] = []

    def serve() -> None:
        held.append(ask(lasting, loop))
        for _ in held[0]:
            read.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert read.wait(5)
    assert list(ask(Listening(), loop)) == [b"hello"]  # this thread is one that is waited for
    assert thread.is_alive()
    assert not lasting.ended.is_set()
    held[0].close()
    thread.join(5)
    assert not thread.is_alive()


def test_an_answer_that_is_no_stream_may_take_its_time(loop: asyncio.AbstractEventLoop) -> None:
    async def app(_scope: "Scope", _receive: "Receive", send: "Send") -> None:
        await send(start())
        await send(body(b"first ", more=True))
        await asyncio.sleep(0.2)
        await send(body(b"second"))

    assert b"".join(ask(app, loop, threads=False)) == b"first second"


def test_a_request_that_comes_as_the_session_ends_is_asked_to_come_again(
    loop: asyncio.AbstractEventLoop,
) -> None:
    async def app(_scope: "Scope", _receive: "Receive", _send: "Send") -> None:
        raise asyncio.CancelledError

    server = Server()
    began = time.monotonic()
    assert list(ask(app, loop, server=server)) == []
    assert server.status == "503 Service Unavailable"
    assert time.monotonic() - began < 1


def test_a_request_that_comes_when_the_session_has_ended_is_asked_to_come_again() -> None:
    ended = asyncio.new_event_loop()
    ended.close()
    server = Server()
    assert list(ask(echo, ended, server=server)) == []
    assert server.status == "503 Service Unavailable"
