"""Files that are written slowly, and many at once: one update, and never a cut page."""

import time
from pathlib import Path

from tests.browser.chromium import Tabs
from tests.browser.pages import diary_of, page_text, wait_for_title, write_page
from tests.serving import serving


def write_in_two_halves(path: Path, text: str, pause: float) -> None:
    """Write as a slow program does: truncate, half, a pause, the rest."""
    middle = len(text) // 2
    with path.open("w", encoding="utf-8") as file:
        file.write(text[:middle])
        file.flush()
        time.sleep(pause)
        file.write(text[middle:])


def test_a_page_written_in_two_halves_is_never_patched_in_cut(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "0", body="<p>filler</p>" * 200)
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        page.evaluate("""() => {
            const look = () => { window.wasCut ||= document.getElementById('end') === null };
            new MutationObserver(look).observe(document, { subtree: true, childList: true });
        }""")
        for number in range(1, 9):
            text = page_text(str(number), body="<p>filler</p>" * (200 + number))
            write_in_two_halves(tmp_path / "index.html", text, 0.03)
            wait_for_title(page, str(number))

        assert len(diary_of(page)) == 1
        assert page.evaluate("window.wasCut") is False


def test_a_page_written_in_two_halves_is_never_loaded_cut(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "0", body="<p>filler</p>" * 200)
    with serving(tmp_path, "--update", "reload") as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        for number in range(1, 9):
            text = page_text(str(number), body="<p>filler</p>" * 200)
            write_in_two_halves(tmp_path / "index.html", text, 0.03)
            wait_for_title(page, str(number))

        diary = diary_of(page)
        assert [entry["title"] for entry in diary] == [str(number) for number in range(9)]
        assert all(entry["isWhole"] for entry in diary)


def build(root: Path, generation: int, *, files: int = 500, seconds: float = 2.0) -> None:
    """Write a site as a generator does: the page first, its style sheet last, much in between."""
    (root / "index.html").write_text(
        page_text(f"build {generation}", head='<link rel=stylesheet href="main.css">'),
        encoding="utf-8",
    )
    began = time.monotonic()
    for number in range(files):
        path = root / "pages" / f"{number}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(page_text(f"{generation}-{number}"), encoding="utf-8")
        time.sleep(max(0.0, began + seconds * (number + 1) / files - time.monotonic()))
    (root / "main.css").write_text(f"body {{ color: rgb({generation}, 0, 0) }}", encoding="utf-8")


def test_a_build_of_five_hundred_files_is_one_update(tmp_path: Path, tabs: Tabs) -> None:
    build(tmp_path, 1, seconds=0)
    with serving(tmp_path, "--update", "reload") as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        build(tmp_path, 2)
        wait_for_title(page, "build 2")
        page.wait_for_function("getComputedStyle(document.body).color === 'rgb(2, 0, 0)'")
        server.wait_for_line(r"\d{3} more →")

        assert [entry.get("title") for entry in diary_of(page)] == ["build 1", "build 2"]
