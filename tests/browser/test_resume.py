"""Nothing is missed: whatever happens between the page and its stream, the tab ends on the content."""

import signal
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route

from tests.browser.chromium import Tabs
from tests.browser.pages import diary_of, save, wait_for_loads, wait_for_title, write_page
from tests.serving import LiveServer, serving, wait_until


def test_a_change_while_the_server_was_dead_arrives(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        server.end(signal.SIGKILL)
        write_page(tmp_path / "index.html", "two")
        with serving(tmp_path, port=server.port):
            wait_for_title(page, "two")

            assert [entry["title"] for entry in diary_of(page)] == ["one", "two"]


def test_a_restart_alone_reloads_nobody(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "app.js", "1")
    write_page(tmp_path / "index.html", "one", body='<script src="app.js"></script>')
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        # The last change before the end is the one that a clock's grain could tell twice.
        save(tmp_path / "app.js", "2")
        wait_for_loads(page, 2)
        server.wait_for_tabs(1)
        server.end(signal.SIGKILL)
        with serving(tmp_path, port=server.port) as again:
            again.wait_for_tabs(1)
            write_page(tmp_path / "marker.html", "marker")
            line = again.wait_for_line("→")

            assert line.endswith("marker.html → not used by 1 tab")
            assert len(diary_of(page)) == 2


def test_a_restart_with_a_clean_end_reloads_nobody(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        assert server.end() == 0
        with serving(tmp_path, port=server.port) as again:
            again.wait_for_tabs(1)

            assert len(diary_of(page)) == 1


def change_before_the_stream(page: Page, server: LiveServer, change: Callable[[], None]) -> None:
    """Let a page be rendered, then `change` be told, and only then its stream be opened."""
    before = server.status()["last_id"]
    changed: list[str] = []

    def change_first(route: Route) -> None:
        if not changed:
            changed.append(route.request.url)
            change()
            wait_until(lambda: server.status()["last_id"] != before)
        route.continue_()

    page.route("**/stream/worker.js", change_first)  # requests of the worker itself pass no route
    page.goto(server.url, wait_until="commit")


def test_a_change_between_render_and_connect_arrives(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open("about:blank")
        change_before_the_stream(page, server, lambda: write_page(tmp_path / "index.html", "two"))

        wait_for_title(page, "two")


def test_a_change_of_a_style_sheet_between_render_and_connect_arrives(
    tmp_path: Path, tabs: Tabs
) -> None:
    save(tmp_path / "main.css", "body { color: rgb(1, 1, 1) }")
    write_page(tmp_path / "index.html", "one", head='<link rel=stylesheet href="main.css">')
    with serving(tmp_path) as server:
        page = tabs.open("about:blank")
        sheet = tmp_path / "main.css"
        change_before_the_stream(page, server, lambda: save(sheet, "body { color: rgb(2, 2, 2) }"))

        page.wait_for_function("getComputedStyle(document.body).color === 'rgb(2, 2, 2)'")
        assert [entry["title"] for entry in diary_of(page) if "title" in entry] == ["one"]


def test_a_stream_that_the_server_refused_is_made_anew(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    write_page(tmp_path / "blank.html", "blank")
    with serving(tmp_path) as server:
        page = tabs.open(server.url + "blank")
        refused: list[str] = []

        def refuse_first(route: Route) -> None:
            if refused:
                route.continue_()
            else:
                refused.append(route.request.url)
                route.fulfill(status=503, body="busy")  # ends an EventSource for good

        page.add_init_script("delete window.SharedWorker")
        page.route("**/__sse-reload/events*", refuse_first)
        page.goto(server.url)
        write_page(tmp_path / "index.html", "two")

        wait_for_title(page, "two")
        assert len(refused) == 1
