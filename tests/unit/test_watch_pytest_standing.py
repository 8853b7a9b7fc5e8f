from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.screen.standing import Counts, Ended, Mode, Standing, verdict_of

GREEN = Standing(counts=Counts(passed=4), chosen=4)


def test_what_passed_whole_is_good() -> None:
    assert verdict_of(GREEN) == "good"
    assert verdict_of(Standing(counts=Counts(passed=1))) == "good"


@pytest.mark.parametrize(
    "changed",
    [
        {"counts": Counts(passed=4, failed=1)},
        {"counts": Counts(passed=4, errors=1)},
        {"known_failures": 1},
        {"uncollected": 1},
        {"trouble": "an internal error"},
        {"ended": "broken"},
        {"exit_code": 1},
        {"exit_code": 3},
        {"exit_code": -11},
        {"ended": "cancelled", "counts": Counts(passed=3, failed=1)},
        {"ended": "cancelled", "known_failures": 1},
        {"counts": Counts(), "uncollected": 1, "exit_code": 2},
    ],
)
def test_whatever_is_known_to_be_wrong_is_bad(changed: dict[str, object]) -> None:
    assert verdict_of(replace(GREEN, **changed)) == "bad"  # type: ignore[arg-type]  # from the table


@pytest.mark.parametrize(
    "changed",
    [
        {"ended": "cancelled", "exit_code": 2},
        {"counts": Counts(), "exit_code": 5},
        {"counts": Counts(skipped=3)},
        {"counts": Counts(xfailed=3)},
        {"counts": Counts(deselected=3), "exit_code": 5},
    ],
)
def test_where_too_little_ran_nothing_is_said_to_be_good(changed: dict[str, object]) -> None:
    assert verdict_of(replace(GREEN, **changed)) == "unsure"  # type: ignore[arg-type]  # from the table


@given(
    known=st.integers(0, 2),
    failed=st.integers(0, 2),
    passed=st.integers(0, 2),
    ended=st.sampled_from(["complete", "cancelled", "broken"]),
    exit_code=st.sampled_from([0, 1, 2, 3, 4, 5, -9]),
)
def test_never_a_green_that_is_not(
    known: int, failed: int, passed: int, ended: Ended, exit_code: int
) -> None:
    standing = Standing(
        counts=Counts(passed=passed, failed=failed),
        known_failures=known,
        ended=ended,
        exit_code=exit_code,
    )

    if verdict_of(standing) == "good":
        assert not known
        assert not failed
        assert passed
        assert ended == "complete"
        assert exit_code in {0, 5}


def test_outcomes_are_counted() -> None:
    counts = Counts.of(
        ["passed", "failed", "error", "skipped", "xfailed", "xpassed", "passed"], deselected=7
    )

    assert counts == Counts(
        passed=2, failed=1, errors=1, skipped=1, xfailed=1, xpassed=1, deselected=7
    )
    assert counts.ran == 7


def test_a_mode_knows_the_keys_that_are_switched_on() -> None:
    assert Mode().on == frozenset()
    assert Mode(tests="a", files="b").on == {"tests", "files"}
    assert Mode(failed_only=True, stop_first=True).on == {"failed", "stop"}
    assert Mode(cold=True, paused=True, clears=True).on == {"cold", "pause", "screen"}


def test_what_leaves_tests_out_is_a_filter() -> None:
    assert all(mode.filters for mode in (Mode(tests="a"), Mode(files="a"), Mode(failed_only=True)))
    assert not Mode(stop_first=True, cold=True, paused=True).filters
