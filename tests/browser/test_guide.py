"""The guide to pages that are changed in place: each of its pages does what it says, in a browser.

Libraries come from npm, in the versions that the guide names. Each page is opened as it stands in
`examples/patching`, and edited as its author would.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Tabs
from tests.browser.corpus.packages import PACKAGES, find_packages, find_packed
from tests.browser.pages import page_text, save, wait_for_title
from tests.serving import LiveServer, serving

GUIDE = Path(__file__).parents[2] / "examples" / "patching"

VENDOR = {
    "highlight.min.js": "@highlightjs/cdn-assets/highlight.min.js",
    "highlight.css": "@highlightjs/cdn-assets/styles/default.min.css",
    "alpine.min.js": "alpinejs/dist/cdn.min.js",
}


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of libraries that the guide's reader makes."""
    folder = tmp_path_factory.mktemp("guide") / "vendor"
    folder.mkdir()
    for name, file in VENDOR.items():
        shutil.copy(find_packages() / file, folder / name)
    shutil.copy(find_packed("mermaid"), folder / "mermaid.min.js")
    return folder


@pytest.fixture
def guide(tmp_path: Path, vendor: Path) -> Iterator[LiveServer]:
    """The guide's folder with its libraries, served."""
    root = shutil.copytree(GUIDE, tmp_path / "patching")
    shutil.copytree(vendor, root / "vendor", dirs_exist_ok=True)
    with serving(root) as server:
        yield server


def open_marked(tabs: Tabs, server: LiveServer, path: str = "") -> Page:
    """Open a page; only while it is not loaded again does its window keep the mark."""
    page = tabs.open(server.url + path)
    page.evaluate("window.mark = { elements: [] }")
    page.evaluate("""document.addEventListener('sse-reload:patched', ({ detail }) => {
        mark.elements.push(...detail.elements.map((element) => element.localName));
    })""")
    server.wait_for_tabs(1)
    return page


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.mark !== undefined"))


def rewrite(server: LiveServer, name: str, old: str, new: str) -> None:
    """Edit a page as its author would."""
    file = server.root / name
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    save(file, text.replace(old, new))


def test_a_changed_block_of_code_is_highlighted_again_without_a_reload(
    guide: LiveServer, tabs: Tabs
) -> None:
    page = open_marked(tabs, guide, "highlight")
    page.evaluate(
        "mark.other = document.querySelectorAll('pre')[1].querySelector('.hljs-built_in')"
    )
    rewrite(guide, "highlight.html", "flashes[1] - flashes[0]", "sum(flashes, start=404)")

    page.wait_for_function(
        "[...document.querySelectorAll('.hljs-number')].some((one) => one.textContent === '404')"
    )
    assert is_same_page(page)
    assert page.locator("pre code.hljs").count() == 2
    assert page.evaluate("mark.other.isConnected")


def test_a_word_beside_a_block_of_code_leaves_the_block_alone(
    guide: LiveServer, tabs: Tabs
) -> None:
    page = open_marked(tabs, guide, "highlight")
    page.evaluate("mark.block = document.querySelector('pre .hljs-keyword')")
    rewrite(guide, "highlight.html", "stays the element it is", "is the element it was")

    page.wait_for_function("document.body.innerText.includes('is the element it was')")
    assert is_same_page(page)
    assert page.evaluate("mark.block.isConnected")


def test_a_changed_diagram_is_drawn_again_without_a_reload(guide: LiveServer, tabs: Tabs) -> None:
    page = open_marked(tabs, guide, "mermaid")
    page.wait_for_function("document.querySelectorAll('.mermaid svg').length === 2")
    page.evaluate("mark.other = document.querySelectorAll('.mermaid svg')[1]")
    rewrite(guide, "mermaid.html", "night[Night]", "day[Broad daylight]")

    page.wait_for_function(
        "document.querySelector('.mermaid svg')?.textContent.includes('Broad daylight')"
    )
    assert is_same_page(page)
    assert page.evaluate("mark.other.isConnected")
    assert page.locator(".mermaid svg").count() == 2


def test_an_alpine_component_keeps_its_state_while_its_words_change(
    guide: LiveServer, tabs: Tabs
) -> None:
    page = open_marked(tabs, guide, "alpine")
    page.click("text=Light a lamp")
    page.click("text=Orders")
    rewrite(guide, "alpine.html", "Trim the lamps at midnight.", "Trim the lamps at two.")

    page.wait_for_function("document.querySelector('#orders').innerText.includes('at two')")
    assert is_same_page(page)
    assert page.inner_text("b") == "2"
    assert page.is_visible("#orders")


def test_what_is_added_to_an_alpine_component_comes_to_life(guide: LiveServer, tabs: Tabs) -> None:
    page = open_marked(tabs, guide, "alpine")
    page.click("text=Light a lamp")
    added = '<p id="more">One more would be <b x-text="lamps + 1"></b></p>\n    <div id="orders"'
    rewrite(guide, "alpine.html", '<div id="orders"', added)

    page.wait_for_function("document.querySelector('#more')?.textContent === 'One more would be 3'")
    assert is_same_page(page)


def test_a_changed_directive_of_alpine_is_taken_up(guide: LiveServer, tabs: Tabs) -> None:
    page = open_marked(tabs, guide, "alpine")
    rewrite(guide, "alpine.html", 'x-text="lamps"', 'x-text="lamps * 100"')

    page.wait_for_function("document.querySelector('b').textContent === '100'")
    assert is_same_page(page)


def test_new_data_of_alpine_begin_again(guide: LiveServer, tabs: Tabs) -> None:
    page = open_marked(tabs, guide, "alpine")
    rewrite(guide, "alpine.html", "lamps: 1", "lamps: 50")

    page.wait_for_function("document.querySelector('b').textContent === '50'")
    page.click("text=Light a lamp")
    assert page.inner_text("b") == "51"
    assert is_same_page(page)


def test_the_page_is_told_which_elements_changed(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "index.html", page_text("one", body="<ul><li>a<li>b</ul><p>word</p>"))
    with serving(tmp_path) as server:
        page = open_marked(tabs, server)
        rewrite(server, "index.html", "<p>word</p>", "<p>words</p><hr>")
        page.wait_for_function("window.mark?.elements.length > 0")

        assert sorted(page.evaluate("mark.elements")) == ["hr", "p"]


RELOADING = {
    "an element that says so": "<div data-sse-reload=reload><p>before</p></div>",
    "a component whose class says so": """<script>
        customElements.define('tide-table', class extends HTMLElement {
            static sseReload = 'reload';
        });
        </script><tide-table><p>before</p></tide-table>""",
}


@pytest.mark.parametrize("body", RELOADING.values(), ids=RELOADING)
def test_a_change_inside_reloads(tmp_path: Path, tabs: Tabs, body: str) -> None:
    save(tmp_path / "index.html", page_text("one", body=f"{body}<p>outside</p>"))
    with serving(tmp_path) as server:
        page = open_marked(tabs, server)
        rewrite(server, "index.html", "outside", "beside")
        page.wait_for_function("document.body.innerText.includes('beside')")
        assert is_same_page(page)

        rewrite(server, "index.html", "before", "after")
        page.wait_for_function("document.body.innerText.includes('after')")
        assert not is_same_page(page)


def test_an_option_makes_every_change_a_reload(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "index.html", page_text("one"))
    with serving(tmp_path, "--update", "reload") as server:
        page = open_marked(tabs, server)
        save(tmp_path / "index.html", page_text("two"))

        wait_for_title(page, "two")
        assert not is_same_page(page)


def test_the_guide_names_the_versions_that_are_tested() -> None:
    text = (GUIDE / "README.md").read_text("utf-8")
    wanted = json.loads((PACKAGES / "package.json").read_text("utf-8"))
    packed = {name: one["version"] for name, one in wanted["packed"].items()}
    tested = {**wanted["dependencies"], **packed}
    named = dict(re.findall(r"\| `[\w.]+` \| `([^`]+)` \| ([\d.]+) \|", text))

    assert len(named) == 3
    assert named.items() <= tested.items()


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.html")), ids=lambda page: page.name)
def test_a_page_of_the_guide_finds_its_library_where_the_guide_puts_it(
    page: Path, vendor: Path
) -> None:
    text = (GUIDE / "README.md").read_text("utf-8")
    wanted = re.findall(r"vendor/([\w.]+)\"", page.read_text("utf-8"))

    assert wanted
    assert [
        name for name in wanted if f"`{name}`" not in text or not (vendor / name).exists()
    ] == []
