"""What became of one run."""

from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Message,
    Refused,
    TestResult,
    TestStarted,
    Trouble,
)
from livereload_sse.pytest_watch.screen.standing import Ended, Standing, verdict_of
from livereload_sse.pytest_watch.tally import Tally

FILES = {"test_a.py": "/p/test_a.py"}
ONE, TWO = "test_a.py::one", "test_a.py::two"
COLLECTED = Collected((ONE, TWO), FILES, (1, 5), deselected=3)


def told(*messages: Message) -> Tally:
    tally = Tally()
    for message in messages:
        tally.learn(message)
    return tally


def standing(
    tally: Tally,
    *,
    exit_code: int = 0,
    ended: Ended = "complete",
    failures: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
) -> Standing:
    return tally.standing(
        exit_code=exit_code,
        ended=ended,
        duration=0.5,
        failures=failures,
        known=dict.fromkeys(known, "passed"),
        at="10:00:00",
    )


def test_it_counts_how_tests_ended() -> None:
    tally = told(
        COLLECTED, TestResult(ONE, "passed", 0.1), TestResult(TWO, "failed", 0.1), Finished(1, 0.5)
    )
    summed = standing(tally, exit_code=1, failures=(TWO,), known=(ONE, TWO))
    assert (summed.counts.passed, summed.counts.failed, summed.counts.deselected) == (1, 1, 3)
    assert (summed.chosen, summed.others, summed.known_failures) == (2, 0, 0)
    assert verdict_of(summed) == "bad"


def test_what_failed_before_and_did_not_run_again_is_no_green() -> None:
    tally = told(COLLECTED, TestResult(ONE, "passed", 0.1), Finished(0, 0.5))
    summed = standing(tally, failures=("test_b.py::old",), known=(ONE, TWO, "test_b.py::old"))
    assert (summed.known_failures, summed.others) == (1, 1)
    assert verdict_of(summed) == "bad"


def test_a_failure_whose_file_is_gone_counts_no_more() -> None:
    tally = told(COLLECTED, TestResult(ONE, "passed", 0.1), Finished(0, 0.5))
    summed = standing(tally, failures=("test_b.py::old",), known=(ONE, "test_b.py::old"))
    again = tally.restated(summed, failures=(), known={ONE: "passed"})
    assert (again.known_failures, again.others, again.counts) == (0, 0, summed.counts)
    assert verdict_of(again) == "good"


def test_a_file_that_cannot_be_collected_counts_once() -> None:
    failed = CollectionFailed("test_a.py", "/p/test_a.py", "SyntaxError", "")
    tally = told(failed, failed, Finished(2, 0.5))
    summed = standing(tally, exit_code=2, failures=("test_a.py",))
    assert (summed.uncollected, summed.known_failures) == (1, 0)


def test_a_run_that_was_killed_names_the_test_in_which_it_was() -> None:
    tally = told(COLLECTED, TestStarted(ONE))
    summed = standing(tally, exit_code=-11)
    assert summed.ended == "broken"
    assert summed.trouble == "The run was killed by SIGSEGV in test_a.py::one."


def test_a_run_that_was_killed_between_tests_names_none() -> None:
    tally = told(COLLECTED, TestStarted(ONE), TestResult(ONE, "passed", 0.1))
    wanted = "The run was killed by SIGKILL, as a system does when memory runs out."
    assert standing(tally, exit_code=-9).trouble == wanted


def test_a_signal_that_has_no_name_has_its_number() -> None:
    assert standing(told(), exit_code=-40).trouble == "The run was killed by signal 40."


def test_a_cancelled_run_is_no_trouble() -> None:
    summed = standing(told(COLLECTED, TestStarted(ONE)), exit_code=-9, ended="cancelled")
    assert (summed.ended, summed.trouble) == ("cancelled", "")


def test_a_test_that_ends_the_process_is_named() -> None:
    summed = standing(told(COLLECTED, TestStarted(ONE)), exit_code=3)
    assert summed.trouble == "The run left with exit code 3 in test_a.py::one."


def test_a_process_that_leaves_with_nothing_said_is_trouble_even_with_exit_code_0() -> None:
    summed = standing(told(COLLECTED, TestStarted(ONE)), exit_code=0)
    assert summed.trouble == "The run left with exit code 0 in test_a.py::one."
    assert verdict_of(summed) == "bad"


def test_what_pytest_has_said_itself_is_not_said_again() -> None:
    assert standing(told(), exit_code=4).trouble == ""


def test_trouble_that_a_run_tells_is_kept() -> None:
    summed = standing(told(Trouble("INTERNALERROR: no"), Finished(3, 0.1)), exit_code=3)
    assert summed.trouble == "INTERNALERROR: no"


def test_a_run_that_was_left_in_the_debugger_is_no_trouble() -> None:
    tally = told(COLLECTED, TestStarted(ONE), Trouble("Quitting debugger"), Finished(2, 0.5))
    summed = standing(tally, exit_code=2)
    assert (summed.ended, summed.trouble, verdict_of(summed)) == ("left", "", "unsure")
    assert standing(tally, exit_code=2, ended="cancelled").ended == "cancelled"


def test_a_command_line_that_is_refused_is_noted() -> None:
    assert told(Refused("unrecognized arguments: --nope")).is_refused
    assert not told(Finished(4, 0.1)).is_refused


def test_the_test_that_the_process_has_died_in_is_no_other_one() -> None:
    summed = standing(told(COLLECTED, TestStarted(ONE)), exit_code=-11, known=(ONE, TWO))
    assert (summed.ended, summed.others) == ("broken", 1)
