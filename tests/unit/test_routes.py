"""Requests that find their answer by address and method, and those of who has the token."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from livereload_sse.web.answers import json_answer, refuse, text_answer
from livereload_sse.web.bodies import PeerGoneError
from livereload_sse.web.routes import Routes, read_trusted

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope

JSON = {"content-type": "application/json; charset=utf-8"}
TRUSTED = {**JSON, "authorization": "Bearer t0ken"}


async def greet(_scope: "Scope", _receive: "Receive") -> "ASGIApp":
    return text_answer(200, "hello")


async def echo(scope: "Scope", receive: "Receive") -> "ASGIApp":
    return json_answer(await read_trusted(scope, receive, token="t0ken", limit=20))


async def leave(_scope: "Scope", _receive: "Receive") -> "ASGIApp":
    raise PeerGoneError


def elsewhere(path: str) -> "ASGIApp":
    if path == "/nowhere":
        refuse(404, "no such thing")
    return text_answer(200, f"{path} is somebody else's")


ROUTES = Routes(
    {"/": ("GET, HEAD", greet), "/echo": ("POST", echo), "/gone": ("GET", leave)},
    otherwise=elsewhere,
)


async def ask(method: str, path: str, **words: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=ROUTES)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, path, **words)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_address_answers_the_methods_that_it_takes(method: str) -> None:
    assert (await ask(method, "/")).status_code == 200


@pytest.mark.parametrize("method", ["POST", "HEA", "GET, HEAD"])
async def test_any_other_method_is_told_which_they_are(method: str) -> None:
    answer = await ask(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_other_addresses_are_somebody_elses_or_nobodys() -> None:
    assert (await ask("GET", "/there")).text.startswith("/there is somebody")
    assert (await ask("GET", "/nowhere")).status_code == 404


async def test_nobody_is_answered_who_has_gone() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await ROUTES({"type": "http", "path": "/gone", "method": "GET"}, None, send)  # type: ignore[arg-type]  # it is not asked
    assert sent == []


async def test_who_has_the_token_is_read() -> None:
    for scheme in ("Bearer", "bearer"):
        headers = {**TRUSTED, "authorization": f"{scheme} t0ken"}
        assert (await ask("POST", "/echo", content='{"a": 1}', headers=headers)).json() == {"a": 1}


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        (JSON, "{}", 401),
        ({**TRUSTED, "authorization": "Bearer other"}, "{}", 401),
        ({**TRUSTED, "authorization": "Basic t0ken"}, "{}", 401),
        ({**TRUSTED, "authorization": "Bearer t\xf6ken".encode("latin-1")}, "{}", 401),
        ({**TRUSTED, "content-type": "text/plain"}, "{}", 415),
        ({"authorization": "Bearer t0ken"}, "{}", 415),
        (TRUSTED, "[]", 400),
        (TRUSTED, '{"a": "far too long for this"}', 413),
    ],
)
async def test_anybody_else_is_refused(headers: Any, content: str, status: int) -> None:
    assert (await ask("POST", "/echo", content=content, headers=headers)).status_code == status
