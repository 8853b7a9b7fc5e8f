"""What programs print becomes the lines that a person would have read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.tasks.runner.lines import LONGEST, Lines, plain


def lines_of(*chunks: bytes) -> list[str]:
    lines = Lines()
    return [line for chunk in chunks for line in lines.feed(chunk)] + lines.end()


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("\x1b[1;32mPASSED\x1b[0m", "PASSED"),
        ("\x1b[38;5;208mwarm\x1b[m and \x1b[4mline\x1b[24m", "warm and line"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b(Bplain\x1b=", "plain"),
        ("  1%\r 50%\r100%, done.\r", "100%, done."),
        ("100%, done.\r\x1b[K", "100%, done."),
        ("a\tb\x07\x00c", "a   bc"),
        ("\x1b[2K\r", ""),
        ("Fl(3) ██··", "Fl(3) ██··"),
        ("", ""),
    ],
)
def test_a_line_is_what_stays_visible_of_it(printed: str, shown: str) -> None:
    assert plain(printed) == shown


def test_a_line_that_is_far_too_long_is_cut_and_says_so() -> None:
    assert plain("x" * LONGEST) == "x" * LONGEST
    assert plain("x" * (LONGEST + 1)) == "x" * LONGEST + " …"


def test_what_never_ends_its_line_is_not_kept() -> None:
    lines = Lines()
    for _ in range(50):
        assert lines.feed(b"\r" + b"x" * LONGEST) == []

    assert len(lines._rest) <= 10 * LONGEST
    assert lines.feed(b"\rdone\n") == ["done"]


def test_both_ends_of_line_and_none_at_the_end_are_understood() -> None:
    assert lines_of(b"one\ntwo\r\n\nthree") == ["one", "two", "", "three"]
    assert lines_of(b"one\n") == ["one"]


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert lines_of(b"\xff\xfe\n\xc3") == ["��", "�"]


@given(st.text(st.sampled_from("aé█\n\r\t\x1b[m1")), st.lists(st.integers(0, 60), max_size=6))
def test_where_the_borders_of_chunks_fall_makes_no_difference(
    text: str, borders: list[int]
) -> None:
    printed = text.encode()
    at = [0, *sorted(min(border, len(printed)) for border in borders), len(printed)]
    chunks = [printed[a:b] for a, b in pairwise(at)]

    assert lines_of(*chunks) == lines_of(printed)
