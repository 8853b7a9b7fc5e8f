"""A real Chromium for tests and benchmarks, as a person has it.

It is started here and not by Playwright, whose defaults switch off the back/forward cache and make
every tab believe that it is visible. Playwright then connects to it and drives it.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
START_TIMEOUT = 30.0

SWITCHES = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--window-size=1280,800",
)


def find_chromium() -> str | None:
    """Find the browser: $CHROMIUM, or one of the usual names on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(executable: str, *more: str) -> Iterator[str]:
    """Run a Chromium with a profile of its own; yields the address Playwright connects to."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Chromium refuses to run its sandbox as root, as on most build machines.
        sandbox = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
        process = subprocess.Popen(
            [executable, *SWITCHES, *sandbox, *more, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{_wait_for_port(Path(profile), process)}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _wait_for_port(profile: Path, process: "subprocess.Popen[bytes]") -> int:
    """Chromium writes the port it chose into its profile."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"Chromium ended with {process.returncode}")
        try:
            return int((profile / "DevToolsActivePort").read_text().splitlines()[0])
        except (OSError, IndexError):
            time.sleep(0.02)
    raise AssertionError("Chromium did not start")


@contextmanager
def driven(executable: str, *more: str) -> Iterator[Browser]:
    """Run a Chromium and drive it, leaving visibility and caches as they are."""
    with chromium(executable, *more) as address, sync_playwright() as playwright:
        yield connect(playwright, address)


def connect(playwright: Playwright, address: str) -> Browser:
    """Connect to a running Chromium."""
    return playwright.chromium.connect_over_cdp(address, no_defaults=True)


class Tabs:
    """The tabs that one test opens; the last one opened, or shown, is the visible one."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._opened: list[Page] = []

    def open(self, url: str) -> Page:
        """Open a tab and wait until its page is loaded."""
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        self._opened.append(page)
        page.goto(url)
        return page

    def close(self) -> None:
        """Close every tab that was opened here."""
        for page in self._opened:
            if not page.is_closed():
                page.close()
