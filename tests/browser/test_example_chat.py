"""The chat paints its answers as they come, and loses no word of them, whatever the network does."""

import json
import os
import re
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Tabs
from tests.browser.cutting import cutting
from tests.browser.example_apps import EXAMPLES, SHELL, Example, copy_of, running_app
from tests.serving import LiveServer

CHAT = Example(
    "chat",
    0,
    ("templates/chat.html", "<h1>Ask the keeper</h1>"),
    ("handbook.py", "The handbook has no word of that."),
    ("static/chat.css", "--paper: #fbf7ee"),
    "textarea",
    "What now?",
)
PACE = "0.02"
STATE = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
BLOCKS = re.compile(r"```(python|js)\n(.*?)```", re.DOTALL)

# Each text that an answer has had, as it changed.
WATCH = """
() => {
  window.texts = [];
  new MutationObserver(() => {
    const text = document.querySelector('.answer')?.textContent;
    if (text && text !== texts.at(-1)) texts.push(text);
  }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true });
}
"""

# The blocks of one text, added in two, in three, and in single pieces: each must come out alike.
SPLIT = """
async (text) => {
  const { makeBlocks } = await import('/static/blocks.js');
  const { makeTurn } = await import('/static/turn.js');
  const shown = (...pieces) => {
    const parent = document.createElement('div');
    const blocks = makeBlocks(parent);
    pieces.forEach((piece) => blocks.add(piece));
    blocks.end();
    return parent.innerHTML;
  };
  const found = new Set([shown(text), shown(...text)]);
  for (let i = 0; i <= text.length; i++)
    for (let j = i; j <= text.length; j++)
      found.add(shown(text.slice(0, i), text.slice(i, j), text.slice(j)));
  const turn = makeTurn(document.querySelector('template'), '', { onGrown() {}, onAgain() {} });
  turn.add(text);
  turn.show('done');
  found.add(turn.element.querySelector('.answer').innerHTML);
  return [...found];
}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(CHAT, tmp_path_factory.mktemp("chat"))


@pytest.fixture(scope="module")
def chat(project: Path) -> Iterator[LiveServer]:
    with running_app(CHAT, project, PACE=PACE) as server:
        yield server


def ask(page: Page, words: str = "What does a page of the log look like?") -> Locator:
    """Ask with Enter; return the answer's turn."""
    page.fill("textarea", words)
    page.press("textarea", "Enter")
    return page.locator(".turn").last


def wait_for_text(page: Page, length: int) -> str:
    """Wait until the last answer is so long."""
    page.wait_for_function(
        "length => [...document.querySelectorAll('.answer')].at(-1)?.textContent.length > length",
        arg=length,
    )
    return page.locator(".answer").last.text_content() or ""


def stop(page: Page, turn: Locator) -> None:
    page.keyboard.press("Escape")
    expect(turn).to_have_attribute("data-state", "stopped")


def turns_of(server: LiveServer, page: Page) -> list[dict[str, Any]]:
    """The conversation as the server has it."""
    found = STATE.search(server.get(urlsplit(page.url).path))
    assert found
    return cast("list[dict[str, Any]]", json.loads(found[1]))


def letters(text: str) -> str:
    """A text without what blocks do not show: spaces, line ends and fences."""
    return re.sub(r"\s|```", "", text)


def html(turn: Locator) -> str:
    return turn.locator(".answer").inner_html()


def check_shown(server: LiveServer, page: Page, turn: Locator, tabs: Tabs) -> None:
    """The page shows all that the server has said, once, and as a page that is loaded later does."""
    said = turns_of(server, page)[-1]["text"]
    assert letters(turn.locator(".answer").text_content() or "") == letters(said)
    later = tabs.open(server.url.rstrip("/") + urlsplit(page.url).path)
    assert html(later.locator(".turn").last) == html(turn)


def running_answers(server: LiveServer) -> int:
    return int(json.loads(server.get("/running"))["running"])


def test_words_appear_one_by_one_and_stopping_ends_them_on_the_server(
    chat: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(chat.url)
    page.evaluate(WATCH)
    turn = ask(page)
    expect(page.get_by_role("status")).to_have_text("The keeper is answering.")
    wait_for_text(page, 100)
    assert running_answers(chat) == 1
    stop(page, turn)

    assert running_answers(chat) == 0
    texts = page.evaluate("texts")
    assert len(texts) > 10
    assert all(then.startswith(now) for now, then in pairwise(texts))
    expect(turn.locator(".note")).to_have_text("Stopped.")
    expect(page.locator("textarea")).to_be_focused()
    check_shown(chat, page, turn, tabs)


def test_the_stop_button_stops_too_and_what_is_typed_meanwhile_is_kept(
    chat: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(chat.url)
    turn = ask(page)
    page.fill("textarea", "One line")
    page.press("textarea", "Enter")  # not now: an answer is coming
    page.press("textarea", "Shift+Enter")
    page.locator("textarea").press_sequentially("and one more")
    page.get_by_role("button", name="Stop").press("Enter")

    expect(turn).to_have_attribute("data-state", "stopped")
    expect(page.locator("textarea")).to_be_focused()
    expect(page.locator("textarea")).to_have_value("One line\nand one more")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)
    assert running_answers(chat) == 0


def test_a_server_that_is_away_cannot_be_told_to_stop_and_nothing_is_asked_again(
    chat: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(chat.url)
    turn = ask(page)
    wait_for_text(page, 40)
    page.route("**/stop", lambda route: route.abort())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    stop(page, turn)
    expect(turn.locator(".note")).to_contain_text("The server does not answer")
    text = turn.locator(".answer").text_content()
    running = turns_of(chat, page)[-1]
    page.request.post(f"{page.url}answers/{running['id']}/stop")

    assert running_answers(chat) == 0
    assert turn.locator(".answer").text_content() == text
    assert [url for url in asked if url.endswith("answers")] == []


@pytest.mark.parametrize("wrong", [{"prompt": "\ud800"}, {"prompt": ""}, {"id": "\ud800" * 8}])
def test_what_is_no_question_is_refused(chat: LiveServer, wrong: dict[str, str]) -> None:
    question = {"id": "a-question", "prompt": "Is it lit?", **wrong}
    request = urllib.request.Request(
        f"{chat.url}a-conversation/answers",
        json.dumps(question).encode(),
        {"Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)

    with refused.value as answer:
        assert answer.code == 422
        assert json.load(answer)["detail"][0]["loc"] == ["body", *wrong]


def test_an_answer_goes_on_after_a_reload(chat: LiveServer, tabs: Tabs) -> None:
    page = tabs.open(chat.url)
    ask(page)
    before = wait_for_text(page, 60)
    with page.expect_request("**/answers") as asked:
        answer = page.reload()
    turn = page.locator(".turn")
    after = wait_for_text(page, len(before) + 100)
    stop(page, turn)

    assert after.startswith(before)
    assert answer
    assert answer.headers["cache-control"] == "no-store"  # or the back button shows it without them
    assert re.fullmatch(r"\d+-\d+", asked.value.headers["last-event-id"])
    check_shown(chat, page, turn, tabs)


def test_two_tabs_show_one_answer_and_another_conversation_knows_nothing_of_it(
    chat: LiveServer, tabs: Tabs
) -> None:
    stranger, one = tabs.open(chat.url), tabs.open(chat.url)
    turn = ask(one)
    wait_for_text(one, 40)
    two = tabs.open(one.url)
    wait_for_text(two, 80)
    stop(two, two.locator(".turn"))

    expect(turn).to_have_attribute("data-state", "stopped")
    assert html(turn) == html(two.locator(".turn"))
    assert stranger.url != one.url
    expect(stranger.locator(".turn")).to_have_count(0)


def test_an_answer_that_breaks_off_says_so_and_is_tried_again_in_its_place(
    chat: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(chat.url)
    turn = ask(page, "/fail")
    expect(turn.locator(".note")).to_contain_text("broke off")
    page.get_by_role("button", name="Try again").click()
    expect(turn).to_have_attribute("data-state", "running")
    wait_for_text(page, 150)  # it has failed before that
    stop(page, turn)

    expect(page.locator(".turn")).to_have_count(1)
    assert [one["state"] for one in turns_of(chat, page)] == ["stopped"]


def test_the_end_is_kept_in_view_unless_the_person_has_scrolled_away(
    chat: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(chat.url)
    page.set_viewport_size({"width": 600, "height": 300})
    ask(page)
    at_end = (
        "() => scrollY > 0 && scrollY + innerHeight > document.documentElement.scrollHeight - 5"
    )
    wait_for_text(page, 60)
    page.wait_for_function(at_end)
    page.mouse.move(200, 100)
    page.mouse.wheel(0, -150)
    newest = page.get_by_role("button", name="Newest")
    expect(newest).to_be_visible()
    place = page.evaluate("scrollY")
    wait_for_text(page, len(page.locator(".answer").text_content() or "") + 60)
    assert page.evaluate("scrollY") == place
    newest.click()

    page.wait_for_function(at_end)
    expect(newest).to_be_hidden()
    stop(page, page.locator(".turn"))


def test_a_phone_shows_it_without_scrolling_sideways_and_night_is_dark(
    chat: LiveServer, tabs: Tabs
) -> None:
    page = tabs.open(chat.url)
    page.set_viewport_size({"width": 390, "height": 844})
    turn = ask(page, f"{'endless' * 20} log")
    expect(turn.locator("h2")).to_contain_text("endless")
    wait_for_text(page, 0)
    page.evaluate("""async () => {
        const { makeBlocks } = await import('/static/blocks.js');
        makeBlocks(document.querySelector('.answer')).add('```\\n' + 'wide '.repeat(40) + '\\n```\\n');
    }""")
    expect(turn.locator("pre")).to_be_visible()
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    stop(page, turn)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('pre').scrollWidth > innerWidth")
    assert colours == ["rgb(251, 247, 238)", "rgb(23, 21, 15)"]
    # In the margin of a wide page a question is never longer than what is seen of its answer.
    page.set_viewport_size({"width": 1280, "height": 300})
    assert page.evaluate("document.querySelector('.turn h2').clientHeight") <= 300 - 12 * 16


def test_text_comes_out_alike_in_whatever_pieces_it_comes(chat: LiveServer, tabs: Tabs) -> None:
    page = tabs.open(chat.url)
    shown = page.evaluate(SPLIT, "One\ntwo\n\n```\na\n\n b\n```\nIt `ends`.\n\n``")

    code = "<pre><code>a\n\n b</code></pre>"
    assert shown == [f"<p>One\ntwo</p>{code}<p>It `ends`.</p><p>``</p>"]


def test_a_stream_that_is_cut_again_and_again_loses_nothing_and_repeats_nothing(
    chat: LiveServer, tabs: Tabs
) -> None:
    with cutting(chat.port, 240, 1, 777, 301) as proxy:
        page = tabs.open(f"http://127.0.0.1:{proxy.port}/")
        turn = ask(page)
        wait_for_text(page, 10)
        page.evaluate("document.querySelector('.answer').firstChild.mark = 'the first'")
        expect(turn).to_have_attribute("data-state", "done")

        assert proxy.left == []
        assert page.evaluate("document.querySelector('.answer').firstChild.mark") == "the first"
        check_shown(chat, page, turn, tabs)
        expect(page.get_by_role("status")).to_contain_text("Answered. ")
        page.close()


def test_ctrl_c_ends_it_amid_an_answer_and_the_next_server_begins_that_anew(
    project: Path, tabs: Tabs
) -> None:
    with running_app(CHAT, project, PACE=PACE) as server, cutting(server.port) as proxy:
        page = tabs.open(f"http://127.0.0.1:{proxy.port}/")
        turn = ask(page)
        wait_for_text(page, 100)
        os.killpg(server.process.pid, signal.SIGINT)
        server.process.wait(10)
        expect(turn.locator(".note")).to_contain_text("The connection is lost")
        expect(page.get_by_role("status")).to_contain_text("The connection is lost")
        with running_app(CHAT, project, PACE=PACE) as another:
            proxy.behind = another.port
            expect(turn).to_have_attribute("data-state", "running", timeout=40_000)
            wait_for_text(page, 40)
            expect(turn.locator(".note")).to_be_empty()
            stop(page, turn)

            check_shown(another, page, turn, tabs)
            page.close()
    assert not [line for line in server.printed if "Traceback" in line]


def test_the_code_that_the_readme_shows_is_the_examples_own() -> None:
    folder = EXAMPLES / "chat"
    text = (folder / "README.md").read_text("utf-8")
    files = [*folder.glob("*.py"), *folder.glob("static/*.js")]
    code = "\n".join(file.read_text("utf-8") for file in files)
    blocks = BLOCKS.findall(text)

    assert len(blocks) == 3
    assert [block for _, block in blocks if block not in code] == []
    assert "cd examples/chat\n" in SHELL.findall(text)[0]
    names = re.findall(r"`([\w/]+\.(?:py|js|md))`", text)
    assert [name for name in names if not (folder / name).is_file()] == []
