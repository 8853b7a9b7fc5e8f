"""When a command that has died is started again, and how its last word is found."""

import re
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.child import (
    FIRST_DELAY,
    HEALTHY,
    LONGEST_DELAY,
    LONGEST_LINE,
    Backoff,
    Lines,
    kept,
)
from livereload_sse.build.command import Command

TOTAL = re.compile(r"^Total in \d+ ms$")


def test_what_dies_again_and_again_is_started_ever_more_rarely() -> None:
    backoff = Backoff()

    assert [backoff.next(0.1) for _ in range(7)] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_what_has_lived_long_is_started_again_soon() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.next(0.1)

    assert [backoff.next(HEALTHY), backoff.next(0.1)] == [FIRST_DELAY, 2 * FIRST_DELAY]


def test_who_asks_for_a_start_begins_anew() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.next(0.1)

    backoff.forget()

    assert backoff.next(0.1) == FIRST_DELAY


@given(st.lists(st.floats(0, 100)))
def test_the_delay_has_bounds(lives: list[float]) -> None:
    backoff = Backoff()

    assert all(FIRST_DELAY <= backoff.next(lived) <= LONGEST_DELAY for lived in lives)


def test_a_line_is_found_in_pieces_and_in_colour() -> None:
    lines = Lines(TOTAL)

    pieces = ["Start\nTot", "al in \x1b[32m12", "\x1b[0m ms", "\nmore", "\n"]

    assert [lines.feed(piece) for piece in pieces] == [False, False, False, True, False]


def test_a_line_is_taken_as_it_was_written_over() -> None:
    assert Lines(TOTAL).feed("50 %\rTotal in 3 ms\r\n")


def test_a_line_that_is_not_whole_is_not_looked_at() -> None:
    assert not Lines(re.compile("Total")).feed("Total")


def test_a_line_without_end_costs_no_memory() -> None:
    lines = Lines(TOTAL)
    for _ in range(50):
        lines.feed("x" * LONGEST_LINE)

    assert len(lines._rest) == LONGEST_LINE


def test_a_command_is_kept_by_our_own_interpreter() -> None:
    plain = kept(Command(("hugo", "--watch"), Path("/site"), {"A": "b"}))
    through_shell = kept(Command("cd x && hugo", Path("/site")))

    assert plain.words[:2] == (sys.executable, "-I")
    assert plain.words[3:] == ("hugo", "--watch")
    assert (plain.folder, plain.environment) == (Path("/site"), {"A": "b"})
    assert through_shell.words[3:] == ("/bin/sh", "-c", "cd x && hugo")
