"""What is to run next."""

from dataclasses import replace

from livereload_sse.pytest_watch.affected.choose import Choice
from livereload_sse.pytest_watch.merging import merged
from livereload_sse.pytest_watch.messages import Collected, CollectionFailed, TestResult
from livereload_sse.pytest_watch.screen.standing import Mode
from tests.looping import (
    A,
    B,
    C,
    after_first_run,
    begin,
    choice,
    collected,
    new_loop,
    run_tests,
)


def test_the_first_run_is_of_everything_and_then_nothing_is_wanted() -> None:
    loop = new_loop()
    wanted = begin(loop)
    assert (wanted.cause, wanted.files, wanted.tests) == ("first", None, None)
    loop.learn(collected(A, B, C))
    run_tests(loop, A, B, C)
    loop.end(complete=True)
    assert loop.next() is None
    assert loop.left == frozenset()


def test_a_change_wants_the_files_that_it_concerns() -> None:
    loop = after_first_run()
    assert loop.changed(choice(A, B))
    wanted = begin(loop)
    assert (wanted.cause, wanted.files) == ("change", frozenset({A, B}))
    assert set(wanted.choice.files) == {A, B}


def test_a_change_that_concerns_nothing_wants_nothing() -> None:
    loop = after_first_run()
    assert not loop.changed(choice())
    assert loop.next() is None


def test_a_cancelled_run_leaves_what_it_has_not_run_for_the_next_one() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(collected(A, B))
    run_tests(loop, A)
    loop.changed(choice(C))
    loop.end(complete=False)
    assert begin(loop).files == frozenset({B, C})


def test_a_file_that_changes_after_it_has_run_is_run_again() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(collected(A, B))
    run_tests(loop, A)
    loop.changed(choice(A))
    run_tests(loop, B)
    loop.end(complete=True)
    assert begin(loop).files == frozenset({A})


def test_a_run_that_dies_before_it_has_collected_leaves_everything() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.end(complete=False)
    assert loop.left == frozenset({A, B})
    assert loop.next() is None, "it would die again: the next save decides"
    loop.changed(choice(C))
    assert begin(loop).files == frozenset({A, B, C})


def test_the_first_run_that_dies_leaves_all_tests_whatever_they_are() -> None:
    loop = new_loop()
    begin(loop)
    loop.end(complete=False)
    loop.changed(choice(A))
    assert begin(loop).files is None


def test_a_collection_error_keeps_the_selection() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(CollectionFailed("test_a.py", A, "SyntaxError", ""))
    loop.learn(collected(B))
    loop.end(complete=True)
    assert loop.left == frozenset({A, B})


def test_a_file_that_has_no_tests_any_more_is_done_with() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(collected(B))
    run_tests(loop, B)
    loop.end(complete=True)
    assert loop.left == frozenset()


def test_a_run_that_stops_at_the_first_failure_leaves_the_others_until_something_changes() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(collected(A, B))
    run_tests(loop, A)
    loop.end(complete=True)
    assert loop.left == frozenset({B})
    assert loop.next() is None
    loop.changed(choice(A))
    assert begin(loop).files == frozenset({A, B})


def test_a_change_of_everything_during_a_run_is_not_settled_by_that_run() -> None:
    loop = new_loop()
    begin(loop)
    loop.learn(collected(A))
    run_tests(loop, A)
    loop.changed(choice(everything="conftest.py"))
    loop.end(complete=True)
    assert begin(loop).files is None


def test_while_it_is_paused_changes_wait() -> None:
    loop = after_first_run()
    loop.switch(Mode(paused=True))
    loop.changed(choice(A))
    assert loop.next() is None
    loop.switch(Mode())
    assert begin(loop).files == frozenset({A})


def test_while_somebody_debugs_nothing_begins() -> None:
    loop = after_first_run()
    loop.is_debugging = True
    loop.changed(choice(A))
    loop.ask("all")
    assert loop.next() is None
    loop.is_debugging = False
    assert begin(loop).cause == "all"


def test_what_is_asked_for_comes_before_what_has_changed_and_loses_nothing_of_it() -> None:
    loop = after_first_run({"test_c.py::test_1": C})
    loop.changed(choice(A))
    loop.ask("failed")
    wanted = begin(loop)
    assert (wanted.tests, wanted.files) == (frozenset({"test_c.py::test_1"}), frozenset({C}))
    loop.learn(collected(C))
    run_tests(loop, C)
    loop.end(complete=True)
    assert loop.left == frozenset({A})


def test_running_some_tests_of_a_file_is_not_done_with_it() -> None:
    loop = after_first_run({"test_a.py::test_1": A})
    loop.changed(choice(A))
    loop.ask("failed")
    begin(loop)
    loop.learn(collected(A))
    run_tests(loop, A)
    loop.end(complete=True)
    assert loop.left == frozenset({A})


def test_a_filter_that_somebody_typed_leaves_the_others_of_a_file_to_be_run() -> None:
    loop = after_first_run()
    loop.switch(Mode(tests="test_1"))
    loop.changed(choice(A))
    begin(loop)
    loop.learn(collected(A))
    run_tests(loop, A)
    loop.end(complete=True)
    assert loop.left == frozenset({A})


def test_with_failed_only_a_change_runs_what_failed() -> None:
    loop = after_first_run({"test_b.py::test_2": B})
    loop.switch(Mode(failed_only=True))
    loop.changed(choice(A))
    assert begin(loop).tests == frozenset({"test_b.py::test_2"})


def test_nothing_can_be_asked_for_that_does_not_exist() -> None:
    loop = after_first_run()
    assert not loop.ask("failed")
    assert not loop.ask("debug")
    assert not loop.ask("affected")
    assert loop.next() is None


def test_one_failure_is_debugged() -> None:
    loop = after_first_run({"test_b.py::test_2": B, "test_a.py::test_1": A})
    loop.ask("debug")
    assert begin(loop).tests == frozenset({"test_b.py::test_2"})


def test_the_last_run_can_be_had_again() -> None:
    loop = after_first_run()
    loop.changed(choice(A))
    begin(loop)
    loop.learn(collected(A))
    run_tests(loop, A)
    loop.end(complete=True)
    for cause in ("last", "now"):
        assert loop.ask(cause)
        assert begin(loop).files == frozenset({A})
        loop.learn(collected(A))
        run_tests(loop, A)
        loop.end(complete=True)


def test_ctrl_c_begins_nothing_and_forgets_nothing() -> None:
    loop = after_first_run()
    loop.changed(choice(A))
    loop.calm()
    assert loop.next() is None
    assert loop.left == frozenset({A})


def test_a_deleted_test_file_is_not_waited_for() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    loop.forget(A)
    assert begin(loop).files == frozenset({B})


def test_what_is_left_keeps_its_reason() -> None:
    loop = after_first_run()
    loop.changed(choice(A))
    begin(loop)
    loop.changed(choice(B))
    loop.end(complete=False)
    assert set(begin(loop).choice.files) == {A, B}


def test_the_later_choice_comes_first() -> None:
    earlier = Choice(changed=("a",), first=("x", "y"))
    later = Choice(changed=("b",), first=("z", "y"))
    assert merged(earlier, later).first == ("z", "y", "x")
    assert merged(earlier, later).changed == ("b", "a")  # the newest is named first


def narrowed(tests: set[str], *files: str) -> Choice:
    return replace(choice(*files), tests=frozenset(tests))


def test_with_functions_only_a_file_is_done_with_when_those_tests_have_run() -> None:
    loop = after_first_run()
    loop.changed(narrowed({"test_a.py::test_1"}, A))
    wanted = begin(loop)
    assert (wanted.tests, wanted.files) == (frozenset({"test_a.py::test_1"}), frozenset({A}))
    loop.learn(Collected(("test_a.py::test_1",), {"test_a.py": A}))
    loop.learn(TestResult("test_a.py::test_1", "passed", 0.1))
    loop.end(complete=True)
    assert loop.left == frozenset()


def test_two_narrow_choices_are_joined_and_a_wide_one_wins() -> None:
    loop = after_first_run()
    loop.changed(narrowed({"a"}, A))
    loop.changed(narrowed({"b"}, B))
    wanted = loop.next()
    assert wanted is not None
    assert wanted.tests == frozenset({"a", "b"})
    loop.changed(choice(C))
    wanted = loop.next()
    assert wanted is not None
    assert (wanted.tests, wanted.files) == (None, frozenset({A, B, C}))


def test_what_is_left_of_a_wide_run_is_not_narrowed_by_a_later_save() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.changed(narrowed({"test_c.py::test_1"}, C))
    loop.end(complete=False)
    assert begin(loop).tests is None
