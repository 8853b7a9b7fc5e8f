"""The instrument panel does in a browser what its README says."""

import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, TypeAlias

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.instrument_panel import (
    FOLDER,
    OVERFLOW,
    README,
    STORY,
    WITNESS,
    ask,
    is_running,
    luminance,
    read,
    running_panel,
    samples_in,
    streams,
)
from tests.serving import LiveServer, free_port, wait_until

CODE = {path: path.read_text("utf-8") for path in FOLDER.glob("*.py")}

CHARTS = ("cpu", "memory", "read", "written", "received", "sent")

Open: TypeAlias = Callable[..., Page]


@pytest.fixture(scope="module")
def watched_port() -> int:
    """A port that the panel asks; nobody listens on it yet."""
    return free_port()


@pytest.fixture(scope="module")
def panel(watched_port: int) -> Iterator[LiveServer]:
    """A panel that samples ten times a second, and whose processor is never a warning."""
    settings = {
        "DASHBOARD_INTERVAL": "0.1",
        "DASHBOARD_CPU": "1000",
        "DASHBOARD_STREAMS": "20",
        "DASHBOARD_PORTS": f"127.0.0.1:{watched_port}",
        "DASHBOARD_LOAD": "0.5",
    }
    with running_panel(free_port(), **settings) as server:
        yield server


@pytest.fixture
def window(browser: Browser) -> Iterator[Open]:
    """Opens panels, each in a window of its own: each is seen, and has its own connections."""
    with ExitStack() as stack:

        def open_panel(server: LiveServer, **context: Any) -> Page:
            opened = browser.new_context(**context)
            stack.callback(opened.close)
            opened.add_init_script(WITNESS)
            page = opened.new_page()
            page.goto(server.url)
            page.locator("body[data-painted]").wait_for()
            return page

        yield open_panel


# What is read out to whoever does not see the page, but for news.
READ_OUT = """() => {
  window.readOut = [];
  const live = '[aria-live=polite], [aria-live=assertive], [role=status], output:not([aria-live=off])';
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const element = target instanceof Element ? target : target.parentElement;
      const place = element?.closest('[aria-live=off], ' + live);
      if (place?.matches(live) && !place.matches('#alerts, #notices')) readOut.push(place.outerHTML);
    }
  }).observe(document.body, { characterData: true, childList: true, subtree: true });
}"""
MARK_NOTICES = """() => {
  for (const row of document.querySelectorAll('#notices li')) row.mark = row.textContent;
}"""
MARKED_NOTICES = """() => {
  const rows = [...document.querySelectorAll('#notices li')];
  return rows.some((row) => row.mark) && rows.every((row) => !row.mark || row.mark === row.textContent);
}"""


def path_of(page: Page, chart: str) -> str:
    return page.locator(f"[data-chart={chart}] .line").get_attribute("d") or ""


def gaps_in(page: Page, chart: str = "cpu") -> int:
    """How often the outline begins anew."""
    return path_of(page, chart).count("M") - 1


def test_until_the_board_is_told_no_empty_figures_are_shown(panel: LiveServer, tabs: Tabs) -> None:
    page = tabs.open("about:blank")
    page.route("**/events*", lambda route: route.abort())
    page.goto(panel.url)
    expect(page.locator("#link")).to_contain_text("no answer, trying again")
    expect(page.get_by_role("heading", name="Processor")).to_be_hidden()


def test_live_values_move_and_no_value_is_made_up(panel: LiveServer, window: Open) -> None:
    page = window(panel)
    before = path_of(page, "cpu")
    page.evaluate(READ_OUT)
    page.evaluate("heard.length = 0")

    page.wait_for_function(
        "before => document.querySelector('.line').getAttribute('d') !== before", arg=before
    )
    outline = page.evaluate(
        """import('/static/steps.js').then(({ outline }) => outline(
          [[1, 1, 10], [2, 1, 50], [3.02, 1, 20], [6, 1, 90], [7, 1, null], [8, 1, 0]].map(
            ([at, span, value]) => ({ at, span, value })),
          { from: 0, to: 10, top: 100, slack: 0.5 }))"""
    )
    assert outline == {
        "line": "M0 90H1V50H2V80H3.02M5 10H6M7 100H8",
        "area": "M0 90H1V50H2V80H3.02V100H0ZM5 10H6V100H5ZM7 100H8V100H7Z",
    }
    assert re.fullmatch(r"(M[\d.]+ [\d.]+|[HV][\d.]+)+", path_of(page, "cpu"))
    page.wait_for_function("heard.length > 10")
    assert page.evaluate("readOut") == []


def test_what_is_told_twice_changes_nothing_and_what_is_over_is_gone(
    panel: LiveServer, window: Open
) -> None:
    page = window(panel)
    known = page.evaluate(STORY)
    assert known == [
        [1, 2, 3, 4],
        [{"rule": "a", "level": "critical"}],
        [{"number": 7}],
        [2, 3, 4, 6],
        [3, 4, 6, 7],
        [6],
    ]


def test_ten_tabs_are_one_sampler_and_all_hear_the_same(panel: LiveServer, window: Open) -> None:
    pages = [window(panel) for _ in range(3)]
    with streams(panel, 7) as others:
        for page in pages:
            expect(page.locator("#tabs")).to_have_text("10 tabs")
            page.evaluate("heard.length = 0")
        for page in pages:
            page.wait_for_function("heard.length > 15")
        heard = [page.evaluate("heard") for page in pages]
        begin, end = max(ids[0] for ids in heard), min(ids[-1] for ids in heard)
        heard += [samples_in(read(one, lambda told: end in samples_in(told))) for one in others]

    common = [[one for one in ids if begin <= one <= end] for ids in heard]
    assert len(common[0]) > 10
    assert all(ids == common[0] for ids in common)
    seconds = (int(end.split("-")[0]) - int(begin.split("-")[0])) / 1000
    assert seconds / (len(common[0]) - 1) > 0.09  # each of ten samplers would add its own


def test_an_alert_comes_is_seen_by_who_comes_later_is_acknowledged_and_goes(
    panel: LiveServer, window: Open
) -> None:
    page = window(panel)
    alert = page.locator("#alerts li")
    expect(page.get_by_text("No alerts")).to_be_visible()
    with streams(panel, 14), streams(panel, 1, "news") as (news,):
        expect(alert).to_have_attribute("data-level", "warning")
        expect(alert).to_contain_text("Streams")
        expect(page).to_have_title(re.compile("^▲ Streams"))
        later = window(panel, viewport={"width": 320, "height": 640})
        assert later.evaluate("first.alerts") == ["Streams"]

        assert later.evaluate(OVERFLOW) == 0

        later.get_by_role("button", name="Acknowledge").press("Enter")
        expect(alert).to_have_attribute("data-seen", "true")
        expect(later.locator("#alerts li")).to_be_focused()
        page.evaluate(MARK_NOTICES)
        expect(alert).to_contain_text("acknowledged")
        expect(page.get_by_role("button", name="Acknowledge")).to_be_hidden()
        told = read(news, lambda told: len(told) >= 3)
        assert [event.name for event in told][-3:] == ["alert", "notification", "alert"]
        assert {event.name for event in told} == {"alert", "notification"}
    expect(page.get_by_text("No alerts")).to_be_visible()
    expect(later.get_by_text("No alerts")).to_be_visible()
    expect(page.locator("#notices")).to_contain_text(re.compile(r"Streams back at \d+ %"))
    assert page.evaluate(MARKED_NOTICES)
    expect(later.locator("#alerts")).to_be_focused()


def test_a_port_that_answers_no_longer_is_down(
    panel: LiveServer, watched_port: int, window: Open
) -> None:
    page = window(panel)
    row = page.locator("#services li", has_text=f":{watched_port}")
    expect(row).to_have_attribute("data-state", "off")
    with socket.create_server(("127.0.0.1", watched_port)):
        expect(row).to_have_attribute("data-state", "ok")
    expect(row).to_have_attribute("data-state", "down")
    expect(page.locator("#notices")).to_contain_text(f"127.0.0.1:{watched_port}: no answer.")


def test_the_pointer_and_the_arrow_keys_show_the_figures_of_a_moment(
    panel: LiveServer, window: Open
) -> None:
    page = window(panel)
    page.wait_for_function("document.querySelector('[data-chart=cpu]').dataset.samples >= 85")
    box = page.locator("[data-chart=memory]").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 5)
    expect(page.locator("#moment")).to_contain_text("ago")
    expect(page.locator("[data-chart=sent] .cursor")).to_have_attribute("visibility", "visible")
    page.mouse.move(1, 1)
    expect(page.locator("#moment")).to_be_empty()

    slider = page.get_by_role("slider", name="Moment")
    slider.press("PageDown")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"ago: \d+ %"))
    # It is a moment, and not a place: it goes by.
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^[2-9] s ago"))
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"now: \d+ %"))


def test_a_tab_that_nobody_sees_gives_its_stream_back_and_catches_up(
    panel: LiveServer, window: Open, tabs: Tabs
) -> None:
    other = window(panel)
    page = tabs.open("about:blank")
    page.add_init_script(WITNESS)
    page.clock.install()
    page.goto(panel.url)
    expect(other.locator("#tabs")).to_have_text("2 tabs")
    cover = tabs.open("about:blank")
    page.wait_for_function("document.hidden", polling=50)
    page.clock.run_for(6000)

    expect(other.locator("#tabs")).to_have_text("1 tab")
    away = page.evaluate("heard.at(-1)")
    other.wait_for_function("away => heard.at(-1) > away", arg=away)
    cover.close()
    page.bring_to_front()
    expect(other.locator("#tabs")).to_have_text("2 tabs")
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    heard = page.evaluate("heard")
    assert heard[-1] > away
    assert heard == [one for one in other.evaluate("heard") if heard[0] <= one <= heard[-1]]


def test_a_new_tab_shows_everything_before_the_first_live_event(
    panel: LiveServer, window: Open
) -> None:
    with streams(panel, 1) as (stream,):
        read(stream, lambda told: len(samples_in(told)) >= 40)
        page = window(panel)

    first = page.evaluate("first")
    assert first["heard"] == 0
    # The oldest may have moved out of the picture. Nothing but the board has told of any.
    assert set(first["steps"].values()) <= {first["told"], first["told"] - 1}
    assert first["told"] > 30
    assert {*CHARTS, "core"} <= set(first["steps"])
    assert "\N{EN DASH}" not in first["figures"]
    assert first["services"] >= 3  # the port, the streams, how long it is up
    page.wait_for_function("heard.length > 20")
    assert page.evaluate("moved") < 0.05


def test_other_sites_start_no_load_and_one_runs_at_a_time(panel: LiveServer) -> None:
    load = f"{panel.url}load"
    assert ask(load, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert ask(load, **{"Sec-Fetch-Site": "same-site"}) == 403
    assert ask(load, Host="evil.example") == 400
    assert ask(f"{panel.url}alerts/cpu-1/acknowledge", **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert ask(f"{panel.url}alerts/cpu-1/acknowledge") == 404

    assert (ask(load), ask(load)) == (202, 409)
    wait_until(lambda: ask(load) == 202, 30, "the load has ended by itself")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_it_is_one_column_and_can_be_read(
    panel: LiveServer, window: Open, scheme: str
) -> None:
    page = window(panel, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    lefts = page.evaluate(
        "[...document.querySelectorAll('main > section')].map((one) => one.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == 1
    assert page.evaluate(OVERFLOW) == 0
    background = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (background < 0.05) == (scheme == "dark")
    for selector in ("h1", ".figure span", "#services .value", "th", "#begin", "button", ".calm"):
        colour = page.evaluate("s => getComputedStyle(document.querySelector(s)).color", selector)
        lighter, darker = sorted((luminance(colour), background), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (selector, colour)


def test_who_wants_no_motion_sees_none(panel: LiveServer, window: Open) -> None:
    moving = "document.getAnimations().length"
    window(panel).wait_for_function(f"{moving} > 0")
    page = window(panel, reduced_motion="reduce")
    page.wait_for_function("heard.length > 5")
    assert page.evaluate(moving) == 0


def test_a_real_load_raises_an_alert_and_a_lost_stream_is_said_and_found_again(
    window: Open,
) -> None:
    port = free_port()
    settings = {"DASHBOARD_INTERVAL": "0.5", "DASHBOARD_CPU": "40", "DASHBOARD_LOAD": "30"}
    with running_panel(port, **settings) as server:
        page = window(server)
        page.get_by_role("button", name="Load it").click()
        expect(page.locator("#alerts li", has_text="Processor")).to_be_visible(timeout=60_000)
        expect(page.locator("#notices")).to_contain_text("processes for 30 s")
        live = page.evaluate("getComputedStyle(document.querySelector('.line')).stroke")
        assert gaps_in(page) == 0
        burning = psutil.Process(server.process.pid).children()
        os.killpg(server.process.pid, signal.SIGKILL)
        assert burning
        wait_until(lambda: not any(map(is_running, burning)), 10, "a load ends with its server")

        link = page.locator("#link")
        expect(link).to_contain_text(re.compile(r"last heard \d+ s ago, trying again"))
        expect(page.locator("#said")).to_have_text("The stream is lost")
        for name in ("Load it", "Acknowledge"):
            page.get_by_role("button", name=name).click()
        for place in ("#burn output", "#alerts .refusal"):
            expect(page.locator(place)).to_have_text("The server does not answer.")
        page.evaluate(READ_OUT)
        silence = link.text_content() or ""
        expect(link).not_to_have_text(silence)
        assert page.evaluate("readOut") == []
        assert page.evaluate("getComputedStyle(document.querySelector('.line')).stroke") != live
        expect(page.locator("#end")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    with running_panel(port, **settings):
        expect(link).to_have_text("live")
        expect(page.locator("#end")).to_have_text("now")
        assert page.evaluate("getComputedStyle(document.querySelector('.line')).stroke") == live
        # What was seen before is still there, and so is the time between.
        wait_until(lambda: gaps_in(page) == 1, 20, "the charts have one gap")


def test_ctrl_c_ends_it_while_a_tab_is_open_and_a_load_runs(window: Open) -> None:
    with running_panel(free_port(), DASHBOARD_INTERVAL="0.1") as server:
        page = window(server)
        page.get_by_role("button", name="Load it").click()
        expect(page.locator("#notices")).to_contain_text("Load: ")
        burning = psutil.Process(server.process.pid).children()
        os.killpg(server.process.pid, signal.SIGINT)
        server.process.wait(10)
    assert burning
    assert not any(map(is_running, burning))
    assert "Traceback" not in "\n".join(server.printed)


def test_what_the_readme_shows_is_the_apps_own() -> None:
    code = unindented("\n".join(CODE.values()))
    shown = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(shown) == 4
    assert [block for block in shown if unindented(block) not in code] == []

    names = re.findall(r"`([\w/]+\.(?:py|js|html|css))`", README)
    assert [name for name in names if not (FOLDER / name).is_file()] == []
    assert {path.name for path in CODE} <= set(names)
    rows = re.findall(r"(?m)^\| `(DASHBOARD_\w+)` \| `(.*?)` \|", README)
    app = CODE[FOLDER / "app.py"]
    assert rows == re.findall(r'environ\.get\(\s*"(\w+)", "(.*?)"\s*\)', app)


def unindented(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())
