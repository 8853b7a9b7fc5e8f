"""One stream for all tabs of a browser: how many there are, and who else may take part."""

import signal
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route

from tests.browser.chromium import Tabs, chromium, connect
from tests.browser.pages import diary_of, save, wait_for_title, write_page
from tests.serving import LiveServer, serving, wait_until

NO_WORKERS = "<meta http-equiv=content-security-policy content=\"worker-src 'none'\">"


class ScriptedTabs(Tabs):
    """Tabs in which a script runs before all others."""

    def __init__(self, context: BrowserContext, script: str) -> None:
        super().__init__(context)
        self._script = script

    def open(self, url: str) -> Page:
        page = super().open("about:blank")
        page.add_init_script(self._script)
        page.goto(url)
        return page


def wait_for_streams(server: LiveServer, count: int) -> None:
    wait_until(lambda: server.status()["streams"] == count, what=f"{count} streams are open")


def test_thirty_tabs_load_and_update_over_one_stream(tmp_path: Path, tabs: Tabs) -> None:
    save(tmp_path / "main.css", "body { color: rgb(1, 1, 1) }")
    write_page(tmp_path / "index.html", "one", head='<link rel=stylesheet href="main.css">')
    with serving(tmp_path) as server:
        pages = [tabs.open(server.url) for _ in range(30)]
        server.wait_for_tabs(1)
        assert server.status()["streams"] == 1
        save(tmp_path / "main.css", "body { color: rgb(2, 2, 2) }")
        server.wait_for_line("main.css → ")

        for page in pages:
            page.bring_to_front()
            page.wait_for_function("getComputedStyle(document.body).color === 'rgb(2, 2, 2)'")
        assert server.status()["streams"] == 1


def test_a_tab_that_reloads_leaves_the_others_their_stream(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        pages = [tabs.open(server.url) for _ in range(3)]
        server.wait_for_tabs(1)
        for _ in range(5):
            pages[-1].reload()
        server.wait_for_tabs(1)
        assert server.status()["streams"] == 1
        write_page(tmp_path / "index.html", "two")

        for page in pages:
            page.bring_to_front()
            wait_for_title(page, "two")


def test_the_stream_ends_with_the_last_tab(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        pages = [tabs.open(server.url) for _ in range(3)]
        server.wait_for_tabs(1)
        for page in pages[1:]:
            page.close()
        pages[0].bring_to_front()
        server.wait_for_tabs(1)
        assert server.status()["streams"] == 1

        pages[0].close()
        wait_for_streams(server, 0)
        server.wait_for_tabs(0)


def test_the_last_tab_is_counted_no_longer_when_it_goes_to_another_site(
    tmp_path: Path, tabs: Tabs
) -> None:
    """The browser keeps the page and may freeze the worker before that has heard the goodbye."""
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open("about:blank")
        for number in range(8):
            page.goto(server.url)
            server.wait_for_tabs(1)
            page.goto("about:blank")
            server.wait_for_tabs(0)
            page.go_back(wait_until="commit")
            server.wait_for_tabs(1)
            write_page(tmp_path / "index.html", f"page {number}")
            wait_for_title(page, f"page {number}")
            assert "1 tab" in server.wait_for_line("→")


@pytest.mark.parametrize(
    ("script", "head"),
    [
        ("delete window.SharedWorker", ""),
        ("window.SharedWorker = function () { throw new DOMException('no', 'SecurityError') }", ""),
        (
            "window.SharedWorker = class extends EventTarget { port = new MessageChannel().port1 }",
            "",
        ),
        ("", NO_WORKERS),
    ],
    ids=["missing", "forbidden", "silent", "refused by the page's policy"],
)
def test_without_a_shared_worker_each_visible_tab_has_its_own_stream(
    tmp_path: Path, browser: Browser, script: str, head: str
) -> None:
    write_page(tmp_path / "index.html", "one", head=head)
    with serving(tmp_path) as server:
        tabs = ScriptedTabs(browser.contexts[0], script)
        pages = [tabs.open(server.url) for _ in range(3)]
        server.wait_for_tabs(1)
        assert server.status()["streams"] == 1
        write_page(tmp_path / "index.html", "two", head=head)

        for page in reversed(pages):
            page.bring_to_front()
            wait_for_title(page, "two")
            server.wait_for_tabs(1)
        tabs.close()


def test_a_policy_that_forbids_workers_is_not_complained_of_by_us(
    tmp_path: Path, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one", head=NO_WORKERS)
    errors: list[str] = []
    with serving(tmp_path) as server:
        page = tabs.open("about:blank")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(server.url)
        server.wait_for_tabs(1)

        assert errors == []


def end_workers(browser: Browser) -> int:
    """End every shared worker, as a browser that needs its memory does."""
    session = browser.new_browser_cdp_session()
    targets = session.send("Target.getTargets", {"filter": [{"type": "shared_worker"}]})
    for target in targets["targetInfos"]:
        session.send("Target.closeTarget", {"targetId": target["targetId"]})
    session.detach()
    return len(targets["targetInfos"])


def test_a_worker_that_was_ended_is_replaced(tmp_path: Path, browser: Browser, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        hidden, shown = tabs.open(server.url), tabs.open(server.url)
        server.wait_for_tabs(1)
        assert end_workers(browser) >= 1
        write_page(tmp_path / "index.html", "two")
        hidden.bring_to_front()
        wait_for_title(hidden, "two")
        shown.bring_to_front()
        wait_for_title(shown, "two")
        server.wait_for_tabs(1)
        assert server.status()["streams"] == 1


def test_a_worker_that_was_ended_is_missed_by_a_tab_that_is_looked_at(
    tmp_path: Path, browser: Browser, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open(server.url)
        server.wait_for_tabs(1)
        end_workers(browser)
        write_page(tmp_path / "index.html", "two")

        wait_for_title(page, "two", timeout=20)


def test_what_was_saved_while_the_server_was_dead_reaches_every_tab_once(
    tmp_path: Path, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    write_page(tmp_path / "other.html", "other")
    with serving(tmp_path) as server:
        pages = [tabs.open(server.url) for _ in range(4)]
        other = tabs.open(server.url + "other")
        server.wait_for_tabs(1)
        server.end(signal.SIGKILL)
        write_page(tmp_path / "index.html", "two")
        with serving(tmp_path, port=server.port) as again:
            again.wait_for_tabs(1)
            for page in pages:
                page.bring_to_front()
                wait_for_title(page, "two")
                assert len(diary_of(page)) <= 2
            other.bring_to_front()
            again.wait_for_tabs(1)
            assert len(diary_of(other)) == 1


def test_a_save_between_the_page_and_the_worker_arrives(tmp_path: Path, tabs: Tabs) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        page = tabs.open("about:blank")
        before = server.status()["last_id"]
        asked: list[str] = []

        def save_first(route: Route) -> None:
            if not asked:
                asked.append(route.request.url)
                write_page(tmp_path / "index.html", "two")
                wait_until(lambda: server.status()["last_id"] != before)
            route.continue_()

        page.route("**/stream/worker.js", save_first)
        page.goto(server.url, wait_until="commit")

        wait_for_title(page, "two")
        assert len(asked) == 1


def test_a_private_window_has_a_stream_of_its_own(
    tmp_path: Path, browser: Browser, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path) as server:
        private = browser.new_context()
        pages = [tabs.open(server.url), Tabs(private).open(server.url)]
        wait_for_streams(server, 2)
        write_page(tmp_path / "index.html", "two")

        for page in pages:
            page.bring_to_front()
            wait_for_title(page, "two")
        private.close()
        wait_for_streams(server, 1)


def find_own_address() -> str:
    """The address by which others in the network call this machine; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine is in no network")
        return str(asking.getsockname()[0])


def follow_a_save(pages: list[Page], server: LiveServer, path: Path) -> None:
    server.wait_for_tabs(1)
    assert server.status()["streams"] == 1
    write_page(path, "two")
    for page in reversed(pages):
        page.bring_to_front()
        wait_for_title(page, "two")


def test_tabs_that_call_the_server_by_its_address_share_a_stream(
    tmp_path: Path, tabs: Tabs
) -> None:
    write_page(tmp_path / "index.html", "one")
    with serving(tmp_path, "--host", "0.0.0.0") as server:  # noqa: S104 - the network is the subject
        url = f"http://{find_own_address()}:{server.port}/"
        pages = [tabs.open(url) for _ in range(8)]
        assert pages[0].evaluate("isSecureContext") is False

        follow_a_save(pages, server, tmp_path / "index.html")


def test_tabs_that_call_the_server_by_a_name_share_a_stream(
    tmp_path: Path, playwright: Playwright, executable: str
) -> None:
    write_page(tmp_path / "index.html", "one")
    rule = f"--host-resolver-rules=MAP studio.example {find_own_address()}"
    options = ["--host", "0.0.0.0", "--allow-host", "studio.example"]  # noqa: S104 - as above
    with serving(tmp_path, *options) as server, chromium(executable, rule) as address:
        tabs = Tabs(connect(playwright, address).contexts[0])
        pages = [tabs.open(f"http://studio.example:{server.port}/") for _ in range(8)]

        follow_a_save(pages, server, tmp_path / "index.html")
