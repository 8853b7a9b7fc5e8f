"""A tab of an app whose server restarts itself: it shows the new code, and asks for it once."""

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chromium import Tabs
from tests.integration.app_servers import AppServer, Project, app_server
from tests.serving import wait_until

pytestmark = pytest.mark.browser

RELOADING = "uvicorn app:app --port PORT --reload"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("one")
    return made


def wait_for_stream(server: AppServer) -> None:
    """Wait until a tab listens."""
    status = "/__sse-reload/status"
    wait_until(lambda: '"streams": 1' in server.get(status), what="a tab listens")


def test_new_code_is_shown_once_by_a_tab_that_is_seen_and_by_one_that_is_not(
    tabs: Tabs, project: Project
) -> None:
    with app_server(project, RELOADING) as server:
        pages = [tabs.open(server.url) for _ in range(2)]
        for page in pages:
            page.evaluate("sessionStorage.before = performance.timeOrigin")

        project.write("two")

        expect(pages[1].locator("p")).to_have_text("two")
        expect(pages[0].locator("p")).to_have_text("one")  # nobody sees it
        pages[0].bring_to_front()
        expect(pages[0].locator("p")).to_have_text("two")
        first = pages[1].evaluate("performance.timeOrigin")
        # A second load would come with the next connection; make one.
        pages[1].evaluate("fetch('/mark')")
        pages[1].wait_for_timeout(700)
        assert pages[1].evaluate("performance.timeOrigin") == first


def test_a_restart_without_new_code_loads_nothing(tabs: Tabs, project: Project) -> None:
    with app_server(project, "uvicorn app:app --port PORT") as server:
        port = server.port
        page = tabs.open(server.url)
        wait_for_stream(server)
        page.evaluate("window.mark = 1")
        server.ask_to_end(signal.SIGTERM)
        server.wait()
    with app_server(project, "uvicorn app:app --port PORT", port=port) as server:
        wait_for_stream(server)
        page.evaluate("fetch('/__sse-reload/code')")

        assert page.evaluate("window.mark") == 1


def test_a_paused_page_stays(tabs: Tabs, project: Project) -> None:
    with app_server(project, RELOADING) as server:
        page = tabs.open(server.url)
        page.evaluate("document.documentElement.dataset.sseReload = 'off'; window.mark = 1")

        project.write("two")
        wait_until(lambda: server.starts() == 2, 20, "the server has been restarted")
        wait_for_stream(server)

        assert page.evaluate("window.mark") == 1


def test_a_page_that_stays_old_is_loaded_once(tabs: Tabs, project: Project) -> None:
    """As with several workers, of which one has not been restarted."""
    with app_server(project, RELOADING) as server:
        context = tabs.context
        page = tabs.open(server.url)
        old = page.content()
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(body=old, content_type="text/html")

        context.route(f"{server.url}/", answer)
        try:
            project.write("two")
            wait_until(lambda: server.starts() == 2, 20, "the server has been restarted")
            page.wait_for_function(
                "performance.getEntriesByType('navigation')[0].type === 'reload'"
            )
            page.wait_for_timeout(1500)
        finally:
            context.unroute(f"{server.url}/")

    assert len(asked) == 1


def test_a_page_that_was_loaded_while_its_server_ended_comes_back(
    tabs: Tabs, project: Project
) -> None:
    """The page is there, and the rest of the client cannot be had."""
    with app_server(project, RELOADING) as server:
        failing = True

        def answer(route: Route) -> None:
            if failing:
                route.abort("connectionrefused")
            else:
                route.continue_()

        for part in ("**/connect.js", "**/__sse-reload/status"):
            tabs.context.route(part, answer)
        try:
            page = tabs.open(server.url)
            page.evaluate("window.mark = 1")
            failing = False
            page.wait_for_function("window.mark === undefined")
            wait_for_stream(server)
        finally:
            tabs.context.unroute("**/connect.js")
            tabs.context.unroute("**/__sse-reload/status")
