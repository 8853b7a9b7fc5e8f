"""The example with tests does what its README says: one tab shows the page, and how its tests are."""

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.example_apps import EXAMPLES, SHELL
from tests.browser.pages import save
from tests.integration.pytest_watching import Watching, watching
from tests.pytest_results import Results
from tests.serving import LiveServer, running

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal is POSIX")

README = (EXAMPLES / "pytest" / "README.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of anybody else is found."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    left_out = shutil.ignore_patterns(".pytest_cache", "__pycache__")
    return Path(shutil.copytree(EXAMPLES / "pytest", tmp_path / "project", ignore=left_out))


@pytest.fixture
def server(project: Path, runtime: None) -> Iterator[LiveServer]:  # noqa: ARG001 - it must come first
    """The command of the README, but for the port."""
    words = shlex.split(SHELL.findall(README)[0].splitlines()[-1])
    assert words[:2] == ["sse-reload", "serve"]
    with running("serve", ".", *words[2:], cwd=project) as server:
        yield server


@pytest.fixture
def watch(project: Path, server: LiveServer, tmp_path: Path) -> Iterator[Watching]:  # noqa: ARG001 - it is told
    assert SHELL.findall(README)[1].strip() == "pytest --watch"
    with watching(project, Results.in_folder(tmp_path / "results")) as watch:
        watch.wait_for_runs(1)
        yield watch


def words(page: Page) -> Locator:
    return page.locator("sse-reload-tests .words")


def test_one_tab_shows_the_page_and_how_its_tests_are(
    project: Path, server: LiveServer, watch: Watching, tabs: Tabs
) -> None:
    page = tabs.open(server.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Logbook")
    server.wait_for_tabs(1)
    right = (project / "legs.json").read_text("utf-8")

    save(project / "legs.json", right.replace('"hours": 3.7', '"hours": 37'))
    expect(words(page)).to_have_text("tests: 1 failed")
    expect(page.locator("tbody")).to_contain_text("0.5")
    words(page).click()
    expect(page.locator("sse-reload-tests li")).to_have_text(
        ["tests/test_logbook.py::test_speeds_have_one_decimal"]
    )
    save(project / "legs.json", right)

    expect(words(page)).to_have_text("8 passed")
    expect(page.locator("tbody")).to_contain_text("5.0")
    assert watch.runs()[-1].exit_code == 0
