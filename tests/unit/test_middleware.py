"""The tag in the pages of any ASGI application."""

import asyncio
import gzip
from typing import Any

import pytest

from livereload_sse.web.gate import UnansweredError
from livereload_sse.web.middleware import Tagging
from livereload_sse.web.rendering import script
from tests.asgi import NAVIGATION, Answered, App, answering, ask, make_scope

TAG = b"<TAG>"
PAGE = b"<!doctype html><html><head><title>x</title></head><body>hi</body></html>"
TAGGED = PAGE.replace(b"<head>", b"<head>" + TAG)


def tagging(app: App, ids: list[str] | None = None, tags: list[Any] | None = None) -> Tagging:
    def tag(page: str, **words: Any) -> bytes:
        if tags is not None:
            tags.append((page, words))
        return TAG

    return Tagging(app, tag=tag, last_id=lambda: ids[0] if ids else "1-0")


def page(*pieces: bytes, **more: Any) -> App:
    return answering(*(pieces or (PAGE,)), content_type="text/html; charset=utf-8", **more)


async def test_a_page_gets_the_tag_and_its_new_length() -> None:
    answered = await ask(tagging(page(content_length=str(len(PAGE)))))

    assert answered.body == TAGGED
    assert answered.headers["content-length"] == str(len(TAGGED))


async def test_head_has_the_headers_of_get() -> None:
    head = page(b"", content_length=str(len(PAGE)))

    answered = await ask(tagging(head), method="HEAD")

    assert answered.body == b""
    assert answered.headers["content-length"] == str(len(TAGGED))


async def test_a_browser_does_not_keep_a_tagged_page() -> None:
    kept = {"etag": '"1"', "last_modified": "yesterday", "cache_control": "max-age=600"}

    answered = await ask(tagging(page(**kept)))

    assert answered.headers.keys() & {"etag", "last-modified"} == set()
    assert answered.headers["cache-control"] == "no-cache"


async def test_what_may_not_be_stored_stays_so() -> None:
    answered = await ask(tagging(page(cache_control="private, no-store")))

    assert answered.headers["cache-control"] == "no-store"


async def test_the_app_is_not_asked_for_what_could_not_be_tagged() -> None:
    seen: list[Any] = []
    headers = NAVIGATION | {
        "accept-encoding": "gzip",
        "if-none-match": '"1"',
        "if-modified-since": "yesterday",
        "cookie": "a=1",
    }
    extensions: Any = {"http.response.pathsend": {}, "http.response.trailers": {}}

    await ask(tagging(page(seen=seen)), headers=headers, extensions=extensions)

    names = {name.decode() for name, _ in seen[0]["headers"]}
    assert names == {*NAVIGATION, "cookie"}
    assert list(seen[0]["extensions"]) == ["http.response.trailers"]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"},
        {"hx-request": "true"},
        {"sec-fetch-dest": "image"},
    ],
)
async def test_what_is_no_page_sees_the_app_itself(headers: dict[str, str]) -> None:
    seen: list[Any] = []
    asked = {"accept-encoding": "gzip", **headers}

    answered = await ask(tagging(page(seen=seen, etag='"1"')), headers=asked)

    assert answered.body == PAGE
    assert answered.headers["etag"] == '"1"'
    assert (b"accept-encoding", b"gzip") in seen[0]["headers"]


@pytest.mark.parametrize("status", [204, 205, 206, 301, 302, 304])
async def test_answers_without_a_page_pass(status: int) -> None:
    answered = await ask(tagging(page(status=status, etag='"1"')))

    assert answered.body == PAGE
    assert answered.headers["etag"] == '"1"'


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/json"},
        {"content_type": "text/html", "content_encoding": "br"},
        {"content_type": "text/html", "content_disposition": "attachment; filename=a.html"},
        {},
    ],
)
async def test_other_answers_pass_as_they_are(headers: Any) -> None:
    answered = await ask(tagging(answering(PAGE, etag='"1"', **headers)))

    assert answered.body == PAGE
    assert answered.headers["etag"] == '"1"'


async def test_a_streamed_page_is_held_only_until_its_head() -> None:
    pieces = (b"<!doctype html>\n<ht", b"ml><he", b"ad><title>", b"x", b"</title>more")
    answered = await ask(tagging(page(*pieces)))

    assert answered.pieces == [b"<!doctype html>\n<html><head><TAG><title>", b"x", b"</title>more"]
    assert "content-length" not in answered.headers


async def test_a_page_that_waits_in_the_middle_is_shown_so_far() -> None:
    going_on = asyncio.Event()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<head>so far", "more_body": True})
        await going_on.wait()
        await send({"type": "http.response.body", "body": b"end"})

    answered = Answered()
    asking = asyncio.create_task(ask(tagging(app), answered=answered))
    while not answered.messages:  # noqa: ASYNC110 - a turn of the loop at a time
        await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert answered.body == b"<head><TAG>so far"
    going_on.set()
    assert (await asking).body == b"<head><TAG>so farend"


async def test_a_compressed_page_is_decoded() -> None:
    coded = gzip.compress(PAGE)
    pieces = [coded[:10], coded[10:]]

    answered = await ask(
        tagging(page(*pieces, content_encoding="gzip", content_length=str(len(coded))))
    )

    assert answered.body == TAGGED
    assert answered.headers.keys() & {"content-encoding", "content-length"} == set()


async def test_a_template_that_places_the_tag_gets_no_second_one() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        body = f"<head><title>x</title>{script(nonce='n')}</head>".encode()
        headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    tags: list[Any] = []
    answered = await ask(tagging(app, tags=tags))

    assert answered.body.count(TAG) == 1
    assert answered.headers["content-length"] == str(len(answered.body))
    assert tags[0][1]["nonce"] == "n"


async def test_the_last_event_is_named_before_the_app_begins() -> None:
    ids, tags = ["1-0"], list[Any]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        ids[0] = "2-0"
        await page()(scope, receive, send)

    await ask(tagging(app, ids, tags))

    assert tags[-1][1]["event_id"] == "1-0"


async def test_the_tag_knows_where_the_app_is_mounted() -> None:
    tags: list[Any] = []

    await ask(tagging(page(), tags=tags), "/a b", root_path="/sub")

    assert tags[-1] == (
        "/sub/a%20b",
        {"event_id": "1-0", "kind": "page", "nonce": "", "base": "/sub"},
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/problem+json"])
async def test_an_error_in_bare_words_becomes_a_page_that_heals(kind: str) -> None:
    app = answering(b"a < b &", b" c", status=500, content_type=kind, content_length="9")

    answered = await ask(tagging(app))

    assert answered.status == 500
    assert TAG in answered.body
    assert b"<pre>a &lt; b &amp; c</pre>" in answered.body
    assert answered.headers["content-type"].startswith("text/html;")
    assert "content-length" not in answered.headers


async def test_bare_words_stay_where_nobody_goes_there() -> None:
    app = answering(b"no", status=500, content_type="text/plain")

    answered = await ask(tagging(app), headers={"accept": "*/*"})

    assert answered.body == b"no"


async def test_an_app_that_fails_shows_a_page_that_heals_and_the_server_hears_of_it() -> None:
    async def app(*_: Any) -> None:
        raise ValueError("a <b>")

    answered = Answered()
    with pytest.raises(ValueError, match="a <b>"):
        await ask(tagging(app), answered=answered)

    assert answered.status == 500
    assert TAG in answered.body
    assert b"a &lt;b&gt;" in answered.body


async def test_an_app_that_fails_while_its_page_is_held_back_shows_the_failure() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<!doctype", "more_body": True})
        raise ValueError("oh")

    answered = Answered()
    with pytest.raises(ValueError, match="oh"):
        await ask(tagging(app), answered=answered)

    assert answered.status == 500


@pytest.mark.parametrize(("kind", "shown"), [(b"text/html", TAGGED), (b"text/css", PAGE)])
async def test_a_failure_in_the_middle_of_an_answer_is_left_to_the_server(
    kind: bytes, shown: bytes
) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": PAGE, "more_body": True})
        raise ValueError("oh")

    answered = Answered()
    with pytest.raises(ValueError, match="oh"):
        await ask(tagging(app), answered=answered)

    assert answered.body == shown


async def test_a_request_that_nobody_has_taken_is_not_called_a_failure() -> None:
    async def app(*_: Any) -> None:
        raise UnansweredError

    answered = Answered()
    with pytest.raises(UnansweredError):
        await ask(tagging(app), answered=answered)

    assert answered.messages == []


async def test_other_messages_pass() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.debug", "info": {}})
        await page()(_scope, _receive, send)
        await send({"type": "http.response.trailers", "headers": []})

    answered = await ask(tagging(app))

    kinds = [message["type"].rpartition(".")[2] for message in answered.messages]
    assert kinds == ["debug", "start", "body", "trailers"]


async def test_a_tool_that_does_not_ask_for_html_sees_the_app_itself() -> None:
    for headers in ({}, {"accept": "*/*"}, {"accept": "application/json"}):
        answered = await ask(tagging(page(etag='"1"')), headers=headers)

        assert answered.body == PAGE
        assert answered.headers["etag"] == '"1"'


async def test_a_browser_that_does_not_say_what_for_it_asks_gets_the_tag() -> None:
    """As on plain http by another name than localhost."""
    answered = await ask(tagging(page()), headers={"accept": "text/html,*/*;q=0.8"})

    assert answered.body == TAGGED


async def test_what_is_said_before_an_answer_is_none_of_it() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.debug", "info": {}})
        raise ValueError("oh")

    answered = Answered()
    with pytest.raises(ValueError, match="oh"):
        await ask(tagging(app), answered=answered)

    assert answered.status == 500
    assert TAG in answered.body


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
async def test_bodies_come_as_any_kind_of_bytes(kind: Any) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": kind(PAGE[:30]), "more_body": True})
        await send({"type": "http.response.body", "body": kind(PAGE[30:])})

    answered = await ask(tagging(app))

    assert answered.body == TAGGED
    assert {type(piece) for piece in answered.pieces} == {bytes}


async def test_an_answer_may_have_no_headers_and_no_body() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    assert (await ask(tagging(app))).messages == [
        {"type": "http.response.start", "status": 200},
        {"type": "http.response.body"},
    ]


@pytest.mark.parametrize(
    "kinds", [("body",), ("start",), ("start", "start"), ("body", "start"), ()]
)
async def test_what_breaks_the_protocol_is_for_the_server_to_judge(kinds: tuple[str, ...]) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for kind in kinds:
            await send({"type": f"http.response.{kind}", "status": 200, "headers": []})

    answered = await ask(tagging(app))

    assert [message["type"].rpartition(".")[2] for message in answered.messages] == list(kinds)


async def test_a_page_that_ends_with_its_trailers_keeps_them() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html"), (b"trailer", b"x-sum")]
        await send(
            {"type": "http.response.start", "status": 200, "headers": headers, "trailers": True}
        )
        await send({"type": "http.response.body", "body": PAGE})
        await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"1")]})

    answered = await ask(tagging(app))

    assert answered.start["trailers"] is True
    assert answered.messages[-1]["headers"] == [(b"x-sum", b"1")]
    assert answered.body == TAGGED


async def test_backpressure_reaches_the_app() -> None:
    """What the server has no room for is not taken from the application either."""
    room, sent = asyncio.Event(), 0

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        nonlocal sent
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(10):
            await send({"type": "http.response.body", "body": PAGE, "more_body": True})
            sent += 1
        await send({"type": "http.response.body"})

    async def send(_message: Any) -> None:
        await room.wait()

    async def receive() -> Any:
        raise AssertionError("nobody asks for the request's body")

    async def answer() -> None:
        await tagging(app)(make_scope(), receive, send)

    answering = asyncio.create_task(answer())
    for _ in range(5):
        await asyncio.sleep(0)
    assert sent == 0

    room.set()
    await answering
    assert sent == 10


async def test_a_request_inside_a_tagged_one_is_not_tagged_again() -> None:
    inner = tagging(page())

    assert (await ask(tagging(inner))).body == TAGGED
