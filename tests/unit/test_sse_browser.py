from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from livereload_sse.sse.browser import CLIENT_PATH, ClientScript, client_script
from tests.asgi import Answered, ask


async def fetch(**headers: str) -> Answered:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await ask(client_script, headers=named)


async def test_the_script_is_sent_whole_as_what_it_is_and_asked_for_again_each_time() -> None:
    answer = await fetch()

    assert (answer.status, answer.body) == (200, CLIENT_PATH.read_bytes())
    assert answer.headers == {
        "etag": answer.headers["etag"],
        "cache-control": "no-cache",
        "content-type": "text/javascript; charset=utf-8",
        "content-length": str(len(answer.body)),
        "x-content-type-options": "nosniff",
    }


async def test_head_has_the_headers_of_get_and_no_body() -> None:
    answer = await ask(client_script, method="HEAD")

    assert answer.headers == (await fetch()).headers
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_it_can_only_be_read(method: str) -> None:
    answer = await ask(client_script, method=method)

    assert (answer.status, answer.headers["allow"], answer.body) == (405, "GET, HEAD", b"")


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', 'W/"a,b",W/{}', "*", ' {} , "x"'])
async def test_who_has_it_is_not_sent_it_again(known: str) -> None:
    etag = (await fetch()).headers["etag"]

    answer = await fetch(if_none_match=known.format(etag))

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers == {"etag": etag, "cache-control": "no-cache"}


@pytest.mark.parametrize("known", ["", '"other"', "{bare}", '"{bare}x"', '"*"'])
async def test_who_has_another_one_is_sent_it(known: str) -> None:
    bare = (await fetch()).headers["etag"].strip('"')

    answer = await fetch(if_none_match=known.format(bare=bare))

    assert (answer.status, answer.body) == (200, CLIENT_PATH.read_bytes())


async def test_another_content_has_another_etag(tmp_path: Path) -> None:
    tags = set()
    for name, text in [("a", "1"), ("b", "1"), ("c", "2")]:
        (tmp_path / name).write_text(text)
        tags.add((await ask(ClientScript(tmp_path / name))).headers["etag"])

    assert len(tags) == 2


async def test_a_route_takes_it_as_it_is() -> None:
    app = Starlette(routes=[Route("/sse-client.js", client_script)])

    assert (await ask(app, "/sse-client.js")).body == CLIENT_PATH.read_bytes()


def test_its_types_are_beside_it() -> None:
    assert CLIENT_PATH.with_suffix(".d.ts").is_file()
