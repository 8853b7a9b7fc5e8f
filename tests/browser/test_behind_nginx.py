"""The deployment example in a browser, behind a real nginx: restarts, and how many streams fit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Tabs
from tests.integration.bell_serving import Bell, bell
from tests.integration.nginx_serving import nginx
from tests.integration.proxies import Certificate, Proxy, make_certificate

RESTARTING = {"# error_page 502 504 = @restarting;": "error_page 502 504 = @restarting;"}
WITHOUT_TLS = {"return 301 https://$host$request_uri;": "location / { proxy_pass http://bell; }"}

OWN_SOURCE = """() => {
  window.heard = [];
  window.own = new EventSource('/events');
  own.addEventListener('bell', (event) => heard.push(JSON.parse(event.data).strokes));
}"""
TWELVE_SOURCES = """() => {
  window.all = Array.from({ length: 12 }, () => new EventSource('/events'));
}"""
HOW_MANY_ARE_OPEN = "all.filter((source) => source.readyState === EventSource.OPEN).length"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def app() -> Iterator[Bell]:
    with bell() as running:
        yield running


@pytest.fixture
def trusting_tabs(browser: Browser) -> Iterator[Tabs]:
    """Tabs of somebody who knows our certificate."""
    context = browser.new_context(ignore_https_errors=True)
    opened = Tabs(context)
    yield opened
    opened.close()
    context.close()


def wait_for_bells(page: Page, *words: str) -> None:
    """Wait until the page of the example lists these, the newest first."""
    expect(page.locator("li > span:nth-child(2)")).to_have_text(words)


def test_our_client_comes_back_after_a_502_and_a_bare_event_source_only_where_nginx_answers_streams(
    app: Bell, certificate: Certificate, tmp_path: Path, trusting_tabs: Tabs
) -> None:
    folders = tmp_path / "plain", tmp_path / "kind"
    for folder in folders:
        folder.mkdir()
    with (
        nginx(folders[0], certificate, app.port) as plain,
        nginx(folders[1], certificate, app.port, RESTARTING) as kind,
    ):
        page, other = trusting_tabs.open(plain.url), trusting_tabs.open(kind.url)
        for tab in (page, other):
            tab.evaluate(OWN_SOURCE)
            tab.wait_for_function("own.readyState === EventSource.OPEN")
        app.strike(1)
        wait_for_bells(page, "One bell")

        app.kill()
        expect(page.locator("#state")).to_have_text("Out of earshot, coming back …")
        page.wait_for_function("own.readyState === EventSource.CLOSED")
        app.start()
        app.strike(2)
        app.strike(3)

        wait_for_bells(page, "Three bells", "Two bells")
        expect(page.locator("#state")).to_have_text("Within earshot")
        other.wait_for_function("heard.length === 3")
        assert other.evaluate("heard") == [1, 2, 3]
        assert page.evaluate("[heard, own.readyState]") == [[1], 2]


def test_twelve_streams_fit_into_http_2_and_six_into_http_1(
    app: Bell, certificate: Certificate, tmp_path: Path, trusting_tabs: Tabs
) -> None:
    with nginx(tmp_path, certificate, app.port, WITHOUT_TLS) as proxy:
        modern, old = open_twelve(trusting_tabs, proxy)
        modern.wait_for_function(f"{HOW_MANY_ARE_OPEN} === 12")
        old.wait_for_function(f"{HOW_MANY_ARE_OPEN} === 6")
        app.wait_for_streams(18)


def open_twelve(tabs: Tabs, proxy: Proxy) -> list[Page]:
    """Two tabs that want twelve streams each: one with TLS and so HTTP/2, one without.

    Both show a page without a stream of its own.
    """
    pages = [
        tabs.open(f"{address}/health/live")
        for address in (proxy.url, f"http://localhost:{proxy.plain}")
    ]
    for page in pages:
        page.evaluate(TWELVE_SOURCES)
    return pages
