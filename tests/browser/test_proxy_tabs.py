"""What a person sees of an app behind the proxy: it changes, it dies, it comes back."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.serving import LiveServer, free_port, proxying

pytestmark = pytest.mark.browser

TITLE = "sse-reload-overlay h1"

APP = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WORD = "one"
PAGE = '''<!doctype html>
<html><head><link rel="stylesheet" href="/files/main.css?v=1"></head>
<body><p id="word">%s</p><textarea></textarea><p id="time"></p></body></html>'''


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/":
            print("page asked", flush=True)
            self.answer("text/html", (PAGE % WORD).encode())
        elif path == "/files/main.css":
            self.answer("text/css", Path("style", "main.css").read_bytes())
        elif path == "/ticks":
            self.tick()
        else:
            self.send_error(404)

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("cache-control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)

    def tick(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for number in range(1000):
            self.wfile.write(f"data: {number}\\n\\n".encode())
            self.wfile.flush()
            time.sleep(0.02)

    def log_message(self, *words):
        pass


time.sleep(0.2)
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "style").mkdir()
    (tmp_path / "style" / "main.css").write_text("body { color: rgb(1, 2, 3) }")
    return tmp_path


@pytest.fixture
def server(project: Path) -> Iterator[LiveServer]:
    port = free_port()
    with proxying(project, port, command=[sys.executable, "app.py", str(port)]) as server:
        server.wait_for_line("app answers")
        yield server


def save(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def colour(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).color"))


def test_new_code_is_shown_in_every_tab_and_each_asks_once(
    tabs: Tabs, server: LiveServer, project: Path
) -> None:
    pages = [tabs.open(server.url) for _ in range(8)]
    server.wait_for_line("page asked")
    shown = pages[-1]
    shown.locator("textarea").fill("half a thought")

    save(project / "app.py", '"one"', '"two"')
    for page in pages:
        page.bring_to_front()
        expect(page.locator("#word")).to_have_text("two")

    expect(shown.locator("textarea")).to_have_value("half a thought")
    server.wait_for_line("app.py → reloaded")
    asked = sum("page asked" in line for line in server.printed)
    assert asked == 2 * len(pages)


def test_a_style_sheet_that_was_seen_to_be_served_is_swapped(
    tabs: Tabs, server: LiveServer, project: Path
) -> None:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    page.evaluate("window.mark = 1")

    save(project / "style" / "main.css", "rgb(1, 2, 3)", "rgb(4, 5, 6)")
    server.wait_for_line(r"style/main.css → swapped styles in 1 tab")

    assert colour(page) == "rgb(4, 5, 6)"
    assert page.evaluate("window.mark") == 1
    page.reload()
    assert colour(page) == "rgb(4, 5, 6)"  # though the app let the browser keep it for an hour


def test_an_app_that_dies_is_explained_over_the_page_and_goes_on_when_it_is_mended(
    tabs: Tabs, server: LiveServer, project: Path
) -> None:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    page.locator("textarea").fill("half a thought")

    save(project / "app.py", 'WORD = "one"', "WORD = won")
    expect(page.locator(TITLE)).to_have_text("NameError: name 'won' is not defined")
    expect(page.locator("sse-reload-overlay .place").first).to_have_text("app.py:6")
    expect(page.locator("#word")).to_have_text("one")
    late = tabs.open(server.url)
    expect(late.locator(TITLE)).to_have_text("NameError: name 'won' is not defined")

    save(project / "app.py", "WORD = won", 'WORD = "won"')
    expect(late.locator("#word")).to_have_text("won")
    page.bring_to_front()
    expect(page.locator("#word")).to_have_text("won")
    expect(page.locator(TITLE)).to_have_count(0)
    expect(page.locator("textarea")).to_have_value("half a thought")


def test_a_target_that_is_away_has_a_page_that_heals(tabs: Tabs, project: Path) -> None:
    port = free_port()
    with proxying(project, port) as server:
        page = tabs.open(server.url)
        expect(page.locator("h1")).to_have_text("The app does not answer")

        app = subprocess.Popen([sys.executable, "app.py", str(port)], cwd=project)
        try:
            expect(page.locator("#word")).to_have_text("one")
        finally:
            app.kill()
            app.wait()


def test_the_apps_own_stream_arrives_as_it_is_sent(tabs: Tabs, server: LiveServer) -> None:
    page = tabs.open(server.url)
    heard = page.evaluate(
        textwrap.dedent("""
            () => new Promise((resolve) => {
              const heard = [];
              const stream = new EventSource('/ticks');
              stream.onmessage = ({ data }) => {
                heard.push([data, performance.now()]);
                if (heard.length === 20) { stream.close(); resolve(heard); }
              };
            })
        """)
    )

    assert [data for data, _ in heard] == [str(number) for number in range(20)]
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(heard)]
    assert sum(gap > 5 for gap in gaps) > 10  # each by itself, not all at the end
