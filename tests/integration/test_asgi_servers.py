"""`LiveReload` in other people's servers: they restart and end as if no tab had a stream open."""

import asyncio
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn

from livereload_sse import LiveReload
from tests.integration.app_servers import (
    PERSON,
    AppServer,
    Project,
    Tab,
    all_heard,
    app_server,
    tabs,
    until,
)
from tests.serving import wait_until

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

UVICORN = "uvicorn app:app --port PORT"
HYPERCORN = "hypercorn app:app --bind 127.0.0.1:PORT"

GRANIAN = "granian --interface asgi --port PORT"

RELOADERS = [
    f"{UVICORN} --reload",
    f"{UVICORN} --reload --loop asyncio --http h11",
    f"{UVICORN} --reload --lifespan off",
    f"{HYPERCORN} --reload",
    f"{HYPERCORN} --reload --worker-class uvloop",
    f"{GRANIAN} --reload app:app",
    f"{GRANIAN.replace('asgi', 'asginl')} --reload app:app",
]
MINDED = [
    UVICORN,
    f"{UVICORN} --loop asyncio --lifespan off",
    f"{UVICORN} --workers 2",
    *RELOADERS[:3],
]
"""Servers that handle signals in the very process that has the streams."""

PROMPT = 1.0
"""Seconds within which a server with open streams ends. About 0.25; whoever waits for a stream, or
for a time-out, takes several."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    made = Project(folder)
    made.write("one")
    return made


async def save(project: Project, answer: str, opened: list[Tab]) -> float:
    """Save the application, and wait until each tab shows its new answer; returns the seconds."""
    await asyncio.to_thread(project.write, answer)
    return await until(lambda: all(tab.shown == answer for tab in opened), f"tabs show {answer}")


def assert_nothing_was_lost(opened: list[Tab]) -> None:
    assert [(tab.cut, tab.failed) for tab in opened] == [(0, 0)] * len(opened)


def assert_clean(server: AppServer) -> None:
    assert "Traceback" not in server.output()
    assert "ERROR" not in server.output().upper()


@pytest.mark.parametrize("command", RELOADERS)
async def test_an_edit_of_code_reloads_each_tab_once(project: Project, command: str) -> None:
    with app_server(project, command) as server:
        async with tabs(server) as opened:
            took = await save(project, "two", opened)
            await all_heard(server, opened)

            assert [tab.told for tab in opened] == [["code"]] * 5
            assert_nothing_was_lost(opened)
        assert took < 5  # 0.85 s: the restart, and half a second until a browser comes back
        assert_clean(server)


async def test_each_further_edit_reloads_each_tab_once_more(project: Project) -> None:
    with app_server(project, f"{UVICORN} --reload") as server:
        async with tabs(server) as opened:
            for answer in ("two", "three", "four"):
                await save(project, answer, opened)
            await all_heard(server, opened)

            assert [tab.told for tab in opened] == [["code"] * 3] * 5


async def test_code_that_cannot_be_loaded_is_told_of_once_it_is_mended(project: Project) -> None:
    with app_server(project, f"{UVICORN} --reload") as server:
        async with tabs(server) as opened:
            project.replace("app.py", "def broken(:\n")
            await until(lambda: "SyntaxError" in server.output(), "the server has stumbled")
            await save(project, "mended", opened)
            await all_heard(server, opened)

            assert [tab.told for tab in opened] == [["code"]] * 5
            assert_nothing_was_lost(opened)


async def test_a_restart_without_new_code_reloads_nobody(project: Project) -> None:
    with app_server(project, UVICORN) as server:
        async with tabs(server) as opened:
            server.ask_to_end(signal.SIGINT)
            await asyncio.to_thread(server.wait)
            with app_server(project, UVICORN, port=server.port) as again:
                await until(lambda: all(tab.opened == 2 for tab in opened), "the tabs are back")
                await all_heard(again, opened)

                assert [tab.told for tab in opened] == [[]] * 5
                assert_nothing_was_lost(opened)


async def test_code_that_nobody_loads_anew_is_told_of_in_the_end(project: Project) -> None:
    project.write("one", grace=0.2)
    with app_server(project, UVICORN) as server:
        async with tabs(server) as opened:
            await asyncio.to_thread(project.write, "two")
            await until(lambda: all(tab.told for tab in opened), "the tabs are told")
            await all_heard(server, opened)

            assert [tab.told for tab in opened] == [["reload"]] * 5
            assert [tab.shown for tab in opened] == ["one"] * 5
            wait_until(lambda: "still runs the old one" in server.output())


async def test_a_reloader_that_knows_templates_as_well_does_not_make_it_two(
    project: Project,
) -> None:
    page = project.folder / "page.html"
    page.write_text("<p>old</p>")
    with app_server(project, f"{UVICORN} --reload --reload-include *.html") as server:
        async with tabs(server) as opened:
            project.replace("page.html", "<p>new</p>")
            await until(lambda: server.starts() == 2, "the server has been restarted")
            await until(lambda: all(tab.told for tab in opened), "the tabs are told")
            await all_heard(server, opened)

            assert [len(tab.told) for tab in opened] == [1] * 5
            assert_nothing_was_lost(opened)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", MINDED)
async def test_open_streams_change_nothing_about_the_end(
    project: Project, command: str, number: signal.Signals
) -> None:
    with app_server(project, command) as server:
        async with tabs(server) as opened:
            server.ask_to_end(number)
            code, took = await asyncio.to_thread(server.wait)
            await until(lambda: all(tab.ended for tab in opened), "the streams have ended")

            assert_nothing_was_lost(opened)
    assert code == bare_exit_code(project, command, number)
    assert took < PROMPT
    assert_clean(server)


@pytest.mark.parametrize("more", ["", "--reload", "--worker-class uvloop"])
async def test_workers_that_ignore_ctrl_c_are_not_held_up_either(
    project: Project, more: str
) -> None:
    """Hypercorn's parent process minds it alone, and waits three seconds for open answers."""
    with app_server(project, f"{HYPERCORN} {more}") as server:
        async with tabs(server) as opened:
            server.ask_to_end(signal.SIGINT)
            code, took = await asyncio.to_thread(server.wait)
            await until(lambda: all(tab.ended for tab in opened), "the streams have ended")

            assert_nothing_was_lost(opened)
    assert code == 0
    assert took < PROMPT
    assert_clean(server)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_granian_ends_at_once(project: Project, number: signal.Signals) -> None:
    with app_server(project, f"{GRANIAN} app:app") as server:
        async with tabs(server) as opened:
            server.ask_to_end(number)
            code, took = await asyncio.to_thread(server.wait)
            await until(lambda: all(tab.ended for tab in opened), "the streams have ended")

            assert_nothing_was_lost(opened)
    assert code == 0
    assert took < PROMPT
    assert_clean(server)


def test_an_edit_while_the_code_is_being_loaded_is_news(project: Project) -> None:
    """The modules are read one after the other, and `LiveReload` is made after them."""
    part = project.folder / "part.py"
    part.write_text("")
    text = (project.folder / "app.py").read_text()
    loads = "from livereload_sse import LiveReload\nimport part\nopen('part.py', 'w').write('two')"
    project.replace("app.py", f"{loads}\n{text}")
    with app_server(project, UVICORN) as server:
        code = httpx.get(f"{server.url}/__sse-reload/code").json()["code"]

    assert code < int(part.stat().st_mtime * 1000)


def bare_exit_code(project: Project, command: str, number: int) -> int:
    """How the server ends where live reload is not enabled and nobody is connected."""
    project.write("bare", enabled=False)
    with app_server(project, command, answer="bare") as server:
        server.ask_to_end(number)
        return server.wait()[0]


async def test_an_answer_of_the_app_is_still_waited_for(project: Project) -> None:
    with app_server(project, UVICORN) as server:
        async with tabs(server, 1) as opened:
            asking = asyncio.create_task(asyncio.to_thread(server.get, "/slow"))
            await until(lambda: "slow" in server.output(), "the app works on it")
            server.ask_to_end(signal.SIGINT)

            assert "<p>one</p>" in await asking
            assert (await asyncio.to_thread(server.wait))[0] == 0
            assert_nothing_was_lost(opened)


async def test_several_workers_tell_their_own_tabs_and_none_goes_on_for_ever(
    project: Project,
) -> None:
    (project.folder / "page.html").write_text("<p>old</p>")
    with app_server(project, f"{UVICORN} --workers 2") as server:
        async with tabs(server, 8) as opened:
            project.replace("page.html", "<p>new</p>")
            await until(lambda: all(tab.told for tab in opened), "the tabs are told")
            await until(lambda: all(tab.is_open for tab in opened), "the tabs are back")

            assert {reason for tab in opened for reason in tab.told} == {"reload"}
            # The worker that makes the page anew may hear of the change after that, and say so.
            assert max(len(tab.told) for tab in opened) <= 2


def test_a_server_in_a_thread_has_no_signals_and_serves_all_the_same(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    server = uvicorn.Server(
        uvicorn.Config(LiveReload(hello, enabled=True), port=0, log_level="error")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        page = httpx.get(f"http://127.0.0.1:{port}/", headers=PERSON).text
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    finally:
        server.should_exit = True
        thread.join(10)

    assert "/__sse-reload/client/" in page
    assert not thread.is_alive()


async def test_a_test_of_somebodys_own_gets_its_handlers_back(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with LiveReload(hello, enabled=True).running():
        assert signal.getsignal(signal.SIGINT) != before[0]

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def hello(scope: "Scope", _receive: "Receive", send: "Send") -> None:
    """An application without a lifespan that says hello to everybody."""
    assert scope["type"] == "http"
    headers = [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"<!doctype html><p>hello</p>"})
