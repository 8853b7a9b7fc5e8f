import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pytest

from livereload_sse.web.environ import make_scope
from livereload_sse.web.in_turn import Inside, InTurn
from tests.unit.test_environ import environ

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Start = Callable[..., Callable[[bytes], object]]


class Server:
    """What a WSGI server notes of an answer."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: dict[str, str] = {}
        self.calls = 0

    def start_response(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, dict(headers)
        self.calls += 1
        return lambda _data: None


def begin(
    app: Any, around: "Callable[[ASGIApp], ASGIApp]" = lambda app: app
) -> tuple[Server, InTurn]:
    server = Server()
    answer = InTurn(around(Inside(app)), make_scope(environ()), server.start_response)
    return server, answer


def fail() -> None:
    raise ValueError("late")


def hello(_environ: dict[str, Any], start: Start) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"Hel", b"", b"lo"]


def test_an_answer_passes_with_its_status_and_all_its_bytes() -> None:
    server, answer = begin(hello)
    assert server.status == "200 OK"
    assert server.headers == {"content-type": "text/plain"}
    assert list(answer) == [b"Hel", b"lo"]
    assert server.calls == 1


def test_what_stands_between_sees_and_changes_the_answer() -> None:
    def louder(app: "ASGIApp") -> "ASGIApp":
        async def middleware(scope: "Scope", receive: "Receive", send: "Send") -> None:
            async def change(message: "Message") -> None:
                if "body" in message:
                    message["body"] = message["body"].upper()
                await send(message)

            await app(scope, receive, change)

        return middleware

    assert b"".join(begin(hello, louder)[1]) == b"HELLO"


def test_each_piece_is_handed_over_before_the_next_is_made() -> None:
    made: list[int] = []

    def app(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", [])
        for number in range(3):
            made.append(number)
            yield b"piece"

    _, answer = begin(app)
    next(answer)
    assert made == [0]
    next(answer)
    assert made == [0, 1]


def test_an_application_that_begins_with_its_first_piece_has_begun_before_it_is_read() -> None:
    def app(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("404 Not Found", [])
        yield b"no"

    assert begin(app)[0].status == "404 Not Found"


def test_an_answer_without_a_body_has_a_beginning() -> None:
    def app(_environ: dict[str, Any], start: Start) -> list[bytes]:
        start("204 No Content", [])
        return []

    server, answer = begin(app)
    assert server.status == "204 No Content"
    assert list(answer) == []


def test_what_is_written_the_old_way_comes_first() -> None:
    def app(_environ: dict[str, Any], start: Start) -> list[bytes]:
        write = start("200 OK", [])
        write(b"one ")
        write(b"two ")
        return [b"three"]

    assert b"".join(begin(app)[1]) == b"one two three"


def test_a_beginning_can_be_replaced_until_something_is_sent() -> None:
    def app(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", [])
        yield b""
        try:
            fail()
        except ValueError:
            start("500 Internal Server Error", [], sys.exc_info())
        yield b"sorry"

    server, answer = begin(app)
    assert server.status == "500 Internal Server Error"
    assert list(answer) == [b"sorry"]


def test_a_beginning_that_was_sent_is_not_replaced_but_the_error_is_raised() -> None:
    def app(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"begun"
        try:
            fail()
        except ValueError:
            start("500 Internal Server Error", [], sys.exc_info())

    _, answer = begin(app)
    assert next(answer) == b"begun"
    with pytest.raises(ValueError, match="late"):
        next(answer)


def test_two_beginnings_without_an_error_are_the_application_s_mistake() -> None:
    def app(_environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [])
        start("200 OK", [])
        return []

    with pytest.raises(AssertionError, match="twice"):
        begin(app)


def test_an_answer_without_a_beginning_is_the_application_s_mistake() -> None:
    with pytest.raises(AssertionError, match="without calling"):
        begin(lambda _environ, _start: [b"body"])


def test_an_exception_reaches_the_server_with_the_application_s_own_frames() -> None:
    def app(_environ: dict[str, Any], _start: Start) -> Iterable[bytes]:
        raise KeyError("x")

    with pytest.raises(KeyError) as raised:
        begin(app)
    assert raised.traceback[-1].name == "app"


def test_an_exception_in_the_middle_of_the_body_reaches_the_server() -> None:
    def app(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"half"
        raise KeyError("x")

    _, answer = begin(app)
    assert next(answer) == b"half"
    with pytest.raises(KeyError):
        next(answer)
    assert list(answer) == []


class Closing:
    """A body that must be closed."""

    def __init__(self) -> None:
        self.closed = 0

    def __call__(self, _environ: dict[str, Any], start: Start) -> "Closing":
        start("200 OK", [])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield b"one"
        yield b"two"

    def close(self) -> None:
        self.closed += 1


def test_a_body_is_closed_once_when_it_has_been_read() -> None:
    body = Closing()
    _, answer = begin(body)
    assert list(answer) == [b"one", b"two"]
    answer.close()
    assert body.closed == 1


def test_a_body_is_closed_when_nobody_reads_on() -> None:
    body = Closing()
    _, answer = begin(body)
    next(answer)
    assert body.closed == 0
    answer.close()
    assert body.closed == 1
    assert list(answer) == []


setting: ContextVar[str] = ContextVar("setting", default="none")


def test_the_application_has_the_thread_and_the_context_of_its_server() -> None:
    seen: list[object] = []

    def app(_environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        seen.extend((threading.get_ident(), setting.get()))
        start("200 OK", [])
        yield b"one"
        seen.extend((threading.get_ident(), setting.get()))

    token = setting.set("the server's")
    try:
        list(begin(app)[1])
    finally:
        setting.reset(token)
    assert seen == [threading.get_ident(), "the server's"] * 2


def test_what_stands_between_cannot_take_the_body_from_the_application() -> None:
    def reader(_app: "ASGIApp") -> "ASGIApp":
        async def middleware(_scope: "Scope", receive: "Receive", _send: "Send") -> None:
            await receive()

        return middleware

    with pytest.raises(RuntimeError, match=r"wsgi\.input"):
        begin(hello, reader)
