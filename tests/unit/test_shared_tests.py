import json
import os
import subprocess
import sys
from typing import Any

import pytest

from livereload_sse.web.shared_tests import SharedTests


def told(watch: str = "w", pid: int | None = None, **more: Any) -> dict[str, Any]:
    return {"watch": watch, "pid": os.getpid() if pid is None else pid, "run": 1, **more}


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_newest_counts() -> None:
    tests = SharedTests()

    assert tests.take("tests-started", told())
    assert tests.take("tests-finished", told(passed=3))

    assert tests.state() == {"event": "tests-finished", **told(passed=3)}


def test_who_says_goodbye_is_forgotten() -> None:
    tests = SharedTests()
    tests.take("tests-finished", told())

    assert tests.take("tests-gone", told())

    assert tests.state() is None


def test_the_goodbye_of_another_that_watches_changes_nothing() -> None:
    tests = SharedTests()
    tests.take("tests-finished", told("w"))

    tests.take("tests-gone", told("v"))

    assert tests.state() is not None


def test_a_process_that_was_killed_says_nothing_any_more() -> None:
    tests = SharedTests()

    tests.take("tests-started", told(pid=ended_process()))

    assert tests.state() is None
    assert tests.events() == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tests-other", told()),
        ("tests-finished", None),
        ("tests-finished", {"watch": 1, "pid": 1}),
        ("tests-finished", {"watch": "w"}),
        ("tests-finished", told(pid=0)),
        ("tests-finished", told(pid=2**40)),
    ],
)
def test_what_somebody_else_calls_so_is_theirs(name: str, data: Any) -> None:
    tests = SharedTests()

    assert not tests.take(name, data)

    assert tests.state() is None


def test_a_tab_that_missed_events_hears_the_newest() -> None:
    tests = SharedTests()
    tests.take("tests-finished", told(failing=["tests/test_größe.py"]))

    (event,) = tests.events()

    assert event.name == "tests-finished"
    assert json.loads(event.data) == told(failing=["tests/test_größe.py"])
