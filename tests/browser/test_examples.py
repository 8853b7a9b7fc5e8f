"""Each example app does in a browser what its README says."""

import json
import os
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.browser.example_apps import APPS, EXAMPLES, SHELL, Example, copy_of, running_app
from tests.browser.pages import save
from tests.serving import LiveServer

PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
TITLE = "What a test has called it"

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
COUNTING = "sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1"


def rewrite(server: LiveServer, where: tuple[str, str], new: str) -> None:
    """Edit a file as its author would."""
    name, old = where
    text = (server.root / name).read_text("utf-8")
    assert text.count(old) == 1
    save(server.root / name, text.replace(old, new))


def paint(server: LiveServer, page: Page, example: Example, colour: str) -> None:
    """Change the background in the style sheet, and wait until the tab has it."""
    name, declaration = example.background
    variable = declaration.partition(":")[0]
    text = (server.root / name).read_text("utf-8")
    changed, count = re.subn(rf"{variable}: [^;]+;", f"{variable}: {colour};", text, count=1)
    assert count == 1
    save(server.root / name, changed)
    wait_for_background(page, colour)


def wait_for_background(page: Page, colour: str) -> None:
    page.wait_for_function(f"colour => {BACKGROUND} === colour", arg=colour)


def loads_of(page: Page) -> int:
    return int(page.evaluate("sessionStorage.loads"))


@pytest.fixture(scope="module", params=APPS)
def example(request: pytest.FixtureRequest) -> Example:
    return APPS[cast("str", request.param)]


@pytest.fixture(scope="module")
def app(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A copy of the example, running."""
    with running_app(example, copy_of(example, tmp_path_factory.mktemp("example"))) as server:
        yield server


@pytest.fixture
def page(app: LiveServer, example: Example, tabs: Tabs) -> Iterator[Page]:
    """A tab that shows the example's unchanged page, counts its loads, and has a stream."""
    words = example.title[1]
    opened = tabs.open("about:blank")
    opened.add_init_script(COUNTING)
    opened.goto(app.url)
    heading = opened.get_by_role("heading", level=1)
    expect(heading).to_have_text(words)
    colour = opened.evaluate(BACKGROUND)
    app.wait_for_tabs(1)
    yield opened
    restore(app, example)
    # What is told of that is told to this tab, and not to that of the next test.
    expect(heading).to_have_text(words, timeout=15_000)
    wait_for_background(opened, colour)
    opened.close()
    app.wait_for_tabs(0)


def restore(app: LiveServer, example: Example) -> None:
    """Save what the example's author has written."""
    for name, _ in (example.heading, example.title, example.background):
        original = (EXAMPLES / example.folder / name).read_text("utf-8")
        if (app.root / name).read_text("utf-8") != original:
            save(app.root / name, original)


def test_an_edited_template_is_shown_and_what_was_typed_stays(
    app: LiveServer, example: Example, page: Page
) -> None:
    page.fill(example.field, example.typed)
    rewrite(app, example.heading, f"<h1>{TITLE}</h1>")

    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator(example.field)).to_have_value(example.typed)


def test_a_style_sheet_is_swapped_without_a_reload(
    app: LiveServer, example: Example, page: Page
) -> None:
    page.fill(example.field, example.typed)
    page.evaluate("window.mark = 1")
    paint(app, page, example, "rgb(1, 2, 3)")

    assert page.evaluate("window.mark") == 1
    assert page.input_value(example.field) == example.typed
    assert loads_of(page) == 1


def test_edited_code_is_shown_once_it_runs_and_the_tab_is_loaded_once(
    app: LiveServer, example: Example, page: Page
) -> None:
    page.fill(example.field, example.typed)
    before = loads_of(page)
    rewrite(app, example.title, TITLE)

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(TITLE, timeout=15_000)
    expect(page.locator(example.field)).to_have_value(example.typed)
    app.wait_for_tabs(1)
    paint(app, page, example, "rgb(4, 5, 6)")  # a second reload would have come before it
    assert loads_of(page) == before + 1


def test_ctrl_c_ends_it_while_a_tab_is_open(tmp_path: Path, example: Example, tabs: Tabs) -> None:
    with running_app(example, copy_of(example, tmp_path)) as server:
        tabs.open(server.url)
        server.wait_for_tabs(1)
        os.killpg(server.process.pid, signal.SIGINT)
        server.process.wait(3)
    assert not [line for line in server.printed if "Traceback" in line]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[LiveServer]:
    """The FastAPI example, for what only it has."""
    with running_app(APPS["fastapi"], copy_of(APPS["fastapi"], tmp_path)) as server:
        yield server


def test_a_notice_is_posted_and_stands_in_the_page_and_in_the_api(
    api: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(api.url)
    api.wait_for_tabs(1)
    page.get_by_label("Danger").check()
    page.get_by_label("Where?").fill("The bay")
    page.get_by_label("What have you seen?").fill("A whale, asleep")
    page.get_by_role("button", name="Post the notice").click()

    expect(page.locator("article").first).to_contain_text("A whale, asleep")
    found = json.loads(api.get("/api/notices?kind=Danger"))
    assert [one["place"] for one in found] == ["The bay", "Off the headland"]
    assert json.loads(api.get("/api/notices/45")) == found[0]


def test_api_answers_stay_as_they_are_and_pages_are_tagged_once(api: LiveServer) -> None:
    page = urllib.request.Request(api.url, headers={"Accept": "text/html"})
    with urllib.request.urlopen(page, timeout=10) as answer:
        assert answer.read().count(b"data-page=") == 1
    assert "sse-reload" not in api.get("/api/notices")


def test_a_mistake_in_flasks_code_is_shown_over_the_page_until_it_is_mended(
    tmp_path: Path, tabs: Tabs
) -> None:
    flask = APPS["flask"]
    with running_app(flask, copy_of(flask, tmp_path)) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        rewrite(server, ("app.py", "log = [\n"), "log = [[\n")
        sheet = page.locator("sse-reload-overlay").get_by_role("alertdialog")
        expect(sheet).to_contain_text("SyntaxError")

        rewrite(server, ("app.py", "log = [[\n"), "log = [\n")
        expect(page.locator("sse-reload-overlay")).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_have_text(flask.title[1])


WRAPPED = [name for name in APPS if name != "flask"]


@pytest.mark.parametrize("name", WRAPPED)
def test_switched_off_the_app_answers_as_if_it_were_not_wrapped(name: str, tmp_path: Path) -> None:
    with running_app(APPS[name], copy_of(APPS[name], tmp_path), SSE_RELOAD="0") as server:
        assert "sse-reload" not in server.get("/")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            server.get_internal("status")


FOLDERS = sorted({one.folder for one in APPS.values()})


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_code_that_a_readme_shows_is_the_apps_own(folder: str) -> None:
    text = (EXAMPLES / folder / "README.md").read_text("utf-8")
    code = "\n".join(file.read_text("utf-8") for file in (EXAMPLES / folder).rglob("*.py"))

    assert [block for block in PYTHON.findall(text) if block not in code] == []
    assert bool(PYTHON.search(text)) == ("livereload_sse" in code)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_readme_names_what_is_there_and_enters_its_own_folder(folder: str) -> None:
    text = (EXAMPLES / folder / "README.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| (?!Change|---)(.*?) \|", text)
    names = re.findall(r"`([\w/]+\.(?:py|html|css))`", "\n".join(rows))

    assert len(names) >= 3
    assert [name for name in names if not (EXAMPLES / folder / name).is_file()] == []
    assert f"cd examples/{folder}\n" in text
    assert len(SHELL.findall(text)) == sum(one.folder == folder for one in APPS.values())
