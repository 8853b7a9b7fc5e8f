from typing import Any

import pytest

from livereload_sse.pytest_watch.page.commands import MOST_TESTS, Command, parse_command

NAMES = {1: "a.py::one", 2: "a.py::two"}


@pytest.mark.parametrize("what", ["all", "failed", "last", "stop"])
def test_a_whole_wish_is_one_word(what: str) -> None:
    assert parse_command({"what": what}, NAMES.get) == Command(what)  # type: ignore[arg-type]  # a What


def test_tests_are_asked_for_by_number() -> None:
    assert parse_command({"what": [2, 9, 1]}, NAMES.get) == Command(
        "tests", ("a.py::two", "a.py::one")
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"what": "tests"},
        {"what": []},
        {"what": ["a.py::one"]},
        {"what": [True]},
        {"what": [1.0]},
        {"what": [9]},
        {"what": {"all": 1}},
        {"what": [1] * (MOST_TESTS + 1)},
    ],
)
def test_anything_else_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_command(wanted, NAMES.get)
