"""Speeds: arithmetic, and the data as it is on disk."""

import pytest
from voyage import Leg, fastest, read_legs


@pytest.mark.parametrize(("miles", "hours", "knots"), [(12, 2, 6), (9, 4, 2.25)])
def test_a_knot_is_a_mile_in_an_hour(miles: float, hours: float, knots: float) -> None:
    """Of a leg, miles over hours."""
    assert Leg("A", "B", miles, hours).knots == knots


def test_each_leg_begins_where_the_last_one_ended() -> None:
    """A logbook has no gaps."""
    legs = read_legs()
    assert [leg.start for leg in legs[1:]] == [leg.end for leg in legs[:-1]]


def test_the_fastest_is_found() -> None:
    """Not the longest."""
    slow, fast = Leg("A", "B", 40, 20), Leg("B", "C", 6, 1)
    assert fastest([slow, fast]) is fast
