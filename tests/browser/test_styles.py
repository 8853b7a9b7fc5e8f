"""Style sheets swapped in place, wherever a page has them from; and never a bare moment."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Tabs
from tests.browser.pages import page_text, save, write_page
from tests.serving import LiveServer, serving

LINK = '<link rel=stylesheet href="main.css">'
HOST = "<div id=host></div>"


def shade(number: int, selector: str = "body") -> str:
    return f"{selector} {{ color: rgb({number}, {number}, {number}) }}"


def shade_of(page: Page, selector: str = "body") -> str:
    return str(
        page.evaluate("name => getComputedStyle(document.querySelector(name)).color", selector)
    )


def wait_for_shade(page: Page, number: int, expression: str = "document.body") -> None:
    colour = f"rgb({number}, {number}, {number})"
    page.wait_for_function(f"colour => getComputedStyle({expression}).color === colour", arg=colour)


def digest_of(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def open_marked(server: LiveServer, tabs: Tabs) -> Page:
    """Open the page and leave a mark in it that no reload would leave."""
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    page.evaluate("window.mark = 1")
    return page


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.mark === 1"))


def watch_shades(page: Page) -> None:
    """Note the colour of the body in each frame from now on."""
    page.evaluate("""() => {
        window.seen = [];
        const look = () => {
            const { color } = getComputedStyle(document.body);
            if (window.seen.at(-1) !== color) window.seen.push(color);
            requestAnimationFrame(look);
        };
        look();
    }""")


SHADOW = """<script>
  const shadow = document.getElementById('host').attachShadow({ mode: 'open' });
  shadow.innerHTML = '%s<p>in the shadow</p>';
</script>"""
IN_SHADOW = "document.getElementById('host').shadowRoot.querySelector('p')"
ADOPT = """<script type=module>
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await (await fetch('theme.css')).text());
  %s
</script>"""
MODULE = """<script type=module>
  import sheet from './theme.css' with { type: 'css' };
  document.adoptedStyleSheets = [sheet];
</script>"""

WAYS = {
    "an import of a link": (LINK, ""),
    "an import of a style element": ('<style>@import "theme.css";</style>', ""),
    "an adopted sheet": ("", ADOPT % "document.adoptedStyleSheets = [sheet];"),
    "a module of CSS": ("", MODULE),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_sheet_is_swapped_in_place_as(way: str, tmp_path: Path, tabs: Tabs) -> None:
    head, body = WAYS[way]
    save(tmp_path / "main.css", '@import "theme.css"; h1 { margin: 0 }')
    save(tmp_path / "theme.css", shade(1))
    write_page(tmp_path / "index.html", "one", head=head, body=body)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        wait_for_shade(page, 1)
        watch_shades(page)
        for number in (2, 3, 4):
            save(tmp_path / "theme.css", shade(number))
            wait_for_shade(page, number)

        assert is_marked(page)
        assert page.evaluate("window.seen") == [f"rgb({n}, {n}, {n})" for n in (1, 2, 3, 4)]


SHADOW_WAYS = {
    "a link": SHADOW % "<link rel=stylesheet href=theme.css>",
    "an import": SHADOW % "<style>@import url(theme.css) screen;</style>",
    "an import of a link": SHADOW % "<link rel=stylesheet href=main.css>",
    "an adopted sheet": SHADOW % "" + ADOPT % "shadow.adoptedStyleSheets = [sheet];",
}


@pytest.mark.parametrize("way", SHADOW_WAYS)
def test_a_sheet_is_swapped_in_an_open_shadow_root_as(way: str, tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "main.css", '@import "theme.css"; p { margin: 0 }')
    save(tmp_path / "theme.css", shade(1, "p"))
    write_page(tmp_path / "index.html", "one", body=HOST + SHADOW_WAYS[way])
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        wait_for_shade(page, 1, IN_SHADOW)
        for number in (2, 3):
            save(tmp_path / "theme.css", shade(number, "p"))
            wait_for_shade(page, number, IN_SHADOW)

        assert is_marked(page)


def test_an_adopted_sheet_that_a_script_has_changed_is_not_overwritten(
    tmp_path: Path, tabs: Tabs
) -> None:
    change = "document.adoptedStyleSheets = [sheet]; sheet.insertRule('h1 { margin: 0 }');"
    save(tmp_path / "theme.css", shade(1))
    write_page(tmp_path / "index.html", "one", body=ADOPT % change)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        wait_for_shade(page, 1)
        save(tmp_path / "theme.css", shade(2))
        wait_for_shade(page, 2)

        assert not is_marked(page)


def test_an_import_keeps_its_layer_its_condition_and_its_media(tmp_path: Path, tabs: Tabs) -> None:
    save(
        tmp_path / "main.css",
        '@import "theme.css" layer(theme) supports(display: grid) screen and (min-width: 1px);\n'
        '@import "print.css" layer(theme) print;\n@layer top { h1 { color: rgb(9, 9, 9) } }',
    )
    save(tmp_path / "theme.css", shade(1) + shade(1, "h1"))
    save(tmp_path / "print.css", shade(7))
    write_page(tmp_path / "index.html", "one", head=LINK)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        save(tmp_path / "theme.css", shade(2) + shade(2, "h1"))
        wait_for_shade(page, 2)
        save(tmp_path / "print.css", shade(8))
        server.wait_for_line(r"print\.css → swapped styles in 1 tab")

        assert shade_of(page) == "rgb(2, 2, 2)"
        assert shade_of(page, "h1") == "rgb(9, 9, 9)"
        page.emulate_media(media="print")
        assert shade_of(page) == "rgb(8, 8, 8)"
        assert is_marked(page)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_later_swap_of_the_owner_does_not_bring_back_an_old_import(
    moment: str, tmp_path: Path, tabs: Tabs
) -> None:
    save(tmp_path / "main.css", '@import "sub/theme.css"; h1 { color: rgb(1, 1, 1) }')
    (tmp_path / "sub").mkdir()
    save(tmp_path / "sub" / "theme.css", '@import "deep.css"; h2 { color: red }')
    save(tmp_path / "sub" / "deep.css", shade(1))
    write_page(tmp_path / "index.html", "one", head=LINK)
    with serving(tmp_path) as server:
        page = tabs.open("about:blank")
        if moment == "before":  # an image that never comes holds back the load event
            page.route("**/never.png", lambda _: None)
            write_page(tmp_path / "index.html", "one", head=LINK, body="<img src=never.png>")
        page.goto(server.url, wait_until="commit")
        server.wait_for_tabs(1)
        wait_for_shade(page, 1)
        page.evaluate("window.mark = 1")
        watch_shades(page)
        save(tmp_path / "sub" / "deep.css", shade(2))
        wait_for_shade(page, 2)
        save(tmp_path / "main.css", '@import "sub/theme.css"; h1 { color: rgb(2, 2, 2) }')
        wait_for_shade(page, 2, "document.querySelector('h1')")
        save(tmp_path / "sub" / "theme.css", '@import "deep.css"; h1 { font-size: 9px }')
        page.wait_for_function("getComputedStyle(document.querySelector('h1')).fontSize === '9px'")

        assert (page.evaluate("document.readyState") == "complete") is (moment == "after")
        assert page.evaluate("window.seen") == ["rgb(1, 1, 1)", "rgb(2, 2, 2)"]
        assert is_marked(page)
        page.unroute_all(behavior="ignoreErrors")


def test_an_import_that_cannot_be_had_keeps_the_old_one_until_it_is_back(
    tmp_path: Path, tabs: Tabs
) -> None:
    save(tmp_path / "main.css", '@import "theme.css"; h1 { margin: 0 }')
    save(tmp_path / "theme.css", shade(1))
    write_page(tmp_path / "index.html", "one", head=LINK)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        (tmp_path / "theme.css").unlink()
        server.wait_for_line(r"theme\.css →")
        during = shade_of(page)
        save(tmp_path / "theme.css", shade(3))
        wait_for_shade(page, 3)

        assert during == "rgb(1, 1, 1)"
        assert is_marked(page)
        assert page.locator("link[rel=stylesheet]").count() == 1


def test_a_link_keeps_all_that_was_said_of_it_but_its_integrity(tmp_path: Path, tabs: Tabs) -> None:
    digest = "sha256-" + digest_of(shade(1))
    link = (
        f'<link rel=stylesheet href="main.css?v=1" integrity="{digest}" crossorigin=anonymous '
        'media="screen" nonce=n data-x=1>'
    )
    save(tmp_path / "main.css", shade(1))
    write_page(tmp_path / "index.html", "one", head=link)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        wait_for_shade(page, 1)
        save(tmp_path / "main.css", shade(2))
        wait_for_shade(page, 2)

        said = page.evaluate("""() => {
            const link = document.querySelector('link[rel=stylesheet]');
            const names = ['integrity', 'crossorigin', 'media', 'data-x'];
            return [...names.map((name) => link.getAttribute(name)), link.nonce, link.search];
        }""")
        href = page.evaluate("document.querySelector('link[rel=stylesheet]').getAttribute('href')")
        assert said[:5] == [None, "anonymous", "screen", "1", "n"]
        assert href.startswith("main.css?v=1&sse-reload=")


SWITCH_ON = """() => {
    const link = document.querySelector('link[title=night]');
    link.disabled = true;
    link.disabled = false;
}"""


def test_sheets_without_effect_stay_so_until_they_are_switched_on(
    tmp_path: Path, tabs: Tabs
) -> None:
    head = (
        "<link rel=stylesheet href=base.css>"
        "<link rel=stylesheet href=other.css media=print>"
        "<link rel='alternate stylesheet' title=night href=other.css>"
        "<link rel=stylesheet disabled href=other.css>"
        "<link rel=stylesheet href=switched.css id=switched>"
        "<link rel=stylesheet title=day href=day.css>"
    )
    save(tmp_path / "base.css", shade(1))
    for name in ("other.css", "switched.css"):
        save(tmp_path / name, shade(200))
    save(tmp_path / "day.css", shade(1, "h1"))
    write_page(tmp_path / "index.html", "one", head=head)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        page.evaluate("document.getElementById('switched').sheet.disabled = true")
        watch_shades(page)
        for name in ("other.css", "switched.css"):
            save(tmp_path / name, shade(201))
            server.wait_for_line(f"{name} → swapped styles in 1 tab")
        save(tmp_path / "day.css", shade(2, "h1"))
        wait_for_shade(page, 2, "document.querySelector('h1')")

        assert page.evaluate("window.seen") == ["rgb(1, 1, 1)"]
        page.evaluate(SWITCH_ON)
        wait_for_shade(page, 201)
        save(tmp_path / "other.css", shade(202))
        wait_for_shade(page, 202)
        assert is_marked(page)


def test_a_sheet_of_the_same_name_in_another_folder_is_left_alone(
    tmp_path: Path, tabs: Tabs
) -> None:
    (tmp_path / "sub").mkdir()
    save(tmp_path / "main.css", shade(1))
    save(tmp_path / "sub" / "main.css", shade(1, "h1"))
    head = f"{LINK}<link rel=stylesheet href=sub/main.css>{LINK}"
    write_page(tmp_path / "index.html", "one", head=head)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        save(tmp_path / "main.css", shade(2))
        wait_for_shade(page, 2)

        hrefs = page.evaluate(
            "[...document.querySelectorAll('link[rel=stylesheet]')].map((link) => link.href)"
        )
        assert ["sse-reload=" in href for href in hrefs] == [True, False, True]


def test_the_cascade_keeps_its_order(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "main.css", shade(1) + shade(1, "h1"))
    save(tmp_path / "later.css", shade(9, "h1"))
    write_page(tmp_path / "index.html", "one", head=f"{LINK}<link rel=stylesheet href=later.css>")
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        save(tmp_path / "main.css", shade(2) + shade(2, "h1"))
        wait_for_shade(page, 2)

        assert shade_of(page, "h1") == "rgb(9, 9, 9)"


def test_nothing_old_is_shown_after_the_next_reload(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "main.css", '@import "theme.css"; h1 { color: rgb(1, 1, 1) }')
    save(tmp_path / "theme.css", shade(1))
    write_page(tmp_path / "index.html", "one", head=LINK)
    with serving(tmp_path) as server:
        page = open_marked(server, tabs)
        save(tmp_path / "theme.css", shade(2))
        wait_for_shade(page, 2)
        save(tmp_path / "main.css", '@import "theme.css"; h1 { color: rgb(2, 2, 2) }')
        wait_for_shade(page, 2, "document.querySelector('h1')")
        page.reload()

        assert (shade_of(page), shade_of(page, "h1")) == ("rgb(2, 2, 2)", "rgb(2, 2, 2)")
        assert (
            "sse-reload="
            not in json.dumps(page.evaluate("document.head.innerHTML"))
            .split("main.css")[1]
            .split(">")[0]
        )


def test_a_sheet_that_a_script_has_read_and_nothing_shows_reloads(
    tmp_path: Path, tabs: Tabs
) -> None:
    body = "<script type=module>document.title = await (await fetch('main.css')).text()</script>"
    save(tmp_path / "main.css", "first")
    (tmp_path / "index.html").write_text(page_text("one", body=body))
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        page.wait_for_function("document.title === 'first'")
        server.wait_for_tabs(1)
        save(tmp_path / "main.css", "second")

        page.wait_for_function("document.title === 'second'")


def test_the_theme_of_the_example_site_is_swapped(
    site: Path, server: LiveServer, tabs: Tabs
) -> None:
    page = open_marked(server, tabs)
    theme = site / "styles" / "theme.css"
    save(theme, theme.read_text() + "\nbody { outline: 3px solid rgb(1, 2, 3) }\n")
    page.wait_for_function("getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)'")

    assert is_marked(page)
