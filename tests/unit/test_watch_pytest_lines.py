import pytest

from livereload_sse.pytest_watch.screen.bindings import Action, Bindings
from livereload_sse.pytest_watch.screen.lines import (
    header,
    hints,
    stamped,
    switched_line,
    switched_on,
)
from livereload_sse.pytest_watch.screen.spans import Line, Span, text_of
from livereload_sse.pytest_watch.screen.standing import Mode

AT = "14:03:22"
LINE = "src/cart.py → 4 of 312 tests: test_cart (imports it), test_page (reads home.html)"


def texts(lines: list[Line]) -> list[str]:
    return [text_of(line) for line in lines]


def test_a_header_that_fits_is_one_line() -> None:
    assert texts(header(LINE, at=AT, width=120)) == [f"{AT}  {LINE}"]


def test_the_reason_moves_below_where_it_does_not_fit() -> None:
    assert texts(header(LINE, at=AT, width=80)) == [
        f"{AT}  src/cart.py → 4 of 312 tests",
        "          test_cart (imports it), test_page (reads home.html)",
    ]


def test_a_header_fills_its_line_to_the_last_column() -> None:
    width = len(AT) + 2 + len(LINE)

    assert len(header(LINE, at=AT, width=width)) == 1
    assert texts(header(LINE, at=AT, width=width - 1))[0] == f"{AT}  src/cart.py → 4 of 312 tests"


def test_what_moves_below_comes_before_a_reason_and_is_quiet() -> None:
    first, *below = header(LINE, at=AT, width=78, reason="all of them are new")

    assert text_of(first) == f"{AT}  src/cart.py → 4 of 312 tests"
    assert below == [
        (
            Span(" " * 10),
            Span("test_cart (imports it), test_page (reads home.html); all of them are", "quiet"),
        ),
        (Span(" " * 10), Span("new", "quiet")),
    ]


def test_a_reason_of_three_lines_is_not_cut() -> None:
    lines = texts(header("a", at=AT, width=14, reason="aaaa bbbb cccc"))

    assert [line.strip() for line in lines[1:]] == ["aaaa", "bbbb", "cccc"]


def test_of_a_reason_that_is_too_long_the_third_line_is_full() -> None:
    lines = texts(header("a → b", at=AT, width=19, reason="aaaa bbbb cccc dd eee ffff"))

    assert lines[1:] == ["          aaaa bbbb", "          cccc dd", "          eee ffff"]
    more = texts(header("a → b", at=AT, width=19, reason="aaaa bbbb cccc dd eee ffff gggg"))
    assert more[1:] == ["          aaaa bbbb", "          cccc dd", "          eee ffff…"]


def test_a_reason_of_its_own_always_stands_below() -> None:
    assert texts(header("cart.py → 4 of 312 tests", at=AT, width=80, reason="test_cart (it)")) == [
        f"{AT}  cart.py → 4 of 312 tests",
        "          test_cart (it)",
    ]


def test_a_long_reason_is_cut_after_three_lines() -> None:
    reason = ", ".join(f"test_{number} (imports it)" for number in range(30))

    lines = texts(header("cart.py → 60 of 312 tests", at=AT, width=60, reason=reason))

    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert all(len(line) <= 60 for line in lines)


def test_a_narrow_terminal_breaks_the_first_line_at_its_arrow() -> None:
    assert texts(header("src/shop/cart.py → 14 of 312 tests", at=AT, width=40)) == [
        f"{AT}  src/shop/cart.py",
        "          → 14 of 312 tests",
    ]
    (first, *_) = header("src/shop/cart.py → 14 of 312 tests", at=AT, width=40)
    assert first[1] == Span("src/shop/cart.py", "strong")
    assert len(stamped("src → 14 tests", at=AT, width=24)) == 1
    assert len(stamped("src → 14 tests", at=AT, width=23)) == 2


def test_what_is_switched_on_is_said_last() -> None:
    mode = Mode(tests="add", stop_first=True)

    assert header("a", at=AT, width=80, mode=Mode(cold=True))[1][1] == Span("cold", "careful")
    assert texts(header("cart.py → 1 of 2 tests", at=AT, width=80, reason="why", mode=mode)) == [
        f"{AT}  cart.py → 1 of 2 tests",
        "          why",
        "          tests like add · stops at the first failure",
    ]


def test_a_colon_before_the_arrow_breaks_nothing() -> None:
    line = "a: b.py → all 2 tests"

    assert texts(header(line, at=AT, width=30))[0] == f"{AT}  a: b.py"


def test_files_stand_out_and_the_arrow_does_not() -> None:
    (line,) = stamped("a.py → no test reads it", at=AT, width=80)

    assert line == (
        Span(f"{AT}  ", "quiet"),
        Span("a.py", "strong"),
        Span(" → ", "quiet"),
        Span("no test reads it"),
    )


def test_a_text_with_a_tone_has_it_whole() -> None:
    assert stamped("a → b", at=AT, width=80, tone="bad") == [
        (Span(f"{AT}  ", "quiet"), Span("a → b", "bad"))
    ]


def test_what_a_terminal_would_obey_is_spelt() -> None:
    lines = header("\x1b[2J.py → 1 of 2 tests", at=AT, width=80, reason="reads \x07")

    assert not any("\x1b" in line or "\x07" in line for line in texts(lines))


def test_a_terminal_of_no_width_is_no_error() -> None:
    assert texts(header("a → b", at=AT, width=0, reason="c"))[-1].strip() == "c"
    assert texts(stamped("ab", at=AT, width=0))[-1].strip() == "b"


def test_an_empty_text_has_its_time() -> None:
    assert texts(stamped("", at=AT, width=80)) == [f"{AT}  "]


def test_hints_name_the_keys_as_they_are_bound() -> None:
    assert hints(Bindings(), keys=True) == "? help  q quit"
    assert hints(Bindings.from_lines(["help = h"]), keys=True) == "h help  q quit"
    assert hints(Bindings.from_lines(["help = none"]), keys=True) == "q quit"
    assert hints(Bindings.from_lines(["help = none", "quit = none"]), keys=True) == "Ctrl-C quits"
    assert hints(Bindings(), keys=False) == "Ctrl-C quits"


@pytest.mark.parametrize(
    ("action", "mode", "line"),
    [
        ("tests", Mode(tests="a\x1b"), "only tests like a\\x1b"),
        ("tests", Mode(), "tests of any name"),
        ("files", Mode(files="cart"), "only files like cart"),
        ("files", Mode(), "tests of any file"),
        ("failed", Mode(failed_only=True), "only what failed"),
        ("failed", Mode(), "not only what failed"),
        ("stop", Mode(stop_first=True), "stops at the first failure"),
        ("stop", Mode(), "goes on after a failure"),
        ("pause", Mode(paused=True), "paused: changes wait"),
        ("pause", Mode(), "changes start runs again"),
        ("cold", Mode(cold=True), "runs start cold"),
        ("cold", Mode(), "runs start warm"),
        ("screen", Mode(clears=True), "the screen is cleared before a run"),
        ("screen", Mode(), "the screen is not cleared"),
        ("clear", Mode(), "the filters are cleared"),
    ],
)
def test_a_key_says_what_it_has_switched(action: Action, mode: Mode, line: str) -> None:
    assert switched_line(action, mode) == line


def test_all_that_is_switched_on_is_said() -> None:
    mode = Mode(tests="a", files="b", failed_only=True, stop_first=True, cold=True)

    assert switched_on(mode) == [
        "only what failed",
        "tests like a",
        "files like b",
        "stops at the first failure",
        "cold",
    ]
    assert switched_on(Mode(paused=True, clears=True)) == []
