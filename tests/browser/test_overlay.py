"""What a person sees of builds: a failed one over the last good page, a long one in the corner."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.integration.test_preview import PAGE, make_mkdocs
from tests.serving import LiveServer, previewing, running

pytestmark = pytest.mark.browser

TITLE = "sse-reload-overlay h1"
WRONG = "site_name: [\n"
RIGHT = "site_name: Test\n"

SLOW = """\
import pathlib, sys, time
for number in range(20):
    print(f"[{number + 1}/20] pages", flush=True)
    time.sleep(float(pathlib.Path("src/pause").read_text()))
pathlib.Path(sys.argv[1], "index.html").write_text("<!doctype html><html><body><p>built</p></body></html>")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_mkdocs(tmp_path / "project")


@pytest.fixture
def server(project: Path) -> Iterator[LiveServer]:
    with previewing(project) as server:
        yield server


def test_a_failed_build_stands_over_the_page_until_the_next_good_one(
    tabs: Tabs, server: LiveServer, project: Path
) -> None:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    page.evaluate("window.mark = 1")

    (project / "mkdocs.yml").write_text(WRONG)
    expect(page.locator(TITLE)).to_contain_text("error parsing the configuration file")
    expect(page.locator("sse-reload-overlay .facts")).to_contain_text("exit code 1")
    expect(page.locator("sse-reload-overlay .place").first).to_have_text("mkdocs.yml:2:1")
    expect(page.get_by_text("It says first.")).to_be_visible()
    (project / "mkdocs.yml").write_text(RIGHT)

    expect(page.locator(TITLE)).to_have_count(0)
    assert page.evaluate("window.mark") == 1


def test_a_tab_that_opens_later_sees_it_too(tabs: Tabs, server: LiveServer, project: Path) -> None:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    (project / "mkdocs.yml").write_text(WRONG)
    expect(page.locator(TITLE)).to_be_visible()

    later = tabs.open(f"{server.url}page1/")

    expect(later.locator(TITLE)).to_contain_text("error parsing the configuration file")


def test_escape_closes_it_for_this_build_only(
    tabs: Tabs, server: LiveServer, project: Path
) -> None:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    (project / "mkdocs.yml").write_text(WRONG)
    expect(page.locator(TITLE)).to_be_visible()

    page.keyboard.press("Escape")
    expect(page.locator(TITLE)).to_have_count(0)
    (project / "mkdocs.yml").write_text(f"{WRONG} - [\n")

    expect(page.locator(TITLE)).to_be_visible()


def test_what_the_page_says_of_elements_does_not_reach_it(
    tabs: Tabs, server: LiveServer, project: Path
) -> None:
    (project / "docs" / "index.md").write_text(
        f"{PAGE.format(word='first')}\n<style>* {{ display: none !important; color: red !important; }}"
        " html, body { display: block !important; }</style>\n"
    )
    page = tabs.open(server.url)
    server.wait_for_tabs(1)

    (project / "mkdocs.yml").write_text(WRONG)

    expect(page.locator(TITLE)).to_have_count(1)
    wait_until_on_top(page)


def wait_until_on_top(page: Page) -> None:
    """Wait until the overlay is what a person would click in the middle of its title."""
    page.wait_for_function("""() => {
        const host = document.querySelector('sse-reload-overlay');
        const title = host.shadowRoot.querySelector('h1');
        const { x, y } = title.getBoundingClientRect();
        return host.shadowRoot.elementFromPoint(x + 4, y + 4) === title;
    }""")


def test_it_stands_above_a_dialog_of_the_page(
    tabs: Tabs, server: LiveServer, project: Path
) -> None:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    page.evaluate("""() => {
        const dialog = document.createElement('dialog');
        dialog.textContent = 'of the page';
        document.body.append(dialog);
        dialog.showModal();
    }""")

    (project / "mkdocs.yml").write_text(WRONG)

    expect(page.locator(TITLE)).to_be_visible()
    wait_until_on_top(page)


@pytest.mark.parametrize("policy", ["style-src 'self'", "default-src 'self'"])
def test_a_policy_against_inline_styles_does_not_undress_it(
    tabs: Tabs, server: LiveServer, project: Path, policy: str
) -> None:
    (project / "docs" / "index.md").write_text(
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n\n{PAGE.format(word=1)}'
    )
    page = tabs.open(server.url)
    server.wait_for_tabs(1)

    (project / "mkdocs.yml").write_text(WRONG)

    expect(page.locator("sse-reload-overlay dialog")).to_have_css("display", "flex")


def test_warnings_are_counted_and_listed(tabs: Tabs, server: LiveServer, project: Path) -> None:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)

    (project / "docs" / "page1.md").write_text("# Odd\n\n[a](nope.md) and [b](none.md)\n")
    page.locator("sse-reload-build button").first.click()

    expect(page.locator(TITLE)).to_have_text("2 warnings")
    expect(page.locator("sse-reload-overlay .problems li")).to_have_count(2)


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "pause").write_text("0.0")
    (tmp_path / "make.py").write_text(SLOW)
    return tmp_path


def test_a_long_build_says_how_far_it_is(tabs: Tabs, slow: Path) -> None:
    words = ("--build", "python3 make.py {output}", "--watch", "src")
    with running("serve", slow, *words, cwd=slow) as server:
        page = tabs.open(server.url)
        expect(page.get_by_text("built")).to_be_visible()
        server.wait_for_tabs(1)

        (slow / "src" / "pause").write_text("0.1")
        expect(page.locator("sse-reload-build time")).to_have_text(re.compile("^1"))
        width = page.evaluate("""() => parseFloat(document.querySelector('sse-reload-build')
            .shadowRoot.querySelector('.bar i').style.inlineSize)""")
        expect(page.locator("sse-reload-build .box")).to_have_count(0)

    assert 5 <= width <= 80  # it has begun, and is not at its end


def test_who_comes_before_the_first_build_waits_and_sees_the_site(tabs: Tabs, slow: Path) -> None:
    (slow / "src" / "pause").write_text("0.1")
    words = ("--build", "python3 make.py {output}", "--watch", "src")
    with running("serve", slow, *words, cwd=slow) as server:
        page = tabs.open(server.url)
        expect(page.get_by_text("The site is being built")).to_be_visible()
        expect(page.locator("sse-reload-build time")).to_be_visible()

        expect(page.get_by_text("built", exact=True)).to_be_visible()


def test_who_waits_sees_that_the_first_build_has_failed(tabs: Tabs, project: Path) -> None:
    (project / "mkdocs.yml").write_text(WRONG)
    with previewing(project) as server:
        page = tabs.open(server.url)
        expect(page.locator(TITLE)).to_be_visible()
        (project / "mkdocs.yml").write_text(RIGHT)

        expect(page.get_by_text("It says first.")).to_be_visible()
        expect(page.locator(TITLE)).to_have_count(0)


def test_a_hidden_tab_shows_it_as_well(tabs: Tabs, server: LiveServer, project: Path) -> None:
    hidden = tabs.open(server.url)
    tabs.open(f"{server.url}page1/")
    server.wait_for_tabs(1)

    (project / "mkdocs.yml").write_text(WRONG)

    expect(hidden.locator(TITLE)).to_have_count(1)


def test_a_place_that_cannot_be_opened_says_why(tabs: Tabs, project: Path) -> None:
    with previewing(project, "--editor", "no-such-editor {file}") as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        (project / "mkdocs.yml").write_text(WRONG)

        page.locator("sse-reload-overlay .place").first.click()

        expect(page.locator("sse-reload-overlay .note")).to_contain_text("no-such-editor")


def test_the_page_never_learns_where_the_project_is(server: LiveServer, project: Path) -> None:
    (project / "mkdocs.yml").write_text("nav: [nope.md]\n")

    def places() -> list[str]:
        state = json.loads(server.get_internal("build"))
        return [one["place"]["name"] for one in state.get("report", {}).get("problems", [])]

    assert not any(str(project) in place for place in places())
