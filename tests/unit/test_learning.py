"""What is learned from an application's answers while they pass."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.web.learning import Learning
from livereload_sse.web.provenance import Provenance
from tests.asgi import Message, answering, ask

RED = b"body { color: red }"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "main.css"
    path.write_bytes(RED)
    return path


@pytest.fixture
def provenance(sheet: Path) -> Provenance:
    return Provenance(find=lambda name: [sheet] if name == sheet.name else [])


async def urls_after(
    app: Any, provenance: Provenance, sheet: Path, path: str = "/static/main.css", **words: Any
) -> tuple[str, ...]:
    await ask(Learning(app, provenance), path, **words)
    await provenance.prove()
    return provenance.urls(sheet)


async def test_a_sheet_that_is_served_is_learned(provenance: Provenance, sheet: Path) -> None:
    app = answering(RED[:5], RED[5:], content_type="text/css")

    assert await urls_after(app, provenance, sheet) == ("/static/main.css",)


async def test_a_compressed_sheet_is_learned(provenance: Provenance, sheet: Path) -> None:
    packed = gzip.compress(RED)
    app = answering(packed, content_type="text/css", content_encoding="gzip")

    assert await urls_after(app, provenance, sheet) == ("/static/main.css",)


async def test_below_a_root_path_the_url_is_the_browsers(
    provenance: Provenance, sheet: Path
) -> None:
    app = answering(RED, content_type="text/css")

    urls = await urls_after(app, provenance, sheet, root_path="/sub")

    assert urls == ("/sub/static/main.css",)


async def test_the_url_is_canonical_and_without_its_query(
    provenance: Provenance, sheet: Path
) -> None:
    app = answering(RED, content_type="text/css")

    urls = await urls_after(app, provenance, sheet, "/%73tatic/main.css", query_string=b"v=3")

    assert urls == ("/static/main.css",)


async def test_bytes_that_are_no_utf8_stay_in_the_url(provenance: Provenance, sheet: Path) -> None:
    app = answering(RED, content_type="text/css")

    urls = await urls_after(app, provenance, sheet, "/\ufffd/main.css", raw_path=b"/%FF/main.css")

    assert urls == ("/%FF/main.css",)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, {"content_type": "text/css"}),
        (206, {"content_type": "text/css"}),
        (200, {"content_type": "text/html"}),
        (200, {"content_type": "text/css", "content_encoding": "br"}),
        (200, {"content_type": "text/css", "content_length": "0"}),
    ],
)
async def test_other_answers_say_nothing(
    status: int, headers: dict[str, Any], provenance: Provenance, sheet: Path
) -> None:
    app = answering(RED, status=status, **headers)

    assert await urls_after(app, provenance, sheet) == ()


async def test_an_answer_to_another_method_says_nothing(
    provenance: Provenance, sheet: Path
) -> None:
    app = answering(RED, content_type="text/css")

    assert await urls_after(app, provenance, sheet, method="POST") == ()


async def test_an_answer_that_breaks_off_says_nothing(provenance: Provenance, sheet: Path) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/css")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": RED, "more_body": True})

    assert await urls_after(app, provenance, sheet) == ()


async def test_a_server_that_sends_by_path_is_believed(provenance: Provenance, sheet: Path) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/css")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.pathsend", "path": str(sheet)})

    assert await urls_after(app, provenance, sheet, "/any.css") == ("/any.css",)


async def test_the_answer_passes_as_it_is(provenance: Provenance) -> None:
    app = answering(RED[:5], b"", RED[5:], content_type="text/css", etag='"1"')

    plain = await ask(app, "/static/main.css")
    learned = await ask(Learning(app, provenance), "/static/main.css")

    assert learned.messages == plain.messages


async def test_an_application_is_asked_for_the_bytes_the_first_time(
    provenance: Provenance,
) -> None:
    seen: list[Any] = []
    asked = {"if-none-match": '"1"', "if-modified-since": "yesterday", "host": "localhost"}
    app = Learning(answering(RED, seen=seen, content_type="text/css"), provenance)

    await ask(app, "/main.css", headers=asked)
    await ask(app, "/main.css", headers=asked)

    assert [name for name, _ in seen[0]["headers"]] == [b"host"]
    assert [name for name, _ in seen[1]["headers"]] == [
        *(b"if-none-match", b"if-modified-since"),
        b"host",
    ]


async def test_any_other_request_reaches_the_application_untouched(provenance: Provenance) -> None:
    passed: list[Any] = []

    async def app(*what: Any) -> None:
        passed.extend(what)

    async def receive() -> Message:
        raise AssertionError("nobody asks")

    async def send(_message: Any) -> None:
        raise AssertionError("nobody answers")

    scope = {"type": "http", "method": "GET", "path": "/api/items.json"}
    await Learning(app, provenance)(scope, receive, send)

    assert [one is other for one, other in zip(passed, (scope, receive, send), strict=True)] == [
        *(True, True, True),
    ]
