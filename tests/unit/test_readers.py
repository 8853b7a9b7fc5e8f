from typing import Any

import pytest

from livereload_sse.web.answers import RefusedError
from livereload_sse.web.readers import Counts, Readers, parse_counts, parse_name


class Counted:
    """Readers under test, and every sum they told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []
        self.readers = Readers(lambda sum_: self.told.append((sum_.visible, sum_.hidden)))


def test_the_tabs_of_all_open_streams_are_added_up() -> None:
    counted = Counted()

    with (
        counted.readers.listening("a", Counts(1, 2)),
        counted.readers.listening("b", Counts(0, 3)),
    ):
        pass

    assert counted.told == [(1, 2), (1, 5), (1, 2), (0, 0)]


def test_streams_without_a_name_are_counted_each_for_itself() -> None:
    counted = Counted()

    with counted.readers.listening("", Counts(1)), counted.readers.listening("", Counts(1)):
        counted.readers.update("", Counts(9, 9))

    assert counted.told == [(1, 0), (2, 0), (1, 0), (0, 0)]


def test_an_open_reader_may_say_other_numbers() -> None:
    counted = Counted()

    with counted.readers.listening("a", Counts(1)):
        counted.readers.update("a", Counts(0, 4))

    assert counted.told == [(1, 0), (0, 4), (0, 0)]


def test_a_reader_that_is_not_open_is_ignored() -> None:
    counted = Counted()
    with counted.readers.listening("a", Counts(1)):
        pass

    counted.readers.update("a", Counts(5, 5))
    counted.readers.update("b", Counts(5, 5))

    assert counted.told == [(1, 0), (0, 0)]


def test_a_reader_that_reconnects_before_its_loss_is_known_is_counted_once() -> None:
    counted = Counted()
    old = counted.readers.listening("a", Counts(1, 1))
    new = counted.readers.listening("a", Counts(2, 0))

    old.__enter__()
    new.__enter__()
    old.__exit__(None, None, None)
    counted.readers.update("a", Counts(3, 0))
    new.__exit__(None, None, None)

    assert counted.told == [(1, 1), (2, 0), (2, 0), (3, 0), (0, 0)]


def test_a_stream_that_breaks_is_counted_no_longer() -> None:
    counted = Counted()

    with pytest.raises(OSError, match="gone"), counted.readers.listening("a", Counts(1)):
        raise OSError("gone")

    assert counted.told[-1] == (0, 0)


@pytest.mark.parametrize(
    ("visible", "hidden", "counts"),
    [("1", "0", Counts(1, 0)), (0, 10_000, Counts(0, 10_000)), ("00012", "3", Counts(12, 3))],
)
def test_numbers_are_read_from_digits_or_as_such(visible: Any, hidden: Any, counts: Counts) -> None:
    assert parse_counts(visible, hidden) == counts


@pytest.mark.parametrize(
    "value", ["", "-1", "x", "1.0", "\u0661", "100000", 10_001, -1, 1.0, True, None]
)
def test_other_numbers_are_refused(value: Any) -> None:
    for counts in ((value, 0), (0, value)):
        with pytest.raises(RefusedError):
            parse_counts(*counts)


def test_a_name_is_a_short_word() -> None:
    assert parse_name("1x-Y7-" * 10) == "1x-Y7-" * 10


@pytest.mark.parametrize("value", ["", "a b", "a\n", "ä", "x" * 65, 7, None, ["a"]])
def test_another_name_is_refused(value: Any) -> None:
    with pytest.raises(RefusedError):
        parse_name(value)
