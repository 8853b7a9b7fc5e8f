"""Many tabs, hidden tabs, and the ways people move between pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.chromium import Tabs, chromium, connect
from tests.browser.pages import diary_of, wait_for_title, write_page
from tests.serving import serving


class ScriptedTabs(Tabs):
    """Tabs in which a script runs before all others."""

    def __init__(self, context: BrowserContext, script: str) -> None:
        super().__init__(context)
        self._script = script

    def open(self, url: str) -> Page:
        page = super().open("about:blank")
        page.add_init_script(self._script)
        page.goto(url)
        return page


@pytest.fixture
def lone_tabs(browser: Browser) -> Iterator[Tabs]:
    """Tabs of a browser without shared workers."""
    opened = ScriptedTabs(browser.contexts[0], "delete window.SharedWorker")
    yield opened
    opened.close()


def test_twelve_tabs_all_end_on_the_new_page_once_shown(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        pages = [tabs.open(server.url) for _ in range(12)]
        server.wait_for_tabs(1)  # the visible one
        write_page(tmp_path / "index.html", "two")
        wait_for_title(pages[-1], "two")

        for page in pages:
            page.bring_to_front()
            wait_for_title(page, "two")


def test_a_hidden_tab_keeps_changes_until_it_is_shown(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        hidden = tabs.open(server.url)
        server.wait_for_tabs(1)
        tabs.open("about:blank")
        server.wait_for_tabs(0)
        for title in ("two", "three"):
            write_page(tmp_path / "index.html", title)
            server.wait_for_line("kept for 1 hidden tab")
        assert hidden.title() == "one"

        hidden.bring_to_front()
        wait_for_title(hidden, "three")
        assert "two" not in [entry["title"] for entry in diary_of(hidden)]


def test_a_hidden_tab_that_was_told_nothing_of_its_own_is_left_alone(
    tmp_path: Path, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    write_page(tmp_path / "other.html", "other")
    with serving(tmp_path) as server:
        hidden = tabs.open(server.url)
        server.wait_for_tabs(1)
        tabs.open("about:blank")
        server.wait_for_tabs(0)
        write_page(tmp_path / "other.html", "changed")
        server.wait_for_line("kept for 1 hidden tab")

        hidden.bring_to_front()
        server.wait_for_tabs(1)
        assert len(diary_of(hidden)) == 1


def test_without_shared_workers_a_hidden_tab_lets_go_and_catches_up_when_it_is_shown(
    tmp_path: Path, lone_tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        hidden = lone_tabs.open(server.url)
        server.wait_for_tabs(1)
        lone_tabs.open("about:blank")
        server.wait_for_tabs(0)
        for title in ("two", "three"):
            write_page(tmp_path / "index.html", title)
            server.wait_for_line("no tab is open")

        hidden.bring_to_front()
        wait_for_title(hidden, "three")
        assert "two" not in [entry["title"] for entry in diary_of(hidden)]


def test_without_shared_workers_a_hidden_tab_that_missed_nothing_is_left_alone(
    tmp_path: Path, lone_tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    write_page(tmp_path / "other.html", "other")
    with serving(tmp_path) as server:
        hidden = lone_tabs.open(server.url)
        server.wait_for_tabs(1)
        lone_tabs.open("about:blank")
        server.wait_for_tabs(0)
        write_page(tmp_path / "other.html", "changed")
        server.wait_for_line("no tab is open")

        hidden.bring_to_front()
        server.wait_for_tabs(1)
        assert len(diary_of(hidden)) == 1


def test_ten_navigations_in_one_tab_never_hang(tmp_path: Path, tabs: Tabs) -> None:
    for number in range(11):
        write_page(
            tmp_path / f"{number}.html", f"page {number}", body=f'<a href="{number + 1}">next</a>'
        )
    with serving(tmp_path) as server:
        page = tabs.open(server.url + "0")
        for number in range(1, 11):
            page.click("a")
            wait_for_title(page, f"page {number}")

        server.wait_for_tabs(1)


def test_the_back_button_shows_the_current_page(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one", body='<a href="next">next</a>')
    write_page(tmp_path / "next.html", "next")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate(
            "addEventListener('pageshow', (event) => { window.wasKept = event.persisted })"
        )
        page.click("a")
        wait_for_title(page, "next")
        server.wait_for_tabs(1)
        write_page(tmp_path / "index.html", "two", body='<a href="next">next</a>')
        server.wait_for_line("index.html → not used by 1 tab")
        page.go_back(wait_until="commit")

        wait_for_title(page, "two")


def test_the_back_button_keeps_an_unchanged_page_alive(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one", body='<a href="next">next</a>')
    write_page(tmp_path / "next.html", "next")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate("window.mark = 1")
        page.click("a")
        wait_for_title(page, "next")
        page.go_back(wait_until="commit")
        wait_for_title(page, "one")
        assert page.evaluate("window.mark") == 1, "the page came from the back/forward cache"
        server.wait_for_tabs(1)

        write_page(tmp_path / "index.html", "two")
        wait_for_title(page, "two")


def test_two_browsers_follow_the_same_save(
    tmp_path: Path, playwright: Playwright, executable: str, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server, chromium(executable) as address:
        first = tabs.open(server.url)
        other = Tabs(connect(playwright, address).contexts[0])
        second = other.open(server.url)
        server.wait_for_tabs(2)
        write_page(tmp_path / "index.html", "two")

        wait_for_title(first, "two")
        wait_for_title(second, "two")
        assert "2 tabs" in server.wait_for_line("→")
