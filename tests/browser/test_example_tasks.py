"""The task feed does in a browser what its README says."""

import os
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.example_apps import EXAMPLES, SHELL, copy_of, running_app
from tests.browser.example_tasks import TASKS, Gate, Tasks
from tests.processes import is_running
from tests.serving import wait_until

README = (EXAMPLES / "tasks" / "README.md").read_text("utf-8")
CODE = re.compile(r"```(?:python|js)\n(.*?)```", re.DOTALL)

LINES = "lines => lines.map((line) => line.textContent)"
AT_END = "scrollY + innerHeight >= document.documentElement.scrollHeight - 2"
TOP_OF_LINE = "document.querySelector('[data-step=test] .log li').getBoundingClientRect().top"
# What any page may do: an EventSource that comes back as browsers do, until it is told not to.
NATIVE = """url => new Promise((resolve) => {
  const source = new EventSource(url);
  source.onerror = () => source.readyState === EventSource.CLOSED && resolve(true);
})"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tasks]:
    """A copy of the example with a branch of ours, running."""
    project = copy_of(TASKS, tmp_path_factory.mktemp("example"))
    gate = Gate(tmp_path_factory.mktemp("gate"))
    gate.make_branch(project)
    with running_app(TASKS, project) as server:
        yield Tasks(server, gate)


@pytest.fixture
def tasks(app: Tasks) -> Iterator[Tasks]:
    """The example with no job under way, before the test and after it."""
    app.gate.close()
    yield app
    app.gate.open()
    wait_until(lambda: not {"waiting", "running"} & app.states(), 30, "all are over")


def state_of(page: Page) -> Locator:
    return page.locator("#job header .state")


def step(page: Page, name: str) -> Locator:
    return page.locator(f"[data-step={name}]")


def lines_of(page: Page) -> list[str]:
    found: list[str] = page.locator(".log li").evaluate_all(LINES)
    return found


def has_all(page: Page, tasks: Tasks, job: str) -> bool:
    """Does the page show each line of the server's record, once and in order?"""
    return lines_of(page) == tasks.log(job)


def wait_for_the_gate(page: Page) -> None:
    expect(step(page, "test")).to_have_attribute("data-state", "running")
    expect(page.locator(".log")).to_contain_text(["", "", "test_character.py", ""])


def test_a_job_is_started_in_the_page_and_watched_to_its_end(tasks: Tasks, tabs: Tabs) -> None:
    page = tabs.open(tasks.server.url)
    page.get_by_role("button", name="gated Wait at a gate").click()
    page.wait_for_url("**/jobs/*")
    expect(page.get_by_role("heading", level=2, name="Wait at a gate")).to_be_visible()
    expect(state_of(page)).to_contain_text("running")
    expect(step(page, "clone")).to_have_attribute("data-state", "done")
    expect(step(page, "build")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#connection")).to_have_text("live")
    expect(page.locator("#rows [aria-current] .state")).to_have_text("running")
    tasks.gate.wait()
    tasks.gate.open()

    expect(state_of(page)).to_contain_text("done")
    expect(page.locator("#connection")).to_have_text("complete")
    expect(page.locator("#rows [aria-current] .state")).to_have_text("done")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    names = ("clone", "lint", "test", "build")
    assert [step(page, name).get_attribute("data-state") for name in names] == ["done"] * 4
    assert [step(page, name).locator("details").evaluate("it => it.open") for name in names] == [
        False
    ] * 4
    assert has_all(page, tasks, page.url)


def test_a_tab_closed_in_the_middle_and_opened_again_has_the_complete_feed(
    tasks: Tasks, tabs: Tabs
) -> None:
    job = tasks.start("gated")
    first = tabs.open(job)
    wait_for_the_gate(first)
    first.close()
    second = tabs.open(job)
    tasks.gate.wait()
    wait_until(lambda: has_all(second, tasks, job), 20, "what was before is there")
    assert tasks.state(job) == "running"
    tasks.gate.open()

    expect(state_of(second)).to_contain_text("done")
    assert has_all(second, tasks, job)
    assert len(lines_of(second)) > 100
    third = tabs.open(job)
    expect(state_of(third)).to_contain_text("done")
    assert has_all(third, tasks, job)


def test_two_windows_count_each_other_and_a_hidden_tab_lets_go_and_catches_up(
    tasks: Tasks, tabs: Tabs, browser: Browser
) -> None:
    job = tasks.start("gated")
    with browser.new_context() as window:
        pages = [tabs.open(job), window.new_page()]
        pages[1].goto(job)
        for page in pages:
            wait_for_the_gate(page)
        expect(pages[1].locator("#watching")).to_have_text("2")
        tabs.open("about:blank")
        expect(pages[1].locator("#watching")).to_have_text("1")
        tasks.gate.open()
        expect(state_of(pages[1])).to_contain_text("done")
        expect(state_of(pages[0])).to_contain_text("running")
        pages[0].bring_to_front()
        expect(state_of(pages[0])).to_contain_text("done")

        assert len({page.locator(".steps").inner_html() for page in pages}) == 1
        assert has_all(pages[0], tasks, job)
        assert len(tasks.asked(f"/jobs/{job.rsplit('/', 1)[1]}/events")) == 2


def test_after_the_end_nobody_asks_again(tasks: Tasks, tabs: Tabs) -> None:
    job = tasks.start("main")
    address = f"/jobs/{job.rsplit('/', 1)[1]}/events"
    tasks.wait_for(job, "done")
    page = tabs.open(job)
    expect(page.locator("#connection")).to_have_text("complete")
    assert tasks.asked(address) == ["200"]

    # A browser's own EventSource takes the end for a lost connection, and comes back: once. It
    # waits for a second before that, in which our page would have come back, too.
    assert page.evaluate(NATIVE, address)
    wait_until(lambda: len(tasks.asked(address)) >= 3, what="its requests are in the log")
    assert tasks.asked(address) == ["200", "200", "204"]


def test_a_failing_branch_shows_where_and_leads_to_the_line(tasks: Tasks, tabs: Tabs) -> None:
    job = tasks.start("broken")
    page = tabs.open("about:blank")
    page.set_viewport_size({"width": 900, "height": 400})
    page.goto(job)
    expect(state_of(page)).to_contain_text("failed")
    problem = page.locator(".problems li").first
    expect(problem).to_be_in_viewport()
    expect(problem).to_contain_text("tests/test_rhythm.py:12")
    expect(problem).to_contain_text("assert 4.5 == 5.0")
    expect(step(page, "test").locator(".state")).to_contain_text("failed, exit code 1")
    expect(step(page, "build").locator(".state")).to_contain_text("not run")
    expect(page.locator("#rows [aria-current] small")).to_have_text("5 problems")

    step(page, "test").locator("summary").click()
    problem.get_by_role("link").click()
    line = page.locator(".log :target")
    expect(line).to_be_in_viewport()
    expect(line).to_have_text("tests/test_rhythm.py:12: AssertionError")
    page.reload()
    expect(line).to_be_in_viewport()


def test_cancel_ends_every_process_of_the_job(tasks: Tasks, tabs: Tabs) -> None:
    page = tabs.open(tasks.start("gated"))
    pids = tasks.gate.wait()
    page.route("**/cancel", lambda route: route.abort())
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.locator("#note")).to_contain_text("The server does not answer")
    page.unroute("**/cancel")
    page.get_by_role("button", name="Cancel").press("Enter")

    expect(state_of(page)).to_contain_text("cancelled")
    expect(page.get_by_role("link", name="Plain log")).to_be_focused()
    expect(page.locator("#note")).to_be_empty()
    expect(step(page, "test")).to_have_attribute("data-state", "cancelled")
    expect(page.locator("#connection")).to_have_text("complete")
    wait_until(lambda: not any(map(is_running, pids)), what="both processes are gone")
    assert has_all(page, tasks, page.url)


def test_the_end_is_followed_until_somebody_scrolls_up_and_again_when_asked(
    tasks: Tasks, tabs: Tabs
) -> None:
    page = tabs.open("about:blank")
    page.set_viewport_size({"width": 900, "height": 320})
    page.goto(tasks.start("gated"))
    wait_for_the_gate(page)
    page.wait_for_function(f"scrollY > 0 && {AT_END}")
    follow = page.get_by_role("button", name="Follow the end")
    expect(follow).to_be_hidden()
    page.evaluate("scrollBy(0, -200)")
    follow.click()
    page.wait_for_function(AT_END)
    expect(follow).to_be_hidden()

    page.evaluate("scrollBy(0, -200)")
    expect(follow).to_be_visible()
    top = page.evaluate(TOP_OF_LINE)
    tasks.gate.wait()
    tasks.gate.open()
    # The hundred lines behind the gate stay open, and below what is being read.
    expect(state_of(page)).to_contain_text("done")
    assert page.evaluate(TOP_OF_LINE) == pytest.approx(top, abs=1)
    assert step(page, "test").locator("details").evaluate("it => it.open")
    expect(follow).to_be_hidden()


def test_a_hidden_tab_lets_go_of_the_list_and_catches_up_when_it_is_shown(
    tasks: Tasks, tabs: Tabs
) -> None:
    first = tabs.open(tasks.server.url)
    expect(first.locator("#rows")).to_be_visible()
    before = first.locator("#rows li").count()
    tabs.open("about:blank")
    first.wait_for_function("document.hidden")
    job = tasks.start("main")
    tasks.wait_for(job, "done")
    assert first.locator("#rows li").count() == before
    first.bring_to_front()

    row = first.locator(f"#rows a[href='/jobs/{job.rsplit('/', 1)[1]}']")
    expect(row.locator(".state")).to_have_text("done")
    assert any('"GET /events?after=' in line for line in tasks.server.printed)


def test_a_page_whose_job_is_not_known_any_more_says_so(tasks: Tasks, tabs: Tabs) -> None:
    page = tabs.open("about:blank")
    page.route("**/events*", lambda route: route.continue_(url=tasks.server.url + "jobs/0/events"))
    page.goto(tasks.start("main"))

    expect(page.locator("#connection")).to_contain_text("does not know this job any more")
    expect(state_of(page)).to_contain_text("unknown")
    expect(step(page, "build").locator(".state")).to_contain_text("unknown")
    expect(page.get_by_role("link", name="Plain log")).to_be_hidden()
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()


def test_a_phone_shows_it_without_scrolling_sideways_in_light_and_dark(
    tasks: Tasks, tabs: Tabs
) -> None:
    job = tasks.start("broken")
    tasks.wait_for(job, "failed")
    page = tabs.open("about:blank")
    page.set_viewport_size({"width": 390, "height": 844})
    for address in (tasks.server.url, job):
        answer = page.goto(address)
        assert answer
        assert answer.headers["cache-control"] == "no-store"  # it has the server's time in it
        expect(page.locator(".state:visible").first).to_be_visible()
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(BRIGHTNESS, "background-color") < 0.15
        assert page.evaluate(BRIGHTNESS, "color") > 0.85
        page.emulate_media(color_scheme="light")
        assert page.evaluate(BRIGHTNESS, "background-color") > 0.85
        assert page.evaluate(BRIGHTNESS, "color") < 0.2
    expect(page.get_by_role("link", name="All jobs")).to_be_visible()


BRIGHTNESS = """name => {
  const parts = getComputedStyle(document.body).getPropertyValue(name).match(/[0-9.]+/g);
  return parts.slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;
}"""


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("jobs?branch=main", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("jobs?branch=main", {"Sec-Fetch-Site": "same-site"}, 403),
        ("jobs?branch=no%20such", {}, 404),
        ("jobs/0/cancel", {}, 404),
    ],
)
def test_what_may_not_be_started_is_refused(
    tasks: Tasks, path: str, headers: dict[str, str], status: int
) -> None:
    before = tasks.server.get("/jobs")
    with pytest.raises(urllib.error.HTTPError) as refused:
        tasks.post(path, **headers)

    assert refused.value.status == status
    refused.value.close()
    assert tasks.server.get("/jobs") == before


def test_the_code_that_the_readme_shows_is_the_examples_own() -> None:
    files = [*(EXAMPLES / "tasks").rglob("*.py"), *(EXAMPLES / "tasks").rglob("*.js")]
    code = "\n".join(file.read_text("utf-8") for file in files)

    assert len(CODE.findall(README)) == 4
    assert [block for block in CODE.findall(README) if block not in code] == []


def test_the_readme_names_what_is_there() -> None:
    names = re.findall(r"`([\w/]+\.(?:py|html|css|js))`", README)

    assert len(names) > 10
    assert [name for name in names if not (EXAMPLES / "tasks" / name).is_file()] == []
    assert "cd examples/tasks\n" in SHELL.findall(README)[0]


def test_ctrl_c_ends_the_server_and_what_it_runs(app: Tasks) -> None:
    app.gate.close()  # the last test of this server
    app.start("gated")
    pids = app.gate.wait()
    os.killpg(app.server.process.pid, signal.SIGINT)
    app.server.process.wait(20)

    wait_until(lambda: not any(map(is_running, pids)), what="both processes are gone")
    assert not [line for line in app.server.printed if "Traceback" in line or "ERROR" in line]
