"""Requests that no browser sends, on raw sockets, to the real server with either HTTP parser.

The requests are in `corpus/`; here are the folder they try to get secrets out of, and what no
answer may do.
"""

import asyncio
import logging
import os
import re
import socket
import sys
import threading
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from livereload_sse.server import loop_factory
from livereload_sse.sse import Broadcaster, Event, EventId, Gap
from livereload_sse.web.endpoints import Endpoints
from livereload_sse.web.files import StaticSite
from livereload_sse.web.guard import Guard, Hosts, is_internal
from livereload_sse.web.injection import PageKind, render_tag
from livereload_sse.web.pages import forbidden_host

CORPUS = Path(__file__).parent / "corpus"
SECRET = b"SECRET"
CLIENT_DIGEST = "0123456789abcdef"
ELSEWHERE = re.compile(r"[/\\]{2}|[a-z]+:", re.IGNORECASE)
"""How a Location begins that leads to another host."""

MARKUP = re.compile(rb"<script>|<img src=x|\"onload=")
"""What some requests would like to see in an answer."""

PATIENCE = 5.0
"""Seconds until a server that says nothing counts as hanging."""

LONG_TEXTS = {
    "{long}": "a" * 10_000,
    "{digits}": "9" * 5000,
    "{three-hundred}": "a" * 300,
    "{segments}": "a/" * 1000,
    "{ranges}": ",".join(f"{start}-" for start in range(10_000)),
    "{few-ranges}": ",".join(["0-"] * 2000),
    "{spaces}": " " * 8000,
    "{quotes}": '"' * 8000,
    "{brackets}": "[" * 10_000,
    "{channels}": "channel=a&" * 5000,
}


@dataclass(frozen=True)
class Reply:
    """What came back; status 0 is a connection that was closed without an answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def find(self, wanted: str) -> str | None:
        return next((value for name, value in self.headers if name == wanted), None)


@dataclass(frozen=True)
class RunningSite:
    port: int
    records: list[logging.LogRecord]
    published: list[str]

    def send(self, request: bytes) -> Reply:
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            try:
                connection.sendall(request)
                return read_reply(connection, is_head=request.startswith(b"HEAD "))
            except ConnectionError:
                return Reply(0)

    def encode(self, case: dict[str, Any]) -> bytes:
        text = case.get("raw") or compose(case)
        words = {**LONG_TEXTS, "{own}": f"127.0.0.1:{self.port}", "{port}": str(self.port)}
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        return text.encode("latin-1")

    def get(self, target: str, *headers: str, **line: str) -> Reply:
        return self.send(self.encode({"target": target, "headers": headers, **line}))


def compose(case: dict[str, Any]) -> str:
    lines = [
        f"{case.get('method', 'GET')} {case.get('target', '/')} HTTP/1.1",
        f"Host: {case.get('host', '{own}')}",
        *case.get("headers", ()),
    ]
    if not any(line.startswith("Connection:") for line in lines):
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""])


def read_reply(connection: socket.socket, *, is_head: bool) -> Reply:
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return Reply(0)
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    reply = Reply(
        int(status.split()[1]), tuple((name.lower(), value.strip()) for name, _, value in pairs)
    )
    endless = reply.find("content-type") == "text/event-stream"
    while not is_head and not endless and (part := connection.recv(65536)):
        body += part
    return Reply(reply.status, reply.headers, body)


def make_folder(folder: Path) -> Path:
    """A site with a secret in every corner that is not to be shown."""
    root = folder / "site"
    shown = {
        "index.html": "<!doctype html><title>Home</title><p>home",
        "about.html": "<!doctype html><title>About</title><p>about",
        "blog/index.html": "<!doctype html><title>Blog</title><p>blog",
        "app.js": "export {}",
        "café.txt": "coffee",
        "large.bin": "0123456789" * 20_000,
        ".well-known/security.txt": "Contact: nobody",
    }
    hidden = (
        "../secret.txt ../secret.html ../site-private/secret.txt .env .ENV .git/config "
        "blog/.drafts/secret.txt .well-known/.secret.txt notes.txt~ .notes.txt.swp notes.txt.swo "
        "#notes.txt# notes.txt___jb_tmp___ GIT~1/config con NUL.html blog/aux.txt lpt1.css"
    )
    for name, text in {**shown, **dict.fromkeys(hidden.split(), "SECRET")}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    make_strange_files(root)
    return root


def make_strange_files(root: Path) -> None:
    links = {
        "alias.txt": "app.js",
        "leak.txt": "../secret.txt",
        "leaked.html": "../secret.html",
        "outside": "..",
        "sibling": "../site-private",
        "repository": ".git",
        "loop": "loop",
        "dangling": "nowhere",
        "zero": "/dev/zero",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "pipe")
    os.mkfifo(root / "queue.html")
    with socket.socket(socket.AF_UNIX) as one:
        before = Path.cwd()
        os.chdir(root)  # the name of a socket may have some hundred bytes only
        try:
            one.bind("socket")
        finally:
            os.chdir(before)


def make_app(root: Path, published: list[str]) -> Guard:
    broadcaster = Broadcaster()

    async def catch_up(_after: EventId, _gap: Gap) -> Sequence[Event]:
        await asyncio.sleep(0)
        return ()

    def publish(name: str, _data: object, _channel: str) -> EventId:
        published.append(name)
        return broadcaster.last_id

    def tag(page: str, *, event_id: str, digest: str = "", kind: PageKind) -> bytes:
        return render_tag(
            page, client_digest=CLIENT_DIGEST, event_id=event_id, digest=digest, kind=kind
        )

    site = StaticSite(
        root,
        tag=tag,
        last_id=lambda: str(broadcaster.last_id),
        wait_for=lambda _path: None,
        on_read=lambda *_read: None,
    )
    endpoints = Endpoints(
        broadcaster=broadcaster,
        catch_up=catch_up,
        on_ack=lambda _ack: None,
        status=lambda: {"streams": broadcaster.subscriptions},
        token="SECRET-token",
        publish=publish,
    )

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        app = endpoints if is_internal(scope["path"]) else site
        await app(scope, receive, send)

    return Guard(route, hosts=Hosts(), page=forbidden_host)


@contextmanager
def running(app: Guard, *, parser: str) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=parser,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)

    def serve() -> None:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(server.serve(sockets=[listener]))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


class Collector(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.ERROR)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="module", params=["httptools", "h11"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    if sys.platform == "win32":
        pytest.skip("pipes and links in the folder need a POSIX system")
    published: list[str] = []
    collector = Collector([])
    logging.getLogger("uvicorn.error").addHandler(collector)
    app = make_app(make_folder(tmp_path_factory.mktemp("corpus")), published)
    with running(app, parser=request.param) as port:
        yield RunningSite(port, collector.records, published)
    logging.getLogger("uvicorn.error").removeHandler(collector)


def read_corpus() -> Iterator[Any]:
    for path in sorted(CORPUS.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(read_corpus()))
def test_a_strange_request_gets_a_plain_answer(site: RunningSite, case: dict[str, Any]) -> None:
    reply = site.send(site.encode(case))

    assert reply.status in case["allowed"]
    assert SECRET not in reply.body
    assert b"root:" not in reply.body
    assert not [name for name, _ in reply.headers if name.startswith("access-control")]
    assert reply.find("x-injected") is None
    assert not ELSEWHERE.match(reply.find("location") or "/")
    assert not MARKUP.search(reply.body)
    assert site.records == []
    assert site.published == []


in_a_line = st.binary(max_size=60).map(lambda line: line.translate(None, b"\r\n"))


@settings(max_examples=150, deadline=None)
@given(target=in_a_line, host=in_a_line, origin=in_a_line)
def test_no_bytes_in_the_places_we_read_break_the_server(
    site: RunningSite, target: bytes, host: bytes, origin: bytes
) -> None:
    own = f"127.0.0.1:{site.port}".encode()
    lines = (b"Host: " + (host or own), b"Origin: " + origin, b"Connection: close", b"", b"")

    reply = site.send(b"\r\n".join((b"GET /" + target + b" HTTP/1.1", *lines)))

    assert reply.status in {0, 200, 307, 400, 403, 404}
    assert SECRET not in reply.body
    assert site.records == []


def test_every_refusal_of_ours_is_kept_from_other_origins(site: RunningSite) -> None:
    answers = [
        site.get("/"),
        site.get("/nothing"),
        site.get("/blog"),
        site.get("/", host="attacker.test"),
        site.get("/", host="<>"),
        site.get("/__sse-reload/status"),
        site.get("/__sse-reload/nothing"),
        site.get("/app.js", "Origin: null"),
        site.get("/", method="POST"),
        site.get("/large.bin", "Range: bytes=9999999-"),
    ]

    assert {reply.status for reply in answers} == {200, 307, 400, 403, 404, 405, 416}
    assert {reply.find("cross-origin-resource-policy") for reply in answers} == {"same-origin"}
    assert {reply.find("x-content-type-options") for reply in answers} == {"nosniff"}


def test_the_page_for_a_foreign_name_says_what_to_allow(site: RunningSite) -> None:
    reply = site.get("/", "Accept: text/html", host="box.lan:8000")

    assert (reply.status, reply.find("content-type")) == (403, "text/html; charset=utf-8")
    assert b"--allow-host box.lan" in reply.body


def test_hidden_names_and_missing_names_get_the_same_answer(site: RunningSite) -> None:
    hidden, missing = site.get("/.env"), site.get("/.enw")

    assert hidden.status == missing.status == 404
    assert hidden.body.replace(b".env", b"") == missing.body.replace(b".enw", b"")


def test_a_listing_does_not_name_what_is_hidden(site: RunningSite) -> None:
    body = site.get("/.well-known/", "Accept: text/html").body

    assert b"security.txt" in body
    assert b".secret" not in body


def test_requests_on_one_connection_are_judged_one_by_one(site: RunningSite) -> None:
    good = site.encode({"target": "/app.js", "headers": ["Connection: keep-alive"]})
    bad = site.encode({"target": "/app.js", "host": "attacker.test"})

    received = site.send(good + bad)

    assert received.status == 200
    assert b"HTTP/1.1 403" in received.body


def test_slow_and_silent_peers_do_not_keep_others_waiting(site: RunningSite) -> None:
    silent = [socket.create_connection(("127.0.0.1", site.port), PATIENCE) for _ in range(50)]
    for one in silent:
        one.sendall(b"GET / HTTP/1.1\r\nHost:")

    reply = site.get("/")

    for one in silent:
        one.close()
    assert reply.status == 200


def test_after_all_that_nothing_is_left_open(site: RunningSite) -> None:
    before = open_pipes_and_files()

    for target in ("/pipe", "/queue", "/zero", "/leak.txt", "/large.bin", "/loop", "/outside/"):
        site.get(target)

    assert open_pipes_and_files() == before


def open_pipes_and_files() -> list[str]:
    """What this process has open, without sockets: those close a moment after the answer."""
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("only Linux lists what a process has open")
    names = []
    for entry in folder.iterdir():
        try:
            names.append(str(entry.readlink()))
        except FileNotFoundError:
            continue  # the one by which the folder is read
    return sorted(name for name in names if not name.startswith("socket:"))
