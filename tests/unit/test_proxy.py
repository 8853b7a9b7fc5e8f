"""What a proxy decides before and beside the sockets."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from livereload_sse.web.proxy import Body, Proxy, hang_up, mark_of, target_of
from livereload_sse.web.target import parse_target
from tests.asgi import ask, make_scope

TARGET = parse_target("5000")


async def pieces() -> AsyncIterator[bytes]:
    yield b"one"
    yield b"two"


async def test_a_body_can_be_read_once() -> None:
    body = Body(pieces())

    assert [piece async for piece in body] == [b"one", b"two"]
    with pytest.raises(ConnectionResetError):
        [piece async for piece in body]


@pytest.mark.parametrize(
    ("raw_path", "query", "target"),
    [
        (b"/", b"", "/"),
        (b"/a%2Fb//..;x", b"q=%zz", "/a%2Fb//..;x?q=%zz"),
        (b"/", b"?", "/??"),
    ],
)
def test_what_is_asked_for_is_what_the_browser_wrote(
    raw_path: bytes, query: bytes, target: str
) -> None:
    assert target_of(make_scope(raw_path=raw_path, query_string=query)) == target


def test_a_mark_is_the_same_for_one_run_and_does_not_tell_its_name() -> None:
    assert mark_of("secret") == mark_of("secret") != mark_of("other")
    assert b"secret" not in mark_of("secret")[1]


async def test_what_has_gone_through_us_already_goes_nowhere() -> None:
    name, value = mark_of("us")
    proxy = Proxy(TARGET, _nobody(), name="us")

    answered = await ask(proxy, headers={"host": "x", name.decode(): value.decode()})

    assert answered.status == 508


async def test_a_proxy_makes_no_tunnels() -> None:
    answered = await ask(Proxy(TARGET, _nobody(), name="us"), method="CONNECT")

    assert answered.status == 501


async def test_where_a_connection_cannot_be_reached_the_server_ends_it() -> None:
    async def nothing(*_message: Any) -> Any:
        raise AssertionError("there is nobody to talk to")

    await hang_up(make_scope(), nothing, nothing)


def _nobody() -> Any:
    """A client that must not be asked."""
    return None
