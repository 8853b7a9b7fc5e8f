import anyio
import pytest
from starlette.types import Message, Receive

from livereload_sse.web.answers import RefusedError
from livereload_sse.web.bodies import PeerGoneError, parse_object, read_object


def pieces(*bodies: bytes, then: Message | None = None) -> Receive:
    messages: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True} for body in bodies
    ]
    messages.append(then or {"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    return receive


async def test_a_body_may_come_in_pieces() -> None:
    value = await read_object(pieces(b'{"a"', b": 1}"), limit=8, timeout=5)

    assert value == {"a": 1}


async def test_a_body_over_the_limit_is_refused_before_it_has_all_arrived() -> None:
    receive = pieces(b'{"a": 1', b"1" * 10, then={"type": "never read"})

    with pytest.raises(RefusedError) as refused:
        await read_object(receive, limit=16, timeout=5)

    assert refused.value.answer.status == 413


async def test_a_body_exactly_at_the_limit_is_read() -> None:
    assert await read_object(pieces(b'{"a": 1}'), limit=8, timeout=5) == {"a": 1}


async def test_a_body_that_does_not_arrive_is_refused() -> None:
    async def receive() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    with pytest.raises(RefusedError) as refused:
        await read_object(receive, limit=8, timeout=0.01)

    assert refused.value.answer.status == 408


async def test_a_peer_that_leaves_is_not_answered() -> None:
    with pytest.raises(PeerGoneError):
        await read_object(pieces(b"{", then={"type": "http.disconnect"}), limit=8, timeout=5)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xff"}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": ' + b"9" * 10_000 + b"}",
        b'{"a":' * 100_000,
        b"[]",
        b"null",
        b'"text"',
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_anything_but_a_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_object(body)

    assert refused.value.answer.status == 400
