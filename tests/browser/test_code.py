"""A tab of an app whose server restarts itself: it shows the new code, and asks for it once."""

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save
from tests.integration.app_servers import AppServer, Project, app_server
from tests.serving import wait_until

pytestmark = pytest.mark.browser

RELOADING = "uvicorn app:app --port PORT --reload"

NO_STORAGE = """
Object.defineProperty(window, 'sessionStorage', {
  get() { throw new DOMException('forbidden', 'SecurityError'); },
});
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("one")
    return made


def wait_for_stream(server: AppServer, below: str = "") -> None:
    """Wait until a tab listens."""
    status = f"{below}/__sse-reload/status"
    wait_until(lambda: '"streams": 1' in server.get(status), what="a tab listens")


def test_new_code_is_shown_once_by_a_tab_that_is_seen_and_by_one_that_is_not(
    tabs: Tabs, project: Project
) -> None:
    with app_server(project, RELOADING) as server:
        pages = [tabs.open(server.url) for _ in range(2)]
        for page in pages:
            page.evaluate("sessionStorage.before = performance.timeOrigin")

        project.write("two")

        expect(pages[1].locator("body > p")).to_have_text("two")
        expect(pages[0].locator("body > p")).to_have_text("one")  # nobody sees it
        pages[0].bring_to_front()
        expect(pages[0].locator("body > p")).to_have_text("two")
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


def test_a_page_that_was_paused_is_loaded_at_the_next_connection(
    tabs: Tabs, project: Project
) -> None:
    with app_server(project, RELOADING) as server:
        page = tabs.open(server.url)
        wait_for_stream(server)
        page.evaluate("document.documentElement.dataset.sseReload = 'off'")
        with page.expect_response("**/__sse-reload/code"):
            project.write("two")
        page.evaluate("document.documentElement.dataset.sseReload = 'on'")
        page.evaluate("dispatchEvent(new Event('online'))")  # makes a new connection

        expect(page.locator("body > p")).to_have_text("two")


@pytest.mark.parametrize("storage", ["kept", "forbidden"])
def test_a_page_that_stays_old_is_loaded_once(tabs: Tabs, project: Project, storage: str) -> None:
    """As with several workers, of which one has not been restarted."""
    with app_server(project, RELOADING) as server:
        page = tabs.open("about:blank")
        if storage == "forbidden":
            page.add_init_script(NO_STORAGE)
        page.goto(server.url)
        wait_for_stream(server)
        old = page.content()
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(body=old, content_type="text/html")

        page.route(f"{server.url}/", answer)
        project.write("two")
        wait_until(lambda: server.starts() == 2, 20, "the server has been restarted")
        page.wait_for_function("performance.getEntriesByType('navigation')[0].type === 'reload'")
        page.wait_for_timeout(1500)

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
            status = "/__sse-reload/status"
            for _ in range(200):
                if '"streams": 1' in server.get(status):
                    break
                page.wait_for_timeout(50)  # in which Playwright lets our requests pass
            else:
                raise AssertionError("no tab listens")
        finally:
            tabs.context.unroute("**/connect.js")
            tabs.context.unroute("**/__sse-reload/status")


MOUNTED = """
from pathlib import Path
from livereload_sse import LiveReload
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

async def page(request):
    link = f'<link rel="stylesheet" href="{request.scope["root_path"]}/static/page.css">'
    return HTMLResponse(f"<!doctype html>{link}<p>ANSWER</p>" + Path("text.html").read_text())

site = Starlette(routes=[Route("/", page), Mount("/static", StaticFiles(directory="static"))])
app = Starlette(routes=[Route("/", page), Mount("/sub", LiveReload(site, enabled=True))])
"""


@pytest.mark.parametrize("shared", [True, False], ids=["shared worker", "own stream"])
def test_below_a_path_everything_of_ours_is_below_it_as_well(
    tabs: Tabs, project: Project, *, shared: bool
) -> None:
    folder = project.folder
    (folder / "static").mkdir()
    (folder / "static" / "page.css").write_text("p { color: rgb(1, 2, 3) }")
    (folder / "text.html").write_text("<i>before</i>")
    project.replace("app.py", MOUNTED.replace("ANSWER", "one"))
    with app_server(project, RELOADING) as server:
        page = tabs.open("about:blank")
        if not shared:
            page.add_init_script("delete window.SharedWorker")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(server.url)))
        page.goto(server.url + "/sub/")
        wait_for_stream(server, "/sub")
        page.evaluate("window.mark = 1")

        save(folder / "static" / "page.css", "p { color: rgb(4, 5, 6) }")
        colour = "getComputedStyle(document.querySelector('p')).color"
        wait_until(lambda: page.evaluate(colour) == "rgb(4, 5, 6)", what="the style is swapped")
        assert page.evaluate("window.mark") == 1
        save(folder / "text.html", "<i>after</i>")
        expect(page.locator("i")).to_have_text("after")
        wait_for_stream(server, "/sub")
        project.replace("app.py", MOUNTED.replace("ANSWER", "two"))
        expect(page.locator("body > p")).to_have_text("two")

        ours = [path for path in asked if "/__sse-reload/" in path]
        assert {path.split("?")[0].rsplit("/", 1)[-1] for path in ours} > {"main.js", "ack", "code"}
        assert [path for path in ours if not path.startswith("/sub/__sse-reload/")] == []
