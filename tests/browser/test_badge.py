"""The sign in the corner while the server is away."""

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save, write_page
from tests.serving import LiveServer, serving

BADGE = "sse-reload-badge"
BUSY = "<style>html > * { all: revert; position: static; margin: 80px; opacity: .1; color: red } p { font: 80px serif }</style>"


def open_page(
    root: Path, server: LiveServer, tabs: Tabs, *, head: str = "", body: str = ""
) -> Page:
    write_page(root / "index.html", "one", head=head, body=body)
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    return page


def status_of(page: Page) -> Locator:
    return page.locator(BADGE).get_by_role("status")


def wait_for_badge(page: Page) -> None:
    expect(status_of(page)).to_have_text("sse-reload: the server is away")
    expect(status_of(page)).to_be_visible()


def test_it_comes_when_the_server_dies_and_goes_when_it_is_back(tmp_path: Path, tabs: Tabs) -> None:
    with serving(tmp_path) as server:
        page = open_page(tmp_path, server, tabs)
        before = page.evaluate("document.documentElement.outerHTML")
        server.end(signal.SIGKILL)
        wait_for_badge(page)
        with serving(tmp_path, port=server.port):
            expect(page.locator(BADGE)).to_have_count(0)

            assert page.evaluate("document.documentElement.outerHTML") == before


def test_who_dismisses_it_sees_it_again_only_at_the_next_outage(tmp_path: Path, tabs: Tabs) -> None:
    with serving(tmp_path) as server:
        page = open_page(tmp_path, server, tabs)
        server.end(signal.SIGKILL)
        wait_for_badge(page)
        page.locator(BADGE).get_by_role("button", name="Dismiss").click()
        expect(page.locator(BADGE)).to_have_count(0)
        with serving(tmp_path, port=server.port) as again:
            again.wait_for_tabs(1)
            again.end(signal.SIGKILL)

            wait_for_badge(page)


@pytest.mark.parametrize("key", ["Enter", "Space", "Escape"])
def test_the_keyboard_is_enough_to_dismiss_it(tmp_path: Path, tabs: Tabs, key: str) -> None:
    with serving(tmp_path) as server:
        heard = "<script>window.heard = []; addEventListener('keydown', ({ key }) => heard.push(key))</script>"
        page = open_page(tmp_path, server, tabs, head=heard)
        server.end(signal.SIGKILL)
        wait_for_badge(page)
        page.keyboard.press("Tab")
        expect(page.locator(BADGE).get_by_role("button")).to_be_focused()
        page.keyboard.press(key)

        expect(page.locator(BADGE)).to_have_count(0)
        assert page.evaluate("heard") == ["Tab"]


def test_the_pages_own_rules_do_not_reach_it(tmp_path: Path, tabs: Tabs) -> None:
    with serving(tmp_path) as server:
        page = open_page(tmp_path, server, tabs, head=BUSY)
        server.end(signal.SIGKILL)
        wait_for_badge(page)
        box = page.locator(BADGE).bounding_box()
        assert box

        width, height = page.evaluate("[innerWidth, innerHeight]")
        assert width - box["x"] - box["width"] == pytest.approx(16, abs=16), "a scroll bar at most"
        assert height - box["y"] - box["height"] == pytest.approx(16, abs=1)
        assert 30 < box["height"] < 50
        assert page.evaluate(f"getComputedStyle(document.querySelector('{BADGE}')).opacity") == "1"


def test_a_strict_policy_does_not_spoil_it(tmp_path: Path, tabs: Tabs) -> None:
    policy = (
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'; style-src 'none'; "
        "script-src 'self'; require-trusted-types-for 'script'\">"
    )
    with serving(tmp_path) as server:
        save(
            tmp_path / "strict.html",
            f"<!doctype html><html><head>{policy}</head><body>Strict</body>",
        )
        page = tabs.open(server.url + "strict")
        server.wait_for_tabs(1)
        server.end(signal.SIGKILL)
        wait_for_badge(page)

        painted = "element => getComputedStyle(element.parentElement).backgroundColor"
        assert status_of(page).evaluate(painted) == "rgb(252, 251, 249)"


def test_it_fits_a_narrow_window_and_stays_off_paper(tmp_path: Path, tabs: Tabs) -> None:
    with serving(tmp_path) as server:
        page = open_page(tmp_path, server, tabs)
        page.set_viewport_size({"width": 280, "height": 500})
        server.end(signal.SIGKILL)
        wait_for_badge(page)
        box = page.locator(BADGE).bounding_box()
        assert box

        assert box["x"] >= 16
        assert box["x"] + box["width"] <= 280 - 16
        page.emulate_media(media="print")
        expect(page.locator(BADGE)).to_be_hidden()


def test_only_the_outer_page_shows_it(tmp_path: Path, tabs: Tabs) -> None:
    with serving(tmp_path) as server:
        write_page(tmp_path / "inner.html", "inner")
        write_page(tmp_path / "index.html", "outer", body="<iframe src=inner.html></iframe>")
        page = tabs.open(server.url)
        server.wait_for_tabs(2)
        server.end(signal.SIGKILL)
        wait_for_badge(page)

        expect(page.frame_locator("iframe").locator("#end")).to_be_visible()
        expect(page.frame_locator("iframe").locator(BADGE)).to_have_count(0)
