"""One Chromium for the tests of this folder.

It ends with the folder, not with the run: Playwright's loop would stand in the way of the tests
that start a loop of their own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.chromium import Tabs, chromium, connect, find_chromium

# A server that starts again takes several seconds on a busy machine.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def executable() -> str:
    """The browser's program, or a skip that says what to install."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium: install the package chromium, or set CHROMIUM to its path")
    return found


@pytest.fixture(scope="package")
def playwright(executable: str) -> Iterator[Playwright]:
    """What drives browsers."""
    assert executable
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright, executable: str) -> Iterator[Browser]:
    """A running Chromium."""
    with chromium(executable) as address:
        yield connect(playwright, address)


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Tabs]:
    """Tabs that are closed after the test."""
    opened = Tabs(browser.contexts[0])
    yield opened
    opened.close()
