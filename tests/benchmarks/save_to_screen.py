"""From the save of a file to what a person sees, in a real Chromium.

A word of a page, changed in place: beside the same page reloaded, the same page when it calls
`location.reload()` on itself, which nothing that reloads pages can beat, and vite and browser-sync.
A style sheet, swapped.

    python -m tests.benchmarks.save_to_screen
"""

import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page

from tests.benchmarks.peers import Peer, find_peers, running
from tests.benchmarks.table import Row, print_rows
from tests.browser.chromium import Tabs, driven, find_chromium
from tests.browser.pages import save
from tests.serving import LiveServer, serving

ROUNDS = 40
CALM = 0.2
"""Seconds between two measurements: a person does not save twice within a frame."""

WARM_UP = 5

FLOOR = "a page that reloads itself (the floor)"
PATCH = "save → word changed in place"
RELOAD = "save → page reloaded (--update reload)"
SWAP = "save → style swapped"
AIMS = {PATCH: "aim: ≤ 25 ms", SWAP: "aim: ≤ 15 ms"}

# The moment a person can see a page: the task after the first frame that follows its load, or the
# change of the word that this benchmark changes.
SHOWN = """
<script>
  const note = () => requestAnimationFrame(() => setTimeout(() => {
    window.shownAt = performance.timeOrigin + performance.now();
  }));
  addEventListener('load', () => {
    note();
    new MutationObserver(note).observe(document.querySelector('h1'), {
      subtree: true, childList: true, characterData: true,
    });
  });
  // A new sheet takes effect in the step in which its link is added or altered.
  new MutationObserver(() => {
    window.styledAt = performance.timeOrigin + performance.now();
    window.colour = getComputedStyle(document.body ?? document.documentElement).color;
  }).observe(document.head, { childList: true, subtree: true, attributes: true });
</script>
"""


def page_text(number: int) -> str:
    """About 60 kB, with a style sheet and a script, as a long page of documentation has."""
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>A long page</title>"
        f'{SHOWN}<link rel=stylesheet href="/main.css"><script src="/app.js" defer></script></head>'
        f"<body><h1>{number}</h1>{''.join(map(section_text, range(120)))}</body></html>"
    )


def section_text(number: int) -> str:
    return (
        f'<section id="s{number}"><h2>Section {number}</h2><p>A <em>paragraph</em> of text, as '
        'pages have, with <a href="#s1">a link</a> and <code>code</code> in it.</p>'
        f"<ul>{''.join(f'<li>Point {point} of section {number}</li>' for point in range(8))}</ul>"
        "<p>And another one, to come to the length that such sections have on most pages.</p></section>"
    )


def write_site(stack: ExitStack) -> Path:
    root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    save(root / "index.html", page_text(0))
    save(root / "main.css", "body { color: rgb(0, 0, 0) }")
    save(root / "app.js", "document.body.dataset.ready = ''")
    return root


def wall_clock() -> float:
    """Milliseconds since 1970, as `performance.timeOrigin + performance.now()` has them."""
    return time.time() * 1000


def wait_shown(page: Page, text: str, since: float) -> float:
    """Wait until a page with this heading is shown; return when that was."""
    page.wait_for_function(
        "([text, since]) => document.querySelector('h1')?.textContent === text"
        " && window.shownAt > since",
        arg=[text, since],
    )
    return float(page.evaluate("window.shownAt"))


def calm(server: LiveServer) -> None:
    """Let the tab have its stream and the browser its rest."""
    server.wait_for_tabs(1)
    time.sleep(CALM)


def show(page: Page) -> None:
    """Bring a tab to the front, and let the browser finish what that costs."""
    page.bring_to_front()
    time.sleep(CALM)


def measure_floor(page: Page) -> float:
    """Let a page reload itself; milliseconds until it is shown again."""
    before = page.evaluate("""() => {
        const now = performance.timeOrigin + performance.now();
        setTimeout(() => location.reload());
        return now;
    }""")
    page.wait_for_function(
        "before => performance.timeOrigin > before && window.shownAt", arg=before
    )
    return float(page.evaluate("window.shownAt")) - float(before)


def measure_page(page: Page, root: Path, number: int) -> float:
    """Save the page; milliseconds until it is shown."""
    began = wall_clock()
    save(root / "index.html", page_text(number))
    return wait_shown(page, str(number), began) - began


def measure_swap(page: Page, root: Path, number: int) -> float:
    """Save the style sheet; milliseconds until it applies."""
    colour = f"rgb({number % 256}, 1, {number // 256})"
    began = wall_clock()
    save(root / "main.css", f"body {{ color: {colour} }}")
    page.wait_for_function("colour => window.colour === colour", arg=colour)
    return float(page.evaluate("window.styledAt")) - began


def measure(executable: str, peers: Sequence[Peer] = (), *, rounds: int = ROUNDS) -> list[Row]:
    """Measure all in turn, so that what else the machine does hits each alike."""
    taken: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        root, plain_root, *roots = (write_site(stack) for _ in range(2 + len(peers)))
        browser = stack.enter_context(driven(executable))
        server = stack.enter_context(serving(root))
        plain = stack.enter_context(serving(plain_root, "--update", "reload"))
        tabs = Tabs(browser.contexts[0])
        rivals = [
            (peer, folder, tabs.open(stack.enter_context(running(peer, folder))))
            for peer, folder in zip(peers, roots, strict=True)
        ]
        page, reloading = tabs.open(server.url), tabs.open(plain.url)
        for number in range(1, rounds + WARM_UP + 1):
            for peer, folder, tab in rivals:
                show(tab)
                taken[f"{peer.name}: save → page reloaded"].append(
                    measure_page(tab, folder, number)
                )
            show(reloading)
            calm(plain)
            taken[FLOOR].append(measure_floor(reloading))
            calm(plain)
            taken[RELOAD].append(measure_page(reloading, plain_root, number))
            show(page)
            calm(server)
            taken[PATCH].append(measure_page(page, root, number))
            calm(server)
            taken[SWAP].append(measure_swap(page, root, number))
    rows = [Row(name, values[WARM_UP:], "ms", AIMS.get(name, "")) for name, values in taken.items()]
    by_name = {row.name: row.median for row in rows}
    return [
        *rows,
        Row("in place ÷ reloaded", [by_name[PATCH] / by_name[RELOAD]], "x", "aim: ≤ 0.5"),
        Row("reloaded ÷ floor", [by_name[RELOAD] / by_name[FLOOR]], "x", "aim: ≤ 1.3"),
    ]


def main() -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit("Save to screen: no Chromium; install it, or set CHROMIUM to its path.")
    print_rows(f"Save to screen, {ROUNDS} rounds", measure(executable, find_peers()))


if __name__ == "__main__":
    main()
