"""Carrying edits over to a live document, in a real browser: what a person has on the page stays.

The modules are imported into a served page and driven there; the file on the disk does not change.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Tabs
from tests.browser.pages import save
from tests.serving import LiveServer, serving

PATCH = """async ([before, after]) => {
  const folder = new URL('.', document.querySelector('script[data-page]').src);
  const { createApply } = await import(new URL('patch/apply.js', folder));
  const { diff } = await import(new URL('patch/diff.js', folder));
  const parse = (html) => new DOMParser().parseFromString(html, 'text/html');
  const apply = createApply({
    document, adopt() {},
    attributeOf: (element, name) => element.getAttribute(name),
    setTimeout: setTimeout.bind(window), clearTimeout: clearTimeout.bind(window),
  });
  const [base, next] = [parse(before), parse(after)];
  const result = await apply(diff(base, next), base, next);
  if ('reason' in result) return { reason: result.reason };
  const changed = result.changed.map(({ localName, id }) => id ? `${localName}#${id}` : localName);
  return { changed, nodes: result.nodes };
}"""

Patch = Callable[[str, str], dict[str, Any]]
Open = Callable[[str], tuple[Page, Patch]]


def carried(patch: Patch) -> Patch:
    """Patch, and see that it was not refused."""

    def patching(before: str, after: str) -> dict[str, Any]:
        result = patch(before, after)
        assert "reason" not in result, result
        return result

    return patching


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the pages of these tests."""
    return tmp_path_factory.mktemp("patch")


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[LiveServer]:
    """One server for all of them."""
    with serving(site) as running:
        yield running


@pytest.fixture
def open_page(site: Path, server: LiveServer, tabs: Tabs, request: pytest.FixtureRequest) -> Open:
    """Open a page of the given source; what is returned patches it to another source."""

    def opening(source: str) -> tuple[Page, Patch]:
        name = f"{request.node.originalname}.html"
        save(site / name, source)
        page = tabs.open(server.url + name)
        page.evaluate("window.mark = 1")

        def patch(before: str, after: str) -> dict[str, Any]:
            text = source.replace(before, after)
            assert text != source
            result: dict[str, Any] = page.evaluate(PATCH, [source, text])
            assert page.evaluate("window.mark") == 1
            return result

        return page, patch

    return opening


def test_the_caret_stays_in_a_field_whose_surroundings_change(open_page: Open) -> None:
    page, patch = open_page("<h1>one</h1><p id=f>a <label>b <input id=name></label></p>")
    page.fill("#name", "half a sentence")
    page.evaluate("document.querySelector('#name').setSelectionRange(3, 6)")
    carried(patch)("<h1>one</h1><p id=f>a", "<h1>two</h1><p>new</p><p id=f class=x>changed")

    assert page.input_value("#name") == "half a sentence"
    assert page.evaluate(
        "(({id, selectionStart, selectionEnd}) => [id, selectionStart, selectionEnd])"
        "(document.activeElement)"
    ) == ["name", 3, 6]
    assert page.locator("p").count() == 2


def test_a_field_that_moves_keeps_focus_and_text(open_page: Open) -> None:
    page, patch = open_page("<form><p>one</p><p>two</p><p id=f><input id=name></p></form>")
    page.fill("#name", "typed")
    result = patch(
        "<p>one</p><p>two</p><p id=f><input id=name></p>",
        "<p id=f><input id=name></p><p>two</p><p>one</p>",
    )

    assert result["changed"] == ["form"]
    assert page.evaluate("document.activeElement.id") == "name"
    assert page.input_value("#name") == "typed"


def test_a_selection_in_the_rest_of_a_text_survives(open_page: Open) -> None:
    page, patch = open_page("<p id=p>The quick brown fox jumps</p>")
    page.evaluate(
        "getSelection().setBaseAndExtent(p.firstChild, 16, p.firstChild, 19)"  # fox
    )
    carried(patch)("quick", "very quick")

    assert page.evaluate("getSelection().toString()") == "fox"


def test_the_scroll_position_stays(open_page: Open) -> None:
    filler = "<p style='height: 3000px'>tall</p>"
    page, patch = open_page(f"<h1>x</h1>{filler}<p id=end>end</p>{filler}")
    page.evaluate("scrollTo(0, 1500)")
    carried(patch)("end</p>", "changed</p>")

    assert page.evaluate("scrollY") == 1500
    assert page.inner_text("#end") == "changed"


def test_a_frame_is_not_loaded_again_even_where_its_siblings_change_places(open_page: Open) -> None:
    page, patch = open_page("<main><p>a</p><iframe srcdoc='<p>inside'></iframe><p>b</p></main>")
    page.evaluate("document.querySelector('iframe').contentWindow.mark = 7")
    carried(patch)(
        "<p>a</p><iframe srcdoc='<p>inside'></iframe><p>b</p>",
        "<p>b</p><p>new</p><iframe srcdoc='<p>inside'></iframe><p>a</p>",
    )

    assert page.evaluate("document.querySelector('iframe').contentWindow.mark") == 7
    assert page.evaluate("[...document.querySelectorAll('main > *')].map((e) => e.localName)") == [
        "p",
        "p",
        "iframe",
        "p",
    ]


def test_two_frames_that_change_places_are_not_loaded_again(open_page: Open) -> None:
    one, two = "<iframe id=a srcdoc='<p>a'></iframe>", "<iframe id=b srcdoc='<p>b'></iframe>"
    page, patch = open_page(f"<main>{one}{two}</main>")
    page.evaluate("a.contentWindow.mark = 1; b.contentWindow.mark = 2")
    carried(patch)(one + two, two + one)

    assert page.evaluate("[...document.querySelectorAll('iframe')].map(({id}) => id)") == ["b", "a"]
    assert page.evaluate("[a.contentWindow.mark, b.contentWindow.mark]") == [1, 2]


def test_a_canvas_and_an_opened_details_stay_as_they_are(open_page: Open) -> None:
    page, patch = open_page(
        "<details id=d><summary>s</summary>text</details><canvas width=10 height=10></canvas>"
    )
    page.evaluate(
        "d.open = true; document.querySelector('canvas').getContext('2d').fillRect(0, 0, 9, 9)"
    )
    carried(patch)("text", "changed text")

    assert page.evaluate("d.open")
    assert (
        page.evaluate(
            "document.querySelector('canvas').getContext('2d').getImageData(1, 1, 1, 1).data[3]"
        )
        == 255
    )


def test_a_custom_element_is_neither_made_again_nor_connected_again(open_page: Open) -> None:
    page, patch = open_page(
        "<script>connected = 0; customElements.define('x-a', class extends HTMLElement {"
        " connectedCallback() { connected += 1; this.innerHTML += '<i>made</i>'; } })</script>"
        "<section><h1>one</h1><x-a>own</x-a></section>"
    )
    carried(patch)("<h1>one</h1>", "<h1>two</h1><p>new</p>")

    assert page.evaluate("connected") == 1
    assert page.inner_text("x-a") == "madeown"


def test_a_new_custom_element_may_write_into_itself(open_page: Open) -> None:
    page, patch = open_page(
        "<script>customElements.define('x-a', class extends HTMLElement {"
        " connectedCallback() { this.append('made'); } })</script><main><h1>one</h1></main>"
    )
    result = patch("<h1>one</h1>", "<h1>one</h1><x-a></x-a>")

    assert result["changed"] == ["x-a"]
    assert page.inner_text("x-a") == "made"


def test_a_moved_item_is_the_same_item(open_page: Open) -> None:
    page, patch = open_page("<ul><li>a</li><li>b</li><li>c</li></ul>")
    page.evaluate(
        "for (const item of document.querySelectorAll('li')) item.mark = item.textContent"
    )
    carried(patch)("<li>a</li><li>b</li><li>c</li>", "<li>c</li><li>a</li><li>b</li>")

    assert page.evaluate("[...document.querySelectorAll('li')].map((item) => item.mark)") == list(
        "cab"
    )


def test_a_sorted_table_is_refused(open_page: Open) -> None:
    page, patch = open_page("<table><tr><td>b</td></tr><tr><td>a</td></tr></table><p>x</p>")
    page.evaluate("document.querySelector('tbody').append(document.querySelector('tr'))")
    before = page.inner_html("body")

    assert patch("<td>a", "<td>changed") == {
        "reason": "a script has put this part of the page in another order"
    }
    assert page.inner_html("body") == before
    assert patch("<p>x", "<p>changed")["changed"] == ["p"]


def test_a_decorated_page_is_patched_around_its_decorations(open_page: Open) -> None:
    page, patch = open_page(
        "<nav id=toc></nav><main><h2 id=a>One</h2><pre>code</pre><p>text</p></main>"
    )
    page.evaluate("""() => {
        toc.innerHTML = '<ul><li><a href="#a">One</a></ul>';
        document.querySelector('h2').insertAdjacentHTML('beforeend', '<a href="#a">¶</a>');
        window.button = document.createElement('button');
        document.querySelector('pre').append(button);
        document.documentElement.className = 'js';
        document.body.append(document.createElement('div'));
    }""")
    result = patch("code</pre><p>text</p>", "changed</pre><p>new</p><p>text</p>")

    assert result["changed"] == ["pre", "p"]
    assert page.evaluate("button.parentNode.outerHTML") == "<pre>changed<button></button></pre>"
    assert page.evaluate("toc.querySelectorAll('a').length") == 1
    assert page.evaluate("document.body.lastChild.localName") == "div"


def test_what_is_shown_is_verified(open_page: Open) -> None:
    _, patch = open_page(
        "<script>customElements.define('x-b', class extends HTMLElement {"
        " connectedCallback() { this.parentNode.querySelector('h1').remove(); } })</script>"
        "<main><h1>one</h1></main>"
    )

    assert patch("<h1>one</h1>", "<h1>one</h1><x-b></x-b>") == {
        "reason": "the result could not be verified"
    }


def test_a_playing_video_plays_on_while_its_neighbours_change_places(open_page: Open) -> None:
    page, patch = open_page("<main><p>a</p><video id=v muted></video><p>b</p></main>")
    page.evaluate("""async () => {
        const canvas = document.createElement('canvas');
        const brush = canvas.getContext('2d');
        setInterval(() => brush.fillRect(0, 0, 9, (Date.now() / 50) % 50), 50);
        window.video = document.querySelector('video');
        video.srcObject = canvas.captureStream(10);
        window.paused = 0;
        video.addEventListener('pause', () => (window.paused += 1));
        await video.play();
    }""")
    carried(patch)(
        "<p>a</p><video id=v muted></video><p>b</p>",
        "<p>b</p><video id=v muted class=wide></video><p>a</p><p>c</p>",
    )

    assert page.evaluate("[video.paused, video.isConnected, video.className, paused]") == [
        False, True, "wide", 0,
    ]  # fmt: skip


def test_a_new_sheet_has_loaded_before_the_rest_of_the_patch_is_shown(
    open_page: Open, site: Path
) -> None:
    save(site / "new.css", "p { color: rgb(0, 128, 0) }")
    page, patch = open_page("<head><title>t</title></head><h1>one</h1>")
    page.evaluate("""() => {
        window.seen = new Set();
        const look = () => {
            const added = document.querySelector('p');
            seen.add(added ? getComputedStyle(added).color : 'not there yet');
            requestAnimationFrame(look);
        };
        look();
    }""")
    result = patch(
        "</head><h1>one</h1>", "<link rel=stylesheet href=new.css></head><h1>two</h1><p>new</p>"
    )
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")

    assert result["changed"] == ["link", "h1", "p"]
    assert page.evaluate("[...seen]") == ["not there yet", "rgb(0, 128, 0)"]
    assert page.locator("link").evaluate_all("links => links.map((link) => link.outerHTML)") == [
        '<link rel="stylesheet" href="new.css">'
    ]


@pytest.mark.parametrize("name", ["", "id=main "], ids=["another link", "the same link"])
def test_a_sheet_that_is_exchanged_leaves_no_moment_without_either(
    open_page: Open, site: Path, name: str
) -> None:
    save(site / "red.css", "p { color: rgb(255, 0, 0) }")
    save(site / "blue.css", "p { color: rgb(0, 0, 255) }")
    page, patch = open_page(f"<head><link {name}rel=stylesheet href=red.css></head><p>text</p>")
    page.evaluate("""() => {
        window.seen = new Set();
        const look = () => {
            const { textContent } = document.querySelector('p');
            seen.add(`${textContent} ${getComputedStyle(document.querySelector('p')).color}`);
            requestAnimationFrame(look);
        };
        look();
    }""")
    result = patch("red.css></head><p>text", "blue.css></head><p>new text")
    page.wait_for_function("seen.size > 1")

    assert result["changed"] == ["link#main" if name else "link", "p"]
    assert page.evaluate("[...seen]") == ["text rgb(255, 0, 0)", "new text rgb(0, 0, 255)"]
    assert page.locator("link").count() == 1


def test_a_sheet_that_comes_inside_a_new_part_is_there_from_the_first_frame(
    open_page: Open, site: Path
) -> None:
    save(site / "inside.css", "section p { color: rgb(0, 128, 0) }")
    page, patch = open_page("<head></head><h1>one</h1>")
    carried(patch)(
        "<h1>one</h1>",
        "<h1>one</h1><section><link rel=stylesheet href=inside.css><p>new</p></section>",
    )

    assert page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(0, 128, 0)"
    page.wait_for_function("document.querySelectorAll('link').length === 1")
    assert page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(0, 128, 0)"


def test_a_sheet_that_cannot_be_had_does_not_hold_up_the_rest(open_page: Open) -> None:
    page, patch = open_page("<head></head><h1>one</h1>")
    result = patch("</head><h1>one", "<link rel=stylesheet href=missing.css></head><h1>two")

    assert "h1" in result["changed"]
    assert page.inner_text("h1") == "two"
    assert page.locator("link").get_attribute("media") is None


def test_a_refused_patch_leaves_no_sheet_behind(open_page: Open, site: Path) -> None:
    save(site / "new.css", "p { color: rgb(0, 128, 0) }")
    page, patch = open_page("<head></head><p>one</p>")
    page.evaluate("""new MutationObserver(() => {
        document.querySelector('p').textContent = 'changed by a script meanwhile';
    }).observe(document.head, { childList: true })""")
    result = patch("</head><p>one", "<link rel=stylesheet href=new.css></head><p>two")

    assert result == {"reason": "a script has changed this part of the page"}
    assert page.locator("link").count() == 0


def test_highlighted_code_is_replaced_where_the_author_allows_it(open_page: Open) -> None:
    code = "<h1>x</h1><pre data-sse-reload=replace><code>let one</code></pre><p>between</p>"
    page, patch = open_page(f"{code}<pre><code>let other</code></pre>")
    page.evaluate("""() => {
        for (const code of document.querySelectorAll('code'))
            code.innerHTML = code.innerHTML.replace('let', '<b>let</b>');
    }""")

    assert patch("let one", "let two")["changed"] == ["pre"]
    assert page.inner_html("pre") == "<code>let two</code>"
    assert patch("let other", "let another") == {
        "reason": "a script has changed this part of the page"
    }


def test_an_ordinary_page_is_searched_in_a_few_milliseconds(open_page: Open) -> None:
    rows = "".join(
        f"<section id=s{number}><h2>Heading {number}</h2><p>Some words <b>number {number}</b> and"
        f" more of <a href='#{number}'>them</a>.</p><ul><li>a {number}<li>b<li>c</ul></section>"
        for number in range(150)
    )
    page, _ = open_page(f"<main>{rows}</main>")
    measure = """async (decorated) => {
        const folder = new URL('.', document.querySelector('script[data-page]').src);
        const { createLocator } = await import(new URL('patch/locate.js', folder));
        const source = await (await fetch(location.href)).text();
        const attributeOf = (element, name) => element.getAttribute(name);
        if (decorated) for (const heading of document.querySelectorAll('h2'))
            heading.insertAdjacentHTML('beforeend', '<a class=anchor>#</a>');
        const times = [];
        for (let round = 0; round < 15; round += 1) {
            const base = new DOMParser().parseFromString(source, 'text/html');
            const target = base.querySelector('#s120 b').firstChild;
            const started = performance.now();
            const locator = createLocator({ base, live: document, attributeOf });
            if (!locator.find(target)) throw new Error(locator.explain(target));
            locator.holds(base.body);
            times.push(performance.now() - started);
        }
        return times.sort((one, other) => one - other)[7];
    }"""
    untouched = page.evaluate(measure, False)
    decorated = page.evaluate(measure, True)

    # The measured times are a tenth of these; the machines of tests are busy.
    assert untouched < 20
    assert decorated < 50


def test_focus_caret_and_selection_survive_where_nodes_cannot_be_moved(open_page: Open) -> None:
    page, patch = open_page("<form><p>one</p><p>two</p><p id=f><input id=name></p></form>")
    page.fill("#name", "typed")
    page.evaluate(
        "for (const { prototype } of [Element, Document, DocumentFragment])"
        " delete prototype.moveBefore;"
        "document.querySelector('#name').setSelectionRange(1, 3)"
    )
    carried(patch)(
        "<p>one</p><p>two</p><p id=f><input id=name></p>",
        "<p id=f><input id=name></p><p>two</p><p>one</p>",
    )

    assert page.evaluate(
        "(({id, selectionStart, selectionEnd}) => [id, selectionStart, selectionEnd])"
        "(document.activeElement)"
    ) == ["name", 1, 3]


def test_a_modal_dialog_that_the_author_closes_leaves_the_page_usable(open_page: Open) -> None:
    page, patch = open_page("<dialog id=d open>x</dialog><button>b</button>")
    page.evaluate("d.close(); d.showModal()")
    carried(patch)("<dialog id=d open>", "<dialog id=d>")

    assert page.evaluate("[d.open, d.matches(':modal')]") == [False, False]


def test_a_shorthand_with_a_variable_is_not_merged(open_page: Open) -> None:
    page, patch = open_page("<p id=p style='background: var(--a)'>x</p>")
    page.evaluate("p.style.top = '1px'")

    assert patch("var(--a)", "var(--b)") == {"reason": "a script has changed this part of the page"}


def test_what_changed_is_shown_for_a_moment_and_nothing_is_left_of_it(open_page: Open) -> None:
    page, _ = open_page("<p id=p>x</p>")
    shown = page.evaluate("""async () => {
        const folder = new URL('.', document.querySelector('script[data-page]').src);
        const { highlight } = await import(new URL('patch/highlight.js', folder));
        const before = document.documentElement.outerHTML;
        highlight([p], { matchMedia: matchMedia.bind(window) });
        const during = getComputedStyle(p).outlineStyle;
        await Promise.all(document.getAnimations().map((animation) => animation.finished));
        const isSame = document.documentElement.outerHTML === before;
        return [during, getComputedStyle(p).outlineStyle, document.getAnimations().length, isSame];
    }""")

    assert shown == ["solid", "none", 0, True]


def test_two_new_sheets_stand_in_the_order_of_the_author(open_page: Open, site: Path) -> None:
    save(site / "first.css", "h1 { color: rgb(1, 0, 0) }")
    save(site / "second.css", "h1 { color: rgb(2, 0, 0) }")
    page, patch = open_page("<head><title>t</title></head><h1>one</h1>")
    page.evaluate("""() => {
        window.removed = 0;
        new MutationObserver((records) => {
            for (const { removedNodes } of records) removed += removedNodes.length;
        }).observe(document.head, { childList: true });
    }""")
    sheets = "<link rel=stylesheet href=first.css>\n<link rel=stylesheet href=second.css>\n"
    carried(patch)("</head>", f"{sheets}</head>")

    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(2, 0, 0)"
    assert page.evaluate("removed") == 0


def test_a_value_that_the_author_changed_shows_in_the_field(open_page: Open) -> None:
    page, patch = open_page("<input id=a value=one><input id=b value=x class=y>")
    page.fill("#a", "typed")
    page.fill("#b", "typed, too")
    result = patch(
        "value=one><input id=b value=x class=y", "value=two><input id=b value=x class=z title=t"
    )

    assert page.input_value("#a") == "two"
    assert page.input_value("#b") == "typed, too"
    assert result["changed"] == ["input#a", "input#b"]


def test_a_sheet_that_a_script_switched_off_stays_off_when_it_is_exchanged(
    open_page: Open, site: Path
) -> None:
    save(site / "old.css", "p { color: rgb(255, 0, 0) }")
    save(site / "newer.css", "p { color: rgb(0, 0, 255) }")
    page, patch = open_page("<head><link rel=stylesheet href=old.css></head><p>text</p>")
    page.evaluate("document.querySelector('link').sheet.disabled = true")
    carried(patch)("old.css", "newer.css")

    assert page.evaluate("document.querySelector('link').sheet.href").endswith("newer.css")
    assert page.evaluate("document.querySelector('link').sheet.disabled")
