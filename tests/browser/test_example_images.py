"""The images become clear in their tabs, the line moves, and processes come and go unnoticed."""

import json
import os
import re
import signal
import urllib.error
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.image_studio import ENDLESS, Studio, running_studio
from tests.processes import is_running
from tests.serving import LiveServer, wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are told to stand still")

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}

# Each thing that a frame has shown, and each stream that the page has opened.
WATCHING = """
  window.shown = {};
  window.sources = [];
  new MutationObserver(() => {
    for (const frame of document.querySelectorAll('.frame')) {
      const name = frame.querySelector('.name').textContent;
      const seen = (window.shown[name] ??= []);
      const now = [frame.dataset.phase, frame.querySelector('img:last-of-type')?.src ?? ''];
      if (String(seen.at(-1)) !== String(now)) seen.push(now);
    }
  }).observe(document, { attributes: true, childList: true, characterData: true, subtree: true });
  window.EventSource = class extends EventSource {
    constructor(...words) { super(...words); window.sources.push(this); }
  };
"""
CLOSED = 2
# How often the time that a picture takes is written anew, in three of its ticks.
CLOCK_CHANGES = """new Promise((done) => {
  let changes = 0;
  new MutationObserver(() => changes++).observe(document.querySelector('#elapsed'), { childList: true });
  setTimeout(() => done(changes), 300);
})"""


@pytest.fixture(scope="module")
def server() -> Iterator[LiveServer]:
    with running_studio() as server:
        yield server


@pytest.fixture
def studio(server: LiveServer) -> Iterator[Studio]:
    """The studio, which draws nothing any more when a test is over."""
    studio = Studio(server)
    yield studio
    for url in studio.asked:
        studio.cancel(url)


def open_page(studio: Studio, tabs: Tabs, path: str = "/") -> Page:
    page = tabs.open("about:blank")
    page.add_init_script(WATCHING)
    page.goto(studio.server.url.rstrip("/") + path)
    return page


def frame_of(page: Page, seed: int) -> Locator:
    return page.locator(".frame").filter(has_text=re.compile(rf", {seed}\b"))


def percent_of(frame: Locator) -> float:
    return float(frame.locator("progress").evaluate("bar => bar.value"))


def test_a_picture_that_is_asked_for_in_the_form_waits_becomes_clear_and_is_done(
    studio: Studio, tabs: Tabs
) -> None:
    page = open_page(studio, tabs)
    page.get_by_label("Aurora").check(force=True)
    page.get_by_label("Seed").fill("10")
    page.get_by_label("Width").fill("240")
    page.get_by_label("Height").fill("150")
    page.get_by_role("button", name="Draw it").click()
    frame = frame_of(page, 10)
    expect(frame.locator(".name")).to_have_text("Aurora, 10")
    expect(frame).to_have_attribute("data-phase", "done")
    download = frame.get_by_role("link", name="Download")
    expect(frame.locator("img:last-of-type")).to_have_attribute("src", re.compile(r"picture\.png$"))

    shown = page.evaluate("shown['Aurora, 10']")
    phases = [phase for phase, _ in shown]
    assert [phase for n, phase in enumerate(phases) if phase not in phases[:n]] == [
        "queued",
        "rendering",
        "done",
    ]
    pictures = list(dict.fromkeys(source for _, source in shown if source))
    assert len(pictures) >= 3
    assert all("preview?v=" in source for source in pictures[:-1])
    with Image.open(BytesIO(studio.read(str(download.get_attribute("href"))))) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (240, 150))


def test_previews_are_pictures_of_the_whole_and_each_is_another_one(studio: Studio) -> None:
    url = studio.ask(11, width=320, height=200)
    with studio.request("GET", f"{url}/events") as stream:
        told = (line for line in stream if line == b"event: preview\n")
        pictures = [studio.read(f"{url}/preview") for _ in told]

    assert len(set(pictures)) >= 3
    for encoded in pictures:
        with Image.open(BytesIO(encoded)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (320, 200))


def test_the_line_moves_up_when_a_place_is_free(studio: Studio, tabs: Tabs) -> None:
    for seed in (20, 21):
        studio.occupy(seed)
    waiting = [studio.ask(seed, **ENDLESS) for seed in (22, 23, 24)]
    assert [studio.how_is(url)["position"] for url in waiting] == [1, 2, 3]
    page = open_page(studio, tabs)
    for place, seed in enumerate((22, 23, 24), start=1):
        expect(frame_of(page, seed).locator(".place")).to_have_text(str(place))

    frame_of(page, 23).get_by_role("button", name="Stop").click()
    expect(frame_of(page, 24).locator(".place")).to_have_text("2")
    expect(frame_of(page, 23).locator(".how")).to_have_text("Stopped")
    frame_of(page, 20).get_by_role("button", name="Stop").click()
    expect(frame_of(page, 24).locator(".place")).to_have_text("1")
    expect(frame_of(page, 22)).to_have_attribute("data-phase", "rendering")


def test_a_second_tab_shows_at_once_how_far_the_picture_is_and_then_goes_on(
    studio: Studio, tabs: Tabs
) -> None:
    url = studio.ask(30, **ENDLESS)
    page = open_page(studio, tabs, url)
    worker = studio.worker_of(url)
    os.kill(worker, signal.SIGSTOP)
    try:
        # What it has said until now may be on its way.
        state = studio.how_is(url)
        while (newer := studio.how_is(url)) != {**state, "elapsed": newer["elapsed"]}:
            state = newer
        page.wait_for_function(
            "percent => document.querySelector('progress').value === percent", arg=state["percent"]
        )

        second = open_page(studio, tabs)
        expect(frame_of(second, 30).locator("progress")).to_have_js_property(
            "value", state["percent"]
        )
        expect(frame_of(second, 30).locator("img:last-of-type")).to_have_attribute(
            "src", state["preview"] and re.compile(re.escape(state["preview"]) + "$")
        )
        third = open_page(studio, tabs, url)
        assert percent_of(third.locator(".frame")) == state["percent"]
    finally:
        os.kill(worker, signal.SIGCONT)
    third.wait_for_function(
        "percent => document.querySelector('progress').value > percent", arg=state["percent"]
    )


def test_a_picture_fails_with_its_process_while_the_other_goes_on_and_the_next_is_drawn(
    studio: Studio, tabs: Tabs
) -> None:
    other, url = studio.ask(40, **ENDLESS), studio.ask(41, **ENDLESS)
    page = open_page(studio, tabs, url)
    pid = studio.worker_of(url)
    expect(page.locator("#worker")).to_have_text(str(pid))
    before = studio.wait_for(other, "rendering")["percent"]
    os.kill(pid, signal.SIGKILL)
    expect(page.locator(".words")).to_contain_text("was ended by signal 9")
    assert studio.how_is(url)["phase"] == "failed"
    studio.wait_for(other, "rendering", before + 1)

    studio.wait_for(studio.ask(42), "done")
    page.get_by_role("button", name="Again").click()
    page.wait_for_function("url => location.pathname !== url", arg=url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Moonlit, 41")
    studio.asked.append("/images/" + page.url.rsplit("/", 1)[1])


def test_a_picture_that_is_stopped_keeps_what_was_drawn_and_its_process_ends(
    studio: Studio, tabs: Tabs
) -> None:
    url = studio.ask(50, **ENDLESS)
    pid = studio.worker_of(url)
    page = open_page(studio, tabs, url)
    expect(page.locator(".frame img")).to_have_count(1)
    page.get_by_role("button", name="Stop").press("Enter")

    expect(page.locator("#phase")).to_have_text(re.compile(r"Stopped at \d+ %"))
    expect(page.get_by_role("button", name="Again")).to_be_focused()
    page.route("**/images", lambda route: route.abort())
    page.get_by_role("button", name="Again").click()
    expect(page.locator(".words")).to_have_text("The server does not answer.")
    expect(page.locator(".frame img")).to_have_count(1)
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    wait_until(lambda: not is_running(pid), 30, "its process ends")
    assert studio.cancel(url) == 409
    studio.wait_for(studio.ask(51), "done")


def test_a_picture_that_the_server_has_forgotten_is_no_more_in_line(
    studio: Studio, tabs: Tabs
) -> None:
    url = studio.ask(55, **ENDLESS)
    page = tabs.open("about:blank")
    nothing = studio.server.url + "images/0/events"
    page.route("**/events*", lambda route: route.continue_(url=nothing))
    page.goto(studio.server.url.rstrip("/") + url)

    expect(page.locator("#phase")).to_have_text("Not known any more")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page.get_by_role("button", name="Again")).to_be_visible()


def test_when_a_picture_is_done_its_stream_is_closed_and_nobody_comes_back(
    studio: Studio, tabs: Tabs
) -> None:
    blocking = [studio.occupy(seed) for seed in (60, 61)]
    url = studio.ask(62)
    page = open_page(studio, tabs, url)
    expect(page.locator("#phase")).to_have_text("Next in line")
    studio.cancel(blocking[0])
    expect(page.locator("#phase")).to_have_text("Done")
    page.wait_for_function(f"sources.length === 1 && sources[0].readyState === {CLOSED}")
    page.reload()
    expect(page.locator("#phase")).to_have_text("Done")
    assert page.evaluate("sources.length") == 0
    requests = [line for line in studio.server.printed if f"GET {url}/events" in line]
    assert len(requests) == 1

    # Whoever comes without an id is told the end; with it, to stay away.
    told = studio.read(f"{url}/events").decode()
    assert re.findall(r"^event: (\w+)", told, re.MULTILINE) == ["done", "end"]
    last = re.findall(r"^id: (\S+)", told, re.MULTILINE)[-1]
    with studio.request("GET", f"{url}/events?after={last}") as answer:
        assert answer.status == 204


def test_any_number_of_tabs_is_open_because_a_hidden_one_holds_no_stream(
    studio: Studio, tabs: Tabs
) -> None:
    pages = [open_page(studio, tabs) for _ in range(8)]
    studio.wait_for(studio.ask(70), "done")
    expect(frame_of(pages[-1], 70)).to_have_attribute("data-phase", "done")
    assert frame_of(pages[0], 70).count() == 0

    pages[0].bring_to_front()
    expect(frame_of(pages[0], 70)).to_have_attribute("data-phase", "done")
    assert pages[0].evaluate(f"sources.map(one => one.readyState === {CLOSED})") == [True, False]


def test_what_is_too_large_is_refused_at_its_field(studio: Studio, tabs: Tabs) -> None:
    page = open_page(studio, tabs)
    page.get_by_label("Width").fill("5000")
    page.get_by_role("button", name="Draw it").click()

    expect(page.get_by_role("alert")).to_have_text(
        "A width of 5,000 pixels is out of bounds. Ask for 64 to 1,600."
    )
    expect(page.get_by_label("Width")).to_be_focused()
    expect(page.get_by_label("Width")).to_have_attribute("aria-invalid", "true")
    page.route("**/images", lambda route: route.abort())
    page.get_by_role("button", name="Draw it").click()
    expect(page.get_by_role("alert")).to_have_text("The server does not answer.")
    tabs.open("about:blank")
    page.bring_to_front()  # its stream has been opened again: the server does answer
    expect(page.locator("#refusal")).to_be_empty()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"height": 5000}, "height"),
        ({"palette": "\ud800"}, "palette"),
        ([], ""),
        (b"{", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_programs_are_told_which_field_is_wrong(studio: Studio, body: Any, field: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        studio.request("POST", "/images", body)

    with refused.value as answer:
        assert answer.code == 422
        assert json.load(answer)["field"] == field


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_other_sites_are_refused(studio: Studio, method: str, site: str) -> None:
    path = "/images" if method == "POST" else "/images/0"
    with pytest.raises(urllib.error.HTTPError) as refused:
        studio.request(method, path, {}, **{"Sec-Fetch-Site": site})

    assert refused.value.code == 403
    refused.value.close()


def test_it_fits_on_a_phone_and_is_dark_where_dark_is_preferred(studio: Studio, tabs: Tabs) -> None:
    url = studio.ask(80)
    studio.wait_for(url, "done")
    for path in ("/", url):
        page = open_page(studio, tabs, path)
        expect(page.locator(".frame img").first).to_be_visible()
        for size in (PHONE, DESKTOP):
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        colours = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=cast("Any", scheme))
            colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert colours == ["rgb(236, 238, 234)", "rgb(26, 27, 28)"]


def test_nothing_moves_where_motion_is_not_wanted(studio: Studio, tabs: Tabs) -> None:
    url = studio.ask(81)
    studio.wait_for(url, "done")
    page = open_page(studio, tabs, url)
    animation = "getComputedStyle(document.querySelector('.frame img')).animationName"
    expect(page.locator(".frame img")).to_be_visible()
    assert page.evaluate(animation) == "develop"
    page.emulate_media(reduced_motion="reduce")

    assert page.evaluate(animation) == "none"


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_the_server_is_gone(number: int, tabs: Tabs) -> None:
    with running_studio() as server:
        studio = Studio(server)
        url = studio.ask(90, **ENDLESS)
        page = open_page(studio, tabs, url)
        studio.worker_of(url)
        children = children_of(server.process.pid)
        assert len(children) >= 2
        if number == signal.SIGINT:
            os.killpg(server.process.pid, signal.SIGINT)  # as a terminal does
        else:
            server.process.kill()
        server.process.wait(30)
        wait_until(lambda: not any(map(is_running, children)), 30, "all processes end")
        expect(page.locator("#trouble")).to_contain_text("asks again by itself")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".words")).to_contain_text("The server does not answer.")
        assert page.evaluate(CLOCK_CHANGES) == 0
    assert not [line for line in server.printed if "Traceback" in line]
