"""What `pytest --watch` tells reaches the servers of the same project, and the tabs that come later."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from livereload_sse import LiveReload
from livereload_sse.pytest_watch.sharing.servers import find_addresses
from livereload_sse.pytest_watch.sharing.sharing import Sharing, Verdict
from livereload_sse.running import apps_folder, running_servers, runtime_folder
from tests.serving import LiveServer, free_port, proxying, serving, wait_until

PAGE = "<!doctype html><html><head></head><body><p>one</p></body></html>"

SHOWN = {"Sec-Fetch-Dest": "document"}
"""What a browser says that shows a page."""

APP = """\
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from livereload_sse import LiveReload


def page(_request):
    return HTMLResponse("<!doctype html><html><head></head><body>app</body></html>")


inner = LiveReload(Starlette(debug=True, routes=[Route("/", page)]), enabled=True)
app = Starlette(routes=[Mount("/sub", inner)])
"""


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of anybody else is found."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "site").mkdir(parents=True)
    (tmp_path / "project" / "site" / "index.html").write_text(PAGE)
    return tmp_path / "project"


def state_of(server: LiveServer) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(server.get_internal("tests"))
    return state


async def until_told(server: LiveServer, name: str | None) -> dict[str, Any]:
    def is_told() -> bool:
        return bool(state_of(server)["event"] == name)

    await asyncio.to_thread(wait_until, is_told, what=f"{name} is told")
    return state_of(server)


async def test_a_server_below_the_project_is_told(project: Path) -> None:
    with serving(project / "site") as server:
        async with Sharing(project) as sharing:
            sharing.started(tests=3)
            assert (await until_told(server, "tests-started"))["tests"] == 3
            sharing.finished(Verdict(passed=2, failed=1, failing=["tests/test_a.py::test_b"]))
            told = await until_told(server, "tests-finished")
            assert (told["failed"], told["failing"]) == (1, ["tests/test_a.py::test_b"])
        await until_told(server, None)


async def test_a_server_that_is_started_later_is_told(project: Path) -> None:
    async with Sharing(project, interval=0.05) as sharing:
        sharing.finished(Verdict(passed=2))
        with serving(project / "site") as server:
            await until_told(server, "tests-finished")


async def test_a_server_of_another_project_is_told_where_it_is_named(
    project: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with serving(project / "site") as server:
        async with Sharing(other) as sharing:
            sharing.started()
            await asyncio.sleep(0)
            assert state_of(server) == {"event": None}
        async with Sharing(other, urls=[server.url]) as sharing:
            sharing.started()
            await until_told(server, "tests-started")


async def test_the_tag_says_when_there_is_something_to_ask_for(project: Path) -> None:
    with serving(project / "site") as server:
        before = server.get()
        async with Sharing(project) as sharing:
            sharing.finished(Verdict(failed=1))
            await until_told(server, "tests-finished")
            during = server.get()
        await until_told(server, None)

        tagged = ["data-tests" in page for page in (before, during, server.get())]
        assert tagged == [False, True, False]


async def test_a_stream_that_has_missed_events_hears_the_newest(project: Path) -> None:
    with serving(project / "site") as server:
        async with Sharing(project) as sharing:
            sharing.finished(Verdict(failed=7))
            await until_told(server, "tests-finished")
            missed = json.loads(server.get_internal("missed?after=1-0"))

        events = {one["name"]: json.loads(one["data"]) for one in missed["events"]}
        assert events["tests-finished"]["failed"] == 7


def test_a_watcher_that_was_killed_leaves_nothing_red(project: Path) -> None:
    code = (
        "import asyncio, pathlib\n"
        "from livereload_sse.pytest_watch.sharing.sharing import Sharing, Verdict\n"
        "async def main():\n"
        "    async with Sharing(pathlib.Path('.').resolve()) as sharing:\n"
        "        sharing.finished(Verdict(failed=1))\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with serving(project / "site") as server:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=project)
        try:
            wait_until(lambda: state_of(server)["event"] == "tests-finished", what="it is told")
        finally:
            process.kill()
            process.wait()

        assert state_of(server) == {"event": None}


@pytest.fixture
def target(project: Path) -> Iterator[int]:
    """A server that knows nothing of us; its port."""
    handler = partial(SimpleHTTPRequestHandler, directory=project / "site")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


async def test_a_proxy_knows_of_tests_too(project: Path, target: int) -> None:
    with proxying(project, target) as proxy:
        async with Sharing(project) as sharing:
            sharing.finished(Verdict(failed=1))
            await until_told(proxy, "tests-finished")
            page = await asyncio.to_thread(httpx.get, proxy.url, headers=SHOWN)

            assert 'data-tests="on"' in page.text


@contextmanager
def app_running(project: Path, source: str = APP) -> Iterator[str]:
    """An app with live reload, below a path, under uvicorn; yields its address."""
    (project / "app.py").write_text(source)
    port = free_port()
    words = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    process = subprocess.Popen(words, cwd=project, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/sub/"

    def answers() -> bool:
        try:
            return httpx.get(url).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, 20, "the app answers")
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in (0, -signal.SIGINT)


def test_an_app_is_found_once_it_has_a_tab(project: Path) -> None:
    with app_running(project) as url:

        def is_told() -> bool:
            return bool(httpx.get(f"{url}__sse-reload/tests").json()["event"])

        async def share() -> str:
            async with Sharing(project) as sharing:
                sharing.finished(Verdict(failed=3))
                await asyncio.to_thread(wait_until, is_told, what="the app is told")
                return (await asyncio.to_thread(httpx.get, url, headers=SHOWN)).text

        assert find_addresses(project) == frozenset()
        assert not is_told()
        assert [address.url for address in find_addresses(project)] == [url.rstrip("/")]
        assert running_servers(runtime_folder()) == [], "no command means it"
        assert 'data-tests="on"' in asyncio.run(share())

    assert list(apps_folder(runtime_folder()).iterdir()) == []


async def test_an_app_that_has_ended_is_found_no_more(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    app = LiveReload(Starlette(), enabled=True)
    async with app.running():
        live = app._wrapped and app._wrapped.running
        transport = httpx.ASGITransport(app)
        base = "http://127.0.0.1:8000"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            await client.get("/__sse-reload/tests")
        assert [address.url for address in find_addresses(project)] == [base]

    assert live
    assert not live.is_running
    assert find_addresses(project) == frozenset()


async def test_what_a_test_client_makes_up_is_no_server(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    app = LiveReload(Starlette(), enabled=True)
    async with app.running():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            assert (await client.get("/__sse-reload/tests")).status_code == 200
        # httpx says localhost with no port of its own, as no server does.
        assert find_addresses(project) == frozenset()


async def test_an_app_without_a_state_file_serves_all_the_same(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Path:
        raise PermissionError

    monkeypatch.setattr("livereload_sse.wrapping.runtime_folder", refuse)
    monkeypatch.chdir(project)
    app = LiveReload(Starlette(), enabled=True)
    async with app.running():
        transport = httpx.ASGITransport(app)
        base = f"http://127.0.0.1:{os.getpid() % 50000 + 1024}"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            assert (await client.get("/__sse-reload/tests")).status_code == 200
