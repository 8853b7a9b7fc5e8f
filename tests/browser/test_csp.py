"""The client on pages with a strict policy: it runs, hears, shows, and never breaks the policy."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from markupsafe import escape
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save
from tests.serving import LiveServer, wait_until

EXAMPLE = Path(__file__).parents[2] / "examples" / "csp"
PAGES = {"/": "nonce.html", "/own": "own.html", "/hashed": "hashed.html"}

CSP = "content-security-policy"
REPORTED = "content-security-policy-report-only"

WATCHING = """
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, disposition }) =>
  tellViolation(`${disposition} ${effectiveDirective} ${blockedURI}`));
"""

APP = """
from livereload_sse import LiveReload
POLICIES = {policies!r}

async def app(scope, receive, send):
    headers = [(b"content-type", b"text/html"), *(
        (name.encode(), policy.encode()) for name, policy in POLICIES
    )]
    await send({{"type": "http.response.start", "status": 200, "headers": headers}})
    await send({{"type": "http.response.body", "body": open("page.html", "rb").read()}})

app = LiveReload(app, enabled=True)
"""


@contextmanager
def answering(project: Path, command: list[str], **environment: str) -> Iterator[LiveServer]:
    """Run somebody's own server in `project`, as a person would."""
    port = find_free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--port", str(port)],
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    server = LiveServer(f"http://localhost:{port}/", project, process)
    reader = threading.Thread(target=server.read_lines, daemon=True)
    reader.start()
    try:
        server.wait_for_line("Uvicorn running on", 20)
        wait_until(lambda: is_up(server), 20, f"it answers; printed: {server.printed}")
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(10)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()


def find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def is_up(server: LiveServer) -> bool:
    try:
        with urllib.request.urlopen(server.url, timeout=5):
            return True
    except OSError:
        return False


@dataclass
class Watched:
    """A tab, and what its policies were broken by. `marker` goes with the document."""

    page: Page
    violations: list[str] = field(default_factory=list)

    def tell(self, violation: str) -> None:
        if not violation.endswith("/favicon.ico"):  # the browser's own wish
            self.violations.append(violation)

    def told(self) -> list[str]:
        """Playwright hears what the page says only while it is asked something itself."""
        self.page.evaluate("0")
        return self.violations

    def mark(self) -> None:
        self.page.evaluate("window.marker = 'here'")

    def is_as_marked(self) -> bool:
        return bool(self.page.evaluate("window.marker === 'here'"))


def open_watched(tabs: Tabs, server: LiveServer, path: str = "/") -> Watched:
    """Open a tab that tells of every violation, from the first byte on."""
    page = tabs.open("about:blank")
    watched = Watched(page)
    page.expose_function("tellViolation", watched.tell)
    page.add_init_script(WATCHING)
    page.goto(server.url.rstrip("/") + path)
    server.wait_for_tabs(1)
    return watched


@pytest.fixture
def example(tmp_path: Path) -> Iterator[LiveServer]:
    """The example, started in a copy with the words of its README."""
    project = tmp_path / "csp"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__"))
    command = re.search(r"^uvicorn .*$", (EXAMPLE / "README.md").read_text(), re.MULTILINE)
    assert command
    with answering(project, command[0].split()) as server:
        yield server


@pytest.mark.parametrize(("path", "template"), PAGES.items())
def test_every_page_of_the_example_reloads_swaps_and_shows_the_badge(
    tabs: Tabs, example: LiveServer, path: str, template: str
) -> None:
    watched = open_watched(tabs, example, path)
    page = watched.page
    page.get_by_role("button", name="The lamp").click()
    watched.mark()

    style = example.root / "static" / "page.css"
    save(style, style.read_text().replace("--lit: #ffd053", "--lit: #00ff00"))
    # Not `wait_for_function`, which evaluates a string in the page: that is forbidden here.
    lit = "getComputedStyle(document.documentElement).getPropertyValue('--lit')"
    wait_until(lambda: page.evaluate(lit) == "#00ff00", what="the new colour is shown")
    expect(page.locator("#lamp")).to_have_attribute("aria-pressed", "true")
    assert watched.is_as_marked()

    source = example.root / "templates" / template
    save(source, source.read_text().replace("title %}Only", "title %}Still only"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Still only")
    assert not watched.is_as_marked()
    expect(page.locator("#lamp")).to_be_enabled()
    example.wait_for_tabs(1)

    example.end()
    expect(page.locator("sse-reload-badge").get_by_role("status")).to_be_visible()
    assert watched.told() == []


def test_in_production_its_answers_are_the_apps_own() -> None:
    with answering(EXAMPLE, ["uvicorn", "app:app"], SSE_RELOAD="0") as server:
        for path in PAGES:
            with urllib.request.urlopen(server.url.rstrip("/") + path, timeout=5) as answer:
                policy, body = answer.headers[CSP], answer.read().decode()

            assert "sse-reload/" not in policy + body
            for directive in policy.split("; "):
                assert escape(directive) in body


@pytest.mark.parametrize(
    "policies",
    [
        [(CSP, "default-src 'none'")],
        [(CSP, "default-src 'none'; worker-src 'none'; connect-src 'none'; script-src 'none'")],
        [(CSP, "script-src 'nonce-abc'; connect-src https://api.example")],
        [(CSP, "script-src 'unsafe-inline'; child-src 'none'")],
        [(CSP, "default-src 'strict-dynamic' 'unsafe-inline' https:")],
        [(CSP, "script-src 'nonce-a' 'strict-dynamic'"), (CSP, "script-src 'nonce-b'")],
        [(CSP, "script-src 'nonce-a' 'strict-dynamic'"), (CSP, "script-src 'strict-dynamic'")],
        [(CSP, "default-src 'self', default-src 'nonce-x'")],
        [(CSP, "script-src-elem 'none'; script-src 'none'; style-src 'none'; img-src 'none'")],
        [(CSP, "SCRIPT-SRC\t'None'; script-src *; CONNECT-SRC")],
        [(CSP, "require-trusted-types-for 'script'")],
        [(CSP, "require-trusted-types-for 'script'; trusted-types app")],
        [(REPORTED, "default-src 'none'")],
        [(CSP, "default-src 'self'"), (REPORTED, "script-src 'strict-dynamic' 'nonce-r'")],
    ],
    ids=lambda policies: " | ".join(policy for _, policy in policies),
)
def test_whatever_the_policy_is_we_neither_break_it_nor_are_stopped(
    tmp_path: Path, tabs: Tabs, policies: list[tuple[str, str]]
) -> None:
    (tmp_path / "app.py").write_text(APP.format(policies=policies))
    (tmp_path / "page.html").write_text("<!doctype html><title>one</title>")
    with answering(tmp_path, ["uvicorn", "app:app"]) as server:
        watched = open_watched(tabs, server)
        shared = watched.page.evaluate(
            "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/events'))"
        )
        save(tmp_path / "page.html", "<!doctype html><title>two</title>")
        expect(watched.page).to_have_title("two")
        server.wait_for_tabs(1)
        server.end()
        expect(watched.page.locator("sse-reload-badge").get_by_role("status")).to_be_visible()

    assert watched.told() == []
    assert not shared


def test_what_a_policy_blocks_without_us_it_blocks_with_us(tmp_path: Path, tabs: Tabs) -> None:
    body = (
        "<!doctype html><body><script>window.inline = 1</script>"
        "<script src=/own.js></script><p onclick='window.clicked = 1'>"
    )
    policies = [(CSP, "script-src 'strict-dynamic'; connect-src 'none'; img-src 'none'")]
    (tmp_path / "app.py").write_text(APP.format(policies=policies))
    (tmp_path / "page.html").write_text(body)
    with answering(tmp_path, ["uvicorn", "app:app"]) as server:
        watched = open_watched(tabs, server)
        page = watched.page
        page.locator("p").dispatch_event("click")

        assert page.evaluate("[window.inline, window.clicked]") == [None, None]
        wait_until(lambda: len(watched.told()) == 3, what="all three are told of")
        blocked = {line.split(" ")[1] for line in watched.violations}
        assert blocked == {"script-src-attr", "script-src-elem"}


def test_only_our_own_addresses_are_let_in(tmp_path: Path, tabs: Tabs) -> None:
    policies = [(CSP, "default-src 'none'")]
    (tmp_path / "app.py").write_text(APP.format(policies=policies))
    (tmp_path / "page.html").write_text("<!doctype html><script src=/own.js></script>")
    with answering(tmp_path, ["uvicorn", "app:app"]) as server:
        watched = open_watched(tabs, server)
        fetched = watched.page.evaluate("fetch('/data').then(() => 'an answer', () => 'none')")

        assert fetched == "none"
        wait_until(lambda: len(watched.told()) == 2, what="both are told of")
        directives = {line.split(" ")[1] for line in watched.violations}
        assert directives == {"script-src-elem", "connect-src"}
