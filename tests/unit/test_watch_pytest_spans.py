from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.screen.spans import Span, indented, joined, text_of, wrapped
from livereload_sse.terminal.columns import width_of

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.screen.spans import Line


def rows(parts: list[str], width: int) -> list[str]:
    return [text_of(line) for line in joined([(Span(part),) for part in parts], width)]


def test_parts_stand_beside_each_other_with_a_dot_between_them() -> None:
    assert rows(["one", "two", "three"], 40) == ["one · two · three"]


def test_a_part_that_does_not_fit_begins_a_line() -> None:
    assert rows(["one", "two", "three"], 16) == ["one · two", "three"]
    assert rows(["one", "two", "three"], 17) == ["one · two · three"]


def test_a_part_that_is_wider_than_a_line_is_broken_between_its_words() -> None:
    assert rows(["one", "two and three and four"], 12) == ["one", "two and", "three and", "four"]


def test_what_goes_on_after_a_broken_part_stands_beside_its_end() -> None:
    assert rows(["two and three", "4"], 10) == ["two and", "three · 4"]


def test_each_row_of_a_broken_part_keeps_its_tone() -> None:
    lines = joined([(Span("two and three", "bad"),)], 8)

    assert lines == [(Span("two and", "bad"),), (Span("three", "bad"),)]


def test_a_part_of_several_tones_is_broken_between_them() -> None:
    failed, passed, comma = Span("2 failed", "bad"), Span("3 passed", "good"), Span(", ")
    part: Line = (failed, comma, passed)

    assert joined([part], 18) == [part]
    assert joined([part], 17) == [(failed, comma), (passed,)]
    assert joined([part], 9) == [(failed,), (passed,)]
    assert joined([(*part, comma, failed)], 18) == [part, (failed,)]


def test_nothing_is_no_line() -> None:
    assert joined([], 10) == []
    assert wrapped("", 10) == []
    assert wrapped("   ", 0) == []


def test_a_word_that_is_wider_than_a_line_is_broken_where_the_line_ends() -> None:
    assert wrapped("in tests/test_cart.py", 10) == ["in", "tests/test", "_cart.py"]


def test_wide_letters_count_twice() -> None:
    assert wrapped("漢字漢字", 5) == ["漢字", "漢字"]
    assert wrapped("漢字 漢字", 5) == ["漢字", "漢字"]


def test_a_row_is_filled_to_its_last_column() -> None:
    assert wrapped("aa bb cc", 5) == ["aa bb", "cc"]
    assert wrapped("aa bb cc", 4) == ["aa", "bb", "cc"]
    assert wrapped("a b", 0) == ["a", "b"]


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert wrapped("  a   b", 10) == ["  a   b"]


def test_a_line_can_begin_further_in() -> None:
    assert text_of(indented((Span("a"),), 3)) == "   a"


@given(st.text(alphabet="ab 漢", max_size=40), st.integers(2, 12))
def test_no_row_is_too_wide_and_no_letter_is_lost(text: str, width: int) -> None:
    made = wrapped(text, width)

    assert all(width_of(row) <= width for row in made)
    assert "".join("".join(made).split()) == "".join(text.split())
