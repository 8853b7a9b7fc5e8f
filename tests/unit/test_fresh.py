"""Files that a browser asks for again each time."""

from typing import Any

import pytest

from livereload_sse.web.fresh import Fresh
from livereload_sse.web.learning import Learning
from livereload_sse.web.provenance import Provenance
from tests.asgi import answering, ask


@pytest.mark.parametrize("path", ["/a.css", "/a/b.JS", "/x.woff2", "/logo.svg", "/a.mjs"])
@pytest.mark.parametrize("said", [{}, {"cache_control": "public, max-age=3600"}])
async def test_a_file_is_asked_for_again(path: str, said: dict[str, str]) -> None:
    app = answering(b"x", content_type="text/css", expires="later", **said)  # type: ignore[arg-type]  # headers only

    headers = (await ask(Fresh(app, app), path)).headers

    assert headers == {"content-type": "text/css", "cache-control": "no-cache"}


@pytest.mark.parametrize("said", ["no-store", "max-age=9, Immutable", "no-cache, private"])
async def test_what_is_decided_stays(said: str) -> None:
    app = answering(b"x", cache_control=said, expires="later")

    headers = (await ask(Fresh(app, app), "/a.css")).headers

    assert headers == {"cache-control": said, "expires": "later"}


async def test_the_word_that_nothing_has_changed_says_so_too() -> None:
    app = answering(status=304, cache_control="max-age=3600")

    assert (await ask(Fresh(app, app), "/a.css")).headers == {"cache-control": "no-cache"}


@pytest.mark.parametrize(("path", "status"), [("/page", 200), ("/", 200), ("/a.css", 404)])
async def test_anything_else_is_the_apps_business(path: str, status: int) -> None:
    app = answering(b"x", status=status, cache_control="max-age=3600")

    assert (await ask(Fresh(app, app), path)).headers == {"cache-control": "max-age=3600"}


async def test_only_files_go_where_files_go() -> None:
    app = Fresh(answering(b"file"), answering(b"other"))

    assert (await ask(app, "/a/b.css")).body == b"file"
    assert (await ask(app, "/a.css/b")).body == b"other"
    assert (await ask(app, "/css")).body == b"other"


async def test_an_answer_may_have_no_headers_at_all() -> None:
    """ASGI lets an application leave them out."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x"})

    provenance = Provenance(find=lambda _name: [])
    answered = await ask(Fresh(Learning(app, provenance), app), "/a.css", method="GET")

    assert answered.body == b"x"
    assert answered.headers == {"cache-control": "no-cache"}
