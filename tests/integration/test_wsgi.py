"""`LiveReloadWSGI` on real servers of threads."""

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import flask
import httpx
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from livereload_sse import LiveReload
from livereload_sse.errors import FolderError, MissingExtraError, NotAnAppError
from livereload_sse.wsgi import LiveReloadWSGI
from tests.integration.wsgi_serving import Stream, single, waiting, werkzeug
from tests.serving import wait_until

PAGE = "<!doctype html><html><head><title>t</title></head><body>Hi</body></html>"
TAG = '<script type="module" src="/__sse-reload/client/'
NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html"}
FETCH = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The application's folder, where it is run."""
    monkeypatch.delenv("SSE_RELOAD", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "site.css").write_text("a {}")
    return tmp_path


def make_app(folder: Path, *, debug: bool = True) -> flask.Flask:
    """A Flask application with a page, an answer in JSON, and an error."""
    app = flask.Flask("app", root_path=str(folder))
    app.debug = debug
    app.add_url_rule("/", "page", lambda: flask.render_template("page.html"))
    app.add_url_rule("/json", "json", lambda: {"a": 1})
    app.add_url_rule("/fail", "fail", fail)
    return app


def fail() -> str:
    raise ZeroDivisionError("the view has failed")


@pytest.fixture
def app(folder: Path) -> flask.Flask:
    return make_app(folder)


@pytest.fixture
def live(app: flask.Flask) -> Iterator[LiveReloadWSGI]:
    """The same application with live reload, while it is served."""
    wrapped = LiveReloadWSGI(app.wsgi_app)
    app.wsgi_app = wrapped  # type: ignore[method-assign]  # as Flask's documentation does it
    yield wrapped
    wrapped.close()


@pytest.fixture
def client(app: flask.Flask, live: LiveReloadWSGI) -> Iterator[httpx.Client]:
    assert live.enabled
    with werkzeug(app) as asking:
        yield asking


def streams(client: httpx.Client) -> int:
    return int(client.get("/__sse-reload/status").json()["streams"])


# Pages.


def test_a_page_gets_the_tag_once_and_its_length_is_right(client: httpx.Client) -> None:
    answer = client.get("/", headers=NAVIGATION)
    assert answer.text.count(TAG) == 1
    assert answer.text.startswith("<!doctype html><html><head><script")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert re.search(r'data-code="\d+"', answer.text)


def test_head_says_what_get_would(client: httpx.Client) -> None:
    got, head = client.get("/"), client.head("/")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.content == b""


def test_other_answers_are_as_the_application_made_them(client: httpx.Client) -> None:
    assert client.get("/json").json() == {"a": 1}
    assert client.get("/static/site.css").text == "a {}"
    assert client.get("/", headers=FETCH).text == PAGE
    assert client.get("/", headers={"hx-request": "true"}).text == PAGE


def test_a_template_may_place_the_tag_itself(
    app: flask.Flask, client: httpx.Client, folder: Path
) -> None:
    app.jinja_env.add_extension("livereload_sse.jinja.LiveReloadExtension")
    (folder / "templates" / "page.html").write_text(
        "<html><head><title>t</title>{{ live_reload(nonce='n') }}</head></html>"
    )
    text = client.get("/").text
    assert text.count(TAG) == 1
    assert '</title><script type="module"' in text
    assert 'nonce="n"' in text


def test_a_page_is_streamed_piece_by_piece(folder: Path) -> None:
    go_on = threading.Event()

    def app(_environ: Any, start: Callable[..., object]) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        yield b"<html><head></head><body>first"
        assert go_on.wait(10)
        yield b" second"

    live = LiveReloadWSGI(app, enabled=True, paths=[folder])
    with live.running(), werkzeug(live) as client, client.stream("GET", "/") as answer:
        pieces = answer.iter_raw()
        assert b"first" in next(pieces)
        go_on.set()
        assert b"".join(pieces) == b" second"


setting: ContextVar[str] = ContextVar("setting", default="")


def test_the_application_keeps_its_thread_and_its_context() -> None:
    seen: list[object] = []

    def inside(_environ: Any, start: Callable[..., object]) -> list[bytes]:
        seen.extend((threading.get_ident(), setting.get()))
        start("200 OK", [("Content-Type", "text/html")])
        return [b"<p>"]

    live = LiveReloadWSGI(inside, enabled=True)

    def outside(environ: Any, start: Any) -> Any:
        seen.append(threading.get_ident())
        setting.set("from outside")
        return live(environ, start)

    with live.running(), werkzeug(outside) as client:
        client.get("/")
    assert seen == [seen[0], seen[0], "from outside"]


def test_server_and_application_both_find_that_pep_3333_is_kept() -> None:
    def app(_environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html"), ("Content-Length", "12")])
        return [b"<head></head", b""][:1]

    live = LiveReloadWSGI(validator(app), enabled=True)
    with live.running(), single(validator(live)) as client:
        assert TAG in client.get("/").text
        assert client.get("/__sse-reload/status").status_code == 200


def test_a_request_s_body_is_the_application_s(app: flask.Flask, client: httpx.Client) -> None:
    def echo() -> flask.Response:
        return flask.Response(flask.request.get_data(), mimetype="application/octet-stream")

    app.add_url_rule("/echo", "echo", echo, methods=["POST"])
    sent = b"x" * 300_000
    assert client.post("/echo", content=sent).content == sent


def test_a_page_is_asked_for_anew_and_uncompressed(app: flask.Flask, client: httpx.Client) -> None:
    asked = {"if-none-match": "*", "accept-encoding": "gzip", "x-other": "kept"}
    app.add_url_rule("/heard", "heard", lambda: {**flask.request.headers})
    wanted = {**NAVIGATION, **asked}
    heard = client.get("/heard", headers=wanted).json()
    assert {"If-None-Match", "Accept-Encoding"}.isdisjoint(heard)
    assert heard["X-Other"] == "kept"
    assert client.get("/heard", headers={**FETCH, **asked}).json()["If-None-Match"] == "*"


# Errors.


def test_an_exception_reaches_the_server_and_leaves_a_page_that_heals(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(folder)
    live = LiveReloadWSGI(app.wsgi_app)
    with live.running(), werkzeug(live) as client:
        answer = client.get("/fail", headers=NAVIGATION)
    assert answer.status_code == 500
    assert TAG in answer.text
    wait_until(lambda: "ZeroDivisionError" in caplog.text, what="the server says it")


@pytest.fixture
def debugged(
    app: flask.Flask, live: LiveReloadWSGI, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[httpx.Client, Any]]:
    """The application behind Werkzeug's debugger, as `flask run --debug` puts it there."""
    monkeypatch.setenv("WERKZEUG_RUN_MAIN", "true")
    from werkzeug.debug import DebuggedApplication  # noqa: PLC0415 - it reads the environment

    assert live.enabled
    outer = DebuggedApplication(app, evalex=True)
    with werkzeug(outer) as asking:
        yield asking, outer


def test_the_debugger_s_page_has_the_tag(debugged: tuple[httpx.Client, Any]) -> None:
    answer = debugged[0].get("/fail", headers=NAVIGATION)
    assert "Werkzeug Debugger" in answer.text
    assert answer.text.count(TAG) == 1


def test_the_debugger_that_made_the_page_takes_the_pin_that_was_printed(
    debugged: tuple[httpx.Client, Any],
) -> None:
    client, outer = debugged
    page = client.get("/fail", headers=NAVIGATION).text
    secret = str(re.search(r'SECRET = "(\w+)"', page)[1])  # type: ignore[index]  # it is there
    frame = str(re.search(r'id="frame-(\d+)"', page)[1])  # type: ignore[index]
    asked = {"__debugger__": "yes", "s": secret}
    refused = client.get("/fail", params={**asked, "cmd": "pinauth", "pin": "000-000-000"})
    assert refused.json()["auth"] is False
    entered = client.get("/fail", params={**asked, "cmd": "pinauth", "pin": outer.pin})
    assert entered.json()["auth"] is True
    done = client.get("/fail", params={**asked, "cmd": "20 + 22", "frm": frame})
    assert "42" in done.text


def test_what_is_no_application_is_refused() -> None:
    with pytest.raises(NotAnAppError, match="Not an application"):
        LiveReloadWSGI("app")  # type: ignore[arg-type]  # the mistake under test


def test_a_missing_folder_is_said_at_once(folder: Path) -> None:
    with pytest.raises(FolderError, match="nowhere"):
        LiveReloadWSGI(make_app(folder).wsgi_app, paths=["nowhere"])


# What is told.


def test_a_template_reloads_and_a_static_file_is_swapped(
    client: httpx.Client, folder: Path
) -> None:
    client.get("/")
    with Stream(client) as stream:
        (folder / "static" / "site.css").write_text("b {}")
        event = stream.next_event()
        assert event.name == "change"
        assert json.loads(event.data)["changes"][0]["url"] == "/static/site.css"
        (folder / "templates" / "page.html").write_text(PAGE + "<p>")
        assert stream.next_event().name == "reload"


def test_a_file_that_a_view_serves_is_swapped_once_it_has_been_served(
    app: flask.Flask, live: LiveReloadWSGI, client: httpx.Client, folder: Path
) -> None:
    theme = folder / "theme.css"
    theme.write_text("a {}")
    app.add_url_rule("/theme.css", "theme", lambda: flask.send_file(theme))
    with live.running(), Stream(client) as stream:
        assert client.get("/theme.css", headers=FETCH).text == "a {}"
        session = live._core._wrapped.running.session  # type: ignore[union-attr]  # it runs
        wait_until(lambda: session.provenance.urls(theme) == ("/theme.css",), 5, "it is known")
        theme.write_text("b {}")
        event = stream.next_event()
    assert event.name == "change"
    assert json.loads(event.data)["changes"][0]["url"] == "/theme.css"


def test_below_a_path_a_static_file_has_the_address_that_the_page_uses(folder: Path) -> None:
    live = LiveReloadWSGI(make_app(folder).wsgi_app)
    mounted = DispatcherMiddleware(lambda *_: [], {"/sub": live})
    with live.running(), werkzeug(mounted) as client:
        client.get("/sub/", headers=NAVIGATION)
        with Stream(client, at="/sub") as stream:
            (folder / "static" / "site.css").write_text("b {}")
            event = stream.next_event()
    assert json.loads(event.data)["changes"][0]["url"] == "/sub/static/site.css"


def test_a_browser_asks_for_files_again_each_time(client: httpx.Client) -> None:
    answer = client.get("/static/site.css", headers={"sec-fetch-dest": "style"})
    assert answer.headers["cache-control"] == "no-cache"


def test_a_tab_hears_what_it_missed(client: httpx.Client, folder: Path) -> None:
    page = client.get("/").text
    after = str(re.search(r'data-id="([^"]+)"', page)[1])  # type: ignore[index]  # it is there
    with Stream(client) as stream:
        (folder / "templates" / "page.html").write_text(PAGE + "<p>")
        stream.next_event()
    with Stream(client, last_event_id=after) as stream:
        assert stream.next_event().name == "reload"


def test_a_tab_s_answer_is_taken(client: httpx.Client, live: LiveReloadWSGI, folder: Path) -> None:
    client.get("/")
    with Stream(client) as stream:
        updates: list[Any] = []
        waiting = threading.Thread(target=lambda: updates.append(live.next_update()))
        waiting.start()
        (folder / "templates" / "page.html").write_text(PAGE + "<p>")
        event = stream.next_event()
        said = {"id": event.last_event_id, "action": "reload", "milliseconds": 5}
        assert client.post("/__sse-reload/ack", json=said).status_code == 204
        waiting.join(10)
    assert updates[0].files == ("templates/page.html",)
    assert updates[0].actions == {"reload": 1}


def test_the_application_can_tell_from_its_own_threads(
    app: flask.Flask, client: httpx.Client, live: LiveReloadWSGI
) -> None:
    app.add_url_rule("/tell", "tell", lambda: str(live.publish("hello", [1])))

    def reload() -> dict[str, str]:
        live.reload("because")
        return {}

    app.add_url_rule("/reload", "reload", reload)
    with Stream(client) as stream:
        told = client.get("/tell", headers=FETCH).text
        event = stream.next_event()
        assert (event.name, event.last_event_id) == ("custom", told)
        assert json.loads(event.data) == {"name": "hello", "data": [1]}
        client.get("/reload")
        assert json.loads(stream.next_event().data) == {"reason": "because"}


def test_visible_tabs_are_counted(client: httpx.Client, live: LiveReloadWSGI) -> None:
    with Stream(client, "visible=2"):
        wait_until(lambda: live.tabs == 2)


# Threads.


def test_a_stream_that_nobody_reads_gives_its_thread_back(client: httpx.Client) -> None:
    stream = Stream(client)
    assert streams(client) == 1
    before = threading.active_count()
    stream.close()
    wait_until(lambda: streams(client) == 0, 5)
    wait_until(lambda: threading.active_count() < before, 5)


def test_streams_end_as_they_should_with_the_session(
    client: httpx.Client, live: LiveReloadWSGI
) -> None:
    opened = [Stream(client) for _ in range(5)]
    began = time.monotonic()
    live.close()
    assert all(stream.has_ended() for stream in opened)
    assert time.monotonic() - began < 2
    for stream in opened:
        stream.close()


def test_a_session_that_has_ended_begins_again(
    client: httpx.Client, live: LiveReloadWSGI, folder: Path
) -> None:
    client.get("/")
    live.close()
    with Stream(client) as stream:
        (folder / "templates" / "page.html").write_text(PAGE + "<p>")
        assert stream.next_event().name == "reload"


def test_many_first_requests_at_once_begin_one_session(client: httpx.Client) -> None:
    found: list[str] = []
    asking = [
        threading.Thread(target=lambda: found.append(client.get("/", headers=NAVIGATION).text))
        for _ in range(8)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(10)
    assert len(found) == 8
    assert all(TAG in text for text in found)
    assert sum(thread.name == "sse-reload session" for thread in threading.enumerate()) == 1


def test_a_server_of_one_thread_is_not_held_by_a_stream(
    app: flask.Flask, live: LiveReloadWSGI, folder: Path
) -> None:
    with live.running(), werkzeug(app, threaded=False) as client:
        page = client.get("/").text
        after = str(re.search(r'data-id="([^"]+)"', page)[1])  # type: ignore[index]  # it is there
        with Stream(client, after=after) as stream:
            assert stream.has_ended()
        (folder / "templates" / "page.html").write_text(PAGE + "<p>")

        def hears() -> bool:
            with Stream(client, last_event_id=after) as stream:
                try:
                    return stream.next_event().name == "reload"
                except EOFError:
                    return False

        wait_until(hears, 5, "a tab that asks again hears of it")


def test_a_server_that_waits_for_its_threads_is_not_held_up_by_streams(
    app: flask.Flask, live: LiveReloadWSGI
) -> None:
    assert live.enabled
    with waiting(app) as client:
        opened = [Stream(client) for _ in range(3)]
        began = time.monotonic()
    duration = time.monotonic() - began
    assert all(stream.has_ended() for stream in opened)
    assert 0.5 < duration < 3
    for stream in opened:
        stream.close()


def test_a_long_answer_is_whole_on_a_server_of_one_thread(
    app: flask.Flask, live: LiveReloadWSGI
) -> None:
    assert live.enabled
    with werkzeug(app, threaded=False) as client:
        page = client.get("/").text
        module = str(re.search(r'src="([^"]+)"', page)[1])  # type: ignore[index]  # it is there
        answer = client.get(module)
    assert len(answer.content) == int(answer.headers["content-length"])


# Who may ask.


def test_internal_addresses_are_for_own_pages_only(client: httpx.Client) -> None:
    foreign = client.get("/__sse-reload/status", headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    rebound = client.get("/__sse-reload/status", headers={"host": "evil.example"})
    assert rebound.status_code == 403


def test_the_application_cannot_be_asked_for_an_internal_address(
    app: flask.Flask, client: httpx.Client
) -> None:
    app.add_url_rule("/__sse-reload/status", "shadow", lambda: "the application's")
    assert client.get("/__sse-reload/status").json()["root"] == str(Path.cwd())
    assert client.get("/__sse-reload/nothing").status_code == 404


def test_a_body_that_is_too_large_is_refused(client: httpx.Client) -> None:
    said = client.post("/__sse-reload/ack", content=b" " * 100_000)
    assert said.status_code == 413


def test_an_application_that_is_mounted_below_a_path_is_found_there(folder: Path) -> None:
    app = make_app(folder)
    live = LiveReloadWSGI(app.wsgi_app)
    mounted = DispatcherMiddleware(lambda *_: [], {"/sub": live})
    with live.running(), werkzeug(mounted) as client:
        assert 'src="/sub/__sse-reload/client/' in client.get("/sub/").text
        assert client.get("/sub/__sse-reload/status").json()["version"]


# Whether it is wanted.


def test_where_it_is_not_enabled_requests_reach_the_application_untouched(folder: Path) -> None:
    app = make_app(folder, debug=False)
    live = LiveReloadWSGI(app.wsgi_app)
    body = [b"the very answer"]
    live.app = lambda _environ, _start: body
    assert live({}, lambda *_: lambda _: None) is body
    assert not live.enabled


def test_flask_s_debug_flag_decides(folder: Path) -> None:
    assert LiveReloadWSGI(make_app(folder).wsgi_app).enabled
    assert not LiveReloadWSGI(make_app(folder, debug=False).wsgi_app).enabled


def test_the_environment_has_the_last_word_but_for_the_argument(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSE_RELOAD", "0")
    assert not LiveReloadWSGI(make_app(folder).wsgi_app).enabled
    assert LiveReloadWSGI(make_app(folder).wsgi_app, enabled=True).enabled
    monkeypatch.setenv("SSE_RELOAD", "1")
    assert LiveReloadWSGI(make_app(folder, debug=False).wsgi_app).enabled


def test_a_static_folder_that_flask_names_need_not_exist(folder: Path) -> None:
    (folder / "static" / "site.css").unlink()
    (folder / "static").rmdir()
    live = LiveReloadWSGI(make_app(folder).wsgi_app)
    with live.running(), werkzeug(live) as client:
        assert TAG in client.get("/").text


def test_what_is_told_where_it_is_not_enabled_is_nothing(folder: Path) -> None:
    live = LiveReloadWSGI(make_app(folder, debug=False).wsgi_app)
    live.reload("why")
    assert live.publish("hello") is None
    assert live.tabs == 0
    with live.running():
        assert not any(one.name == "sse-reload session" for one in threading.enumerate())


FORKED = """
import os
from livereload_sse.wsgi import LiveReloadWSGI
from werkzeug.test import Client

def app(environ, start):
    start("200 OK", [("content-type", "text/html")])
    return [b"<p>"]

live = LiveReloadWSGI(app, enabled=True)
client = Client(live)
assert b"sse-reload" in client.get("/", headers={"accept": "text/html"}).data
child = os.fork()
assert b"sse-reload" in client.get("/", headers={"accept": "text/html"}).data
if child:
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_process_that_was_forked_begins_a_session_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr


IN_PRODUCTION = """
import sys
from livereload_sse.wsgi import LiveReloadWSGI
live = LiveReloadWSGI(lambda environ, start: [b"answer"])
assert live({}, None) == [b"answer"]
found = {"watchfiles", "jinja2", "asyncio", "starlette", "livereload_sse.session"} & set(sys.modules)
assert not found, found
"""


def test_in_production_nothing_of_it_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# As an ASGI application.


def test_without_the_adapter_the_error_names_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "a2wsgi", None)
    with pytest.raises(MissingExtraError, match=r"livereload-sse\[wsgi\]"):
        LiveReload.wsgi(make_app(folder))
