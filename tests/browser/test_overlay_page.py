"""How the overlay and the sign for builds get on with the page, and the person at it."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save
from tests.serving import LiveServer, running, wait_until

OVERLAY = "sse-reload-overlay"
SIGN = "sse-reload-build"

GENERATOR = """
import pathlib, runpy, sys, time
source, output = map(pathlib.Path, sys.argv[1:])
page = runpy.run_path(str(source / "page.py"))
while page.get("SLOW") and not (source.parent / "go").exists():
    time.sleep(0.02)
for warning in page.get("WARNINGS", ()):
    print(f"page.py:1: WARNING: {warning}")
(output / "index.html").write_text(f"<!doctype html><html lang=en><head><title>{page['TITLE']}</title>{page.get('HEAD', '')}</head>{page.get('BODY', '')}")
"""
WRONG = "TITLE = 'wrong'\nHEAD = undefined_name\n"
BUSY = "<style>html { font-size: 4px } html > * { all: revert; --paper: red; --ink: red; position: static; margin: 80px; opacity: .1 } section, button { display: none }</style>"
TITLE = "NameError: name 'undefined_name' is not defined"


@contextmanager
def building(project: Path, page: str, *options: str) -> Iterator[LiveServer]:
    """A server that builds one page from `src/page.py`."""
    (project / "src").mkdir()
    (project / "output").mkdir()
    (project / "generator.py").write_text(GENERATOR)
    write(project, page)
    words = f'"{sys.executable}" "{project / "generator.py"}" "{project / "src"}" {{output}}'
    options = ("--build", words, "--watch", str(project / "src"), *options)
    with running("serve", project / "output", *options, cwd=project) as server:
        yield server


def write(project: Path, page: str) -> None:
    save(project / "src" / "page.py", page)


def sheet_of(page: Page) -> Locator:
    return page.locator(OVERLAY).get_by_role("alertdialog")


def open_good(server: LiveServer, tabs: Tabs) -> Page:
    """Open a tab that shows the first page, titled `good`."""
    page = tabs.open(server.url)
    expect(page).to_have_title("good")
    server.wait_for_tabs(1)
    return page


def break_build(project: Path, page: Page) -> Locator:
    write(project, WRONG)
    sheet = sheet_of(page)
    expect(sheet.get_by_role("heading", level=1)).to_have_text(TITLE)
    return sheet


def test_who_closes_it_sees_it_again_only_when_the_next_build_fails(
    tmp_path: Path, tabs: Tabs
) -> None:
    with building(tmp_path, "TITLE = 'good'") as server:
        page = open_good(server, tabs)
        sheet = break_build(tmp_path, page)
        sheet.get_by_role("button", name="Close").click()
        expect(page.locator(OVERLAY)).to_have_count(0)
        with page.expect_response("**/__sse-reload/build") as asked:
            page.reload()
        assert asked.value.json()["event"] == "build-failed"
        page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        expect(page.locator(OVERLAY)).to_have_count(0)

        write(tmp_path, f"{WRONG}# again\n")

        expect(sheet).to_be_visible()


def test_escape_closes_it_and_gives_the_focus_back(tmp_path: Path, tabs: Tabs) -> None:
    body = "BODY = '''<input id=field><script>window.heard = []; addEventListener('keydown', ({ key }) => heard.push(key))</script>'''"
    with building(tmp_path, f"TITLE = 'good'\n{body}") as server:
        page = open_good(server, tabs)
        page.locator("#field").focus()
        before = page.evaluate("document.documentElement.outerHTML")
        sheet = break_build(tmp_path, page)
        page.keyboard.type("a")
        page.keyboard.press("Tab")
        expect(sheet.get_by_role("button", name="Close")).to_be_focused()

        page.keyboard.press("Escape")

        expect(page.locator(OVERLAY)).to_have_count(0)
        expect(page.locator("#field")).to_be_focused()
        assert page.evaluate("document.documentElement.outerHTML") == before
        assert page.evaluate("[heard, document.querySelector('#field').value]") == [[], ""]


def test_a_place_opens_in_the_editor(tmp_path: Path, tabs: Tabs) -> None:
    opened = tmp_path / "opened.py"
    editor = f"cp {{file}} {opened}"
    with building(tmp_path, "TITLE = 'good'", "--editor", editor) as server:
        sheet = break_build(tmp_path, open_good(server, tabs))

        sheet.locator("figure").get_by_role("button", name="src/page.py:2").click()

        wait_until(opened.exists, what="the editor has been started")
        expect(sheet.get_by_role("status")).to_have_text("")


def test_an_editor_that_fails_is_told_of_where_it_was_asked_for(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, "TITLE = 'good'", "--editor", "false {file}") as server:
        sheet = break_build(tmp_path, open_good(server, tabs))

        sheet.locator("figure").get_by_role("button").click()

        expect(sheet.get_by_role("status")).to_contain_text("editor")


def test_it_can_be_used_above_the_pages_own_dialog(tmp_path: Path, tabs: Tabs) -> None:
    body = "BODY = '<dialog id=own>Mine<button>OK</button></dialog>'"
    with building(tmp_path, f"TITLE = 'good'\n{body}") as server:
        page = open_good(server, tabs)
        page.evaluate("document.querySelector('#own').showModal()")
        sheet = break_build(tmp_path, page)

        sheet.get_by_role("button", name="Close").click()

        expect(page.locator(OVERLAY)).to_have_count(0)
        assert page.evaluate("document.querySelector('#own').open"), "that is for the page to close"


def test_the_pages_own_rules_do_not_reach_it(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, f"TITLE = 'good'\nHEAD = '''{BUSY}'''") as server:
        page = open_good(server, tabs)
        paper = break_build(tmp_path, page).locator(".paper")
        expect(paper).to_be_visible()

        read = "element => [getComputedStyle(element).backgroundColor, getComputedStyle(element).fontSize]"
        assert paper.evaluate(read) == ["rgb(252, 251, 249)", "16px"]
        box = paper.bounding_box()
        assert box
        assert box["x"] + box["width"] / 2 == pytest.approx(page.evaluate("innerWidth") / 2, abs=12)


def test_a_strict_policy_does_not_spoil_it(tmp_path: Path, tabs: Tabs) -> None:
    policy = (
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'; style-src 'none'; "
        "script-src 'self'; require-trusted-types-for 'script'\">"
    )
    with building(tmp_path, f'TITLE = "good"\nHEAD = """{policy}"""') as server:
        paper = break_build(tmp_path, open_good(server, tabs)).locator(".paper")

        painted = "element => getComputedStyle(element).backgroundColor"
        assert paper.evaluate(painted) == "rgb(252, 251, 249)"


def test_it_fits_a_narrow_window_and_stays_off_paper(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, "TITLE = 'good'") as server:
        page = open_good(server, tabs)
        page.set_viewport_size({"width": 320, "height": 400})
        sheet = break_build(tmp_path, page)

        for selector in (".paper", ".body"):
            wide = "element => element.scrollWidth > element.clientWidth"
            assert not sheet.locator(selector).evaluate(wide), selector
        box = sheet.locator(".paper").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["y"] + box["height"] <= 400
        output = sheet.locator(".output")
        at_end = "element => element.scrollHeight - element.scrollTop - element.clientHeight < 2"
        assert output.evaluate(at_end), "what was said last is what matters"
        page.emulate_media(media="print")
        expect(sheet).to_be_hidden()


def test_it_can_be_read_in_the_dark(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, "TITLE = 'good'") as server:
        page = open_good(server, tabs)
        page.emulate_media(color_scheme="dark")
        paper = break_build(tmp_path, page).locator(".paper")

        painted = "element => getComputedStyle(element).backgroundColor"
        assert paper.evaluate(painted) == "rgb(28, 27, 25)"


def test_only_the_outer_page_shows_it(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, "TITLE = 'good'") as server:
        page = open_good(server, tabs)
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('iframe'), { src: '/?inner' }))"
        )
        server.wait_for_tabs(2)
        break_build(tmp_path, page)

        assert [frame.locator(OVERLAY).count() for frame in page.frames] == [1, 0]


def test_a_page_may_do_without_it(tmp_path: Path, tabs: Tabs) -> None:
    body = "BODY = '<script>document.documentElement.dataset.sseReloadOverlay = \"off\"</script>'"
    with building(tmp_path, f"TITLE = 'good'\n{body}") as server:
        page = open_good(server, tabs)
        write(tmp_path, WRONG)
        wait_until(lambda: server.status()["build"]["event"] == "build-failed", what="it failed")
        write(tmp_path, "TITLE = 'mended'")

        expect(page).to_have_title("mended")
        expect(page.locator(OVERLAY)).to_have_count(0)


def test_warnings_are_counted_and_listed_and_put_away(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, "TITLE = 'good'\nWARNINGS = ['odd', 'odder']") as server:
        page = open_good(server, tabs)
        sign = page.locator(SIGN)
        sign.get_by_role("button", name="2 warnings").click()
        listed = page.locator(OVERLAY).get_by_role("dialog")
        expect(listed.get_by_role("listitem")).to_have_count(2)
        expect(listed).to_contain_text("odder")
        page.keyboard.press("Escape")
        expect(page.locator(OVERLAY)).to_have_count(0)

        sign.get_by_role("button", name="Dismiss").click()

        expect(sign).to_have_count(0)


def test_a_build_that_takes_long_says_so_above_what_went_wrong(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, "TITLE = 'good'") as server:
        page = open_good(server, tabs)
        break_build(tmp_path, page)

        write(tmp_path, "TITLE = 'slow'\nSLOW = True")

        box = page.locator(SIGN).locator(".paper")
        expect(box).to_be_visible()
        expect(sheet_of(page)).to_be_visible()
        assert page.evaluate(f"document.querySelector('{SIGN}').matches(':popover-open')")
        (tmp_path / "go").touch()
        expect(page).to_have_title("slow")
        expect(page.locator(f"{SIGN}, {OVERLAY}")).to_have_count(0)


def test_nobody_says_how_far_a_build_is_once_the_server_is_away(tmp_path: Path, tabs: Tabs) -> None:
    with building(tmp_path, "TITLE = 'good'") as server:
        page = open_good(server, tabs)
        write(tmp_path, "TITLE = 'slow'\nSLOW = True")
        expect(page.locator(SIGN).locator(".paper")).to_be_visible()

        server.end(signal.SIGKILL)

        expect(page.locator(SIGN)).to_have_count(0)
        expect(page.locator("sse-reload-badge").get_by_role("status")).to_be_visible()
        (tmp_path / "go").touch()
