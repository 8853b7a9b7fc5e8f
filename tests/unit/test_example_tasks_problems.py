"""A place in the sources is found in what ruff, pytest and Python print."""

from pathlib import PurePosixPath

import pytest

from examples.tasks.runner.problems import Place, Reader

PROJECT = PurePosixPath("/jobs/7")

PYTEST = """\
_____________________________ test_the_sum _____________________________

    def test_the_sum():
>       assert sum([1, 2]) == 4
E       assert 3 == 4
E        +  where 3 = sum([1, 2])

tests/test_sums.py:12: AssertionError
______________________________ test_deeper _____________________________

tests/test_sums.py:20:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

>       raise ValueError("no lamp")
E       ValueError: no lamp

src/lamps/rhythm.py:16: ValueError
=========================== short test summary info ====================
FAILED tests/test_sums.py::test_the_sum - assert 3 == 4
"""

RUFF = """\
src/lamps/rhythm.py:3:8: F401 [*] `os` imported but unused
tests/test_sums.py:1:1: invalid-syntax: Expected an expression
Found 2 errors.
"""

COMPILEALL = """\
Compiling 'src/lamps/rhythm.py'...
***   File "src/lamps/rhythm.py", line 5
    def phases(:
               ^
SyntaxError: invalid syntax

"""

TRACEBACK = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/runpy.py", line 198, in _run_module_as_main
    return _run_code(code, main_globals, None,
  File "/jobs/7/src/lamps/__main__.py", line 21, in main
    print(draw(text))
  File "/usr/lib/python3.11/re/__init__.py", line 166, in match
    return _compile(pattern, flags).match(string)
lamps.errors.DarkError: no light
ValueError: no character of a light: 'Blink 5s'
"""


@pytest.mark.parametrize(
    ("log", "places"),
    [
        (
            PYTEST,
            [
                Place("tests/test_sums.py", 12, "assert 3 == 4"),
                Place("src/lamps/rhythm.py", 16, "ValueError: no lamp"),
            ],
        ),
        (
            RUFF,
            [
                Place("src/lamps/rhythm.py", 3, "F401 [*] `os` imported but unused"),
                Place("tests/test_sums.py", 1, "invalid-syntax: Expected an expression"),
            ],
        ),
        (COMPILEALL, [Place("src/lamps/rhythm.py", 5, "SyntaxError: invalid syntax")]),
        (TRACEBACK, [Place("src/lamps/__main__.py", 21, "lamps.errors.DarkError: no light")]),
    ],
    ids=["pytest", "ruff", "compileall", "traceback"],
)
def test_a_log_names_its_places(log: str, places: list[Place]) -> None:
    reader = Reader(PROJECT)

    assert [place for line in log.splitlines() if (place := reader.feed(line))] == places


@pytest.mark.parametrize(
    "line",
    [
        "tests/test_sums.py:12: in test_the_sum",
        "tests/test_sums.py::test_the_sum PASSED   [  6%]",
        "/usr/lib/python3.11/json/decoder.py:355: ValueError",
        "../elsewhere.py:3:1: F401 unused",
        "ValueError: nobody knows where",
        "12:30:05: something at noon",
    ],
)
def test_what_is_no_place_of_the_project_is_passed_over(line: str) -> None:
    assert Reader(PROJECT).feed(line) is None


def test_the_words_of_one_failure_are_not_told_of_the_next() -> None:
    reader = Reader(PROJECT)
    log = ["E       first", "a.py:1: AssertionError", "b.py:2: AssertionError"]

    assert [reader.feed(line) for line in log][1:] == [
        Place("a.py", 1, "first"),
        Place("b.py", 2, "AssertionError"),
    ]
