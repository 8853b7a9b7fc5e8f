"""From the Enter key to the first word of an answer on the screen, in a real Chromium.

The example `examples/chat`, run as its README says. Its stand-in for a model speaks at once, so this
is what the page, the network, the server and the stream add to the time that a model takes.

    python -m tests.benchmarks.first_token
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.benchmarks.table import Row, print_rows
from tests.browser.chromium import Tabs, driven, find_chromium
from tests.browser.example_apps import copy_of, running_app
from tests.browser.test_example_chat import CHAT

PROMPTS = 20
WARM_UP = 3

# The word is written in a frame's own callback, and the task after that comes when it is painted.
WAIT = """
() => {
  const count = document.querySelectorAll('.turn').length;
  let began;
  addEventListener('keydown', (event) => { began = event.timeStamp }, { once: true, capture: true });
  window.first = new Promise((resolve) => {
    new MutationObserver((_, watching) => {
      if (!document.querySelectorAll('.answer')[count]?.textContent) return;
      watching.disconnect();
      setTimeout(() => resolve(performance.now() - began));
    }).observe(document.querySelector('main'), {
      subtree: true, childList: true, characterData: true,
    });
  });
}
"""


def measure_one(page: Page) -> float:
    """Ask; milliseconds until the first word is painted. Then stop the answer."""
    page.fill("textarea", "What does a page of the log look like?")
    page.evaluate(WAIT)
    page.press("textarea", "Enter")
    taken = float(page.evaluate("first"))
    page.keyboard.press("Escape")
    expect(page.locator(".turn").last).to_have_attribute("data-state", "stopped")
    return taken


def measure(executable: str) -> Row:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_app(CHAT, copy_of(CHAT, folder)))
        browser = stack.enter_context(driven(executable))
        page = Tabs(browser.contexts[0]).open(server.url)
        taken = [measure_one(page) for _ in range(PROMPTS + WARM_UP)]
    return Row("Enter → first word painted", taken[WARM_UP:], "ms", "aim: ≤ 50 ms")


def main() -> None:
    executable = find_chromium()
    if executable is None:
        sys.exit("First token: no Chromium; install it, or set CHROMIUM to its path.")
    print_rows(f"First token, {PROMPTS} prompts", [measure(executable)])


if __name__ == "__main__":
    main()
