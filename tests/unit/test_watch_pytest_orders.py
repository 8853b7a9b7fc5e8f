"""From what should run to what a run is asked."""

import json
from pathlib import Path

from livereload_sse.pytest_watch.affected.choose import Choice
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.flags import without_flags
from livereload_sse.pytest_watch.messages import Collected, TestResult
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.orders import make_order, may_go_on
from livereload_sse.pytest_watch.screen.standing import Mode
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.pytest_watch.wanted import Wanted

SETUP = Setup(
    args=("-q", "tests"),
    folder=Path("/p"),
    root=Path("/p"),
    config_file=None,
    cache_dir=None,
    roots=("/p",),
    installed=("/lib",),
    python_files=("test_*.py",),
)
A = "/p/test_a.py"


def order(wanted: Wanted, mode: Mode | None = None, record: Record | None = None) -> Order:
    return make_order(wanted, SETUP, mode or Mode(), record or Record(rootdir="/p"))


def failing() -> Record:
    record = Record(rootdir="/p")
    record.learn(Collected(("test_a.py::one",), {"test_a.py": A}, (1,)))
    record.learn(TestResult("test_a.py::one", "failed", 0.1))
    return record


def test_the_users_own_arguments_stay() -> None:
    asked = order(Wanted(cause="change", files=frozenset({A})))
    assert asked.args == ("--no-header", "-q", "tests")
    assert (asked.files, asked.tests) == (frozenset({A}), None)
    assert (asked.roots, asked.installed) == (("/p",), ("/lib",))


def test_what_failed_comes_first_and_then_what_is_near() -> None:
    wanted = Wanted(cause="change", files=frozenset({A}), choice=Choice(first=("/p/test_b.py",)))
    assert order(wanted, record=failing()).first == ("test_a.py::one", "/p/test_b.py")


def test_a_run_of_everything_keeps_pytests_order() -> None:
    """Tests that lean on one another must not turn red because they were watched."""
    assert order(Wanted(cause="all"), record=failing()).first == ()


def test_filters_go_with_it() -> None:
    asked = order(Wanted(cause="all"), Mode(tests="cart", files="shop"))
    assert (asked.names, asked.paths) == ("cart", "shop")


def test_stopping_at_the_first_failure_is_pytests_own() -> None:
    assert order(Wanted(cause="all"), Mode(stop_first=True)).args == (
        "--no-header",
        "-x",
        "-q",
        "tests",
    )


def test_debugging_stops_in_the_first_failure() -> None:
    asked = order(Wanted(cause="debug", tests=frozenset({"test_a.py::one"})))
    assert asked.args[:3] == ("--no-header", "--pdb", "--maxfail=1")


def test_the_header_with_versions_and_plugins_is_shown_once() -> None:
    assert "--no-header" not in order(Wanted(cause="first")).args


def test_an_order_travels() -> None:
    asked = order(Wanted(cause="change", files=frozenset({A}), tests=frozenset({"x"})))
    assert Order.from_json(asked.as_json()) == asked


def test_words_that_mean_watching_are_not_for_the_runs() -> None:
    words = ("--watch", "-k", "cart", "--watch-timeout", "5", "--watch-timeout=5", "--live-watch")
    assert without_flags(words) == ["-k", "cart"]


def test_after_two_dashes_words_are_files() -> None:
    assert without_flags(("--watch", "--", "--watch")) == ["--", "--watch"]


def test_what_runs_have_broken_off_in_runs_last() -> None:
    asked = make_order(Wanted(cause="all"), SETUP, Mode(), Record(rootdir="/p"), last=["a::one"])
    assert asked.last == ("a::one",)
    assert Order.from_json(json.loads(json.dumps(asked.as_json()))) == asked


def test_a_run_that_goes_on_with_the_first_one_does_not_say_again_what_stands_above() -> None:
    first = Wanted(cause="first", tests=frozenset({"a::one"}), goes_on="left behind")
    assert order(first).args[0] == "--no-header"


def test_a_run_goes_on_as_long_as_pytest_would() -> None:
    assert may_go_on(SETUP, Mode(), failed=7)
    assert not may_go_on(SETUP, Mode(stop_first=True), failed=1)
    limited = SETUP._replace(maxfail=2)
    assert [may_go_on(limited, Mode(), failed=count) for count in (1, 2, 3)] == [True, False, False]
