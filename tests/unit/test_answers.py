import pytest
from starlette.types import Message

from livereload_sse.web.answers import (
    Answer,
    RefusedError,
    json_answer,
    redirect_answer,
    refuse,
    text_answer,
)


async def send_answer(answer: Answer, *, method: str = "GET") -> tuple[Message, Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nothing is to be read")

    async def send(message: Message) -> None:
        sent.append(message)

    await answer({"type": "http", "method": method}, receive, send)
    start, body = sent
    return start, body


async def test_an_answer_is_private_to_this_server_unless_it_says_otherwise() -> None:
    start, body = await send_answer(text_answer(404, "Nothing here."))

    assert start["status"] == 404
    assert start["headers"] == [
        (b"cache-control", b"no-store"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"14"),
    ]
    assert body["body"] == b"Nothing here.\n"


async def test_head_tells_the_length_and_sends_nothing() -> None:
    start, body = await send_answer(text_answer(200, "four"), method="HEAD")

    assert (b"content-length", b"5") in start["headers"]
    assert body["body"] == b""


async def test_no_content_has_no_length() -> None:
    start, _ = await send_answer(Answer(204))

    assert not {name for name, _ in start["headers"]} & {b"content-length", b"content-type"}


async def test_json_is_sent_as_utf_8() -> None:
    start, body = await send_answer(json_answer({"name": "é"}))

    assert (b"content-type", b"application/json") in start["headers"]
    assert body["body"] == '{"name": "é"}'.encode()


async def test_a_redirect_is_for_this_once() -> None:
    start, _ = await send_answer(redirect_answer("/there"))

    assert start["status"] == 307
    assert (b"location", b"/there") in start["headers"]
    assert (b"cache-control", b"no-store") in start["headers"]


def test_a_refusal_carries_its_answer() -> None:
    with pytest.raises(RefusedError) as refused:
        refuse(405, "Read only.", allow="GET", retry_after="5")

    assert refused.value.answer.status == 405
    assert refused.value.answer.headers == {"allow": "GET", "retry-after": "5"}
