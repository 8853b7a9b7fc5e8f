"""The dashboard example's limits: when a figure becomes an alert, and when it is over."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.dashboard.rules import CALM, CRITICAL, WARNING, Rule, Standing, follow

RULE = Rule("cpu", "Processor", warning=80, critical=90)
values = st.lists(st.floats(0, 100), max_size=40)


def levels(*heard: float) -> list[int]:
    """The level after each value."""
    steps = accumulate(heard, lambda known, value: follow(RULE, known, value), initial=Standing())
    return [standing.level for standing in steps][1:]


@pytest.mark.parametrize(
    ("heard", "last"),
    [
        ((80, 80), CALM),
        ((80, 80, 80), WARNING),
        ((80, 80, 79, 80, 80), CALM),
        ((95, 95, 95), CRITICAL),
        ((80, 95, 95), WARNING),
        ((80, 95, 95, 95, 95, 95), CRITICAL),
        ((95, 95, 95, 76, 76, 76), CRITICAL),
        ((95, 95, 95, 74, 74, 74), WARNING),
        ((95, 95, 95, 0, 0, 74), WARNING),
        ((95, 95, 95, 0, 0), CRITICAL),
        ((95, 95, 95, 0, 0, 0), CALM),
        ((80, 80, 80, 66, 66, 66), WARNING),
        ((80, 80, 80, 64, 64, 66, 64, 64), WARNING),
        ((80, 80, 80, 95, 95, 64), WARNING),
        ((80, 80, 80, 64, 64, 64), CALM),
    ],
)
def test_a_level_changes_after_three_samples_in_a_row_and_ends_below_its_limit(
    heard: tuple[float, ...], last: int
) -> None:
    assert levels(*heard)[-1] == last


@given(values)
def test_between_two_changes_there_are_three_samples(heard: list[float]) -> None:
    known = [CALM, *levels(*heard)]
    changes = [at for at in range(1, len(known)) if known[at] != known[at - 1]]

    assert all(later - earlier >= 3 for earlier, later in zip([0, *changes], changes, strict=False))


@given(st.lists(st.floats(65.01, 79.99), max_size=40))
def test_what_swings_about_within_the_margin_changes_nothing(heard: list[float]) -> None:
    assert set(levels(*heard)) <= {CALM}
    assert set(levels(85, 85, 85, *heard)[2:]) == {WARNING}


@given(values)
def test_a_level_is_never_worse_than_the_values_that_brought_it(heard: list[float]) -> None:
    known = [CALM, *levels(*heard)]
    for at in range(3, len(known)):
        if known[at] > known[at - 1]:
            assert min(heard[at - 3 : at]) >= RULE.limit(known[at])
