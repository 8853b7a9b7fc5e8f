import pytest

from livereload_sse.pytest_watch.screen.signs import Bell, Title
from livereload_sse.pytest_watch.screen.standing import Verdict


@pytest.fixture(autouse=True)
def window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def test_the_title_is_kept_said_and_given_back() -> None:
    written: list[str] = []
    title = Title(written.append)

    title.say("PASS 3 passed")
    title.say("FAIL 1 failed")
    title.give_back()

    assert written == [
        "\x1b[22;2t\x1b]2;PASS 3 passed\x07",
        "\x1b]2;FAIL 1 failed\x07",
        "\x1b[23;2t",
    ]


def test_the_same_title_is_not_said_twice() -> None:
    written: list[str] = []
    title = Title(written.append)

    title.say("PASS")
    title.say("PASS")

    assert len(written) == 1


def test_a_title_that_was_never_set_is_not_given_back() -> None:
    written: list[str] = []

    Title(written.append).give_back()

    assert written == []


@pytest.mark.parametrize("terminal", ["dumb", "linux"])
def test_a_terminal_without_a_window_gets_no_title(
    monkeypatch: pytest.MonkeyPatch, terminal: str
) -> None:
    monkeypatch.setenv("TERM", terminal)
    written: list[str] = []
    title = Title(written.append)

    title.say("PASS")
    title.give_back()

    assert written == []


@pytest.mark.parametrize(
    ("verdicts", "rings"),
    [
        (["good", "good"], 0),
        (["bad"], 0),
        (["good", "bad"], 1),
        (["bad", "good"], 1),
        (["good", "bad", "bad", "good"], 2),
        (["good", "unsure", "good"], 0),
        (["good", "unsure", "bad"], 1),
        (["unsure", "bad"], 0),
    ],
)
def test_the_bell_rings_when_good_turns_bad_or_back(verdicts: list[Verdict], rings: int) -> None:
    written: list[str] = []
    bell = Bell(written.append)

    for verdict in verdicts:
        bell.hear(verdict)

    assert written == ["\x07"] * rings
