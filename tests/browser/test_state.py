"""What a person did to a page is still there after the page was reloaded for a save."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save
from tests.serving import LiveServer, serving, wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Route

PARAGRAPHS = "".join(f"<p>Paragraph {number} of a long story.</p>" for number in range(200))
DEEP = 2345
HAS_STARTED = "Symbol.for('sse-reload') in window"
WHERE = "text => [...document.querySelectorAll('p')].find(p => p.textContent.startsWith(text)).getBoundingClientRect().top"


@dataclass
class Author:
    """Someone who saves the page they are looking at; each save has another script, so it reloads."""

    root: Path
    server: LiveServer
    page: Page
    version: int = 1

    def write(self, body: str, head: str = "") -> None:
        """Save the page."""
        mark = f"<script>window.version = {self.version}</script>"
        start = "<!doctype html><html lang=en><head><meta charset=utf-8><link rel=icon href='data:,'><title>A page</title>"
        save(self.root / "index.html", f"{start}{mark}{head}</head><body>{body}</body></html>\n")

    def open(self, body: str, head: str = "") -> Page:
        """Save the page and look at it."""
        self.write(body, head)
        self.page.goto(self.server.url)
        wait_until(lambda: self.server.status()["tabs"] >= 1)  # a page in a frame is one, too
        return self.page

    def rewrite(self, body: str, head: str = "") -> None:
        """Save the page and wait until it has been reloaded."""
        self.version += 1
        self.write(body, head)
        self.wait()

    def wait(self) -> None:
        """Wait until the page of this version is loaded."""
        loaded = "version => window.version === version && document.readyState === 'complete'"
        self.page.wait_for_function(loaded, arg=self.version)


@pytest.fixture
def author(tmp_path: Path, tabs: Tabs) -> Iterator[Author]:
    """An author with a server and a tab."""
    root = tmp_path / "site"
    root.mkdir()
    with serving(root) as server:
        yield Author(root, server, tabs.open("about:blank"))


def scroll_to(page: Page, top: int, scroller: str = "document.scrollingElement") -> None:
    page.evaluate(f"{scroller}.scrollTo({{top: {top}, behavior: 'instant'}})")


def wait_for_scroll(page: Page, top: int, scroller: str = "document.scrollingElement") -> None:
    page.wait_for_function(f"Math.abs({scroller}.scrollTop - {top}) <= 2")


def hold(page: Page, pattern: str) -> "list[Route]":
    """Keep the answers to such requests back."""
    held: list[Route] = []

    def keep(route: "Route") -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


def release(page: Page, held: "list[Route]") -> None:
    """Let the one that was kept back go, once the client runs in the page that waits for it."""
    page.wait_for_function(HAS_STARTED)
    wait_until(lambda: page.evaluate("1") and held)
    held[0].continue_()


# --- scrolling ---------------------------------------------------------------------------------


def test_a_reload_for_a_script_keeps_the_place_and_the_text(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "app.js", "window.version = 1")
    text = f"<!doctype html><title>A page</title><script src=app.js></script><input id=name>{PARAGRAPHS}"
    save(tmp_path / "index.html", text)
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.fill("#name", "half a sentence")
        scroll_to(page, DEEP)
        save(tmp_path / "app.js", "window.version = 2")
        page.wait_for_function("window.version === 2")

        expect(page.locator("#name")).to_have_value("half a sentence")
        wait_for_scroll(page, DEEP)


HEADS = {
    "plain": "",
    "smooth": "<style>html { scroll-behavior: smooth }</style>",
    "manual": "<script>history.scrollRestoration = 'manual'</script>",
    "full-height": "<style>html, body { height: 100% }</style>",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
def test_the_page_is_scrolled_to_where_it_was(author: Author, head: str) -> None:
    page = author.open(PARAGRAPHS, head)
    scroll_to(page, DEEP)

    author.rewrite(PARAGRAPHS, head)

    wait_for_scroll(page, DEEP)


def test_what_was_in_sight_stays_there_when_the_author_adds_something_above(author: Author) -> None:
    page = author.open(PARAGRAPHS)
    scroll_to(page, DEEP)
    before = page.evaluate(WHERE, "Paragraph 80 ")

    author.rewrite("<h1>News</h1><p>And a paragraph more.</p>" * 5 + PARAGRAPHS)

    page.wait_for_function(f"Math.abs(({WHERE})('Paragraph 80 ') - {before}) <= 2")
    assert page.evaluate("scrollY") > DEEP + 200


def test_the_very_paragraph_at_the_top_may_be_rewritten(author: Author) -> None:
    page = author.open(PARAGRAPHS)
    scroll_to(page, DEEP)
    top = page.evaluate("document.elementFromPoint(50, 3).textContent")
    before = page.evaluate(WHERE, "Paragraph 80 ")

    author.rewrite("<p>A paragraph more.</p>" * 9 + PARAGRAPHS.replace(top, "All new words."))

    page.wait_for_function(f"Math.abs(({WHERE})('Paragraph 80 ') - {before}) <= 2")


def test_a_page_that_is_at_its_top_stays_there(author: Author) -> None:
    page = author.open(PARAGRAPHS + "<input id=name>")
    page.evaluate("document.querySelector('#name').focus({preventScroll: true})")
    page.keyboard.press("a")
    scroll_to(page, 0)

    author.rewrite("<p>News.</p>" * 9 + PARAGRAPHS + "<input id=name>")

    expect(page.locator("#name")).to_have_value("a")
    expect(page.locator("#name")).to_be_focused()
    assert page.evaluate("scrollY") == 0


SCROLLER = "<div class=box style='height: 200px; overflow: auto'>"
NESTED = f"<nav>{SCROLLER}<p>Contents</p>{PARAGRAPHS}</div></nav><main>{SCROLLER}<p>Text</p>{PARAGRAPHS}</div></main>"


def test_each_scroller_in_the_page_is_where_it_was(author: Author) -> None:
    page = author.open(NESTED)
    nav, main = (f"document.querySelector('{name} .box')" for name in ("nav", "main"))
    scroll_to(page, 300, nav)
    scroll_to(page, 1500, main)

    author.rewrite(f"<header>{SCROLLER}Something else</div></header>" + NESTED)

    wait_for_scroll(page, 300, nav)
    wait_for_scroll(page, 1500, main)


def test_a_scroller_keeps_what_is_in_sight_when_there_is_more_above(author: Author) -> None:
    page = author.open(NESTED)
    main = "document.querySelector('main .box')"
    scroll_to(page, 1500, main)
    where = WHERE.replace("document.query", f"{main}.query")
    before = page.evaluate(where, "Paragraph 50 ")

    author.rewrite(NESTED.replace("<p>Text</p>", "<p>Text</p>" + "<p>News.</p>" * 9))

    page.wait_for_function(f"Math.abs(({where})('Paragraph 50 ') - {before}) <= 2")


SHADOW = (
    f"<x-pane><template shadowrootmode=open>{SCROLLER}{PARAGRAPHS}</div><input></template></x-pane>"
)


def test_scrollers_and_fields_in_a_shadow_root_are_kept(author: Author) -> None:
    page = author.open(SHADOW)
    pane = "document.querySelector('x-pane').shadowRoot.querySelector('.box')"
    scroll_to(page, 400, pane)
    page.locator("x-pane input").fill("inside")

    author.rewrite("<p>News.</p>" + SHADOW)

    wait_for_scroll(page, 400, pane)
    expect(page.locator("x-pane input")).to_have_value("inside")
    expect(page.locator("x-pane input")).to_be_focused()


LATE = """<main></main><script>
addEventListener('load', () => setTimeout(() => {
  document.querySelector('main').innerHTML = `%s`;
}, 600));
</script>"""


def test_the_place_is_reached_when_a_script_builds_the_page_late(author: Author) -> None:
    page = author.open(LATE % PARAGRAPHS)
    page.wait_for_selector("p")
    scroll_to(page, DEEP)

    author.rewrite(LATE % PARAGRAPHS)

    wait_for_scroll(page, DEEP)


def test_two_reloads_in_a_row_do_not_lose_the_place(author: Author) -> None:
    page = author.open(LATE % PARAGRAPHS)
    page.wait_for_selector("p")
    scroll_to(page, DEEP)

    author.rewrite(LATE % PARAGRAPHS)
    author.rewrite(LATE % PARAGRAPHS)

    wait_for_scroll(page, DEEP)


def test_pictures_without_a_size_that_come_late_do_not_move_the_place(author: Author) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='900'></svg>"
    save(author.root / "tall.svg", svg)
    body = "<img src=tall.svg><br>" + PARAGRAPHS
    page = author.open(body)
    scroll_to(page, DEEP)
    before = page.evaluate(WHERE, "Paragraph 50 ")
    held = hold(page, "**/tall.svg*")

    author.version += 1
    author.write(body + "<p>News.</p>")
    page.wait_for_function("version => window.version === version", arg=author.version)
    release(page, held)
    author.wait()

    wait_for_scroll(page, DEEP)
    assert abs(page.evaluate(WHERE, "Paragraph 50 ") - before) <= 2


def test_a_person_who_scrolls_is_not_pulled_back(author: Author) -> None:
    grow = "<button onclick=\"document.querySelector('main').innerHTML = document.querySelector('template').innerHTML\">grow</button>"
    short = f"{grow}<main></main><template>{PARAGRAPHS}</template>"
    page = author.open(short)
    page.click("button")
    scroll_to(page, DEEP)
    author.rewrite(short + "<div style='height: 900px'></div>")
    page.mouse.move(300, 300)
    page.mouse.wheel(0, -100)

    page.click("button")

    page.wait_for_selector("p")
    page.evaluate(
        "() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
    )
    assert page.evaluate("scrollY") < DEEP / 2


def test_an_autofocus_does_not_take_the_page_back_to_its_top(author: Author) -> None:
    body = "<input autofocus>" + PARAGRAPHS
    page = author.open(body)
    scroll_to(page, DEEP)
    page.evaluate("document.activeElement.blur()")

    author.rewrite(body)
    expect(page.locator("input")).to_be_focused()

    wait_for_scroll(page, DEEP)


# --- fields ------------------------------------------------------------------------------------

FORM = """<form>
<input name=text><input name=search type=search value=old><input name=number type=number value=1>
<input name=range type=range min=0 max=100><input name=colour type=color value="#112233">
<input name=date type=date value=2024-01-01><input name=time type=time><input name=email type=email>
<textarea name=area>Dear reader</textarea>
<label><input type=checkbox name=news> News</label><label><input type=checkbox name=on checked> On</label>
<label><input type=radio name=size value=s checked> S</label>
<label><input type=radio name=size value=m> M</label><label><input type=radio name=size value=l> L</label>
<select name=one><option>a<option selected>b<option>c</select>
<select name=many multiple><option>a<option>b<option>c</select>
</form>"""
VALUES = "JSON.stringify([...new FormData(document.querySelector('form'))].map(([name, value]) => `${name}=${value}`))"


def fill_in(page: Page) -> None:
    typed = {
        "text": "two  words",
        "search": "",
        "number": "42",
        "range": "77",
        "email": "a@b.example",
    }
    chosen = {"colour": "#445566", "date": "2025-12-31", "time": "12:34", "area": "Dear\n\nall"}
    for name, value in (typed | chosen).items():
        page.fill(f"[name={name}]", value)
    page.check("[name=news]")
    page.uncheck("[name=on]")
    page.check("[value=l]")
    page.select_option("[name=one]", "c")
    page.select_option("[name=many]", ["a", "c"])


def test_fields_of_every_kind_keep_what_was_entered(author: Author) -> None:
    page = author.open(FORM)
    fill_in(page)
    entered = page.evaluate(VALUES)

    author.rewrite("<p>News.</p>" + FORM)

    page.wait_for_function(f"entered => {VALUES} === entered", arg=entered)


def test_what_was_entered_survives_several_reloads(author: Author) -> None:
    page = author.open(FORM)
    fill_in(page)
    entered = page.evaluate(VALUES)

    for _ in range(3):
        author.rewrite(FORM)

    page.wait_for_function(f"entered => {VALUES} === entered", arg=entered)


WITNESS = "<input id=witness>"


def changed_by_person(page: Page, change: Callable[[], object]) -> None:
    """Let the person do something, and fill a field that shows when all has been restored."""
    change()
    page.fill("#witness", "seen")


def wait_for_witness(page: Page) -> None:
    expect(page.locator("#witness")).to_have_value("seen")


AUTHORS = {
    "text": ("<input id=field value=old>", "<input id=field value=new>", "new"),
    "area": ("<textarea id=field>old</textarea>", "<textarea id=field>new</textarea>", "new"),
    "kind": ("<input id=field value=old>", "<input id=field type=number value=7>", "7"),
    "name": ("<input id=field name=a>", "<input id=field name=b>", ""),
    "gone": ("<input id=field><input name=x>", "<p><input id=field name=x>", ""),
}


@pytest.mark.parametrize(("before", "after", "value"), AUTHORS.values(), ids=AUTHORS.keys())
def test_a_field_that_the_author_changed_is_as_the_author_wants_it(
    author: Author, before: str, after: str, value: str
) -> None:
    page = author.open(before + WITNESS)
    changed_by_person(page, lambda: page.fill("#field", "person"))

    author.rewrite(after + WITNESS)
    wait_for_witness(page)

    assert page.input_value("#field") == value


def test_a_choice_whose_default_the_author_changed_is_the_authors(author: Author) -> None:
    page = author.open(FORM + WITNESS)
    changed_by_person(page, lambda: fill_in(page))

    changed = FORM.replace("value=s checked", "value=s").replace("value=m", "value=m checked")
    author.rewrite(changed.replace("selected>b<option>", ">b<option selected>") + WITNESS)
    wait_for_witness(page)

    assert page.is_checked("[value=m]")
    assert page.input_value("[name=one]") == "c"


SECRETS = [
    "<input id=field type=password>",
    "<input id=field autocomplete=one-time-code>",
    "<input id=field autocomplete='section-x billing cc-number'>",
    "<input id=field autocomplete=Current-Password>",
    "<input id=field type=password><button type=button onclick='field.type = `text`'>show</button>",
]


@pytest.mark.parametrize("body", SECRETS)
def test_secrets_are_never_kept(author: Author, body: str) -> None:
    page = author.open(body + WITNESS)
    page.evaluate("""() => {
        const { setItem } = Storage.prototype;
        Storage.prototype.setItem = function (key, value) {
            setItem.call(this, 'log', (this.getItem('log') ?? '') + value);
            return setItem.call(this, key, value);
        };
    }""")
    changed_by_person(page, lambda: page.fill("#field", "Sesame77"))
    page.evaluate("document.querySelector('button')?.click()")

    author.rewrite(body + WITNESS)
    wait_for_witness(page)

    assert page.input_value("#field") == ""
    assert "seen" in page.evaluate("sessionStorage.log")
    assert "Sesame77" not in page.evaluate("sessionStorage.log")


def test_what_a_script_wrote_is_left_to_the_script_of_the_new_page(author: Author) -> None:
    written = "<input id=field><script>field.value = '%s'</script>" + WITNESS
    page = author.open(written % "old")
    changed_by_person(page, lambda: None)

    author.rewrite(written % "new")
    wait_for_witness(page)

    assert page.input_value("#field") == "new"


HEARD = """<script>
  window.heard = [];
  addEventListener('DOMContentLoaded', () => {
    const form = document.querySelector('form');
    for (const name of ['input', 'change', 'submit'])
      form.addEventListener(name, (event) => heard.push(`${name} ${event.target.name}`));
  });
</script>"""


def test_the_pages_scripts_hear_of_what_was_entered_and_submit_nothing(author: Author) -> None:
    body = "<form onchange='requestSubmit()' onsubmit='return false'><input name=filter><select name=one><option>a<option>b</select></form>"
    page = author.open(body, HEARD)
    page.fill("[name=filter]", "words")
    page.select_option("[name=one]", "b")

    author.rewrite(body, HEARD)

    page.wait_for_function("heard.length >= 2")
    assert sorted(page.evaluate("heard")) == ["input filter", "input one"]


def test_a_field_that_a_script_puts_in_while_loading_is_filled(author: Author) -> None:
    body = "<main></main><script>addEventListener('load', () => { document.querySelector('main').innerHTML = '<input name=late>' })</script>"
    page = author.open(body)
    page.fill("[name=late]", "words")

    author.rewrite(body)

    expect(page.locator("[name=late]")).to_have_value("words")


def test_a_field_is_found_by_what_it_is_when_its_place_has_changed(author: Author) -> None:
    row = "<li><input type=checkbox> {}</li>"
    rows = [row.format(name) for name in ("Milk", "Bread", "Tea")]
    page = author.open(f"<ul>{''.join(rows)}</ul>")
    page.check("li:has-text('Bread') input")

    author.rewrite(f"<ul>{row.format('Salt')}{''.join(rows)}</ul>")

    expect(page.locator("li:has-text('Bread') input")).to_be_checked()
    assert page.locator(":checked").count() == 1


def test_a_form_whose_fields_have_the_names_of_its_own_members_is_kept(author: Author) -> None:
    names = ("id", "name", "children", "parentNode", "value", "type")
    form = f"<form id=form>{''.join(f'<p><input name={name}>' for name in names)}</form>"
    page = author.open(form)
    for name in names:
        page.fill(f"[name={name}]", f"my {name}")

    author.rewrite("<p>News.</p>" + form)

    for name in names:
        expect(page.locator(f"[name={name}]")).to_have_value(f"my {name}")


def test_what_a_person_types_while_the_page_loads_is_not_overwritten(author: Author) -> None:
    body = "<input id=one>" + WITNESS + "<script defer src=slow.js></script>"
    save(author.root / "slow.js", "")
    page = author.open(body)
    page.fill("#one", "before")
    page.fill("#witness", "seen")
    held = hold(page, "**/slow.js*")

    author.version += 1
    author.write(body)
    page.wait_for_function("version => window.version === version", arg=author.version)
    page.wait_for_function(HAS_STARTED)
    page.fill("#one", "after")
    release(page, held)
    wait_for_witness(page)

    assert page.input_value("#one") == "after"


# --- focus and selection -----------------------------------------------------------------------


def test_the_caret_is_where_it_was(author: Author) -> None:
    page = author.open("<input><textarea></textarea>")
    page.fill("textarea", "one two three")
    page.evaluate("document.querySelector('textarea').setSelectionRange(4, 7, 'backward')")

    author.rewrite("<p>News.</p><input><textarea></textarea>")

    expect(page.locator("textarea")).to_be_focused()
    page.wait_for_function("document.querySelector('textarea').selectionEnd === 7")
    page.keyboard.type("2")
    assert page.input_value("textarea") == "one 2 three"


def test_a_focused_field_without_a_caret_and_a_link_are_focused_again(author: Author) -> None:
    body = "<a href='#x'>link</a><input type=number>"
    page = author.open(body)
    for selector in ("a", "input"):
        page.focus(selector)
        author.rewrite(body)

        expect(page.locator(selector)).to_be_focused()


def test_focus_out_of_sight_does_not_scroll(author: Author) -> None:
    body = "<input>" + PARAGRAPHS
    page = author.open(body)
    page.fill("input", "words")
    scroll_to(page, DEEP)

    author.rewrite(body)
    expect(page.locator("input")).to_be_focused()

    wait_for_scroll(page, DEEP)


def test_text_that_was_selected_is_selected_again(author: Author) -> None:
    page = author.open("<p>Some <em>important</em> words</p>" + WITNESS)
    changed_by_person(page, lambda: None)
    page.evaluate("document.activeElement.blur()")
    select = "getSelection().setBaseAndExtent(document.querySelector('em').firstChild, 2, document.querySelector('p').lastChild, 4)"
    page.evaluate(select)

    author.rewrite("<p>Some <em>important</em> words</p>" + WITNESS)

    page.wait_for_function("getSelection().toString() === 'portant wor'")


def test_a_selection_whose_text_was_rewritten_is_gone(author: Author) -> None:
    page = author.open("<p>Some important words</p>" + WITNESS)
    page.fill("#witness", "seen")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        "getSelection().setBaseAndExtent(document.querySelector('p').firstChild, 5, document.querySelector('p').firstChild, 14)"
    )

    author.rewrite("<p>Some other words instead</p>" + WITNESS)
    wait_for_witness(page)

    assert page.evaluate("getSelection().toString()") == ""


def test_the_focus_that_a_person_chose_meanwhile_is_theirs(author: Author) -> None:
    slow = "<img src=slow.svg>"
    body = "<input id=one><input id=two>" + slow
    save(author.root / "slow.svg", "<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    page = author.open(body)
    page.fill("#one", "words")
    author.rewrite(body)
    expect(page.locator("#one")).to_be_focused()
    page.click("#two")
    page.keyboard.type("x")

    author.rewrite(body)

    expect(page.locator("#two")).to_be_focused()
    expect(page.locator("#one")).to_have_value("words")


# --- what is open ------------------------------------------------------------------------------

OPENINGS = """
<details id=a><summary>First</summary>one</details><details open><summary>Second</summary>two</details>
<details><summary>Third</summary>three</details>
<dialog id=modal>Modal <input></dialog><dialog id=plain>Plain</dialog>
<div id=menu popover>Menu</div><div id=notice popover=manual>Notice</div>
"""
OPEN = "JSON.stringify([...document.querySelectorAll('details, dialog')].map(e => e.open ? e.matches(':modal') ? 'modal' : 'open' : ''))"


def test_what_was_opened_and_closed_stays_so(author: Author) -> None:
    page = author.open(OPENINGS)
    page.click("summary:has-text('Third')")
    page.click("summary:has-text('Second')")
    page.evaluate("plain.show(); modal.showModal()")
    page.fill("#modal input", "words")
    before = page.evaluate(OPEN)

    author.rewrite("<details><summary>News</summary>new</details>" + OPENINGS)

    expect(page.locator("#modal input")).to_be_focused()
    page.wait_for_function(f"before => {OPEN} === before", arg=before.replace("[", '["",', 1))
    assert page.input_value("#modal input") == "words"


def test_a_popover_that_goes_by_itself_comes_back_and_a_notice_does_not(author: Author) -> None:
    page = author.open(OPENINGS)
    page.evaluate("notice.showPopover(); menu.showPopover()")

    author.rewrite(OPENINGS)

    page.wait_for_function("menu.matches(':popover-open')")
    assert not page.evaluate("notice.matches(':popover-open')")


def test_details_whose_default_the_author_changed_are_the_authors(author: Author) -> None:
    page = author.open(OPENINGS + WITNESS)
    page.click("summary:has-text('First')")
    page.click("summary:has-text('Second')")
    page.fill("#witness", "seen")

    swapped = OPENINGS.replace("<details open>", "<details>").replace(
        "<details id=a>", "<details id=a open>"
    )
    author.rewrite(swapped + WITNESS)
    wait_for_witness(page)

    opened = page.evaluate("[...document.querySelectorAll('details')].map(({ open }) => open)")
    assert opened == [True, False, False]


# --- frames, and what may not happen -----------------------------------------------------------


def test_two_frames_with_the_same_address_keep_what_is_theirs(author: Author) -> None:
    save(author.root / "app.js", "window.version = 1")
    save(author.root / "frame.html", "<!doctype html><script src=app.js></script><input>")
    page = author.open("<iframe src=frame.html></iframe>" * 2)
    author.server.wait_for_tabs(3)
    frames = [page.frame_locator(f"iframe >> nth={index}") for index in (0, 1)]
    for name, frame in zip(("first", "second"), frames, strict=True):
        frame.locator("input").fill(name)

    save(author.root / "app.js", "window.version = 2")

    for inner in page.frames[1:]:
        inner.wait_for_function("window.version === 2")
    for name, frame in zip(("first", "second"), frames, strict=True):
        expect(frame.locator("input")).to_have_value(name)


def test_a_page_that_fills_its_storage_is_still_reloaded(author: Author) -> None:
    page = author.open(WITNESS)
    page.fill("#witness", "words " * 4000)
    page.evaluate("""() => {
        let size = 1 << 22;
        while (size > 1000) {
            try { sessionStorage['fill' + size + Math.random()] = 'x'.repeat(size); } catch { size >>= 1; }
        }
    }""")

    author.rewrite(WITNESS)

    assert author.server.wait_for_line(r"index\.html → reloaded: script changed .*· \d+ ms")


def test_nothing_is_left_behind_in_a_page_that_was_restored(author: Author) -> None:
    errors: list[str] = []
    page = author.open(FORM + OPENINGS + PARAGRAPHS)
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    fill_in(page)
    scroll_to(page, DEEP)
    entered = page.evaluate(VALUES)

    author.rewrite(FORM + OPENINGS + PARAGRAPHS)
    page.wait_for_function(f"entered => {VALUES} === entered", arg=entered)
    wait_for_scroll(page, DEEP)

    markup = page.evaluate("document.documentElement.outerHTML")
    assert markup.count("sse-reload") == 1, "the tag's own"
    assert page.evaluate("Object.keys(sessionStorage).length") == 0
    assert errors == []
