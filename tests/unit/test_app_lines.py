import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.results import Ending, Finished
from livereload_sse.cli.app_lines import (
    MOST_HELD,
    AppLines,
    back_line,
    died_line,
    restart_line,
    waiting_line,
)

DIM = "\x1b[2mapp │ \x1b[0m"
RED, PLAIN = "\x1b[31m", "\x1b[0m"


class Said:
    """An app's output, and the lines that are made of it."""

    def __init__(self) -> None:
        self.coloured: list[str] = []
        self.now = 100.0
        self.app = AppLines(self.coloured.append, clock=lambda: self.now)

    @property
    def lines(self) -> list[str]:
        return [click.unstyle(line) for line in self.coloured]

    def wait(self, duration: float) -> None:
        self.now += duration
        self.app.tick()


def said(*pieces: str) -> Said:
    all_of_it = Said()
    for piece in pieces:
        all_of_it.app.feed(piece)
    return all_of_it


def test_each_line_has_a_dim_name_before_it() -> None:
    assert said("one\ntwo\n").coloured == [f"{DIM}one", f"{DIM}two"]


def test_an_empty_line_is_kept_and_has_no_spaces_at_its_end() -> None:
    assert said("one\n\n  \ntwo  \n").lines == ["app │ one", "app │", "app │", "app │ two"]


def test_a_line_is_said_when_it_ends_however_it_came() -> None:
    printed = said("on", "e\nt", "w")
    before = printed.lines
    printed.app.feed("o\r\n")

    assert before == ["app │ one"]
    assert printed.lines == ["app │ one", "app │ two"]


def test_the_colours_of_the_app_are_kept_and_end_with_the_line() -> None:
    assert said("\x1b[31mred\x1b[0m and plain\n").coloured == [f"{DIM}{RED}red{PLAIN} and plain"]
    assert said("\x1b[31mred\n").coloured == [f"{DIM}{RED}red{PLAIN}"]


def test_a_colour_that_goes_on_over_lines_goes_on_behind_each_name() -> None:
    printed = said("\x1b[31mred\nred too\x1b[0m\nplain\n")

    assert printed.coloured == [f"{DIM}{RED}red{PLAIN}", f"{DIM}{RED}red too{PLAIN}", f"{DIM}plain"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1", "1"),
        ("2", "2"),
        ("3", "3"),
        ("4", "4"),
        ("7", "7"),
        ("1;31", "1;31"),
        ("94", "94"),
        ("43", "43"),
        ("104", "104"),
        ("38;5;9", "91"),
        ("38;5;208", "38;2;255;135;0"),
        ("48;2;1;2;3", "48;2;1;2;3"),
        ("4:3", "4"),
    ],
)
def test_a_style_is_written_as_it_was_read(written: str, code: str) -> None:
    assert said(f"\x1b[{written}mx\n").coloured == [f"{DIM}\x1b[{code}mx{PLAIN}"]


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[2J", "\x1b[3J", "\x1b[H", "\x1bc", "\x1b[1A", "\x1b[?1049h", "\x1b[?25l", "\x1b[10;1H"],
)
def test_nothing_that_moves_the_cursor_or_clears_the_screen_gets_through(sequence: str) -> None:
    assert said(f"one{sequence}\n{sequence}two\n").coloured == [f"{DIM}one", f"{DIM}two"]


def test_a_title_and_a_link_leave_their_text_alone() -> None:
    printed = said("\x1b]0;title\x07one\n", "\x1b]8;;http://a/\x1b\\link\x1b]8;;\x1b\\\n")

    assert printed.coloured == [f"{DIM}one", f"{DIM}link"]


def test_a_control_character_is_spelt() -> None:
    assert said("a\x07b\x0cc\x9bd\u202ee\n").lines == ["app │ ab\\x0cc\\x9bd\\u202ee"]


def test_a_progress_bar_is_one_line_as_it_stands_in_the_end() -> None:
    assert said("\r 10%", "\r 50%", "\r100%\n").lines == ["app │ 100%"]
    assert said("downloading\r", "done\x1b[K\n").lines == ["app │ done"]


def test_a_progress_bar_is_not_said_before_it_ends() -> None:
    printed = said("\r 10%")
    printed.wait(5.0)
    printed.app.feed("\r 50%")
    printed.wait(5.0)

    assert printed.lines == []
    assert printed.app.pending == "app │  50%"


def test_the_beginning_of_a_line_waits_for_its_end_a_moment() -> None:
    printed = said("Continue? ")
    printed.wait(0.0625)
    soon = printed.lines
    printed.wait(0.0625)

    assert soon == []
    assert printed.lines == ["app │ Continue?"]


def test_the_moment_begins_with_the_line_and_not_with_the_one_before() -> None:
    printed = said("one\n")
    printed.wait(5.0)
    printed.app.feed("two")
    printed.wait(0.0625)

    assert printed.lines == ["app │ one"]


def test_the_moment_begins_anew_behind_a_line_that_was_held() -> None:
    printed = said("on")
    printed.now += 5.0
    printed.app.feed("e\ntwo")
    printed.wait(0.0625)

    assert printed.lines == ["app │ one"]


def test_the_moment_does_not_begin_again_with_each_piece() -> None:
    printed = said("Con")
    printed.wait(0.06)
    printed.app.feed("tinue?")
    printed.wait(0.06)

    assert printed.lines == ["app │ Continue?"]


def test_what_follows_a_beginning_is_said_without_it() -> None:
    printed = said("Continue? ")
    printed.wait(0.125)
    printed.app.feed("yes\nnext\n")

    assert printed.lines == ["app │ Continue?", "app │ yes", "app │ next"]


def test_a_beginning_that_ends_with_nothing_more_leaves_no_empty_line() -> None:
    printed = said("Continue?")
    printed.wait(0.125)
    printed.app.feed("\n\nnext\n")

    assert printed.lines == ["app │ Continue?", "app │", "app │ next"]


def test_a_row_of_dots_is_not_a_column_of_them() -> None:
    printed = said()
    for _ in range(600):  # a minute
        printed.app.feed(".")
        printed.wait(0.125)
    printed.app.feed("\n")

    assert len(printed.lines) < 12
    assert "".join(printed.lines).count(".") == 600


def test_after_a_line_in_parts_the_next_one_waits_a_moment_only() -> None:
    printed = said("one")
    printed.wait(0.125)
    printed.app.feed(" more")
    printed.wait(0.25)
    printed.app.feed("\ntwo")
    printed.wait(0.125)

    assert printed.lines == ["app │ one", "app │  more", "app │ two"]


def test_an_escape_sequence_that_is_cut_waits_for_its_end() -> None:
    printed = said("red: \x1b[3")
    printed.wait(1.0)
    pending = printed.app.pending
    printed.app.feed("1mred\x1b[0m\n")

    assert pending == ""
    assert printed.coloured == [f"{DIM}red:", f"{DIM}{RED}red{PLAIN}"]


def test_a_reset_at_the_beginning_of_a_line_is_no_part_of_one() -> None:
    printed = said("one\n\x1b[0m")
    printed.wait(1.0)
    printed.app.feed("\n")

    assert printed.lines == ["app │ one", "app │"]


def test_when_the_app_is_gone_what_is_left_is_said_and_forgotten() -> None:
    printed = said("\x1b[31mno end\x1b[")
    printed.app.flush()
    printed.app.flush()
    printed.app.feed("new\n")

    assert printed.coloured == [f"{DIM}{RED}no end{PLAIN}", f"{DIM}new"]
    assert printed.app.pending == ""


def test_when_the_app_is_gone_a_bar_is_said_as_it_stood() -> None:
    printed = said("\r 10%\r 20%")
    printed.app.flush()

    assert printed.lines == ["app │  20%"]


def test_a_bar_that_goes_on_for_hours_is_not_kept() -> None:
    bar = [f"\r{number} of many" for number in range(MOST_HELD // 4)]
    printed = said("\x1b[31m", *bar)
    held = len(printed.app._held)
    printed.wait(5.0)
    before = list(printed.lines)
    printed.app.feed("\n")

    assert held <= MOST_HELD
    assert before == []
    assert printed.coloured == [f"{DIM}{RED}{MOST_HELD // 4 - 1} of many{PLAIN}"]


def test_a_bar_that_was_let_go_is_still_a_bar() -> None:
    printed = said(*["\r" + "#" * 100] * (MOST_HELD // 101 + 1))
    printed.wait(5.0)

    assert len(printed.app._held) < 200
    assert printed.lines == []


def test_a_line_without_end_is_broken() -> None:
    printed = said(*["x" * 1000] * 200)

    assert printed.lines
    assert sum(line.count("x") for line in printed.lines) > 200_000 - MOST_HELD


@given(
    st.lists(st.sampled_from(["a", "b ", "\n", "\r", "\x1b[3", "1m", "\x1b[0m", "…"])), st.data()
)
def test_how_the_output_is_cut_makes_no_difference(words: list[str], data: st.DataObject) -> None:
    whole = "".join(words)
    at = data.draw(st.integers(0, len(whole)))
    one, two = said(whole), said(whole[:at], whole[at:])
    one.app.flush()
    two.app.flush()

    assert one.coloured == two.coloured


@given(st.text(alphabet="ab\x1b[]0;?1mJHKc\r\n\t\x07\x9b\x00"))
def test_only_colours_are_left_of_what_a_terminal_would_obey(text: str) -> None:
    printed = said(text)
    printed.wait(1.0)
    printed.app.flush()

    assert all("\x1b" not in line and line.isprintable() for line in printed.lines)
    assert all(line.count("\x1b") == 2 or line.endswith(PLAIN) for line in _with_colour(printed))


def _with_colour(printed: Said) -> list[str]:
    return [line for line in printed.coloured if line.rfind("\x1b[") > len(DIM)]


def test_a_restart_names_what_it_is_for() -> None:
    assert restart_line(["app.py"]) == "app.py → restarting the app"
    assert restart_line(["a.py", "b.py", "c.py"]) == "a.py and 2 more → restarting the app"
    assert restart_line([]) == "restarting the app"


@pytest.mark.parametrize(
    ("finished", "line"),
    [
        (
            Finished(Ending.EXITED, 1, 0.42, ""),
            "app ended after 0.42 s (exit code 1) · saving a file starts it again",
        ),
        (
            Finished(Ending.EXITED, -9, 61.0, ""),
            "app ended after 61 s (SIGKILL) · saving a file starts it again",
        ),
        (
            Finished(Ending.NOT_STARTED, None, 0.0, ""),
            "app could not be started · saving a file tries again",
        ),
    ],
)
def test_an_end_says_how_and_what_to_do(finished: Finished, line: str) -> None:
    assert died_line(finished) == line


def test_a_return_says_how_long_it_took() -> None:
    assert back_line(0.844) == "app answers again after 0.84 s"
    assert back_line(12.4, again=False) == "app answers after 12 s"


def test_who_waits_says_for_what_and_obeys_nothing_in_it() -> None:
    assert waiting_line("http://127.0.0.1:5000/") == "waiting for http://127.0.0.1:5000/ to answer"
    assert waiting_line("a\x1b[2J") == "waiting for a\\x1b[2J to answer"
