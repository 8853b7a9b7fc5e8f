"""`pytest --watch --watch-share URL`: the tabs of a site that lies elsewhere carry its tests' sign."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.pages import save, write_page
from tests.integration.pytest_watching import Watching, watching
from tests.pytest_results import Results
from tests.serving import LiveServer, free_port, running, wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal is POSIX")

MARK = "SSE_RELOAD_TEST_MARK"

GOOD, BAD = "def total(prices): return sum(prices)\n", "def total(prices): return 7\n"


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of anybody else is found."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))


@pytest.fixture
def lasting() -> Iterator[ExitStack]:
    """Whatever is started in a test ends with it."""
    with ExitStack() as stack:
        yield stack


def make_site(folder: Path) -> Path:
    write_page(folder / "index.html", folder.name)
    return folder


def make_project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:randomly\n")
    (folder / "cart.py").write_text(GOOD)
    (folder / "test_cart.py").write_text(
        "import cart\ndef test_total(): assert cart.total([1, 2]) == 3\ndef test_others(): pass\n"
    )
    return folder


def serve(lasting: ExitStack, site: Path, *, port: int = 0) -> LiveServer:
    return lasting.enter_context(running("serve", ".", port=port, cwd=site))


def open_page(server: LiveServer, tabs: Tabs) -> Page:
    """Open a tab that listens; those before it are hidden from now on."""
    page = tabs.open(server.url)
    server.wait_for_tabs(1)
    return page


def watch(lasting: ExitStack, project: Path, *urls: str) -> Watching:
    """Watch, and tell these servers; all tests have run once."""
    results = Results.in_folder(project.parent / f"{project.name}-results")
    words = [f"--watch-share={url}" for url in urls]
    made = lasting.enter_context(
        watching(project, results, *words, environment={MARK: str(project)})
    )
    made.wait_for_runs(1)
    made.screen.wait_for("waiting for changes")
    return made


def words_in(page: Page) -> Locator:
    return page.locator("sse-reload-tests .words")


def test_the_sign_of_a_site_elsewhere_turns_with_each_save(
    tmp_path: Path, lasting: ExitStack, tabs: Tabs
) -> None:
    project = make_project(tmp_path / "project")
    server = serve(lasting, make_site(tmp_path / "site"))
    watch(lasting, project, server.url)
    page = open_page(server, tabs)

    save(project / "cart.py", BAD)
    expect(words_in(page)).to_have_text("tests: 1 failed")
    save(project / "cart.py", GOOD)
    expect(words_in(page)).to_have_text("2 passed")


def test_the_sign_says_what_has_not_run_since_a_change(
    tmp_path: Path, lasting: ExitStack, tabs: Tabs
) -> None:
    project = make_project(tmp_path / "project")
    server = serve(lasting, make_site(tmp_path / "site"))
    watched = watch(lasting, project, server.url)
    page = open_page(server, tabs)
    watched.screen.press("s")
    watched.screen.wait_for("paused")

    save(project / "cart.py", BAD)
    expect(words_in(page)).to_have_text("tests: 2 affected not run")
    watched.screen.press("s")
    expect(words_in(page)).to_have_text("tests: 1 failed")


def test_without_it_a_site_elsewhere_hears_nothing(
    tmp_path: Path, lasting: ExitStack, tabs: Tabs
) -> None:
    project, other = make_project(tmp_path / "project"), make_project(tmp_path / "other")
    server = serve(lasting, make_site(tmp_path / "site"))
    unshared = watch(lasting, project)
    watch(lasting, other, server.url)
    page = open_page(server, tabs)

    save(project / "cart.py", BAD)
    unshared.wait_for_runs(2)
    save(other / "cart.py", BAD.replace("7", "(1,)[9]"))
    expect(words_in(page)).to_have_text("tests: 1 failed")
    save(other / "cart.py", GOOD)
    expect(words_in(page)).to_have_text("2 passed")


def test_a_server_that_is_started_later_is_told_how_things_stand(
    tmp_path: Path, lasting: ExitStack, tabs: Tabs
) -> None:
    project, port = make_project(tmp_path / "project"), free_port()
    (project / "cart.py").write_text(BAD)
    watch(lasting, project, f"http://localhost:{port}")
    server = serve(lasting, make_site(tmp_path / "site"), port=port)
    expect(words_in(tabs.open(server.url))).to_have_text("tests: 1 failed")


def test_the_watch_goes_on_when_the_server_ends_and_tells_the_next_one(
    tmp_path: Path, lasting: ExitStack, tabs: Tabs
) -> None:
    project, port = make_project(tmp_path / "project"), free_port()
    site = make_site(tmp_path / "site")
    with ExitStack() as first:
        server = serve(first, site, port=port)
        watched = watch(lasting, project, server.url)
        page = tabs.open(server.url)
        save(project / "cart.py", BAD)
        expect(words_in(page)).to_have_text("tests: 1 failed")

    save(project / "cart.py", GOOD)
    watched.wait_for_runs(3)
    save(project / "cart.py", BAD)
    assert watched.wait_for_runs(4).exit_code == 1
    assert "Traceback" not in watched.screen.text

    server = serve(lasting, site, port=port)
    expect(words_in(page)).to_have_text("tests: 1 failed")
    save(project / "cart.py", GOOD)
    expect(words_in(page)).to_have_text("2 passed")


@pytest.mark.parametrize("how", ["q", "Ctrl-C", "SIGTERM", "SIGHUP"])
def test_the_sign_goes_when_the_watch_ends(
    tmp_path: Path, lasting: ExitStack, tabs: Tabs, how: str
) -> None:
    project = make_project(tmp_path / "project")
    server = serve(lasting, make_site(tmp_path / "site"))
    watched = watch(lasting, project, server.url)
    page = open_page(server, tabs)
    save(project / "cart.py", BAD)
    expect(words_in(page)).to_have_text("tests: 1 failed")

    if how.startswith("SIG"):
        os.kill(min(watched.processes(MARK, project)), signal.Signals[how])
    else:
        watched.screen.press({"q": "q", "Ctrl-C": "\x03"}[how])
    wait_until(lambda: not watched.processes(MARK, project), 10, "the end")
    expect(page.locator("sse-reload-tests")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("site")


def test_two_watches_tell_two_sites_each_its_own(
    tmp_path: Path, lasting: ExitStack, tabs: Tabs
) -> None:
    projects = [make_project(tmp_path / name) for name in ("one", "two")]
    servers = [serve(lasting, make_site(tmp_path / f"site-{n}")) for n in (1, 2)]
    for project, server in zip(projects, servers, strict=True):
        watch(lasting, project, server.url)
    pages = [open_page(server, tabs) for server in servers]

    save(projects[0] / "cart.py", BAD)
    save(projects[1] / "test_cart.py", "def test_a(): assert 0\ndef test_b(): assert 0\n")
    for page, count in zip(pages, (1, 2), strict=True):
        page.bring_to_front()
        expect(words_in(page)).to_have_text(f"tests: {count} failed")
    save(projects[0] / "cart.py", GOOD)
    pages[0].bring_to_front()
    expect(words_in(pages[0])).to_have_text("2 passed")
    pages[1].bring_to_front()
    expect(words_in(pages[1])).to_have_text("tests: 2 failed")


def test_one_watch_tells_two_sites(tmp_path: Path, lasting: ExitStack, tabs: Tabs) -> None:
    project = make_project(tmp_path / "project")
    servers = [serve(lasting, make_site(tmp_path / f"site-{n}")) for n in (1, 2)]
    watch(lasting, project, *(server.url for server in servers))
    pages = [open_page(server, tabs) for server in servers]
    save(project / "cart.py", BAD)
    for page in pages:
        page.bring_to_front()
        expect(words_in(page)).to_have_text("tests: 1 failed")
