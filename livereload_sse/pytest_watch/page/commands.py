"""What a person at the page may ask for, as JSON and as a value.

Knows five wishes. Refuses to know who may have them and what is done about them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

What = Literal["all", "failed", "last", "tests", "stop"]
"""Run all, those that failed last, the last selection again, those named, or stop what runs."""

_WHOLE: dict[Any, What] = {"all": "all", "failed": "failed", "last": "last", "stop": "stop"}

MOST_TESTS = 20_000


@dataclass(frozen=True, slots=True)
class Command:
    """A wish; `tests` are node ids, for "tests" only."""

    what: What
    tests: tuple[str, ...] = ()


def parse_command(wanted: Mapping[str, Any], name_of: Callable[[int], str | None]) -> Command:
    """Read `{"what": "all"}`, or `{"what": [3, 4]}` where `name_of` gives a number's node id.

    Raises ValueError with one line for anything else; numbers that are not known are left out.
    """
    what = wanted.get("what")
    if isinstance(what, str) and what in _WHOLE:
        return Command(_WHOLE[what])
    if not isinstance(what, list) or not 0 < len(what) <= MOST_TESTS:
        raise ValueError('"what" must be one of all, failed, last, stop, or a list of tests.')
    if not all(type(number) is int for number in what):
        raise ValueError("A test is asked for by its number.")
    names = tuple(name for number in what if (name := name_of(number)) is not None)
    if not names:
        raise ValueError("None of these tests is known any more.")
    return Command("tests", names)
