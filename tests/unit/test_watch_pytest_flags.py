import os
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import ConfigurationError
from livereload_sse.pytest_watch.flags import FLAGS, expanded, is_ours, read, without_flags

WORDS = st.sampled_from([*FLAGS, "--watch-timeout=3", "-k", "cart", "--", "tests", "--watchful"])


def test_what_is_said_is_told_apart_from_what_is_for_pytest() -> None:
    spoken = read(["-k", "cart", "--watch", "tests", "--watch-ui", "--watch-timeout", "5"])
    assert spoken.rest == ("-k", "cart", "tests")
    assert (spoken.watch, spoken.page, spoken.cold, spoken.timeout) == (True, True, False, 5.0)


@pytest.mark.parametrize("word", ["--watch", "--live-watch"])
def test_both_names_mean_watching(word: str) -> None:
    assert read([word]).watch


def test_what_goes_with_watching_does_not_mean_it() -> None:
    spoken = read(["--watch-cold", "--watch-timeout=2.5"])
    assert (spoken.watch, spoken.cold, spoken.timeout) == (False, True, 2.5)
    assert spoken.is_any


def test_nothing_of_ours_is_nothing() -> None:
    assert not read(["-q", "--watchful", "tests"]).is_any


def test_a_name_that_somebody_else_has_is_theirs() -> None:
    spoken = read(["--watch", "--live-watch", "-q"], taken={"--watch"})
    assert spoken.rest == ("--watch", "-q")
    assert spoken.watch


def test_after_two_dashes_words_are_files() -> None:
    assert read(["--", "--watch"]).rest == ("--", "--watch")
    assert not read(["--", "--watch"]).watch


def test_a_switch_with_a_value_is_left_for_pytest_to_refuse() -> None:
    assert without_flags(["--watch=yes"]) == ["--watch=yes"]


@pytest.mark.parametrize("text", ["soon", "0", "-3", "nan", "inf", ""])
def test_a_time_limit_that_is_none_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--watch-timeout=30") as caught:
        read(["--watch-timeout", text])
    assert caught.value.where == f"--watch-timeout {text}".rstrip()


def test_a_time_limit_without_a_number_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        read(["--watch", "--watch-timeout"])


@given(st.lists(WORDS))
def test_what_is_left_has_none_of_our_words_and_keeps_its_order(words: Sequence[str]) -> None:
    try:
        rest = without_flags(words)
    except ConfigurationError:
        return
    before_files = rest[: rest.index("--")] if "--" in rest else rest
    assert not {word.partition("=")[0] for word in before_files} & set(FLAGS)
    assert without_flags(rest) == rest
    others = [word for word in words if word not in FLAGS]
    assert all(word in others for word in before_files)


FILES = {"args": ["-q", "--watch"], "more": ["@args", "-x"], "plain": ["-q"]}


def test_a_file_of_arguments_is_opened_where_one_of_ours_is_in_it() -> None:
    assert expanded(["-v", "@args", "@plain"], FILES.__getitem__) == [
        "-v",
        "-q",
        "--watch",
        "@plain",
    ]


def test_a_file_of_arguments_may_name_another() -> None:
    assert expanded(["@more"], FILES.__getitem__) == ["-q", "--watch", "-x"]


@pytest.mark.parametrize("word", [*FLAGS, "--watch-timeout=4", "@args"])
def test_each_word_that_may_be_ours_is_looked_at(word: str) -> None:
    assert is_ours(word)


def test_words_that_cannot_be_ours_cost_nothing() -> None:
    assert not any(is_ours(word) for word in ["-k", "--wat", "tests/watch", "x@y"])


def test_what_is_less_often_wanted_is_understood() -> None:
    spoken = read(
        ["--watch-standby", "--watch-functions", "--watch-jobs=3", "--watch-share", "http://a:1"]
    )
    assert (spoken.standby, spoken.functions, spoken.jobs) == (True, True, 3)
    assert spoken.share == ("http://a:1",)
    assert spoken.rest == ()


def test_several_servers_can_be_told() -> None:
    spoken = read(["--watch-share=http://a:1", "--watch-share=https://b:2"])
    assert spoken.share == ("http://a:1", "https://b:2")


def test_as_many_processes_as_there_are_cores_can_be_asked_for() -> None:
    assert read(["--watch-jobs=auto"]).jobs == (os.cpu_count() or 1)


@pytest.mark.parametrize("word", ["0", "-1", "two", ""])
def test_a_number_of_processes_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(ConfigurationError, match="1 or more"):
        read(["--watch-jobs", word])


def test_a_server_that_has_no_address_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="named by its address"):
        read(["--watch-share", "8000"])
