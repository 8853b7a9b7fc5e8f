from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.screen.bindings import Bindings
from livereload_sse.pytest_watch.screen.footer import duration_phrase, footer, title
from livereload_sse.pytest_watch.screen.spans import Tone, text_of
from livereload_sse.pytest_watch.screen.standing import Counts, Ended, Mode, Standing
from livereload_sse.terminal.columns import width_of

GREEN = Standing(counts=Counts(passed=312), chosen=312, duration=0.0824, at="14:03:22")
WAITING = " waiting for changes · ? help  q quit"


def texts(
    standing: Standing, mode: Mode | None = None, *, width: int = 100, keys: bool = True
) -> list[str]:
    lines = footer(standing, mode or Mode(), Bindings(), width=width, keys=keys)
    return [text_of(line) for line in lines]


def tone_of(standing: Standing, text: str) -> Tone:
    spans = [span for line in footer(standing, Mode(), Bindings(), width=100) for span in line]
    return next(span.tone for span in spans if text in span.text)


def test_all_that_passed_is_green() -> None:
    assert texts(GREEN) == [" PASS  312 passed · 82 ms · 14:03:22", WAITING]
    assert tone_of(GREEN, "PASS") == "PASS"
    assert tone_of(GREEN, "312 passed") == "good"


def test_failures_come_first_and_are_red() -> None:
    standing = replace(GREEN, counts=Counts(passed=310, failed=2, errors=1), exit_code=1)

    assert texts(standing)[0] == " FAIL  2 failed, 1 error, 310 passed · 82 ms · 14:03:22"
    assert tone_of(standing, "FAIL") == "FAIL"
    assert tone_of(standing, "2 failed") == "bad"
    assert len(texts(standing)) == 2  # the exit code needs no words


def test_every_outcome_is_counted() -> None:
    counts = Counts(
        passed=1,
        failed=2,
        errors=3,
        skipped=1,
        xfailed=5,
        xpassed=6,
        deselected=7,
        skipped_files=3,
    )

    assert texts(replace(GREEN, counts=counts), width=120)[0] == (
        " FAIL  2 failed, 3 errors, 1 passed, 6 xpassed, 4 skipped, 5 xfailed"
        " · 7 deselected · 82 ms · 14:03:22"
    )


def test_tests_that_are_left_out_are_counted_once() -> None:
    standing = replace(GREEN, counts=Counts(passed=4, deselected=16), others=15)

    assert texts(standing)[0] == " PASS  4 passed · 15 others not run · 82 ms · 14:03:22"
    assert " · 1 other not run · " in texts(replace(standing, others=1))[0]
    assert " · 16 deselected · " in texts(replace(standing, others=0))[0]


def test_what_a_change_concerns_and_has_not_run_keeps_it_from_green() -> None:
    standing = replace(GREEN, counts=Counts(passed=4, deselected=2), owed=2)

    assert texts(standing) == [
        " PART  4 passed · 82 ms · 14:03:22",
        "       2 affected were not run",
        WAITING,
    ]
    assert tone_of(standing, "2 affected") == "careful"
    assert "1 affected was not run" in texts(replace(standing, owed=1))[1]
    assert texts(replace(standing, counts=Counts()))[0].startswith(" NONE ")


def test_what_failed_before_and_was_not_run_again_keeps_it_red() -> None:
    standing = replace(GREEN, counts=Counts(passed=4), known_failures=3, others=305)

    assert texts(standing) == [
        " FAIL  4 passed · 305 others not run · 82 ms · 14:03:22",
        "       3 failed before and were not run again",
        WAITING,
    ]
    assert tone_of(standing, "3 failed before") == "bad"
    assert "1 failed before and was not run again" in texts(replace(standing, known_failures=1))[1]


def test_files_that_cannot_be_collected_keep_it_red() -> None:
    standing = replace(GREEN, uncollected=1, exit_code=1)

    assert texts(standing)[:2] == [
        " FAIL  312 passed · 82 ms · 14:03:22",
        "       1 file could not be collected",
    ]
    nothing = replace(standing, counts=Counts(), uncollected=2, exit_code=2)
    assert texts(nothing)[0] == " FAIL  no tests ran · 82 ms · 14:03:22"
    assert texts(nothing)[1] == "       2 files could not be collected"


def test_a_run_that_broke_says_so_first() -> None:
    standing = replace(
        GREEN,
        counts=Counts(passed=3),
        ended="broken",
        trouble="the run was killed by SIGSEGV in test_x",
        exit_code=-11,
    )

    assert texts(standing)[0] == (
        " FAIL  the run was killed by SIGSEGV in test_x · 3 passed · 82 ms · 14:03:22"
    )
    assert len(texts(standing)) == 2
    assert tone_of(standing, "SIGSEGV") == "bad"
    assert texts(replace(standing, trouble=""))[0].startswith(" FAIL  the run broke off · 3 passed")
    assert "\x1b" not in texts(replace(standing, trouble="\x1b[2J"))[0]


def test_trouble_beside_the_tests_stands_below() -> None:
    standing = replace(GREEN, trouble="an internal error: KeyError", exit_code=3)

    assert texts(standing)[1:-1] == ["       an internal error: KeyError"]


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (1, "pytest ended badly, although no test failed (exit code 1)"),
        (2, "pytest was interrupted (exit code 2)"),
        (3, "an internal error ended pytest (exit code 3)"),
        (4, "pytest could not begin, see above (exit code 4)"),
        (9, "pytest ended badly, although no test failed (exit code 9)"),
    ],
)
def test_an_exit_code_that_nothing_explains_is_said(exit_code: int, words: str) -> None:
    assert texts(replace(GREEN, exit_code=exit_code))[1] == f"       {words}"


def test_a_run_that_was_cancelled_is_not_green() -> None:
    standing = replace(GREEN, counts=Counts(passed=12), chosen=40, ended="cancelled", exit_code=2)

    assert texts(standing) == [
        " STOP  cancelled after 12 of 40 tests · 12 passed · 82 ms · 14:03:22",
        WAITING,
    ]
    assert texts(replace(standing, counts=Counts()))[0] == (
        " STOP  cancelled before its first test · 82 ms · 14:03:22"
    )
    assert "after 12 of 12 tests" in texts(replace(standing, chosen=12))[0]
    assert tone_of(standing, "cancelled") == "careful"
    assert " cancelled after 12 · 12 passed" in texts(replace(standing, chosen=0))[0]
    failed = replace(standing, counts=Counts(failed=1, passed=11))
    assert texts(failed)[0].startswith(
        " FAIL  cancelled after 12 of 40 tests · 1 failed, 11 passed"
    )


def test_a_run_that_was_left_in_the_debugger_is_stopped_and_nothing_is_wrong() -> None:
    standing = replace(GREEN, counts=Counts(passed=1), chosen=2, ended="left", exit_code=2)

    assert texts(standing) == [
        " STOP  stopped in the debugger after 1 of 2 tests · 1 passed · 82 ms · 14:03:22",
        WAITING,
    ]
    none = replace(standing, counts=Counts())
    assert texts(none)[0] == " STOP  stopped in the debugger · 82 ms · 14:03:22"


@pytest.mark.parametrize("ended", ["broken", "complete"])
def test_a_trouble_is_part_of_a_line_and_no_sentence(ended: Ended) -> None:
    standing = replace(GREEN, ended=ended, trouble="It was killed by SIGSEGV.")

    assert "killed by SIGSEGV." not in "".join(texts(standing))


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (Mode(), "no tests were collected"),
        (Mode(tests="xyz"), "no test fits the filters"),
        (Mode(files="xyz"), "no test fits the filters"),
        (Mode(failed_only=True), "nothing that failed is left"),
    ],
)
def test_where_no_test_ran_it_says_why(mode: Mode, words: str) -> None:
    standing = Standing(exit_code=5)

    assert texts(standing, mode)[0] == f" NONE  {words}"


def test_no_tests_without_that_exit_code_claims_nothing_about_collecting() -> None:
    assert texts(Standing())[0] == " NONE  no tests ran"


def test_what_is_switched_on_stands_in_its_own_line() -> None:
    mode = Mode(tests="add", stop_first=True, cold=True)

    assert texts(GREEN, mode)[1] == "       tests like add · stops at the first failure · cold"


def test_a_pause_says_how_it_ends() -> None:
    assert texts(GREEN, Mode(paused=True))[-1] == " paused, s goes on · ? help  q quit"
    assert texts(GREEN, Mode(paused=True), keys=False)[-1] == " paused · Ctrl-C quits"


def test_without_keys_none_is_named() -> None:
    assert texts(GREEN, keys=False)[-1] == " waiting for changes · Ctrl-C quits"


def test_the_address_of_the_page_is_shown() -> None:
    mode = Mode(page="http://127.0.0.1:8123/")

    assert texts(GREEN, mode)[-1] == (
        " waiting for changes · results at http://127.0.0.1:8123/ · ? help  q quit"
    )


def test_the_last_line_fills_the_width() -> None:
    assert texts(GREEN, width=len(WAITING))[-1] == WAITING
    assert texts(GREEN, width=len(WAITING) - 1)[-2:] == [" waiting for changes", " ? help  q quit"]


def test_what_asks_for_attention_is_careful_and_the_rest_quiet() -> None:
    mode = Mode(paused=True, stop_first=True)
    lines = footer(
        replace(GREEN, counts=Counts(skipped=1, xfailed=1, xpassed=1)), mode, Bindings(), width=80
    )

    tones = {span.text.strip(): span.tone for line in lines for span in line}
    careful = {
        "NONE": "NONE",
        "1 xpassed": "careful",
        "1 skipped": "careful",
        "1 xfailed": "careful",
    }
    careful |= {"stops at the first failure": "careful", "paused, s goes on": "careful"}
    quiet = {",": "quiet", "·": "quiet", "82 ms": "quiet", "? help  q quit": "quiet"}
    assert tones.items() >= (careful | quiet).items()


def test_a_narrow_terminal_folds_what_does_not_fit() -> None:
    standing = replace(GREEN, counts=Counts(passed=4), known_failures=3, others=305)

    assert texts(standing, width=39) == [
        " FAIL  4 passed · 305 others not run",
        "       82 ms · 14:03:22",
        "       3 failed before and were not run",
        "       again",
        WAITING,
    ]


@given(
    st.builds(
        Standing,
        counts=st.builds(
            Counts, passed=st.integers(0, 999), failed=st.integers(0, 9), skipped=st.integers(0, 9)
        ),
        known_failures=st.integers(0, 3),
        others=st.integers(0, 400),
        uncollected=st.integers(0, 2),
        ended=st.sampled_from(["complete", "cancelled", "broken"]),
        trouble=st.sampled_from(
            ["", "the run was killed by SIGSEGV in tests/test_cart.py::test_x"]
        ),
        exit_code=st.integers(-2, 6),
        duration=st.none() | st.floats(0, 1000),
    ),
    st.builds(Mode, tests=st.text(max_size=9), paused=st.booleans(), cold=st.booleans()),
    st.integers(30, 140),
)
def test_no_line_is_wider_than_the_terminal(standing: Standing, mode: Mode, width: int) -> None:
    lines = footer(standing, mode, Bindings(), width=width)

    assert all(width_of(text_of(line)) <= width for line in lines)
    assert {span.tone for line in lines for span in line} <= set(get_args(Tone))


@pytest.mark.parametrize(
    ("seconds", "phrase"),
    [
        (0, "0 ms"),
        (0.0824, "82 ms"),
        (0.9994, "999 ms"),
        (0.9995, "1.0 s"),
        (0.9996, "1.0 s"),
        (1.44, "1.4 s"),
        (59.94, "59.9 s"),
        (59.95, "1 min 0 s"),
        (125.2, "2 min 5 s"),
    ],
)
def test_a_duration_is_as_exact_as_it_matters(seconds: float, phrase: str) -> None:
    assert duration_phrase(seconds) == phrase


def test_the_title_says_the_same_in_short() -> None:
    assert title(GREEN, "shop") == "PASS 312 passed · shop"
    red = replace(GREEN, counts=Counts(passed=310, failed=2))
    assert title(red, "shop") == "FAIL 2 failed, 310 passed · shop"
    known = replace(GREEN, counts=Counts(passed=4), known_failures=3)
    assert title(known, "shop") == "FAIL 4 passed, 3 failed before · shop"
    broken = replace(GREEN, counts=Counts(passed=4), ended="broken", trouble="killed\x07")
    assert title(broken, "shop") == "FAIL killed\\x07, 4 passed · shop"
