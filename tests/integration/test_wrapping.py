"""How a session begins and ends in a server that is not ours, whatever that does."""

import asyncio
import gc
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from livereload_sse import LiveReload
from livereload_sse.app_session import AppSession
from livereload_sse.wrapping import Wrapped
from tests.asgi import NAVIGATION, Answered, App, answering, ask, make_scope
from tests.serving import wait_until
from tests.threads import our_threads

PAGE = b"<!doctype html><head></head><p>hi"
STATUS = "/__sse-reload/status"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "page.html").write_text("a template")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SSE_RELOAD", raising=False)
    return tmp_path


def make(app: App | None = None, **words: Any) -> LiveReload:
    return LiveReload(app or answering(PAGE, content_type="text/html"), enabled=True, **words)


def wrapped(live: LiveReload) -> Wrapped:
    assert live.enabled
    found = live._wrapped
    assert found is not None
    return found


def see_that_nobody_watches() -> None:
    """The threads of a session that has ended go within a step."""
    wait_until(lambda: not our_threads(), 5, "the session's threads end")


async def live_through(live: LiveReload, *kinds: str) -> list[str]:
    """Run a lifespan to its end; what the application has said."""
    waiting, said = list(kinds), list[str]()

    async def receive() -> dict[str, str]:
        if not waiting:
            await asyncio.Event().wait()
        return {"type": waiting.pop(0)}

    async def send(message: dict[str, Any]) -> None:
        said.append(message["type"])

    await live({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
    return said


async def test_a_lifespan_begins_and_ends_the_session() -> None:
    live = LiveReload(Starlette(debug=True))
    said = await live_through(live, "lifespan.startup", "lifespan.shutdown")

    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert wrapped(live).running is None
    see_that_nobody_watches()


async def test_an_application_that_cannot_begin_leaves_nothing_behind() -> None:
    async def failing(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    live = make(failing)
    said = await live_through(live, "lifespan.startup")

    assert said == ["lifespan.startup.failed"]
    assert wrapped(live).running is None
    see_that_nobody_watches()


async def test_an_application_that_breaks_off_its_lifespan_leaves_nothing_behind() -> None:
    async def breaking(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()
        raise ValueError("I know no lifespan")

    live = make(breaking)
    with pytest.raises(ValueError, match="I know no lifespan"):
        await live_through(live, "lifespan.startup")

    assert wrapped(live).running is None
    see_that_nobody_watches()


async def test_where_there_is_no_lifespan_the_first_request_begins_the_session() -> None:
    async def only_http(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await answering(PAGE, content_type="text/html")(scope, receive, send)

    live = make(only_http)
    with pytest.raises(AssertionError):
        await live_through(live)
    assert wrapped(live).running is None

    async with live.running():
        assert b"/__sse-reload/client/" in (await ask(live)).body


async def test_a_fault_of_ours_does_not_keep_the_application_from_putting_its_things_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    leave = AppSession.__aexit__

    async def failing(self: AppSession, *exception: object) -> None:
        await leave(self, *exception)
        raise RuntimeError("our fault")

    monkeypatch.setattr(AppSession, "__aexit__", failing)
    live = LiveReload(Starlette(debug=True))
    said = await live_through(live, "lifespan.startup", "lifespan.shutdown")

    assert said[-1] == "lifespan.shutdown.complete"
    assert "our fault" in caplog.text


async def test_other_kinds_of_scopes_are_the_applications() -> None:
    seen: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    await make(app)({"type": "webtransport"}, None, None)

    assert seen == ["webtransport"]


async def test_a_websocket_at_our_addresses_is_refused_and_others_are_the_applications() -> None:
    seen: list[str] = []
    sent: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["path"])

    async def send(message: Any) -> None:
        sent.append(message)

    live = make(app)
    for path in ("/echo", "/sub/__sse-reload/events"):
        await live({"type": "websocket", "path": path, "root_path": "/sub"}, None, send)

    assert seen == ["/echo"]
    assert sent == [{"type": "websocket.close", "code": 1008}]
    see_that_nobody_watches()


async def test_many_first_requests_begin_one_session() -> None:
    live = make()
    async with live.running():
        await asyncio.gather(*(ask(live) for _ in range(20)))
        session = wrapped(live).running
    live = make()
    asking = [asyncio.create_task(ask(live)) for _ in range(20)]
    await asyncio.gather(*asking)

    assert session is not None
    assert len(wrapped(live)._lives) == 1
    await wrapped(live).end()


async def test_a_request_that_leaves_during_the_start_does_not_end_it() -> None:
    live = make()
    leaving = asyncio.create_task(ask(live))
    staying = asyncio.create_task(ask(live))
    await asyncio.sleep(0)
    leaving.cancel()

    assert (await staying).status == 200
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await wrapped(live).end()


async def test_a_start_that_has_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    begin, times = AppSession.__aenter__, [1]

    async def failing(self: AppSession) -> AppSession:
        if times.pop():
            times.append(0)
            raise OSError("no watches left")
        times.append(0)
        return await begin(self)

    monkeypatch.setattr(AppSession, "__aenter__", failing)
    live, before = make(), asyncio.all_tasks()
    with pytest.raises(OSError, match="no watches left"):
        await ask(live)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before

    async with live.running():
        assert (await ask(live)).status == 200


async def test_a_session_that_was_ended_is_begun_again() -> None:
    live = make()
    for _ in range(3):
        async with live.running():
            assert (await ask(live, STATUS)).status == 200
        see_that_nobody_watches()

    await ask(live)
    assert wrapped(live).running is not None
    await wrapped(live).end()


def test_each_event_loop_has_a_session_that_ends_with_it() -> None:
    live = make()

    for _ in range(3):
        assert asyncio.run(ask(live)).status == 200
        see_that_nobody_watches()

    assert wrapped(live).running is None
    assert len(wrapped(live)._lives) == 1  # those of before are forgotten


def test_a_test_client_without_a_lifespan_has_its_pages() -> None:
    client = TestClient(LiveReload(Starlette(debug=True, routes=[Route("/", page)])))

    for _ in range(2):
        assert "/__sse-reload/client/" in client.get("/", headers=NAVIGATION).text
    see_that_nobody_watches()


def test_a_test_client_with_a_lifespan_has_one_session() -> None:
    live = LiveReload(Starlette(debug=True, routes=[Route("/", page)]))
    with TestClient(live) as client:
        running = wrapped(live).running
        assert "/__sse-reload/client/" in client.get("/", headers=NAVIGATION).text
        assert wrapped(live).running is running
    see_that_nobody_watches()


def page(_request: Request) -> Response:
    return HTMLResponse(PAGE.decode())


async def test_a_thread_with_a_loop_of_its_own_speaks_to_the_session_that_has_the_tabs() -> None:
    live = make()
    async with live.running():
        session = wrapped(live).running
        assert session is not None
        async with session.session.broadcaster.subscribe() as reader:
            told = await asyncio.to_thread(asyncio.run, tell(live))
            event = await asyncio.wait_for(anext(reader), 5)

        assert wrapped(live).running is session
        assert b'"deploy"' in event.wire
        assert event.id == told


async def test_a_second_loop_does_not_take_the_first_ones_session() -> None:
    live = make()

    async def ask_and_see() -> bool:
        await ask(live)
        return asyncio.get_running_loop() in wrapped(live)._lives

    async with live.running():
        await ask(live)
        mine = wrapped(live)._lives[asyncio.get_running_loop()]
        assert await asyncio.to_thread(lambda: asyncio.run(ask_and_see()))
        assert wrapped(live)._lives[asyncio.get_running_loop()] is mine


async def tell(live: LiveReload) -> Any:
    return await live.publish("deploy")


async def test_who_waits_in_another_loop_hears_of_an_update() -> None:
    live = make()

    async def wait(is_waiting: Callable[[], None]) -> tuple[str, ...]:
        waiting = asyncio.create_task(live.next_update())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(is_waiting)
        return (await waiting).files

    async with live.running():
        is_waiting = threading.Event()
        other = asyncio.create_task(
            asyncio.to_thread(lambda: asyncio.run(wait(is_waiting.set), debug=True)),
        )
        await asyncio.to_thread(is_waiting.wait)
        await live.reload("because")

        assert await other == ("because",)


async def test_one_page_has_one_tag_however_often_it_is_wrapped() -> None:
    inner = make()
    live = make(inner)
    async with live.running(), inner.running():
        answered = await ask(live)

        assert answered.body.count(b"/main.js") == 1
        assert answered.headers["cache-control"] == "no-cache"
        assert (await ask(live, STATUS)).status == 200


async def test_an_app_that_is_wrapped_within_a_wrapped_one_has_one_tag_and_that_is_the_outer() -> (
    None
):
    inner = make(Starlette(routes=[Route("/", page)]))
    live = make(Starlette(routes=[Route("/", page), Mount("/sub", app=inner)]))
    async with live.running(), inner.running():
        body = (await ask(live, "/sub/")).body

        assert body.count(b"/main.js") == 1
        assert b'src="/__sse-reload/client/' in body
        assert (await ask(live, "/sub/__sse-reload/status")).status == 200


async def test_an_app_that_is_mounted_has_its_addresses_below_its_path() -> None:
    live = make(Starlette(routes=[Route("/", page)]))
    outer = Starlette(routes=[Mount("/sub", app=live)])
    async with live.running():
        assert b'src="/sub/__sse-reload/client/' in (await ask(outer, "/sub/")).body
        assert (await ask(outer, "/sub/__sse-reload/status")).status == 200
        assert (await ask(outer, STATUS)).status == 404


async def test_as_a_middleware_it_is_the_same() -> None:
    app = Starlette(debug=True, routes=[Route("/", page)])
    app.add_middleware(LiveReload)

    client = TestClient(app)
    with client:
        assert "/__sse-reload/client/" in client.get("/", headers=NAVIGATION).text
        assert client.get(STATUS, headers={"host": "localhost"}).status_code == 200
    see_that_nobody_watches()


async def test_as_a_middleware_it_shows_what_has_failed_on_a_page_that_heals() -> None:
    def failing(_request: Request) -> Response:
        raise KeyError("the key")

    app = Starlette(debug=True, routes=[Route("/", failing)])
    app.add_middleware(LiveReload)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/", headers=NAVIGATION)

    assert answer.status_code == 500
    assert "/__sse-reload/client/" in answer.text
    assert "in failing" in answer.text  # the place, from the traceback
    assert "KeyError: &#39;the key&#39;" in answer.text


async def test_a_server_that_leaves_out_the_raw_path_is_answered() -> None:
    live = make()
    async with live.running():
        for path in ("/ä", STATUS):
            scope = make_scope(path)
            del scope["raw_path"]
            assert (await ask_scope(live, scope)).status == 200


async def ask_scope(app: Any, scope: dict[str, Any]) -> Answered:
    answered = Answered()

    async def send(message: dict[str, Any]) -> None:
        answered.messages.append(message)

    await app(scope, None, send)
    return answered


async def test_a_large_page_passes_without_being_kept() -> None:
    piece, count = b"x" * 2**20, 200

    async def large(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(count):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    sizes: list[int] = []

    async def counting(message: dict[str, Any]) -> None:
        sizes.append(len(message.get("body", b"")))

    live = make(large)
    async with live.running():
        tracemalloc.start()
        try:
            await live(make_scope(), None, counting)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert sum(sizes) > count * len(piece)
    assert most < 8 * len(piece)


async def test_nothing_is_kept_of_a_request() -> None:
    live = make()
    async with live.running():
        await ask_often(live, 400)
        gc.collect()
        before = len(gc.get_objects())
        await ask_often(live, 400)
        gc.collect()

        assert len(gc.get_objects()) - before < 100


async def ask_often(live: LiveReload, times: int) -> None:
    for number in range(times):
        await ask(live, f"/page/{number}")
