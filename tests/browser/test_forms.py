"""The answer to a form, in a tab that loads its page again: no form is sent a second time."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save
from tests.integration.app_servers import AppServer, Project, app_server
from tests.serving import LiveServer, proxying, wait_until

APP = """
from livereload_sse import LiveReload

PAGE = '''<!doctype html><title>%s</title><p>one</p>
<form method="post" action="/?kept=1#end"><input name="book"><button>Order</button></form>
<p id="end" style="margin-top: 3000px">%s'''
orders = []

async def site(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    asked = b""
    while (message := await receive()).get("more_body"):
        asked += message["body"]
    if scope["method"] == "POST":
        orders.append((asked + message["body"]).decode())
    print("ordered", orders, flush=True)
    body = (PAGE % (scope["method"], open("text.html").read())).encode()
    headers = [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

app = LiveReload(site, enabled=True)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.replace("app.py", APP)
    made.replace("text.html", "before")
    return made


def order(page: Page) -> None:
    """Send the form, and wait for its answer."""
    page.locator("input").fill("Emma")
    page.locator("button").click()
    expect(page).to_have_title("POST")


def sent(server: AppServer | LiveServer) -> int:
    """How many forms the app has been sent."""
    return "\n".join(server.printed).rpartition("ordered ")[2].partition("\n")[0].count("book=")


def test_a_save_shows_the_page_again_and_sends_no_form(tabs: Tabs, project: Project) -> None:
    with app_server(project, "uvicorn app:app --port PORT --lifespan off") as server:
        page = tabs.open(server.url)
        order(page)
        wait_until(lambda: '"tabs": 1' in server.get("/__sse-reload/status"))
        page.locator("input").fill("Persuasion")

        save(project.folder / "text.html", "after")
        expect(page.locator("#end")).to_have_text("after")

        assert sent(server) == 1
        assert page.url.endswith("/?kept=1#end")
        assert page.title() == "GET"
        expect(page.locator("input")).to_have_value("Persuasion")


def test_behind_the_proxy_as_well(tabs: Tabs, project: Project) -> None:
    with (
        app_server(project, "uvicorn app:app --port PORT --lifespan off") as app,
        proxying(project.folder, app.port) as server,
    ):
        page = tabs.open(server.url)
        order(page)
        server.wait_for_tabs(1)

        save(project.folder / "text.html", "after")
        expect(page.locator("#end")).to_have_text("after")

        assert sent(app) == 1
        assert page.title() == "GET"


def test_an_answer_whose_client_could_not_be_had_is_no_exception(
    tabs: Tabs, project: Project
) -> None:
    with app_server(project, "uvicorn app:app --port PORT --lifespan off") as server:
        page = tabs.open(server.url)
        page.route("**/connect.js", lambda route: route.abort("connectionrefused"))
        page.locator("input").fill("Emma")
        page.locator("button").click()
        page.wait_for_function("document.title === 'GET' && location.search === '?kept=1'")

        assert sent(server) == 1
