"""`LiveReload(app)` around an application of each framework, in a real server's process."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import httpx
import pytest
from websockets.sync.client import connect

from livereload_sse.sse import Decoder, ReceivedEvent
from tests.integration.app_servers import AppServer, Project, app_server
from tests.serving import wait_until

APPS = Path(__file__).parent / "frameworks"
PAGE = "<!doctype html><html><head><title>t</title></head><body><p>one</p></body></html>"
TAG = '<script type="module" src="/__sse-reload/client/'
NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html"}
FETCH = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "*/*"}

UVICORN = "uvicorn app:app --port PORT"
HYPERCORN = "hypercorn app:app --bind 127.0.0.1:PORT"
GRANIAN = "granian --interface asgi --port PORT app:app"
WITHOUT_SOCKETS = {"django"}
WITHOUT_WORK_LEFT = {"django"}


@dataclass
class Running:
    """One framework's application in a server's process, and who asks it."""

    name: str
    server: AppServer
    folder: Path
    client: httpx.Client

    def save(self, name: str, text: str) -> None:
        """Save a file as editors do: whole, and with one rename."""
        saved = self.folder / name
        beside = saved.with_name(f".{saved.name}.tmp")
        beside.write_text(text)
        beside.replace(saved)


def make_folder(folder: Path, name: str) -> Path:
    """A copy of one of the applications, with the files that it shows."""
    copyfile(APPS / f"{name}_app.py", folder / "app.py")
    for part in ("templates", "static"):
        (folder / part).mkdir()
    (folder / "templates" / "page.html").write_text(PAGE)
    (folder / "static" / "site.css").write_text("a {}")
    return folder


@pytest.fixture(
    scope="module",
    params=[
        ("starlette", UVICORN),
        ("fastapi", UVICORN),
        ("litestar", UVICORN),
        ("quart", UVICORN),
        ("django", UVICORN),
        ("starlette", HYPERCORN),
        ("starlette", GRANIAN),
    ],
    ids=lambda param: f"{param[0]}-{param[1].split()[0]}",
)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    name, command = request.param
    folder = make_folder(tmp_path_factory.mktemp(name), name)
    with (
        app_server(Project(folder), command) as server,
        asking(server) as client,
    ):
        yield Running(name, server, folder, client)


def asking(server: AppServer) -> httpx.Client:
    """Ask each time on a new connection: servers close one on which an application has failed."""
    return httpx.Client(base_url=server.url, timeout=10, headers={"connection": "close"})


class Stream:
    """What a tab hears, as far as somebody reads."""

    def __init__(self, answer: httpx.Response) -> None:
        self._pieces = answer.iter_raw()
        self._decoder = Decoder()
        self._events = self._decoder.feed(next(self._pieces))

    def next_event(self) -> ReceivedEvent:
        while not self._events:
            self._events += self._decoder.feed(next(self._pieces))
        return self._events.pop(0)


@pytest.fixture
def stream(running: Running) -> Iterator[Stream]:
    with running.client.stream("GET", "/__sse-reload/events?visible=1") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        yield Stream(answer)


def test_a_page_gets_the_tag_once(running: Running) -> None:
    answer = running.client.get("/", headers=NAVIGATION)
    assert answer.text.count(TAG) == 1
    assert answer.text.index(TAG) == answer.text.index("<head>") + len("<head>")
    assert re.search(r'data-page="/".*data-code="\d{13}"', answer.text)


def test_a_page_is_kept_by_no_cache(running: Running) -> None:
    answer = running.client.get("/", headers={**NAVIGATION, "if-none-match": "*"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert "etag" not in answer.headers


def test_a_length_is_the_page_s_with_its_tag(running: Running) -> None:
    with running.client.stream("GET", "/", headers=NAVIGATION) as answer:
        read = b"".join(answer.iter_raw())
    assert "content-encoding" not in answer.headers
    assert int(answer.headers.get("content-length", len(read))) == len(read)


def test_head_says_what_get_would(running: Running) -> None:
    got = running.client.get("/", headers=NAVIGATION)
    head = running.client.head("/", headers=NAVIGATION)
    if head.status_code == 405:  # FastAPI and Litestar: a route takes what it was declared for
        assert running.name in ("fastapi", "litestar")
        return
    assert head.content == b""
    if running.name != "litestar":
        assert head.headers.get("content-length") == got.headers.get("content-length")


def test_what_a_script_fetches_is_as_the_application_made_it(running: Running) -> None:
    assert running.client.get("/", headers=FETCH).text == PAGE
    assert running.client.get("/json", headers=FETCH).json() == {"path": "/json"}
    assert running.client.get("/json", headers=NAVIGATION).json() == {"path": "/json"}


def test_the_application_goes_on_compressing_what_is_no_page(running: Running) -> None:
    coding = running.client.get("/json", headers=FETCH).headers.get("content-encoding")
    assert coding == ("gzip" if running.name == "starlette" else None)


def test_middleware_of_the_application_keeps_its_place(running: Running) -> None:
    stamp = running.client.get("/", headers=NAVIGATION).headers.get("x-stamp")
    assert stamp == ("here" if running.name == "starlette" else None)


def test_a_page_is_streamed_piece_by_piece(running: Running) -> None:
    with running.client.stream("GET", "/slow", headers=NAVIGATION) as answer:
        pieces = answer.iter_text()
        first = next(pieces)
        while "first" not in first:
            first += next(pieces)
        assert first.count(TAG) == 1
        running.server.get("/go")
        assert "".join(pieces).endswith(" second")


def test_an_error_is_a_page_that_heals(running: Running) -> None:
    answer = running.client.get("/fail", headers=NAVIGATION)
    assert answer.status_code == 500
    assert answer.text.count(TAG) == 1
    assert "ZeroDivisionError" in answer.text


def test_an_address_that_is_not_there_is_a_page_that_heals(running: Running) -> None:
    answer = running.client.get("/nowhere", headers=NAVIGATION)
    assert answer.status_code == 404
    assert answer.text.count(TAG) == 1


def test_work_that_is_left_behind_is_done(running: Running) -> None:
    if running.name in WITHOUT_WORK_LEFT:
        return
    done = running.folder / "done"
    done.unlink(missing_ok=True)
    assert "later" in running.client.get("/later", headers=NAVIGATION).text
    wait_until(done.exists, 5, "the work is done")


def test_a_socket_is_the_application_s_own(running: Running) -> None:
    if running.name in WITHOUT_SOCKETS:
        return
    with connect(f"ws://127.0.0.1:{running.server.port}/echo", open_timeout=10) as socket:
        socket.send("hello")
        assert socket.recv(timeout=10) == "hello"


def test_a_template_that_is_saved_is_a_reload(running: Running, stream: Stream) -> None:
    running.save("templates/page.html", PAGE)
    running.save("templates/page.html", PAGE + "<!-- saved -->")
    event = stream.next_event()
    assert event.name == "reload"
    assert json.loads(event.data) == {"reason": "templates/page.html modified"}
    assert "saved" in running.client.get("/", headers=NAVIGATION).text
    running.save("templates/page.html", PAGE)
    assert stream.next_event().name == "reload"


def test_a_static_file_that_is_saved_is_a_change(running: Running, stream: Stream) -> None:
    running.save("static/site.css", "b {}")
    event = stream.next_event()
    assert event.name == "change"
    [change] = json.loads(event.data)["changes"]
    assert change["url"] == "/static/site.css"
    assert running.client.get(change["url"], headers=FETCH).text == "b {}"
    running.save("static/site.css", "a {}")
    assert stream.next_event().name == "change"


def test_a_tab_that_was_away_hears_what_it_missed(running: Running, stream: Stream) -> None:
    page = running.client.get("/", headers=NAVIGATION).text
    after = re.search(r'data-id="([^"]+)"', page)
    assert after
    running.save("templates/page.html", PAGE + "<!-- missed -->")
    stream.next_event()
    query = f"/__sse-reload/events?visible=1&after={after[1]}"
    with running.client.stream("GET", query) as answer:
        assert Stream(answer).next_event().name == "reload"
    running.save("templates/page.html", PAGE)
    stream.next_event()


def test_the_application_tells_events_of_its_own(running: Running, stream: Stream) -> None:
    running.server.get("/mark")
    event = stream.next_event()
    assert (event.name, json.loads(event.data)["name"]) == ("custom", "mark")


def test_a_person_reads_what_became_of_a_change(running: Running, stream: Stream) -> None:
    running.save("static/site.css", "c {}")
    said = {"id": stream.next_event().last_event_id, "action": "swap-styles", "milliseconds": 9}
    assert running.client.post("/__sse-reload/ack", json=said).status_code == 204
    wait_until(lambda: "static/site.css" in running.server.output(), 5, "the line is printed")
    running.save("static/site.css", "a {}")
    stream.next_event()


def test_requests_of_the_page_to_us_are_not_in_the_log(running: Running) -> None:
    running.client.get("/json?marked", headers=FETCH)
    running.client.get("/__sse-reload/status?hidden")
    if "uvicorn" in " ".join(running.server.process.args):  # type: ignore[arg-type]  # a list
        wait_until(lambda: "marked" in running.server.output(), 5, "requests are logged")
    assert "hidden" not in running.server.output()


def test_internal_addresses_are_for_own_pages_only(running: Running) -> None:
    foreign = {"origin": "http://evil.example"}
    assert running.client.get("/__sse-reload/status", headers=foreign).status_code == 403
    rebound = {"host": "evil.example"}
    assert running.client.get("/__sse-reload/status", headers=rebound).status_code == 403
    assert running.client.get("/", headers=rebound).status_code == 200


@pytest.mark.parametrize("name", ["starlette", "fastapi", "litestar", "quart", "django"])
def test_the_framework_s_debug_flag_decides(name: str, tmp_path: Path) -> None:
    make_folder(tmp_path, name)
    assert [is_enabled(tmp_path, debug) for debug in ("1", "0")] == [True, False]


def is_enabled(folder: Path, debug: str) -> bool:
    environment = {key: value for key, value in os.environ.items() if key != "SSE_RELOAD"}
    done = subprocess.run(
        [sys.executable, "-c", "import app; print(app.app.enabled)"],
        cwd=folder,
        env={**environment, "APP_DEBUG": debug},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip() == "True"


@pytest.mark.parametrize(
    "command", [f"{UVICORN} --root-path /sub", "uvicorn mounted:app --port PORT"]
)
def test_below_a_path_everything_is_below_it(command: str, tmp_path: Path) -> None:
    make_folder(tmp_path, "starlette")
    (tmp_path / "mounted.py").write_text(
        "from starlette.applications import Starlette\n"
        "from starlette.responses import PlainTextResponse\n"
        "from starlette.routing import Mount, Route\n"
        "from app import app as live\n"
        "def top(request): return PlainTextResponse('<p>one</p>')\n"
        "app = Starlette(routes=[Route('/', top), Mount('/sub', live)])\n"
    )
    with app_server(Project(tmp_path), command) as server:
        # A proxy that mounts an application takes the path away; a router does not.
        below = "" if "root-path" in command else "/sub"
        page = httpx.get(f"{server.url}{below}/", headers=NAVIGATION).text
        script = re.search(r'src="([^"]+/main\.js)"', page)
        assert script
        assert script[1].startswith("/sub/__sse-reload/client/")
        assert 'data-page="/sub/"' in page
        inside = script[1].removeprefix("" if below else "/sub")
        module = httpx.get(server.url + inside, headers={"sec-fetch-site": "same-origin"})
        assert module.headers["content-type"].startswith("text/javascript")
        assert httpx.get(f"{server.url}{below}/__sse-reload/status").json()["pid"]


def test_a_middleware_added_by_name_is_the_same(tmp_path: Path) -> None:
    make_folder(tmp_path, "fastapi")
    source = (tmp_path / "app.py").read_text()
    added = source.replace("app = LiveReload(inner, grace=10)", "")
    added += "inner.add_middleware(LiveReload, grace=10)\napp = inner\n"
    (tmp_path / "app.py").write_text(added)
    with (
        app_server(Project(tmp_path), UVICORN) as server,
        asking(server) as client,
    ):
        assert client.get("/", headers=NAVIGATION).text.count(TAG) == 1
        with client.stream("GET", "/__sse-reload/events?visible=1") as answer:
            running = Running("fastapi", server, tmp_path, client)
            stream = Stream(answer)
            running.save("static/site.css", "b {}")
            assert stream.next_event().name == "change"
