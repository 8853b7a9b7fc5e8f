"""Saves that are not one quiet write: how many updates a tab gets, how soon, and whether any was cut.

python -m tests.benchmarks.bursts
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.benchmarks.table import Row, print_rows
from tests.browser.chromium import Tabs, driven, find_chromium
from tests.browser.pages import diary_of, page_text, save
from tests.serving import serving

ROUNDS = 5
FILLER = "<p>A paragraph of text, as pages have.</p>" * 100
LINK = '<link rel=stylesheet href="/main.css">'


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tab went through: updates after the first load, cut pages, delay to the final content."""

    updates: int
    cut: int
    delay: float


def write_page(path: Path, title: str) -> None:
    path.write_text(page_text(title, head=LINK, body=FILLER), encoding="utf-8")


def in_two_halves(root: Path, title: str) -> None:
    """One file in two halves, 30 ms apart."""
    text = page_text(title, head=LINK, body=FILLER)
    with (root / "index.html").open("w", encoding="utf-8") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        time.sleep(0.03)
        file.write(text[len(text) // 2 :])


def five_saves(root: Path, title: str) -> None:
    """Five saves within a second and a half."""
    for number in range(5):
        if number:
            time.sleep(0.375)
        save(
            root / "index.html",
            page_text(title if number == 4 else f"{title}-{number}", head=LINK, body=FILLER),
        )


def a_build(root: Path, title: str) -> None:
    """Five hundred files in two seconds, the page first and its style sheet last."""
    write_page(root / "index.html", title)
    (root / "pages").mkdir(exist_ok=True)
    began = time.monotonic()
    for number in range(498):
        write_page(root / "pages" / f"{number}.html", f"{title}-{number}")
        time.sleep(max(0.0, began + 2 * (number + 1) / 498 - time.monotonic()))
    (root / "main.css").write_text(f"body {{ --built: {title} }}", encoding="utf-8")


def observe(page: Page, root: Path, write: Callable[[Path, str], None], title: str) -> Outcome:
    """Write, wait for the final content and a second more, and read the tab's diary."""
    page.evaluate("sessionStorage.clear()")
    write(root, title)
    ended = time.time() * 1000
    page.wait_for_function(
        "title => document.title === title && document.readyState === 'complete'", arg=title
    )
    shown = page.evaluate(
        "performance.timeOrigin + performance.getEntriesByType('navigation')[0].loadEventEnd"
    )
    time.sleep(1)
    diary = diary_of(page)
    cut = sum(entry.get("isWhole") is False for entry in diary)
    return Outcome(len(diary), cut, shown - ended)


def measure(executable: str, *, rounds: int = ROUNDS) -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as folder, driven(executable) as browser:
        root = Path(folder)
        write_page(root / "index.html", "0")
        (root / "main.css").write_text("body { --built: 0 }")
        with serving(root) as server:
            page = Tabs(browser.contexts[0]).open(server.url)
            for name, aim, write in (
                ("two halves", 1, in_two_halves),
                ("five saves", 5, five_saves),
                ("a build of 500 files", 1, a_build),
            ):
                server.wait_for_tabs(1)
                outcomes = [
                    observe(page, root, write, f"{name[:3]}{number}") for number in range(rounds)
                ]
                rows += [
                    Row(f"{name}: updates", [one.updates for one in outcomes], "", f"aim: {aim}"),
                    Row(f"{name}: cut pages", [one.cut for one in outcomes], "", "aim: 0"),
                    Row(f"{name}: end of writing → shown", [one.delay for one in outcomes], "ms"),
                ]
    return rows


def main() -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit("Bursts: no Chromium; install it, or set CHROMIUM to its path.")
    print_rows(f"Bursts, {ROUNDS} rounds", measure(executable))


if __name__ == "__main__":
    main()
