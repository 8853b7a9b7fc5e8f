"""The drafts are shown as they are saved: in the list, and to whoever reads one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.browser.example_apps import EXAMPLES, SHELL, Example, copy_of, running_app
from tests.browser.pages import save
from tests.serving import LiveServer

DRAFTS = Example(
    "drafts",
    0,
    ("templates/index.html", "<h1>Drafts</h1>"),
    ("manuscript.py", "WORDS_A_MINUTE = 220"),
    ("static/drafts.css", "--desk: #dcdfdd"),
    "",
    "",
)
LAST = "like somebody who wants to ask you something"
# What an author may well write: a long address, and a table with many columns.
WIDEN = """() => {
  const long = 'endless'.repeat(30);
  for (const one of document.querySelectorAll('main :is(h1, p, a)')) one.append(` ${long}`);
  document.querySelector('.text')?.insertAdjacentHTML('beforeend',
    `<table><tr>${'<td>a column</td>'.repeat(20)}</tr><tr><td>${long}</td></tr></table>`);
}"""
COUNTING = "sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with running_app(DRAFTS, copy_of(DRAFTS, tmp_path_factory.mktemp("drafts"))) as server:
        yield server


def read(app: LiveServer, tabs: Tabs, path: str = "") -> Page:
    """Open a page that counts its loads, and wait until it would hear of a change."""
    page = tabs.open("about:blank")
    page.add_init_script(COUNTING)
    page.goto(app.url + path)
    app.wait_for_tabs(1)
    return page


def loads_of(page: Page) -> int:
    return int(page.evaluate("sessionStorage.loads"))


def rewrite(app: LiveServer, name: str, old: str, new: str) -> None:
    """Edit a file as its author would."""
    text = (app.root / name).read_text("utf-8")
    assert text.count(old) == 1
    save(app.root / name, text.replace(old, new))


@pytest.fixture(autouse=True)
def calm(app: LiveServer) -> None:
    """The tabs of one test have gone when the next one begins."""
    app.wait_for_tabs(0)


def test_a_saved_draft_is_shown_where_the_reader_was(app: LiveServer, tabs: Tabs) -> None:
    page = read(app, tabs, "tides")
    count = int(page.locator(".running b").text_content() or "")
    page.evaluate("scrollTo(0, 700)")
    rewrite(app, "drafts/tides.md", LAST, f"{LAST} that cannot wait")

    expect(page.locator(".text")).to_contain_text("something that cannot wait")
    expect(page.locator(".running b")).to_have_text(str(count + 3))
    page.wait_for_function("scrollY === 700")
    assert loads_of(page) == 2


def test_the_list_gets_a_new_draft_and_loses_one_that_is_deleted(
    app: LiveServer, tabs: Tabs
) -> None:
    page = read(app, tabs)
    links = page.locator(".drafts a")
    before = links.all_text_contents()
    assert len(before) == 4
    save(app.root / "drafts" / "rope #2.md", "# What a rope knows\n\nIt knows *one* way back.\n")
    expect(links).to_have_text(["What a rope knows", *before])
    expect(page.locator("[id='rope #2']")).to_contain_text("It knows one way back.")
    links.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What a rope knows")
    page.get_by_role("link", name="Drafts").click()
    app.wait_for_tabs(1)
    (app.root / "drafts" / "rope #2.md").unlink()

    expect(links).to_have_text(before)


def test_a_draft_that_is_deleted_while_it_is_read_says_so_until_it_is_back(
    app: LiveServer, tabs: Tabs
) -> None:
    page = read(app, tabs, "paper")
    path = app.root / "drafts" / "paper.md"
    text = path.read_text("utf-8")
    heading = page.get_by_role("heading", level=1)
    path.unlink()
    expect(heading).to_have_text("No such draft")
    save(path, text)

    expect(heading).to_have_text("Paper in a wet place")


def test_the_style_sheet_is_swapped_while_somebody_reads(app: LiveServer, tabs: Tabs) -> None:
    page = read(app, tabs, "knots")
    rewrite(app, *DRAFTS.background, "--desk: rgb(1, 2, 3)")

    page.wait_for_function("getComputedStyle(document.body).backgroundColor === 'rgb(1, 2, 3)'")
    assert loads_of(page) == 1


def test_a_template_is_shown_as_it_is_saved(app: LiveServer, tabs: Tabs) -> None:
    page = read(app, tabs, "knots")
    rewrite(app, "templates/draft.html", "<b>{{ draft.words }}</b> words", "<b>As it is</b>")

    expect(page.locator(".running b")).to_have_text("As it is")


def test_code_is_shown_once_it_runs(app: LiveServer, tabs: Tabs) -> None:
    page = read(app, tabs)
    facts = page.locator("#knots .facts")
    expect(facts).to_contain_text("1 min")
    rewrite(app, *DRAFTS.title, "WORDS_A_MINUTE = 100")

    expect(facts).to_contain_text("3 min")


@pytest.mark.parametrize("path", ["", "tides", "knots", "nothing"])
def test_a_phone_shows_it_without_scrolling_sideways_and_night_is_dark(
    app: LiveServer, tabs: Tabs, path: str
) -> None:
    page = read(app, tabs, path)
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(WIDEN)
    colours = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert len(colours) == 2


def test_the_code_that_the_readme_shows_is_the_examples_own() -> None:
    folder = EXAMPLES / "drafts"
    text = (folder / "README.md").read_text("utf-8")
    code = "\n".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = re.findall(r"`([\w/]+\.(?:py|html|css|md))`", text)

    assert len(blocks) == 2
    assert [block for block in blocks if block not in code] == []
    assert [name for name in names if not (folder / name).is_file()] == ["drafts/ropes.md"]
    assert "cd examples/drafts\n" in SHELL.findall(text)[0]
