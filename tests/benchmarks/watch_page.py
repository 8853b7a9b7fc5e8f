"""What the page of results costs: from the save of one test file to the line in the terminal, and to
the page, without it, with it served, and with it open in a visible tab.

All three watch a sample project of their own, and are measured in turn. Memory and CPU time are those
of the process that watches, and serves. `python -m tests.benchmarks.watch_page [rounds=10]`.
"""

import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page

from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.watch_peers import ours
from tests.benchmarks.watch_save import SILENCE, Running, start
from tests.browser.chromium import driven, find_chromium

ROUNDS = 10

WITHOUT, SERVED, OPEN = "without the page", "served, no tab", "open in a tab"

NOTE_THE_END = """() => {
  const title = document.querySelector('h1');
  new MutationObserver(() => {
    if (document.documentElement.dataset.verdict === 'passed') window.toldAt = Date.now();
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
  return title !== null;
}"""


def open_page(stack: ExitStack, running: Running) -> Page:
    """Show the page that the terminal names, and let it note when a run is over."""
    executable = find_chromium()
    if executable is None:
        raise SystemExit("No Chromium: install it, or set CHROMIUM to its path.")
    address = re.search(r"results at (http://\S+)", running.screen.text)
    assert address, running.screen.text[-2000:]
    page = stack.enter_context(driven(executable)).contexts[0].new_page()
    page.goto(address[1])
    page.wait_for_selector("html[data-verdict=passed]")
    assert page.evaluate(NOTE_THE_END)
    return page


def measure(rounds: int) -> list[Row]:
    """Save in turn; the first round is to warm up."""
    taken: dict[str, list[float]] = defaultdict(list)
    os.environ["BROWSER"] = "true"  # nobody needs another window
    with ExitStack() as stack:
        plain = ours(name=WITHOUT)
        served, shown = (ours("--watch-ui", name=name) for name in (SERVED, OPEN))
        all_running = [start(stack, watcher) for watcher in (plain, served, shown)]
        for running in all_running[1:]:
            running.screen.wait_for("results at http")
        page = open_page(stack, all_running[-1])
        for number in range(rounds + 1):
            for running in all_running:
                running.settle()
                before = cpu(running.screen.pid)
                began, (_, summary) = time.time(), running.save()
                if not number:
                    continue
                name = running.watcher.name
                taken[f"summary in the terminal, {name}"].append(summary)
                if running is all_running[-1]:
                    page.wait_for_timeout(300)
                    # `save` waits for a silence first, as long for each.
                    told = page.evaluate("window.toldAt") / 1000 - began - SILENCE
                    taken["summary on the page"].append(told * 1000)
                running.screen.rest(0.3)
                taken[f"CPU of a run, {name}"].append((cpu(running.screen.pid) - before) * 1000)
        memory = [
            Row(f"memory, {one.watcher.name}", [megabytes(one.screen.pid)], "MB")
            for one in all_running
        ]
    return [*(Row(name, values, "ms") for name, values in taken.items()), *memory]


def cpu(pid: int) -> float:
    """Give the CPU seconds that a process has used, without those of its children."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Give what a process holds that no other shares (its unique set)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(map(int, re.findall(r"^Private_\w+:\s+(\d+)", text, re.MULTILINE))) / 1000


def main(words: Sequence[str] = ()) -> None:
    """Measure, and print."""
    rounds = next((int(word[7:]) for word in words if word.startswith("rounds=")), ROUNDS)
    print_rows(f"What the page of results costs, {rounds} rounds", measure(rounds))


if __name__ == "__main__":
    main(sys.argv[1:])
