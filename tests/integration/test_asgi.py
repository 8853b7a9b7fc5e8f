"""`LiveReload` around an application, without a server: as in a user's own tests."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from livereload_sse import LiveReload
from livereload_sse.sse import Decoder, ReceivedEvent
from livereload_sse.watch import coarse_milliseconds
from tests.asgi import NAVIGATION, Answered, ask, make_scope

PAGE = "<!doctype html><head></head><p>hi"


def page(_request: Request) -> Response:
    return HTMLResponse(PAGE)


def data(_request: Request) -> Response:
    return JSONResponse({"a": 1})


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "main.css").write_text("a {}")
    (tmp_path / "page.html").write_text("a template")
    monkeypatch.chdir(tmp_path)
    while coarse_milliseconds() <= (tmp_path / "page.html").stat().st_ctime * 1000 + 1:
        time.sleep(0.001)  # a file that is as new as the session counts as changed
    return tmp_path


def make(**words: Any) -> LiveReload:
    routes = [
        Route("/", page),
        Route("/data", data),
        WebSocketRoute("/echo", echo),
        Mount("/static", StaticFiles(directory="static")),
    ]
    return LiveReload(Starlette(debug=True, routes=routes), **words)


@asynccontextmanager
async def listening(live: LiveReload, **words: Any) -> AsyncIterator[Answered]:
    """A tab's stream, which grows while the context lasts."""
    answered, gone = Answered(), asyncio.Event()
    headers = {"host": "localhost:8000"}
    scope = make_scope("/__sse-reload/events", headers=headers, **words)

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        answered.messages.append(message)

    streaming = asyncio.create_task(live(scope, receive, send))
    try:
        await until(lambda: len(answered.messages) >= 2)
        yield answered
    finally:
        gone.set()
        await streaming


async def until(is_true: Any) -> None:
    async with asyncio.timeout(5):
        while not is_true():  # noqa: ASYNC110 - a list that another task fills
            await asyncio.sleep(0.005)


def events(answered: Answered) -> list[ReceivedEvent]:
    return Decoder().feed(answered.body)


async def test_a_test_can_wait_for_what_becomes_of_a_save(project: Path) -> None:
    live = make()
    async with live.running():
        waiting = asyncio.create_task(live.next_update())
        (project / "page.html").write_text("another template")
        update = await waiting

    assert update.files == ("page.html",)
    assert update.tabs == 0


@pytest.mark.usefixtures("project")
async def test_who_waits_for_an_update_that_does_not_come_is_told_so() -> None:
    live = make()
    async with live.running():
        with pytest.raises(TimeoutError):
            await live.next_update(timeout=0.05)


async def test_a_tab_hears_of_templates_static_files_and_what_it_is_told(project: Path) -> None:
    live = make()
    async with live.running(), listening(live) as tab:
        (project / "static" / "main.css").write_text("b {}")
        await until(lambda: len(events(tab)) == 1)
        (project / "page.html").write_text("another template")
        await until(lambda: len(events(tab)) == 2)
        await live.reload("because")
        told = await live.publish("deploy", {"version": 3})
        await until(lambda: len(events(tab)) == 4)

    heard = events(tab)
    assert [event.name for event in heard] == ["change", "reload", "reload", "custom"]
    assert json.loads(heard[0].data)["changes"][0]["url"] == "/static/main.css"
    assert json.loads(heard[2].data) == {"reason": "because"}
    assert json.loads(heard[3].data) == {"name": "deploy", "data": {"version": 3}}
    assert heard[3].last_event_id == str(told)


async def test_below_a_path_everything_is_below_it(project: Path) -> None:
    live = make()
    async with live.running():
        answered = await ask(live, "/", root_path="/sub")
        found = re.search(rb'src="(/sub/__sse-reload/client/[^"]+)"', answered.body)
        async with listening(live, root_path="/sub") as tab:
            (project / "static" / "main.css").write_text("b {}")
            await until(lambda: len(events(tab)) == 1)

    assert found
    assert json.loads(events(tab)[0].data)["changes"][0]["url"] == "/sub/static/main.css"


@pytest.mark.usefixtures("project")
async def test_a_session_begins_with_the_first_request_where_there_is_no_lifespan() -> None:
    live = make()

    answered = await ask(live, "/")

    assert b"/__sse-reload/client/" in answered.body
    async with live.running():  # and ends here
        pass


@pytest.mark.usefixtures("project")
def test_it_lives_in_starlettes_test_client() -> None:
    headers = {**NAVIGATION, "host": "testserver"}
    with TestClient(make()) as client:
        assert "/__sse-reload/client/" in client.get("/", headers=headers).text
        assert client.get("/data").json() == {"a": 1}
        with client.websocket_connect("/echo") as socket:
            socket.send_text("hello")
            assert socket.receive_text() == "hello"


@pytest.mark.usefixtures("project")
def test_each_event_loop_has_a_session_of_its_own() -> None:
    """A test client that is not entered has a loop for each request."""
    client = TestClient(make())

    pages = [client.get("/", headers={**NAVIGATION, "host": "testserver"}).text for _ in range(3)]

    assert all("/__sse-reload/client/" in text for text in pages)


@pytest.mark.usefixtures("project")
def test_our_addresses_are_not_for_strangers_and_the_app_is_its_own_business() -> None:
    with TestClient(make(), headers={"host": "evil.test"}) as client:
        assert client.get("/data").status_code == 200
        assert client.get("/__sse-reload/status").status_code == 403
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/__sse-reload/events"),
        ):
            pass


@pytest.mark.usefixtures("project")
def test_an_app_cannot_stand_in_the_way_of_our_addresses() -> None:
    shadowing = Starlette(debug=True, routes=[Route("/{path:path}", data)])
    with TestClient(LiveReload(shadowing), base_url="http://localhost") as client:
        assert "version" in client.get("/__sse-reload/status").json()
        assert client.get("/__sse-reloader").json() == {"a": 1}


@pytest.mark.usefixtures("project")
def test_as_middleware_it_is_inside_of_what_compresses() -> None:
    app = Starlette(debug=True, routes=[Route("/", page)])
    app.add_middleware(LiveReload, enabled=True)
    app.add_middleware(GZipMiddleware, minimum_size=1)
    with TestClient(app) as client:
        answer = client.get("/", headers={**NAVIGATION, "accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.count("/__sse-reload/client/") == 1


@pytest.mark.usefixtures("project")
def test_around_what_compresses_the_page_comes_as_it_is() -> None:
    app = Starlette(debug=True, routes=[Route("/", page)])
    app.add_middleware(GZipMiddleware, minimum_size=1)
    with TestClient(LiveReload(app)) as client:
        answer = client.get("/", headers={**NAVIGATION, "accept-encoding": "gzip"})

    assert "content-encoding" not in answer.headers
    assert answer.text.count("/__sse-reload/client/") == 1


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("path", ["/sub/__sse-reload", "/sub/__sse-reload/"])
def test_below_a_path_our_first_address_leads_to_one_below_it_too(path: str) -> None:
    outer = Starlette(routes=[Mount("/sub", make())])
    with TestClient(outer, base_url="http://localhost") as client:
        assert "version" in client.get(path).json()
