"""A tab while the proxy itself is away, and what it has missed when the proxy is back."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save
from tests.serving import free_port, proxying

APP = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class App(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!doctype html><p>one</p>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def test_a_page_that_waits_is_loaded_when_the_app_came_while_the_proxy_was_away(
    tabs: Tabs, project: Path
) -> None:
    port = free_port()
    with proxying(project, port) as server:
        page = tabs.open(server.url)
        expect(page.locator("h1")).to_have_text("The app does not answer")
        server.wait_for_tabs(1)
        own = server.port
    app = subprocess.Popen([sys.executable, "app.py", str(port)], cwd=project)
    try:
        with proxying(project, port, port=own):
            expect(page.locator("body > p")).to_have_text("one")
    finally:
        app.kill()
        app.wait()


def test_code_that_was_saved_while_the_proxy_was_away_is_shown(tabs: Tabs, project: Path) -> None:
    port = free_port()
    command = [sys.executable, "app.py", str(port)]
    with proxying(project, port, command=command) as server:
        page = tabs.open(server.url)
        expect(page.locator("body > p")).to_have_text("one")
        server.wait_for_tabs(1)
        own = server.port
    save(project / "app.py", APP.replace(">one<", ">two<"))
    with proxying(project, port, command=command, port=own):
        expect(page.locator("body > p")).to_have_text("two")


def test_a_proxy_that_was_away_and_missed_nothing_loads_nothing(tabs: Tabs, project: Path) -> None:
    port = free_port()
    command = [sys.executable, "app.py", str(port)]
    with proxying(project, port, command=command) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate("window.mark = 1")
        own = server.port
    with proxying(project, port, command=command, port=own) as server:
        server.wait_for_line("app answers")
        server.wait_for_tabs(1)

        assert page.evaluate("window.mark") == 1
