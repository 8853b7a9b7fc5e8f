"""The results page as a person sees it: a real server, a real browser, messages as runs tell them."""

import json
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from livereload_sse.pytest_watch.messages import (
    CollectionFailed,
    Finished,
    Section,
    Started,
    TestResult,
    TestStarted,
)
from livereload_sse.pytest_watch.page.commands import Command
from tests.browser.chromium import Tabs
from tests.browser.results_server import ResultsServer, collected, result, serving_results
from tests.serving import free_port, wait_until

pytestmark = pytest.mark.browser

ONE, TWO, THREE = (
    "tests/test_a.py::test_one",
    "tests/test_a.py::test_two",
    "tests/test_b.py::test_b",
)
MOST = 5000
DETAILS = (
    ">       assert total() == 3\n"
    "\x1b[1m\x1b[31mE       assert 2 == 3\x1b[0m\n\n"
    "\x1b[1m\x1b[31msrc/cart.py\x1b[0m:7: AssertionError\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("tests/test_a.py", "tests/test_b.py", "src/cart.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n" * 20)
    return tmp_path


@pytest.fixture
def server(project: Path) -> Iterator[ResultsServer]:
    with serving_results(project) as server:
        yield server


@pytest.fixture
def page(tabs: Tabs, server: ResultsServer) -> Iterator[Page]:
    wrong: list[str] = []
    page = tabs.open(server.url)
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    expect(page.locator("h1")).to_have_text("Nothing has run yet")
    yield page
    assert wrong == []  # the policy forbids nothing that we do, and nothing throws


def failed(server: ResultsServer, test: str = ONE) -> TestResult:
    return result(
        test,
        "failed",
        message="assert 2 == 3",
        details=DETAILS,
        path=str(server.results.root / "src/cart.py"),
        line=7,
        sections=(Section("Captured stdout call", "\x1b[32mtwo items\x1b[0m\n"),),
    )


def status(server: ResultsServer) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.url}__sse-reload/status", timeout=10) as answer:
        return dict(json.loads(answer.read()))


def test_a_run_is_seen_while_it_goes_on(page: Page, server: ResultsServer) -> None:
    server.begin("cart.py → 2 of 3 tests", why=["test_a.py → cart.py"])
    expect(page.locator("h1")).to_have_text("Collecting tests")
    server.tell(Started(1), collected(server.results.root, [ONE, TWO]), failed(server))
    expect(page.locator("h1")).to_have_text("1 of 2 tests")
    expect(page.get_by_text("cart.py → 2 of 3 tests")).to_be_visible()
    server.tell(TestStarted(TWO))
    expect(page.locator(".row.running")).to_have_text(re.compile("test_two"))
    server.tell(result(TWO), Finished(1, 0.1))

    expect(page.locator("h1")).to_have_text("1 failed, 1 passed")
    expect(page).to_have_title(re.compile("^✗ 1 failed"))
    server.wait("waiting for changes")
    expect(page.get_by_text("waiting for changes")).to_be_visible()


def test_a_failure_shows_its_traceback_and_output_in_colour(
    page: Page, server: ResultsServer
) -> None:
    server.run([failed(server), result(TWO)])

    card = page.locator(".card")
    expect(card.locator("h3")).to_have_text("test_one")
    expect(card.locator(".line.wrong")).to_have_text(re.compile("E +assert 2 == 3"))
    expect(card.get_by_text("Captured stdout call")).to_be_visible()
    green = card.get_by_text("two items")
    assert green.evaluate("element => element.style.color") == "var(--c2)"
    assert green.evaluate("element => getComputedStyle(element).color") == "rgb(23, 105, 47)"


def test_a_place_in_the_traceback_opens_the_editor(tabs: Tabs, project: Path) -> None:
    opened = project / "opened"
    script = (
        f"import pathlib, sys; pathlib.Path({str(opened)!r}).write_text(' '.join(sys.argv[1:]))"
    )
    (project / "editor.py").write_text(script)
    editor = f"{sys.executable} {project / 'editor.py'} {{file}} {{line}}"
    with serving_results(project, editor=editor) as server:
        server.run([failed(server)])
        page = tabs.open(server.url)
        page.locator(".output .place").first.click()

        wait_until(lambda: opened.exists() and opened.read_text(), what="the editor has run")
        assert opened.read_text() == f"{project / 'src/cart.py'} 7"


def test_a_late_tab_sees_the_present_state(tabs: Tabs, server: ResultsServer) -> None:
    server.run([failed(server), result(TWO), result(THREE)], header="all tests")
    server.begin("b.py → 1 of 3 tests", narrowed=True)
    server.tell(Started(1), collected(server.results.root, [THREE]), TestStarted(THREE))

    late = tabs.open(server.url)

    expect(late.locator("h1")).to_have_text("0 of 1 test")
    expect(late.locator(".card.before h3")).to_have_text("test_one")
    server.tell(result(THREE), Finished(0, 0.1))
    expect(late.locator("h1")).to_have_text("1 failed, 1 passed")  # no green that is none
    expect(late.locator(".verdict .facts")).to_contain_text("not run again")


def test_many_tabs_share_one_stream_and_hidden_ones_keep_their_sign(
    tabs: Tabs, server: ResultsServer
) -> None:
    pages = [tabs.open(server.url) for _ in range(8)]  # more than a browser has connections
    for page in pages:
        expect(page).to_have_title(re.compile("Nothing has run yet"))

    server.run([result(ONE)])

    for page in pages:
        expect(page).to_have_title(re.compile("^✓ 1 passed"))
    assert status(server)["streams"] == 1


def test_the_icon_turns_with_the_tests(page: Page, server: ResultsServer) -> None:
    icons = []
    for outcome in (result(ONE), failed(server)):
        server.run([outcome])
        expect(page).to_have_title(re.compile("^✓" if outcome.outcome == "passed" else "^✗"))
        icons.append(page.locator("link[rel=icon]").get_attribute("href"))

    assert icons[0] != icons[1]
    assert all(icon and icon.startswith("data:image/svg+xml,") for icon in icons)


def test_buttons_and_keys_ask_for_runs(page: Page, server: ResultsServer) -> None:
    server.run([failed(server), result(THREE)])
    expect(page.locator(".card")).to_be_visible()

    page.get_by_role("button", name="Run all").click()
    page.keyboard.press("f")
    page.locator(".card .again").click()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.locator("body").press("Enter")

    wanted = [Command("all"), Command("failed"), *[Command("tests", (ONE,))] * 2]
    wait_until(lambda: len(server.commands) >= len(wanted), what="all was asked for")
    assert server.commands == wanted


def test_tests_are_found_by_typing(page: Page, server: ResultsServer) -> None:
    server.run([result(ONE), result(TWO), result(THREE)])
    expect(page.locator(".row.file")).to_have_count(2)

    page.keyboard.press("/")
    page.keyboard.type("two a.py")

    expect(page.locator(".row.test")).to_have_count(1)
    expect(page.locator(".row.test")).to_have_text(re.compile("test_two"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Failed")).click()
    expect(page.get_by_text("No test is like this.")).to_be_visible()


def test_a_file_that_cannot_be_collected_is_shown_like_a_failure(
    page: Page, server: ResultsServer
) -> None:
    server.begin()
    path = str(server.results.root / "tests/test_a.py")
    details = "tests/test_a.py:3: in <module>\n\x1b[31mE   No module named 'x'\x1b[0m"
    server.tell(Started(1), CollectionFailed("tests/test_a.py", path, "No module", details, 3))
    server.tell(Finished(2, 0.1))

    expect(page.locator("h1")).to_have_text("1 error")
    expect(page.locator(".problem .output")).to_contain_text("No module named 'x'")
    expect(page.locator(".problem .place").first).to_have_text("tests/test_a.py:3")


def test_a_run_that_crashed_is_red_and_says_why(page: Page, server: ResultsServer) -> None:
    server.begin()
    server.tell(Started(1), collected(server.results.root, [ONE, TWO]), result(ONE))
    server.end(ending="crashed", message="the run was killed by SIGSEGV in test_two")

    expect(page.locator("h1")).to_have_text("The run crashed")
    expect(page.locator(".verdict .facts")).to_contain_text(
        "the run was killed by SIGSEGV in test_two"
    )
    expect(page).to_have_title(re.compile("^✗"))


def test_the_page_comes_back_with_the_server(tabs: Tabs, project: Path) -> None:
    port = free_port()
    with serving_results(project, port=port) as server:
        server.run([result(ONE)])
        page = tabs.open(server.url)
        expect(page.locator("h1")).to_have_text("1 passed")

    expect(page.locator(".away")).to_be_visible()
    with serving_results(project, port=port) as server:
        server.run([failed(server, THREE)])

        expect(page.locator("h1")).to_have_text("1 failed")
        expect(page.locator(".away")).to_be_hidden()
        expect(page.locator(".card h3")).to_have_text("test_b")
        page.keyboard.press("a")  # with the token of this server
        wait_until(lambda: server.commands == [Command("all")], what="a run was asked for")


def test_what_a_person_reads_is_not_torn_away(page: Page, server: ResultsServer) -> None:
    server.run([failed(server), failed(server, TWO)])
    expect(page.locator(".card .output").first).to_be_visible()
    page.evaluate("document.querySelectorAll('.card').forEach((card) => { card.mark = 1; })")

    server.begin("b.py → 1 of 3 tests", narrowed=True)
    server.tell(
        Started(1), collected(server.results.root, [THREE]), result(THREE), Finished(0, 0.1)
    )

    expect(page.locator(".card.before")).to_have_count(2)
    assert page.evaluate("[...document.querySelectorAll('.card')].every((card) => card.mark === 1)")


def emulate(page: Page, width: int, height: int, scheme: str) -> CDPSession:
    session = page.context.new_cdp_session(page)
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    session.send("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    session.send("Emulation.setEmulatedMedia", {"features": features})
    return session


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_sticks_out_at_any_width(
    page: Page, server: ResultsServer, width: int, scheme: str
) -> None:
    emulate(page, width, 800, scheme)
    server.run([failed(server), result(f"{TWO}[{'a-very-long-parameter-' * 9}]"), result(THREE)])
    expect(page.locator(".card .output").first).to_be_visible()

    wide = page.evaluate("""() => [...document.querySelectorAll('body *')].filter((one) =>
        one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('pre, .list, .said'))
        .map((one) => one.outerHTML.slice(0, 80))""")

    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(252, 251, 249)", "dark": "rgb(28, 27, 25)"}[scheme]


def test_on_a_phone_results_and_tests_take_turns(page: Page, server: ResultsServer) -> None:
    emulate(page, 390, 844, "light")
    server.run([failed(server), result(TWO)])
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".list")).to_be_hidden()

    page.get_by_role("button", name="Tests", exact=True).click()
    expect(page.locator(".card")).to_be_hidden()
    page.locator(".row.test", has_text="test_two").click()

    expect(page.locator(".card h3")).to_have_text("test_two")


def find_longest_task(page: Page, act: Callable[[], object]) -> float:
    """Find how long a page's thread was held up at most, in milliseconds of its own work: on a busy
    machine others work meanwhile.
    """
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=["toplevel"])
    act()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [event for event in events if (event["pid"], event["tid"]) in mains]
    return max(float(event.get("tdur", 0)) for event in tasks) / 1000


def run_many(page: Page, server: ResultsServer) -> None:
    """Let very many tests run, and search them."""
    tests = [f"tests/test_{n // 17}.py::test_number_{n}" for n in range(MOST)]
    server.begin("all tests")
    server.tell(Started(1), collected(server.results.root, tests))
    for start in range(0, MOST, 100):
        server.tell(*[
            failed(server, test) if number % 50 == 0 else result(test)
            for number, test in enumerate(tests[start : start + 100])
        ])  # fmt: skip
        time.sleep(0.02)  # the pace of a run: a burst would be told in a few events
    server.tell(Finished(1, 1.0))
    expect(page.locator("h1")).to_have_text("100 failed, 4900 passed")
    page.locator("[data-part=search]").fill("number_49")
    expect(page.locator(".row.file").first).to_be_visible()


def test_five_thousand_tests_never_hold_the_page_up(page: Page, server: ResultsServer) -> None:
    longest = find_longest_task(page, lambda: run_many(page, server))

    assert longest < 100
    assert page.evaluate("document.querySelectorAll('*').length") < 2500
    heavy = "() => { let sum = 0; for (let n = 0; n < 4e8; n += 1) sum += n % 7; return sum; }"
    assert find_longest_task(page, lambda: page.evaluate(heavy)) > 100  # it would have been seen
