"""The sign in the corner of a site's page: how the tests of its project are."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import Locator, Page, expect

from livereload_sse.alongside import Alongside
from livereload_sse.pytest_watch.sharing.sharing import Sharing, Verdict
from tests.browser.chromium import Tabs
from tests.browser.pages import write_page
from tests.serving import LiveServer, serving

HOST = "sse-reload-tests"
RED = Verdict(
    passed=310, failed=2, failing=["tests/test_a.py::test_one", "tests/test_b.py::test_two"]
)
GREEN = Verdict(passed=312)

HEARD = """async () => {
  const { src } = document.querySelector('script[data-page]');
  await import(new URL('tests_badge/tests.js', src));
}"""
"""Waits for the module that shows an event; who has asked for it before has been answered."""


class Watch:
    """What `pytest --watch` says, from a thread of its own."""

    def __init__(self, rootdir: Path) -> None:
        self._rootdir = rootdir
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.sharing = await self._stack.enter_async_context(Sharing(self._rootdir, interval=0.1))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def started(self, **words: Any) -> None:
        self._call(lambda: self.sharing.started(**words))

    def finished(self, verdict: Verdict) -> None:
        self._call(lambda: self.sharing.finished(verdict))

    def show_page(self, url: str) -> None:
        self._call(lambda: self.sharing.show_page(url))

    def _call(self, word: Any) -> None:
        self.alongside.loop.call_soon_threadsafe(word)

    alongside: Alongside


@contextmanager
def watching(rootdir: Path) -> Iterator[Watch]:
    watch = Watch(rootdir)
    watch.alongside = Alongside(watch)
    try:
        yield watch
    finally:
        watch.alongside.end()


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of anybody else is found."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_page(tmp_path / "index.html", "one", body="<a href=two>two</a>")
    write_page(tmp_path / "two.html", "two")
    return tmp_path


@pytest.fixture
def server(root: Path, runtime: None) -> Iterator[LiveServer]:  # noqa: ARG001 - it must come first
    with serving(root) as server:
        yield server


@pytest.fixture
def watch(root: Path, server: LiveServer) -> Iterator[Watch]:  # noqa: ARG001 - it is told
    with watching(root) as watch:
        yield watch


def words(page: Page) -> Locator:
    return page.locator(f"{HOST} .words")


def open_page(server: LiveServer, tabs: Tabs) -> Page:
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    return page


def test_it_says_what_has_failed_until_all_is_well_again(
    server: LiveServer, tabs: Tabs, watch: Watch
) -> None:
    page = open_page(server, tabs)
    before = page.evaluate("document.documentElement.outerHTML")

    watch.finished(RED)
    expect(words(page)).to_have_text("tests: 2 failed")
    watch.started(tests=4)
    watch.finished(GREEN)
    expect(words(page)).to_have_text("312 passed")

    expect(page.locator(HOST)).to_have_count(0)
    assert page.evaluate("document.documentElement.outerHTML") == before


def test_a_page_without_tests_loads_nothing_for_them(server: LiveServer, tabs: Tabs) -> None:
    page = open_page(server, tabs)

    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [name for name in loaded if "__sse-reload" in name] != []
    assert [name for name in loaded if "tests" in name] == []


def test_a_tab_that_opens_later_and_the_next_page_know_what_is_red(
    server: LiveServer, tabs: Tabs, watch: Watch
) -> None:
    first = open_page(server, tabs)
    watch.finished(RED)
    expect(words(first)).to_be_visible()

    later = tabs.open(server.url)
    expect(words(later)).to_have_text("tests: 2 failed")
    later.get_by_role("link", name="two", exact=True).click()

    expect(later).to_have_title("two")
    expect(words(later)).to_have_text("tests: 2 failed")


def test_it_lists_what_has_failed(server: LiveServer, tabs: Tabs, watch: Watch) -> None:
    page = open_page(server, tabs)
    watch.finished(RED)

    page.get_by_role("button", name="tests: 2 failed").click()

    expect(page.locator(f"{HOST} li")).to_have_text(list(RED.failing))
    page.keyboard.press("Escape")
    expect(page.locator(HOST)).to_have_count(0)


def test_it_leads_to_the_results_page(server: LiveServer, tabs: Tabs, watch: Watch) -> None:
    page = open_page(server, tabs)
    watch.show_page(f"{server.url}two")
    watch.finished(RED)

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="tests: 2 failed").click()

    expect(opened.value).to_have_title("two")
    opened.value.close()


def test_who_has_closed_it_sees_it_again_with_other_failures(
    server: LiveServer, tabs: Tabs, watch: Watch
) -> None:
    page = open_page(server, tabs)
    watch.finished(RED)
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(HOST)).to_have_count(0)

    page.reload()
    server.wait_for_tabs(1)
    watch.finished(Verdict(failed=1, failing=["tests/test_c.py::test_three"]))

    expect(words(page)).to_have_text("tests: 1 failed")


def test_it_goes_with_the_process_that_watches(root: Path, server: LiveServer, tabs: Tabs) -> None:
    page = open_page(server, tabs)
    with watching(root) as watch:
        watch.finished(RED)
        expect(words(page)).to_be_visible()

    expect(page.locator(HOST)).to_have_count(0)


@pytest.mark.parametrize("word", ["data-sse-reload-overlay", "data-sse-reload"])
def test_a_page_may_do_without_it(
    root: Path, server: LiveServer, tabs: Tabs, watch: Watch, word: str
) -> None:
    page = open_page(server, tabs)
    (root / "off.html").write_text(f"<!doctype html><html {word}=off><body>off</body></html>")
    without = tabs.open(f"{server.url}off")
    server.wait_for_tabs(1)

    watch.finished(RED)
    expect(words(page)).to_have_text("tests: 2 failed")
    without.evaluate(HEARD)

    expect(without.locator(HOST)).to_have_count(0)


def test_it_stands_above_the_sign_of_a_server_that_builds(
    server: LiveServer, tabs: Tabs, watch: Watch
) -> None:
    page = open_page(server, tabs)
    page.emulate_media(reduced_motion="reduce")
    watch.finished(RED)
    expect(words(page)).to_be_visible()
    alone = page.locator(f"{HOST} .paper").bounding_box()
    page.evaluate(
        "() => { const other = document.createElement('sse-reload-build');"
        " other.style.cssText = 'position: fixed; right: 16px; bottom: 16px; width: 90px; height: 38px';"
        " document.documentElement.append(other); }"
    )
    page.wait_for_function(
        f"y => document.querySelector('{HOST}').shadowRoot.querySelector('.paper')"
        ".getBoundingClientRect().bottom <= y - 46",
        arg=alone["y"] + alone["height"] if alone else 0,
    )
    page.evaluate("document.querySelector('sse-reload-build').remove()")
    page.wait_for_function(
        f"y => document.querySelector('{HOST}').shadowRoot.querySelector('.paper')"
        ".getBoundingClientRect().bottom === y",
        arg=alone["y"] + alone["height"] if alone else 0,
    )


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_in_light_and_dark_narrow_and_wide(
    server: LiveServer, tabs: Tabs, watch: Watch, width: int, scheme: Any
) -> None:
    page = open_page(server, tabs)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 600})
    watch.finished(
        Verdict(failed=2, before=3, failing=[f"tests/{'deep/' * 12}test_a.py::test_one"])
    )
    words(page).click()
    box = page.locator(f"{HOST} .paper").bounding_box()
    assert box

    assert box["x"] >= 16
    assert box["x"] + box["width"] <= width - 16
    assert contrast(page, ".words") >= 4.5
    assert contrast(page, "li >> nth=0") >= 4.5


def contrast(page: Page, selector: str) -> float:
    """WCAG's ratio of an element's colour to the paper's."""
    return float(
        page.locator(f"{HOST} {selector}").evaluate(
            """element => {
              const parse = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
              const light = (text) => {
                const [r, g, b] = parse(text).map((one) => one / 255)
                  .map((one) => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4);
                return .2126 * r + .7152 * g + .0722 * b;
              };
              const paper = element.closest('ul') ?? element.closest('.paper');
              const [one, two] = [getComputedStyle(element).color,
                getComputedStyle(paper).backgroundColor].map(light).sort((a, b) => b - a);
              return (one + .05) / (two + .05);
            }"""
        )
    )
