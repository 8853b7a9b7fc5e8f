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


def test_files_that_are_skipped_as_a_whole_are_counted_beside_its_tests() -> None:
    tally = told(COLLECTED._replace(skipped=2), TestResult(ONE, "skipped", 0.1))
    summed = standing(tally, ended="cancelled")
    assert (summed.counts.skipped, summed.counts.skipped_files) == (1, 2)
    assert summed.counts.ran == 1


def test_what_failed_before_and_did_not_run_again_is_no_green() -> None:
    tally = told(COLLECTED, TestResult(ONE, "passed", 0.1), Finished(0, 0.5))
    summed = standing(tally, failures=("test_b.py::old",), known=(ONE, TWO, "test_b.py::old"))
    assert (summed.known_failures, summed.others) == (1, 1)
    assert verdict_of(summed) == "bad"


def test_a_failure_whose_file_is_gone_counts_no_more() -> None:
    tally = told(COLLECTED, TestResult(ONE, "passed", 0.1), Finished(0, 0.5))
    summed = standing(tally, failures=("test_b.py::old",), known=(ONE, "test_b.py::old"))
    again = tally.restated(summed, failures=(), known={ONE: "passed"})
    assert (again.known_failures, again.others, again.counts) == (0, 1, summed.counts)
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


def test_what_was_to_run_and_has_not_is_counted_whether_it_has_ever_run_or_not() -> None:
    tally = told(COLLECTED, TestResult(ONE, "failed", 0.1), Finished(1, 0.5))
    summed = standing(tally, exit_code=1, failures=(ONE,), known=(ONE,))
    assert (summed.others, summed.owed) == (1, 0)


def owing(
    tally: Tally, *owed: str, known: tuple[str, ...] = (), failures: tuple[str, ...] = ()
) -> Standing:
    return tally.standing(
        exit_code=0,
        ended="complete",
        duration=0.5,
        failures=failures,
        known=known,
        owed=owed,
        at="10:00:00",
    )


def test_what_is_owed_keeps_a_state_from_being_good_and_is_none_of_the_others() -> None:
    tally = told(Collected((ONE,), FILES), TestResult(ONE, "passed", 0.1), Finished(0, 0.5))
    known = (ONE, TWO, "test_b.py::three")
    assert verdict_of(owing(tally, known=known)) == "good"
    summed = owing(tally, TWO, known=known)
    assert (summed.others, summed.owed, verdict_of(summed)) == (1, 1, "unsure")
    failing = owing(tally, TWO, known=known, failures=(TWO,))
    assert (failing.owed, failing.known_failures) == (0, 1)


def test_of_what_was_to_run_it_is_said_once_that_it_has_not() -> None:
    tally = told(COLLECTED, TestResult(ONE, "passed", 0.1), Finished(0, 0.5))
    summed = owing(tally, ONE, TWO, known=(ONE, TWO))
    assert (summed.others, summed.owed) == (1, 1), "the first has changed since it has run"


def test_a_failure_whose_file_is_deleted_is_taken_out_of_all_counts() -> None:
    other = Collected((ONE, "test_b.py::old"), {**FILES, "test_b.py": "/p/test_b.py"})
    results = [TestResult(ONE, "passed", 0.1), TestResult("test_b.py::old", "failed", 0.1)]
    tally = told(other, *results, Finished(1, 0.5))
    tally.break_off("test_b.py::old", "test_b.py::old took longer than 2 s.")
    summed = standing(tally, exit_code=1, failures=("test_b.py::old",))
    assert summed.trouble
    tally.forget("/p/test_b.py")
    again = tally.restated(summed, failures=(), known=(ONE,))
    assert (again.counts.passed, again.counts.failed, again.chosen) == (1, 0, 1)
    assert (again.exit_code, again.trouble, verdict_of(again)) == (0, "", "good")


def test_a_deleted_file_mends_no_other_failure() -> None:
    other = Collected((ONE, "test_b.py::old"), {**FILES, "test_b.py": "/p/test_b.py"})
    results = [TestResult(ONE, "failed", 0.1), TestResult("test_b.py::old", "failed", 0.1)]
    tally = told(other, *results, Finished(1, 0.5))
    summed = standing(tally, exit_code=1)
    tally.forget("/p/test_b.py")
    assert tally.restated(summed, failures=(ONE,), known=(ONE,)).exit_code == 1


def test_an_exit_code_that_nothing_explains_stays_whatever_is_deleted() -> None:
    tally = told(COLLECTED, TestResult(ONE, "passed", 0.1), Finished(1, 0.5))
    summed = standing(tally, exit_code=1)
    tally.forget("/p/test_c.py")
    assert tally.restated(summed, failures=(), known=(ONE,)).exit_code == 1


def test_a_file_that_could_not_be_collected_and_is_deleted_is_no_failure() -> None:
    failed = CollectionFailed("test_b.py", "/p/test_b.py", "SyntaxError", "")
    tally = told(failed, Finished(2, 0.5))
    summed = standing(tally, exit_code=2)
    tally.forget("/p/test_b.py")
    again = tally.restated(summed, failures=(), known=())
    assert (again.uncollected, again.exit_code, verdict_of(again)) == (0, 0, "unsure")


def test_what_goes_on_is_counted_with_what_has_broken_off() -> None:
    tally = told(COLLECTED, TestStarted(ONE), TestResult(ONE, "failed", 2.0))
    tally.break_off(ONE, "test_a.py::one took longer than 2 s.")
    tally.go_on()
    rest = Collected((TWO,), FILES, deselected=4)
    for message in (rest, TestStarted(TWO), TestResult(TWO, "passed", 0.1), Finished(0, 0.1)):
        tally.learn(message)
    summed = standing(tally, exit_code=1, failures=(ONE,))
    assert (summed.counts.failed, summed.counts.passed, summed.counts.deselected) == (1, 1, 3)
    assert (summed.chosen, summed.ended) == (2, "complete")
    assert summed.trouble == "test_a.py::one took longer than 2 s."


def test_of_many_tests_that_hang_the_first_are_named() -> None:
    tally = told()
    for number in range(5):
        tally.break_off(f"test_{number}", f"test_{number} hung.")
    assert standing(tally).trouble == "test_0 hung; test_1 hung; and 3 more"


def test_a_process_that_leaves_with_the_code_of_a_usage_error_in_a_test_is_trouble() -> None:
    summed = standing(told(COLLECTED, TestStarted(ONE)), exit_code=4)
    assert summed.trouble == "The run left with exit code 4 in test_a.py::one."
    assert summed.ended == "broken"
