"""What one tab does about one save."""

import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import diary_of, page_text, save, wait_for_title, write_page
from tests.serving import LiveServer, serving, wait_until

PATCHES = """
window.patches = [];
document.addEventListener('sse-reload:patched', ({ detail }) => {
  window.patches.push(detail.elements.map(({ tagName }) => tagName));
});
"""
STYLES = '<link rel=stylesheet href="/main.css">'


def colour_of(page: Page, selector: str = "body") -> str:
    return str(
        page.evaluate(
            "selector => getComputedStyle(document.querySelector(selector)).color", selector
        )
    )


def wait_for_colour(page: Page, colour: str) -> None:
    page.wait_for_function("colour => getComputedStyle(document.body).color === colour", arg=colour)


def test_a_saved_page_is_changed_in_place(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one", body="<input id=name>")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.fill("#name", "half a sentence")
        page.evaluate(PATCHES)
        write_page(tmp_path / "index.html", "two", body="<input id=name>")
        wait_for_title(page, "two")

        assert server.wait_for_line(r"index\.html → patched 2 nodes in 1 tab · \d+ ms")
        assert page.input_value("#name") == "half a sentence"
        assert page.evaluate("window.patches") == [["TITLE", "H1"]]
        assert len(diary_of(page)) == 1


def test_a_page_is_loaded_anew_where_its_script_changed_and_the_line_is_named(
    tmp_path: Path, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one", body="\n<script>var x = 1</script>")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        write_page(tmp_path / "index.html", "two", body="\n<script>var x = 2</script>")
        wait_for_title(page, "two")

        line = next(
            number
            for number, text in enumerate((tmp_path / "index.html").read_text().splitlines(), 1)
            if "var x" in text
        )
        assert server.wait_for_line(rf"→ reloaded: script changed \(line {line}\) · 1 tab · \d+ ms")


def test_after_a_reload_the_page_is_patched_again(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one", body="<script>var x = 1</script>")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        for title in ("two", "three", "four"):
            write_page(tmp_path / "index.html", title, body="<script>var x = 2</script>")
            wait_for_title(page, title)

        assert [entry["title"] for entry in diary_of(page)] == ["one", "two"]


def test_where_a_script_has_rewritten_the_very_part_the_page_is_loaded_anew(
    tmp_path: Path, tabs: Tabs
) -> None:
    clock = "<p id=clock>midnight</p>"
    write_page(tmp_path / "index.html", "one", body=clock)
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate("document.querySelector('#clock').textContent = 'noon'")
        write_page(tmp_path / "index.html", "one", body=clock.replace("mid", "late "))

        assert server.wait_for_line("→ reloaded: ")
        page.wait_for_function("document.querySelector('#clock').textContent === 'late night'")


def test_a_page_that_a_restarted_server_does_not_hold_is_loaded_anew(
    tmp_path: Path, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        port = server.port
    with serving(tmp_path, port=port) as server:
        server.wait_for_tabs(1)
        write_page(tmp_path / "index.html", "two")

        wait_for_title(page, "two")
        assert server.wait_for_line("reloaded: the source of this page is not held any more")


def test_a_page_and_its_style_sheet_saved_together_are_one_update(
    tmp_path: Path, tabs: Tabs
) -> None:
    save(tmp_path / "main.css", "body { color: rgb(1, 1, 1) }")
    write_page(tmp_path / "index.html", "one", head=STYLES)
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        save(tmp_path / "main.css", "body { color: rgb(2, 2, 2) }")
        write_page(tmp_path / "index.html", "two", head=STYLES)
        wait_for_colour(page, "rgb(2, 2, 2)")
        wait_for_title(page, "two")

        assert page.locator("link[rel=stylesheet]").count() == 1
        assert [entry["title"] for entry in diary_of(page) if "title" in entry] == ["one"]


def test_changed_elements_are_shown_for_a_moment_unless_switched_off(
    tmp_path: Path, tabs: Tabs
) -> None:
    for options, shown in (([], 1), (["--no-highlight"], 0)):
        write_page(tmp_path / "index.html", "one")
        with serving(tmp_path, *options) as server:
            page = tabs.open(server.url)
            server.wait_for_tabs(1)
            page.evaluate("""() => {
                const animate = Element.prototype.animate;
                window.animated = 0;
                Element.prototype.animate = function (...how) {
                    window.animated += 1;
                    return animate.apply(this, how);
                };
            }""")
            write_page(tmp_path / "index.html", "two")
            server.wait_for_line("patched")
            if shown:
                page.wait_for_function("window.animated === 1")

            assert page.evaluate("window.animated") == shown
            page.close()


def test_a_saved_page_is_reloaded_where_that_is_asked_for(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path, "--update", "reload") as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        write_page(tmp_path / "index.html", "two")

        wait_for_title(page, "two")
        assert [entry["title"] for entry in diary_of(page)] == ["one", "two"]


def test_the_example_site_is_changed_in_place(site: Path, server: LiveServer, tabs: Tabs) -> None:
    page = tabs.open(server.url + "about")
    server.wait_for_tabs(1)
    about = site / "about.html"
    save(about, about.read_text().replace("<title>", "<title>Changed: ", 1))

    page.wait_for_function("document.title.startsWith('Changed: ')")
    line = server.wait_for_line(r"about\.html → patched 1 node in 1 tab · \d+ ms")
    assert line


def test_a_page_under_any_of_its_addresses_is_reloaded(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "guide" / "first steps.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url + "guide/first%20steps.html?x=1")
        server.wait_for_tabs(1)
        write_page(tmp_path / "guide" / "first steps.html", "two")

        wait_for_title(page, "two")
        assert page.url.endswith("/guide/first%20steps?x=1")


def test_a_style_sheet_is_swapped_and_the_page_keeps_its_state(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "main.css", "body { color: rgb(1, 1, 1); min-height: 5000px }")
    write_page(tmp_path / "index.html", "one", head=STYLES, body="<input id=name>")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.fill("#name", "half a sentence")
        page.evaluate("scrollTo(0, 1234); window.mark = 1")
        save(tmp_path / "main.css", "body { color: rgb(2, 2, 2); min-height: 5000px }")
        wait_for_colour(page, "rgb(2, 2, 2)")

        assert page.evaluate("scrollY") == 1234
        assert page.input_value("#name") == "half a sentence"
        assert page.evaluate("window.mark") == 1
        assert page.locator("link[rel=stylesheet]").count() == 1
        assert server.wait_for_line(r"main\.css → swapped styles in 1 tab · \d+ ms")


def test_swapping_never_shows_the_page_without_its_styles(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "main.css", "body { color: rgb(1, 1, 1) }")
    write_page(tmp_path / "index.html", "one", head=STYLES)
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate("""() => {
            window.seen = new Set();
            const look = () => {
                window.seen.add(getComputedStyle(document.body).color);
                requestAnimationFrame(look);
            };
            look();
        }""")
        for shade in range(2, 12):
            save(tmp_path / "main.css", f"body {{ color: rgb({shade}, {shade}, {shade}) }}")
            wait_for_colour(page, f"rgb({shade}, {shade}, {shade})")

        assert "rgb(0, 0, 0)" not in page.evaluate("[...window.seen]")


def test_a_sheet_that_fails_to_load_leaves_no_stale_link(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "main.css", "body { color: rgb(1, 1, 1) }")
    write_page(tmp_path / "index.html", "one", head=STYLES)
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        (tmp_path / "main.css").unlink()
        server.wait_for_line(r"main\.css →")
        save(tmp_path / "main.css", "body { color: rgb(3, 3, 3) }")
        wait_for_colour(page, "rgb(3, 3, 3)")

        assert page.locator("link[rel=stylesheet]").count() == 1


def test_what_the_page_does_not_use_leaves_it_alone(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    write_page(tmp_path / "other.html", "other")
    save(tmp_path / "unused.css", "a {}")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        write_page(tmp_path / "other.html", "changed")
        first = server.wait_for_line("→")
        save(tmp_path / "unused.css", "b {}")
        second = server.wait_for_line("→")

        assert first.endswith("other.html → not used by 1 tab")
        assert second.endswith("unused.css → not used by 1 tab")
        assert len(diary_of(page)) == 1


def test_a_script_in_use_reloads(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "app.js", "document.title = 'first'")
    write_page(tmp_path / "index.html", "one", body='<script src="app.js"></script>')
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        save(tmp_path / "app.js", "document.title = 'second'")

        wait_for_title(page, "second")


def test_data_that_the_page_has_fetched_reloads(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "data.json", '"first"')
    write_page(
        tmp_path / "index.html",
        "one",
        body="<script type=module>document.title = await (await fetch('data.json')).json()</script>",
    )
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        wait_for_title(page, "first")
        server.wait_for_tabs(1)
        save(tmp_path / "data.json", '"second"')

        wait_for_title(page, "second")


def test_the_same_bytes_again_are_silence(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    write_page(tmp_path / "marker.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        write_page(tmp_path / "index.html", "one")
        write_page(tmp_path / "marker.html", "two")
        line = server.wait_for_line("→")

        assert "marker.html" in line
        assert "index.html" not in line
        assert len(diary_of(page)) == 1


def test_a_page_that_was_not_found_appears_by_itself(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "home")
    with serving(tmp_path) as server:
        page = tabs.open(server.url + "later/")
        server.wait_for_tabs(1)
        write_page(tmp_path / "later" / "index.html", "here it is")

        wait_for_title(page, "here it is")


def test_an_own_404_page_is_replaced_by_the_page_it_stood_for(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "404.html", "own 404")
    with serving(tmp_path) as server:
        page = tabs.open(server.url + "later")
        wait_for_title(page, "own 404")
        server.wait_for_tabs(1)
        write_page(tmp_path / "404.html", "better 404")
        wait_for_title(page, "better 404")
        server.wait_for_tabs(1)
        write_page(tmp_path / "later.html", "here it is")

        wait_for_title(page, "here it is")


def test_an_empty_page_fills_itself(tmp_path: Path, tabs: Tabs) -> None:
    (tmp_path / "index.html").write_text("")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        write_page(tmp_path / "index.html", "full")

        wait_for_title(page, "full")


def test_a_listing_shows_what_appears(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "notes.txt", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        save(tmp_path / "more.txt", "two")

        expect(page.get_by_role("link", name="more.txt")).to_be_visible()


def test_a_page_can_pause_and_go_on(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate("document.documentElement.dataset.sseReload = 'off'")
        write_page(tmp_path / "index.html", "two")
        line = server.wait_for_line("→")
        assert line.endswith("index.html → paused in 1 tab")
        assert page.title() == "one"

        page.evaluate("delete document.documentElement.dataset.sseReload")
        write_page(tmp_path / "index.html", "three")
        wait_for_title(page, "three")


def test_a_page_can_take_a_change_upon_itself(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate("""addEventListener('sse-reload:change', (event) => {
            event.preventDefault();
            document.title = event.detail.changes[0].url;
        })""")
        write_page(tmp_path / "index.html", "two")

        wait_for_title(page, "/")
        assert len(diary_of(page)) == 1


def test_five_quick_saves_end_on_the_last(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "0")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        for number in range(1, 6):
            write_page(tmp_path / "index.html", str(number))
            time.sleep(0.3)  # the pace of the person, not a wait for the program

        wait_for_title(page, "5")
        wait_until(lambda: server.status()["tabs"] == 1)
        assert all(entry["isWhole"] for entry in diary_of(page))


def test_a_page_below_a_prefix_is_reloaded(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "guide.html", "one")
    with serving(tmp_path, "--prefix", "/docs/") as server:
        page = tabs.open(server.url + "guide")
        assert "/docs/guide" in page.url
        server.wait_for_tabs(1)
        save(tmp_path / "guide.html", page_text("two"))

        wait_for_title(page, "two")


def test_a_watched_file_that_is_not_served_reloads(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "site" / "index.html", "one")
    save(tmp_path / "data.yaml", "a: 1")
    with serving(tmp_path / "site", "--watch", str(tmp_path / "data.yaml")) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        save(tmp_path / "data.yaml", "a: 2")
        line = server.wait_for_line("→")

        assert "data.yaml → reloaded 1 tab" in line
        assert len(diary_of(page)) == 2


def test_a_page_with_a_policy_of_its_own_is_reloaded(tmp_path: Path, tabs: Tabs) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">"
    page_file = tmp_path / "index.html"
    save(page_file, f"<!doctype html><html><head>{policy}<title>one</title></head></html>")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        save(page_file, f"<!doctype html><html><head>{policy}<title>two</title></head></html>")

        wait_for_title(page, "two")


def test_the_client_says_nothing_in_the_console(site: Path, server: LiveServer, tabs: Tabs) -> None:
    page = tabs.open("about:blank")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("", "about", "gallery/", "workshop", "contact"):
        page.goto(server.url + path)
    server.wait_for_tabs(1)
    save(site / "contact.html", (site / "contact.html").read_text() + "<!-- -->")
    server.wait_for_line(r"contact\.html → reloaded: a comment outside of <html> came or went")
    server.wait_for_tabs(1)
    save(site / "contact.html", (site / "contact.html").read_text().replace("<h1", "<h1 id=top"))
    server.wait_for_line(r"contact\.html → patched 1 node in 1 tab")

    assert said == []


def test_the_example_site_keeps_what_a_person_typed_while_its_styles_change(
    site: Path, server: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(server.url + "contact")
    server.wait_for_tabs(1)
    page.fill("#message", "half a report")
    main = site / "styles" / "main.css"
    save(main, main.read_text() + "\nbody { outline: 3px solid rgb(1, 2, 3) }\n")
    page.wait_for_function("getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)'")

    assert page.input_value("#message") == "half a report"
