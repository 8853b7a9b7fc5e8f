"""What a page is told of runs, event by event, and what a late one reads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Message,
    Needed,
    Outcome,
    Section,
    Started,
    TestResult,
    TestStarted,
    Trouble,
)
from livereload_sse.pytest_watch.page.results import FLUSH_INTERVAL, Results
from livereload_sse.pytest_watch.page.shapes import Event

ROOT = Path("/shop").absolute()
ONE, TWO, THREE = "test_a.py::test_one", "test_a.py::test_two", "test_b.py::test_three"


def collected(*tests: str, **more: Any) -> Collected:
    files = {name: str(ROOT / name) for name in (test.partition("::")[0] for test in tests)}
    return Collected(tests, files, **more)


def result(test: str, outcome: Outcome = "passed", **more: Any) -> TestResult:
    return TestResult(test, outcome, 0.25, **more)


def learn(results: Results, *messages: Message, now: float = 1.0) -> list[Event]:
    return [event for message in messages for event in results.learn(message, now)]


def run(results: Results, *tests: TestResult, code: int = 0, **more: Any) -> list[Event]:
    """Tell a whole run; returns what it told."""
    names = [test.test for test in tests]
    told = results.begin(1.0, **more)
    told += learn(results, Started(1), collected(*names), *tests, now=1.5)
    return told + results.learn(Finished(code, 0.5, "1 passed"), 2.0)


def names_of(events: Sequence[Event]) -> list[str]:
    return [name for name, _ in events]


def data_of(events: Sequence[Event], name: str) -> Any:
    return next(data for found, data in events if found == name)


@pytest.fixture
def results() -> Results:
    return Results(root=ROOT)


def test_a_run_is_told_from_its_beginning_to_its_end(results: Results) -> None:
    told = run(results, result(ONE), header="cart.py → 1 of 3 tests", why=("test_a.py → cart.py",))

    assert told == [
        (
            "tests-started",
            {"run": 1, "header": "cart.py → 1 of 3 tests", "why": ["test_a.py → cart.py"]},
        ),
        (
            "tests-collected",
            {
                "run": 1,
                "files": [{"name": "test_a.py", "key": ""}],
                "tests": [(1, 0, "test_one", 0, "", 0.0, 0)],
                "order": [1],
                "gone": [],
                "deselected": 0,
            },
        ),
        (
            "test-result",
            {
                "run": 1,
                "results": [(1, "passed", 0.25)],
                "notes": [],
                "problems": [],
                "running": None,
                "elapsed": 0.5,
            },
        ),
        (
            "tests-finished",
            {
                "run": 1,
                "header": "cart.py → 1 of 3 tests",
                "ending": "finished",
                "good": True,
                "message": "",
                "exit_code": 0,
                "duration": 1.0,
                "summary": "1 passed",
                "counts": {"passed": 1},
                "not_rerun": 0,
            },
        ),
    ]


def test_the_first_result_is_told_at_once_and_the_next_ones_together(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1), collected(ONE, TWO, THREE))

    first = learn(results, result(ONE), now=1.0)
    held = learn(results, result(TWO), result(THREE), now=1.01)
    due = results.due
    later = results.flush(1.06)

    assert data_of(first, "test-result")["results"] == [(1, "passed", 0.25)]
    assert held == []
    assert due == pytest.approx(1.0 + FLUSH_INTERVAL)
    assert [row[0] for row in data_of(later, "test-result")["results"]] == [2, 3]
    assert results.due is None
    assert results.flush(2.0) == []


def test_at_most_twenty_events_a_second_tell_results(results: Results) -> None:
    tests = [f"test_a.py::test_{number}" for number in range(1000)]
    results.begin(0.0)
    learn(results, Started(1), collected(*tests))

    told = [
        event
        for number, test in enumerate(tests)
        for event in results.learn(result(test), number / 1000)
    ]

    assert 15 <= len(told) <= 20


def test_which_test_goes_on_is_told(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1), collected(ONE, TWO))

    told = learn(results, TestStarted(TWO))
    ended = learn(results, result(TWO), now=2.0)

    assert data_of(told, "test-result")["running"] == 2
    assert data_of(ended, "test-result")["running"] is None


def test_a_start_that_nobody_announced_begins_a_run(results: Results) -> None:
    assert names_of(results.learn(Started(1), 1.0)) == ["tests-started"]
    assert results.learn(Started(2), 1.1) == []  # a second process of the same run


def test_a_run_of_several_processes_is_over_with_the_last_one(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1), Started(2), collected(ONE), collected(THREE))

    assert learn(results, result(ONE), result(THREE), Finished(1, 0.1)) != []
    told = learn(results, Finished(0, 0.2), now=2.0)

    assert data_of(told, "tests-finished")["exit_code"] == 1
    assert data_of(told, "tests-finished")["counts"] == {"passed": 2}


def test_a_failure_that_was_not_run_again_still_counts(results: Results) -> None:
    first = run(results, result(ONE, "failed"), result(THREE), code=1)

    told = run(results, result(THREE))

    assert data_of(first, "tests-finished")["not_rerun"] == 0
    finished = data_of(told, "tests-finished")
    assert (finished["counts"], finished["not_rerun"], finished["good"]) == (
        {"passed": 1},
        1,
        False,
    )
    assert results.failing() == [ONE]


def test_a_failure_that_passes_again_is_none(results: Results) -> None:
    run(results, result(ONE, "error"), code=1)

    told = run(results, result(ONE))

    assert data_of(told, "tests-finished")["good"]
    assert results.failing() == []


@pytest.mark.parametrize(("code", "good"), [(0, True), (5, True), (1, False), (3, False)])
def test_an_exit_code_that_is_not_good_makes_no_green(
    results: Results, code: int, *, good: bool
) -> None:
    assert data_of(run(results, result(ONE), code=code), "tests-finished")["good"] is good


def test_a_file_that_cannot_be_collected_is_a_problem_of_its_run(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1))
    broken = CollectionFailed("test_a.py", str(ROOT / "test_a.py"), "No module", "E  No module", 3)

    told = learn(results, broken)
    ended = learn(results, Finished(2, 0.1), now=2.0)

    (problem,) = data_of(told, "test-result")["problems"]
    assert problem["title"] == "test_a.py"
    assert problem["place"] == {"name": "test_a.py", "line": 3, "key": ""}
    assert problem["lines"] == [[{"text": "E  No module"}]]
    assert not data_of(ended, "tests-finished")["good"]
    results.begin(3.0)
    assert results.state(3.0)["problems"] == []


def test_an_internal_error_is_a_problem_too(results: Results) -> None:
    results.begin(1.0)

    told = learn(results, Trouble("INTERNALERROR", "KeyError"))

    assert data_of(told, "test-result")["problems"][0]["message"] == "INTERNALERROR"


def test_a_run_that_does_not_say_its_end_is_ended(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1), collected(ONE, TWO), result(ONE), TestStarted(TWO))

    told = results.end(3.0, ending="crashed", message="killed by SIGSEGV in test_two")

    finished = data_of(told, "tests-finished")
    assert (finished["ending"], finished["message"], finished["good"]) == (
        "crashed",
        "killed by SIGSEGV in test_two",
        False,
    )
    assert finished["exit_code"] is None
    assert results.state(4.0)["run"]["running"] is None
    assert results.end(4.0) == []
    assert results.learn(result(TWO), 4.0) == []  # what a dying process still says


def test_a_run_that_begins_ends_the_one_before(results: Results) -> None:
    results.begin(1.0)

    told = results.begin(2.0)

    assert names_of(told) == ["tests-finished", "tests-started"]
    assert data_of(told, "tests-finished")["ending"] == "cancelled"


def test_a_problem_makes_no_green_whatever_the_exit_code_says(results: Results) -> None:
    results.begin(1.0)

    told = learn(results, Started(1), Trouble("a plugin failed"), Finished(0, 0.1))

    assert not data_of(told, "tests-finished")["good"]


def test_a_run_of_which_a_part_was_cancelled_is_not_good(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1), Started(2), collected(ONE), result(ONE), Finished(0, 0.1))

    assert not data_of(results.end(2.0), "tests-finished")["good"]


def test_a_cancelled_run_is_never_good(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1), collected(ONE), result(ONE))

    assert not data_of(results.end(2.0), "tests-finished")["good"]


def test_tests_are_described_once(results: Results) -> None:
    run(results, result(ONE))

    told = run(results, result(ONE), result(THREE))

    data = data_of(told, "tests-collected")
    assert [row[:3] for row in data["tests"]] == [(2, 1, "test_three")]
    assert data["files"] == [{"name": "test_b.py", "key": ""}]
    assert data["order"] == [1, 2]


def test_a_test_that_moved_is_described_again(results: Results) -> None:
    results.begin(1.0)
    learn(results, Started(1), collected(ONE, lines=(3,)), Finished(0, 0.1))
    results.begin(2.0)

    told = learn(results, Started(1), collected(ONE, lines=(9,)))

    assert data_of(told, "tests-collected")["tests"] == [(1, 0, "test_one", 9, "", 0.0, 0)]


def test_what_a_file_does_not_have_any_more_is_gone(results: Results) -> None:
    run(results, result(ONE, "failed"), result(TWO), result(THREE), code=1)

    told = run(results, result(TWO))

    assert data_of(told, "tests-collected")["gone"] == [1]
    assert results.failing() == []
    assert [row[2] for row in results.state(2.0)["tests"]] == ["test_two", "test_three"]


def test_the_tests_of_a_file_that_has_none_any_more_are_gone(results: Results) -> None:
    run(results, result(ONE), result(THREE))
    results.begin(3.0)

    told = learn(results, Started(2), collected(THREE, empty=(str(ROOT / "test_a.py"),)), now=3.1)

    assert data_of(told, "tests-collected")["gone"] == [1]


def test_what_was_not_asked_for_is_not_gone(results: Results) -> None:
    run(results, result(ONE, "failed"), result(TWO), code=1)

    narrowed = run(results, result(TWO), narrowed=True)
    results.begin(3.0)
    deselected = learn(results, Started(1), collected(TWO, deselected=1))

    assert data_of(narrowed, "tests-collected")["gone"] == []
    assert data_of(deselected, "tests-collected")["gone"] == []
    assert data_of(deselected, "tests-collected")["deselected"] == 1


def test_tests_and_files_can_be_forgotten(results: Results) -> None:
    run(results, result(ONE), result(TWO), result(THREE))

    told = results.forget([ONE], files=[str(ROOT / "test_b.py")])

    assert sorted(data_of(told, "tests-collected")["gone"]) == [1, 3]
    assert results.forget(["test_a.py::never"]) == []


def test_a_test_that_was_not_collected_belongs_to_the_run_once_it_has_run(
    results: Results,
) -> None:
    results.begin(1.0)

    told = learn(results, Started(1), result(ONE))

    assert data_of(told, "tests-collected")["order"] == [1]
    assert [row[2] for row in data_of(told, "tests-collected")["tests"]] == ["test_one"]
    assert data_of(told, "test-result")["results"] == [(1, "passed", 0.25)]


def test_what_an_earlier_process_knew_counts_until_a_test_has_run(results: Results) -> None:
    results.remember({ONE: "failed"}, {ONE: 2.0, TWO: 3.0})

    results.begin(1.0)
    learn(results, Started(1), collected(ONE, TWO))
    rows = results.state(1.0)["tests"]
    ended = learn(results, result(TWO), Finished(0, 0.1))

    assert [row[4:6] for row in rows] == [("failed", 2.0), ("", 3.0)]
    assert data_of(ended, "tests-finished")["not_rerun"] == 1
    run(results, result(ONE), result(TWO))
    assert results.failing() == []


def test_what_failed_before_and_is_not_even_collected_makes_no_green(results: Results) -> None:
    results.remember({THREE: "failed", TWO: "passed"}, {THREE: 1.0})

    told = run(results, result(ONE))

    assert data_of(told, "tests-finished")["not_rerun"] == 1
    assert not data_of(told, "tests-finished")["good"]
    assert results.failing() == [THREE]
    run(results, result(THREE))
    assert results.failing() == []


def test_what_is_waited_for_is_told_once(results: Results) -> None:
    told = results.wait("waiting for changes", filters=["-k cart"])

    assert told == [
        (
            "tests-waiting",
            {"line": "waiting for changes", "paused": False, "filters": ["-k cart"], "owed": 0},
        )
    ]
    assert results.wait("waiting for changes", filters=["-k cart"]) == []
    assert names_of(results.wait("paused", paused=True)) == ["tests-waiting"]
    results.begin(1.0)
    assert results.state(1.0)["waiting"] is None


def test_a_failure_says_in_a_line_what_and_where(results: Results) -> None:
    failed = result(ONE, "failed", message="assert 1 == 2", path=str(ROOT / "cart.py"), line=7)

    told = run(results, failed, code=1)

    place = {"name": "cart.py", "line": 7, "key": ""}
    assert data_of(told, "test-result")["notes"] == [
        {"number": 1, "message": "assert 1 == 2", "place": place}
    ]


def test_details_are_told_when_asked_for(results: Results) -> None:
    failed = result(
        ONE,
        "failed",
        details="\x1b[31mE  no\x1b[0m",
        sections=(Section("Captured stdout call", "said\n"),),
    )
    run(results, result(ONE))
    run(results, failed, code=1)

    assert results.details(1) == {
        "number": 1,
        "lines": [[{"text": "E  no", "style": ["fg-1"]}]],
        "cut": False,
        "sections": [
            {"title": "Captured stdout call", "lines": [[{"text": "said"}]], "cut": False}
        ],
        "durations": [0.25, 0.25],
        "outcomes": ["passed", "failed"],
    }
    assert results.details(2) is None


def test_only_the_last_twenty_durations_and_runs_are_kept(results: Results) -> None:
    for _ in range(25):
        run(results, result(ONE))

    details = results.details(1)
    assert details is not None
    assert len(details["durations"]) == 20
    past = results.state(1.0)["past"]
    assert [one["run"] for one in past] == list(range(6, 26))


def test_messages_that_say_nothing_of_results_are_left_alone(results: Results) -> None:
    results.begin(1.0)

    assert results.learn(Needed(("json",)), 1.0) == []


def test_whoever_listens_hears_all_until_they_stop(results: Results) -> None:
    heard: list[str] = []
    stop = results.listen(lambda events: heard.extend(names_of(events)))

    told = run(results, result(ONE))
    stop()
    run(results, result(ONE))

    assert heard == names_of(told)


def test_the_present_run_is_part_of_the_state(results: Results) -> None:
    results.begin(1.0, header="cart.py", why=["a → b"])
    learn(results, Started(1), collected(ONE, TWO), result(TWO), TestStarted(ONE), now=1.2)

    state = results.state(3.0)

    assert state["run"] == {
        "run": 1,
        "header": "cart.py",
        "why": ["a → b"],
        "collected": True,
        "order": [1, 2],
        "done": [2],
        "deselected": 0,
        "running": 1,
        "elapsed": 2.0,
        "finished": None,
    }
    assert state["project"] == "shop"
    assert state["tests"][1] == (2, 0, "test_two", 0, "passed", 0.25, 1)


OUTCOMES = st.sampled_from(["passed", "failed", "error", "skipped", "xfailed", "xpassed"])
RUNS = st.lists(st.dictionaries(st.sampled_from([ONE, TWO, THREE]), OUTCOMES), max_size=6)


class Tab:
    """A page, as far as outcomes go: what it has read, and heard since."""

    def __init__(self) -> None:
        self.outcomes: dict[int, str] = {}

    def read(self, state: Any) -> None:
        self.outcomes = {row[0]: row[4] for row in state["tests"]}

    def hear(self, events: Sequence[Event]) -> None:
        for name, data in events:
            if name == "tests-collected":
                self.outcomes |= {row[0]: row[4] for row in data["tests"]}
                for number in data["gone"]:
                    del self.outcomes[number]
            elif name == "test-result":
                self.outcomes |= {row[0]: row[1] for row in data["results"]}


@given(RUNS, st.integers(0, 6))
def test_a_tab_that_reads_late_knows_what_one_knows_that_heard_all(
    runs: list[dict[str, Outcome]], late: int
) -> None:
    results, early, after = Results(root=ROOT), Tab(), Tab()
    results.listen(early.hear)
    for index, outcomes in enumerate(runs):
        if index == late:
            after.read(results.state(0.0))
            results.listen(after.hear)
        run(results, *(result(test, outcome) for test, outcome in outcomes.items()), narrowed=True)
    if late >= len(runs):
        after.read(results.state(0.0))

    assert after.outcomes == early.outcomes
    known = json.loads(json.dumps(results.state(0.0)))  # what JSON can say
    assert {row[0]: row[4] for row in known["tests"]} == early.outcomes
