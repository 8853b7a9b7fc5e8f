"""Which builds are their own cause, and what is said about it."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.triggers import (
    FIRST_DELAY,
    LONGEST_DELAY,
    MOST_IN_A_ROW,
    MOST_OF_ANY_NAME,
    SLACK,
    Loop,
    Triggers,
    pattern_of,
)
from livereload_sse.watch.ignore import Ignore

PROJECT = Path("/project")
PAGE = PROJECT / "page.md"
STAMP = PROJECT / "docs" / "stamp.txt"
BUILD = 0.5


class Play:
    """Builds of half a second, one after the other, each written into by somebody."""

    def __init__(self) -> None:
        self.triggers = Triggers(PROJECT)
        self.now = 1000.0

    def save(self, *paths: Path) -> None:
        self.triggers.note(dict.fromkeys(paths, self.now), self.now)

    def build(self, *written: Path) -> None:
        self.triggers.begin(self.now)
        self.now += BUILD / 2
        if written:
            self.save(*written)
        self.now += BUILD / 2
        self.triggers.end(self.now)
        self.now += 2 * SLACK

    def rest(self) -> tuple[float, Loop | None]:
        loop, delay = self.triggers.find_loop(), self.triggers.delay()
        self.now += delay
        return delay, loop


def test_a_save_between_two_builds_is_built_at_once_however_often() -> None:
    play = Play()

    for _ in range(20):
        play.save(PAGE)
        assert play.rest() == (0.0, None)
        play.build()
        play.now += 1


def test_a_file_that_is_written_in_each_build_makes_the_builds_rarer_and_is_told_once() -> None:
    play = Play()
    play.save(PAGE)
    rests = []

    for _ in range(MOST_IN_A_ROW + 4):
        play.build(STAMP)
        rests.append(play.rest())

    assert [delay for delay, _ in rests] == [0.0] * MOST_IN_A_ROW + [2.0, 4.0, 8.0, 16.0]
    assert [loop is not None for _, loop in rests] == [False] * 4 + [True, False, False]


def test_the_rest_has_a_limit() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(100):
        play.build(STAMP)

    assert play.triggers.delay() == LONGEST_DELAY


def test_one_save_between_builds_settles_it() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW):
        play.build(PAGE)
    play.build(PAGE)
    assert play.triggers.delay() > 0

    play.save(PAGE)

    assert play.triggers.delay() == 0
    for _ in range(MOST_IN_A_ROW):
        play.build(PAGE)
        assert play.triggers.delay() == 0


def test_a_wish_settles_it_as_well() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW + 1):
        play.build(STAMP)
    assert play.triggers.delay() > 0

    play.triggers.note_wish()

    assert play.triggers.delay() == 0


def test_much_that_is_told_within_one_build_counts_once() -> None:
    play = Play()
    play.save(PAGE)
    play.triggers.begin(play.now)
    for _ in range(20):
        play.now += 1
        play.save(PAGE)
    play.triggers.end(play.now)

    assert play.triggers.delay() == 0


def test_other_files_each_time_are_no_loop_until_there_are_very_many() -> None:
    play = Play()
    play.save(PAGE)
    delays = []

    for number in range(MOST_OF_ANY_NAME + 1):
        play.build(PROJECT / f"log-{number}.txt")
        delays.append(play.rest()[0])

    assert delays == [0.0] * MOST_OF_ANY_NAME + [FIRST_DELAY]


def test_files_that_are_told_one_after_the_other_within_a_build_are_a_loop_too() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW + 1):
        play.triggers.begin(play.now)
        for path in (STAMP, PAGE):
            play.now += 1
            play.save(path)
        play.triggers.end(play.now)

    assert play.triggers.delay() > 0


def test_a_person_and_a_generator_at_once_are_no_loop() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW + 1):
        play.build(STAMP)
        play.save(PAGE)
        assert play.triggers.delay() == 0


def test_the_rest_is_as_long_as_a_build() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW + 1):
        play.triggers.begin(play.now)
        play.now += 30
        play.save(PAGE)
        play.triggers.end(play.now)

    assert play.triggers.delay() == pytest.approx(30)


def test_news_that_come_late_belong_to_the_build_in_which_the_file_was_written() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW + 1):
        play.triggers.begin(play.now)
        play.now += 1
        written = play.now - SLACK / 2  # just before the end, and told in the build after it
        play.triggers.end(play.now)
        play.now += 2 * SLACK
        play.triggers.note({STAMP: written}, play.now)

    assert play.triggers.delay() > 0


def test_news_may_come_a_whole_build_late() -> None:
    play = Play()
    play.save(PAGE)
    late = 0.0
    for _ in range(MOST_IN_A_ROW + 1):
        play.build()
        play.triggers.note({STAMP: late or play.now - BUILD}, play.now)
        late = play.now - BUILD

    assert play.triggers.delay() > 0


def test_it_is_told_again_when_it_begins_again() -> None:
    play = Play()
    told = 0
    for _ in range(2):
        play.save(PAGE)
        for _ in range(MOST_IN_A_ROW + 4):
            play.build(STAMP)
            told += play.rest()[1] is not None

    assert told == 2


def test_a_clock_that_stamps_a_little_early_deceives_nobody() -> None:
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW + 1):
        play.triggers.begin(play.now)
        play.triggers.note({STAMP: play.now - SLACK / 2}, play.now)
        play.now += BUILD
        play.triggers.end(play.now)

    assert play.triggers.delay() > 0


def test_only_a_build_that_had_to_rest_is_suspicious() -> None:
    play = Play()
    play.save(PAGE)
    suspicious = []

    for _ in range(MOST_IN_A_ROW + 2):
        play.build(STAMP)
        suspicious.append(play.triggers.is_suspicious)

    assert suspicious == [False] * (MOST_IN_A_ROW + 1) + [True]


def test_the_loop_is_explained_with_the_option_that_ends_it() -> None:
    odd = PROJECT / "docs" / "it's [new].txt"
    play = Play()
    play.save(PAGE)
    for _ in range(MOST_IN_A_ROW + 2):
        play.build(odd)
        _, loop = play.rest()

    assert loop is not None
    assert loop.paths == (odd,)
    assert "it's [new].txt" in loop.text
    words = shlex.split(loop.text.partition("If nobody edits it: ")[2])
    assert words == ["--ignore", "/docs/it's \\[new].txt"]
    assert Ignore(PROJECT, patterns=words[1:]).ignores(odd, is_dir=False)


NAMES = st.text(
    st.sampled_from(" !#*?[]\\-^a.é'\"$")
    | st.characters(exclude_characters="/", exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in {".", ".."})


@given(NAMES, NAMES, NAMES)
def test_the_pattern_of_a_file_ignores_that_file_alone(folder: str, name: str, other: str) -> None:
    rules = Ignore(PROJECT, gitignore=False)
    for path in (PROJECT / name, PROJECT / folder / name):
        ignore = Ignore(PROJECT, patterns=[pattern_of(path, PROJECT)], gitignore=False)
        assert ignore.ignores(path, is_dir=False)
        for another in (path.with_name(other), PROJECT / other / name):
            if not another.is_relative_to(path) and not rules.ignores(another, is_dir=False):
                assert not ignore.ignores(another, is_dir=False)


@pytest.mark.parametrize("name", ["#draft", "!now", "\\", "a ", "*", "[a]", "data.json"])
def test_a_file_outside_of_the_project_with_an_odd_name_is_meant_by_it(name: str) -> None:
    elsewhere = Path("/elsewhere")
    ignore = Ignore(elsewhere, patterns=[pattern_of(elsewhere / name, PROJECT)], gitignore=False)

    assert ignore.ignores(elsewhere / name, is_dir=False)
    assert not ignore.ignores(elsewhere / "a", is_dir=False)


@given(NAMES)
def test_a_file_outside_of_the_project_is_named_alone(name: str) -> None:
    elsewhere = Path("/elsewhere")

    ignore = Ignore(elsewhere, patterns=[pattern_of(elsewhere / name, PROJECT)], gitignore=False)

    assert ignore.ignores(elsewhere / name, is_dir=False)
