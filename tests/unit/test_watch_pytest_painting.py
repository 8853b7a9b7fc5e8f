import re
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.screen.painting import painted, typed_lines
from livereload_sse.pytest_watch.screen.spans import Span, Tone, text_of
from livereload_sse.pytest_watch.screen.typeahead import Typeahead

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.screen.spans import Line

NAMES = [f"tests/test_cart.py::test_add_{number}" for number in range(12)]


def texts(typeahead: Typeahead, *, width: int = 80, rows: int = 20) -> list[str]:
    return [text_of(line) for line in typed_lines(typeahead, width, rows)]


def test_each_span_has_its_colour_and_ends_it() -> None:
    line: Line = (Span("a "), Span("bad", "bad"), Span(" ok", "good"))

    assert painted(line, "a bad ok") == "a \x1b[1;31mbad\x1b[0m\x1b[32m ok\x1b[0m"


@pytest.mark.parametrize(
    ("tone", "code"),
    [
        ("quiet", "2"),
        ("strong", "1"),
        ("good", "32"),
        ("bad", "1;31"),
        ("careful", "33"),
        ("PASS", "1;7;32"),
        ("FAIL", "1;7;31"),
        ("STOP", "1;7;33"),
        ("NONE", "1;7;33"),
    ],
)
def test_each_tone_has_a_look_of_the_terminal_s_own_palette(tone: Tone, code: str) -> None:
    assert painted((Span("a", tone),), "a") == f"\x1b[{code}ma\x1b[0m"


def test_what_was_cut_is_coloured_as_far_as_it_goes() -> None:
    line: Line = (Span("ab", "bad"), Span("cd", "good"))

    assert painted(line, "a…") == "\x1b[1;31ma…\x1b[0m"
    assert painted(line, "") == ""


@given(st.lists(st.builds(Span, st.text("abc", max_size=4), st.sampled_from(["bad", "plain"]))))
def test_colours_change_no_letter(spans: list[Span]) -> None:
    line = tuple(spans)

    assert re.sub(r"\x1b\[[0-9;]*m", "", painted(line, text_of(line))) == text_of(line)


def test_a_filter_being_typed_is_drawn_with_its_matches() -> None:
    typeahead = Typeahead(NAMES[:3], text="add", title="tests")

    assert texts(typeahead) == [
        " tests: add_   3 of 3",
        "   tests/test_cart.py::test_add_0",
        "   tests/test_cart.py::test_add_1",
        "   tests/test_cart.py::test_add_2",
        " Enter keeps these 3 · Up and Down choose · Tab completes · Esc leaves it",
    ]


def test_what_the_filter_would_leave_out_is_told_apart() -> None:
    typeahead = Typeahead(["test_cart", "test_chart"], text="cart", title="tests")

    assert texts(typeahead)[:4] == [
        " tests: cart_   1 of 2",
        "   test_cart",
        "   similar, but left out:",
        "   test_chart",
    ]
    assert texts(Typeahead(["test_cart"], text="tcart"))[:3] == [
        " tcart_   0 of 1",
        "   no such name; similar:",
        "   test_cart",
    ]


def test_on_few_rows_the_chosen_one_is_seen_below_what_tells_them_apart() -> None:
    typeahead = Typeahead(["test_cart", "test_chart", "test_c_a_r_t"], text="cart")
    typeahead.feed("up")

    assert [text_of(line) for line in typed_lines(typeahead, 80, 2)][1].startswith(" > ")


def test_a_title_is_not_needed() -> None:
    assert texts(Typeahead([], text="a"))[0] == " a_   0 of 0"


def test_the_letters_that_match_stand_out() -> None:
    typeahead = Typeahead(["test_add"], text="add")

    line = typed_lines(typeahead, 80, 20)[1]

    assert line[1:] == (Span("test_"), Span("add", "good"))


def test_the_chosen_one_is_pointed_at() -> None:
    typeahead = Typeahead(NAMES[:3])
    typeahead.feed("down")
    typeahead.feed("down")

    assert [line[:3] for line in texts(typeahead)[1:4]] == ["   ", " > ", "   "]


def test_it_says_how_many_more_there_are() -> None:
    assert "   and 4 more" in texts(Typeahead(NAMES, limit=8))
    similar = Typeahead(["cart", *(f"c_a_r_t{number}" for number in range(9))], text="cart")
    assert "   and 2 more similar" in texts(similar)
    none_of_them = Typeahead(["cart", "cart_b", "c_a_r_t", "c_a_rt"], text="cart", limit=2)
    assert texts(none_of_them)[3] == "   and 2 more similar"


def test_it_says_what_enter_would_do() -> None:
    def enter(text: str, *presses: str) -> str:
        typeahead = Typeahead(NAMES, text=text)
        for press in presses:
            typeahead.feed(press)
        return texts(typeahead)[-1].split(" · ")[0].strip()

    assert enter("") == "Enter takes no filter"
    assert enter("add_1") == "Enter keeps these 3"
    assert enter("add_10") == "Enter keeps it"
    assert enter("cartadd") == "Enter takes the first"
    assert enter("xyz") == "nothing matches"
    assert enter("add", "down") == "Enter takes this one"


def test_a_long_name_is_cut_where_it_begins() -> None:
    typeahead = Typeahead(["tests/integration/test_cart.py::test_add"], text="add")

    line = typed_lines(typeahead, 24, 20)[1]

    assert text_of(line) == "   …t_cart.py::test_add"
    assert line[-1] == Span("add", "good")


def test_a_name_that_fills_its_line_is_not_cut() -> None:
    typeahead = Typeahead(["abcd"])

    assert texts(typeahead, width=8)[1] == "   abcd"
    assert texts(typeahead, width=7)[1] == "   …cd"


def test_what_was_cut_off_is_not_marked() -> None:
    line = typed_lines(Typeahead(["abcd"], text="bd"), 7, 20)[2]

    assert line[1:] == (Span("…c"), Span("d", "good"))


def test_every_tone_is_one_that_has_a_look() -> None:
    typeahead = Typeahead(NAMES, text="add", title="tests")
    typeahead.feed("down")

    lines = typed_lines(typeahead, 60, 20)

    tones = [[span.tone for span in line] for line in lines]
    assert tones[0] == ["quiet", "strong", "quiet"]
    assert tones[1][0] == "strong"
    assert tones[-3][1] == "quiet"
    assert {tone for line in tones for tone in line} <= set(get_args(Tone))


def test_a_name_that_a_terminal_would_obey_is_spelt() -> None:
    assert texts(Typeahead(["a\x1b[2J"]))[1] == "   a\\x1b[2J"


def test_few_rows_leave_out_the_keys_and_then_what_is_far_from_the_chosen_one() -> None:
    typeahead = Typeahead(NAMES, limit=8)

    assert len(texts(typeahead, rows=11)) == 11
    assert not any("Enter" in line for line in texts(typeahead, rows=10))
    assert texts(typeahead, rows=3)[1:] == [f"   {NAMES[0]}", f"   {NAMES[1]}"]
    for _ in range(5):
        typeahead.feed("down")
    assert texts(typeahead, rows=3)[1:] == [f"   {NAMES[3]}", f" > {NAMES[4]}"]
    assert len(texts(typeahead, rows=1)) == 1
