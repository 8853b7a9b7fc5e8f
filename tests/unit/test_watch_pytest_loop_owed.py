"""What is owed: what a run, or a mode, has left out; and that no change is ever lost."""

from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.messages import Collected
from livereload_sse.pytest_watch.screen.standing import Mode
from tests.looping import (
    NAMES,
    TESTS,
    A,
    B,
    C,
    after_first_run,
    begin,
    choice,
    collected,
    end,
    new_loop,
    partly,
    run_tests,
)


def test_what_a_mode_leaves_out_is_owed_until_it_has_run() -> None:
    loop = after_first_run({"test_b.py::test_2": B})
    assert loop.owed(TESTS) == frozenset()
    loop.switch(Mode(failed_only=True))
    loop.changed(choice(A))
    begin(loop)
    loop.learn(partly(B, 2))
    end(loop, "test_b.py::test_2")
    loop.end(complete=True)
    assert loop.next() is None
    assert loop.owed(TESTS) == {*TESTS[A]}
    assert loop.ask("affected")
    assert begin(loop).files == frozenset({A})


def test_of_a_file_of_which_nothing_is_left_out_all_has_run_in_whichever_mode() -> None:
    loop = after_first_run({"test_a.py::test_1": A, "test_a.py::test_2": A})
    loop.changed(choice(A))
    loop.ask("failed")
    begin(loop)
    loop.learn(partly(A, 1, 2, left_out=False))
    run_tests(loop, A)
    loop.end(complete=True)
    assert loop.left == frozenset()


def test_a_test_of_which_nobody_knows_is_owed_as_its_file() -> None:
    loop = after_first_run({"test_a.py::test_1": A, "test_a.py::test_2": A})
    loop.changed(choice(A))
    loop.ask("failed")
    begin(loop)
    loop.learn(Collected((*TESTS[A],), {NAMES[A]: A}, left_out=(A,)))  # it has a new one
    run_tests(loop, A)
    loop.end(complete=True)
    assert loop.owed(TESTS) == {A}


def test_what_has_changed_after_it_ran_is_owed_again() -> None:
    loop = after_first_run({"test_a.py::test_1": A})
    loop.changed(choice(A))
    loop.ask("failed")
    begin(loop)
    loop.learn(partly(A, 1))
    end(loop, "test_a.py::test_1")
    assert loop.owed(TESTS) == {"test_a.py::test_2"}
    loop.changed(choice(A))
    end(loop, "test_a.py::test_1")
    assert loop.owed(TESTS) == {*TESTS[A]}


def test_where_all_may_be_concerned_all_is_owed_that_has_not_run_since() -> None:
    loop = after_first_run({"test_a.py::test_1": A})
    loop.changed(choice(everything="conftest.py"))
    loop.ask("failed")
    begin(loop)
    loop.learn(partly(A, 1))
    end(loop, "test_a.py::test_1")
    loop.end(complete=True)
    assert loop.owed(TESTS) == {"test_a.py::test_2", *TESTS[B], *TESTS[C]}
    assert loop.owed({}) == {""}


def broken_off(loop: Loop, *ended: str) -> None:
    """Begin a run, end some of its tests, and have it break off."""
    wanted = begin(loop)
    tests = wanted.tests or {test for file in wanted.files or NAMES for test in TESTS[file]}
    files = {name: file for file, name in NAMES.items() if not tests.isdisjoint(TESTS[file])}
    loop.learn(Collected(tuple(sorted(tests)), files))
    for test in ended:
        end(loop, test)
    loop.end(complete=False)


def test_a_run_that_has_broken_off_goes_on_with_what_it_has_not_run() -> None:
    loop = new_loop()
    broken_off(loop, *TESTS[A], "test_b.py::test_1")
    assert loop.go_on("behind it")
    wanted = loop.next()
    assert wanted is not None
    assert (wanted.cause, wanted.goes_on) == ("first", "behind it")
    assert wanted.tests == frozenset({"test_b.py::test_2", *TESTS[C]})
    assert wanted.files == frozenset({B, C})
    broken_off(loop, "test_b.py::test_2", *TESTS[C])
    assert loop.left == frozenset()
    assert not loop.go_on("again"), "nothing is left"


def test_a_run_that_goes_on_makes_progress_or_ends() -> None:
    loop = new_loop()
    broken_off(loop, *TESTS[A])
    assert loop.go_on("behind it")
    broken_off(loop)
    assert not loop.go_on("behind it"), "not one test has ended"
    assert loop.left == frozenset({B, C})


def test_a_test_that_is_not_found_again_is_not_done_with() -> None:
    loop = new_loop()
    broken_off(loop, *TESTS[A])
    loop.go_on("behind it")
    begin(loop)
    loop.learn(partly(B, 1))
    end(loop, "test_b.py::test_1")
    loop.end(complete=True)
    assert loop.left == frozenset({B, C})


def test_what_has_changed_meanwhile_comes_first_and_loses_nothing() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(collected(A, B))
    end(loop, "test_a.py::test_1")
    loop.changed(choice(C))
    loop.end(complete=False)
    assert not loop.go_on("behind it")
    assert begin(loop).files == frozenset({A, B, C})


def test_of_a_file_that_waits_for_its_turn_nothing_is_run_meanwhile() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(collected(A, B))
    loop.switch(Mode(paused=True))
    loop.changed(choice(A))
    loop.end(complete=False)
    assert loop.go_on("behind it")
    assert begin(loop).files == frozenset({B})
    loop.learn(collected(B))
    run_tests(loop, B)
    loop.end(complete=True)
    assert loop.left == frozenset({A})


def test_some_tests_that_go_on_are_still_no_whole_files() -> None:
    loop = after_first_run({"test_a.py::test_1": A, "test_b.py::test_1": B})
    loop.changed(choice(B))
    loop.ask("failed")
    broken_off(loop, "test_a.py::test_1")
    assert loop.go_on("behind it")
    wanted = begin(loop)
    assert (wanted.tests, wanted.is_partial) == (frozenset({"test_b.py::test_1"}), True)
    loop.learn(partly(B, 1))
    end(loop, "test_b.py::test_1")
    loop.end(complete=True)
    assert loop.left == frozenset({B})


def test_where_all_may_be_concerned_nothing_goes_on_as_if_it_were_enough() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    begin(loop)
    loop.learn(collected(A, B))
    end(loop, "test_a.py::test_1")
    loop.switch(Mode(paused=True))
    loop.changed(choice(everything="conftest.py"))
    loop.end(complete=False)
    assert not loop.go_on("behind it")
    assert loop.left is None


def test_what_has_run_in_whichever_mode_is_not_named_by_the_next_save() -> None:
    loop = after_first_run({"test_a.py::test_1": A, "test_a.py::test_2": A})
    loop.changed(choice(A))
    loop.ask("failed")
    begin(loop)
    loop.learn(partly(A, 1, 2, left_out=False))
    run_tests(loop, A)
    loop.end(complete=True)
    loop.changed(choice(B))
    assert set(begin(loop).choice.files) == {B}


def test_a_debugger_is_not_followed_by_what_it_has_left() -> None:
    loop = after_first_run({"test_a.py::test_1": A})
    loop.ask("debug")
    broken_off(loop)
    assert not loop.go_on("behind it")


def test_the_same_again_is_the_whole_run_and_not_what_went_on() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B))
    broken_off(loop, *TESTS[A])
    loop.go_on("behind it")
    broken_off(loop, *TESTS[B])
    loop.ask("last")
    wanted = begin(loop)
    assert (wanted.files, wanted.tests, wanted.goes_on) == (frozenset({A, B}), None, "")


def test_a_file_that_is_deleted_while_it_runs_cuts_the_run_short() -> None:
    loop = after_first_run()
    loop.changed(choice(A, B, C))
    begin(loop)
    loop.learn(collected(A, B, C))
    run_tests(loop, A)
    loop.forget(A)
    seen = [loop.is_cut]  # it is done with
    loop.forget(B)
    seen.append(loop.is_cut)
    loop.end(complete=False)
    assert ([*seen, loop.is_cut], loop.gone) == ([False, True, False], (B,))
    assert loop.go_on("without it")
    assert begin(loop).files == frozenset({C})


steps = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.frozensets(st.sampled_from([A, B, C]), min_size=1)),
        st.tuples(
            st.just("run"), st.frozensets(st.sampled_from([*TESTS[A], *TESTS[B], *TESTS[C]]))
        ),
        st.tuples(st.just("end"), st.booleans()),
        st.tuples(st.just("mode"), st.booleans()),
        st.tuples(st.just("break off"), st.booleans()),
        st.tuples(st.just("affected"), st.booleans()),
    ),
    max_size=40,
)
FILES = {test: file for file, tests in TESTS.items() for test in tests}


class World:
    """Tests that fail or do not, what has changed for them, and what runs."""

    def __init__(self) -> None:
        self.failing = {"test_a.py::test_1": A, "test_b.py::test_2": B}
        self.loop = after_first_run(self.failing)
        self.stale: set[str] = set()
        """The tests that have not run since something changed for their file."""
        self.under_way: set[str] = set()
        """The tests that run, and see all that has changed."""

    def change(self, files: frozenset[str]) -> None:
        self.loop.changed(choice(*files))
        changed = {test for file in files for test in TESTS[file]}
        self.stale |= changed
        self.under_way -= changed

    def begin(self) -> None:
        wanted = self.loop.next()
        if wanted is None or self.loop.is_running:
            return
        self.loop.begin(wanted)
        files = set(NAMES if wanted.files is None else wanted.files)
        tests = {test for file in files for test in TESTS[file]}
        chosen = tests if wanted.tests is None else tests & wanted.tests
        left_out = {FILES[test] for test in tests - chosen}
        names = {NAMES[FILES[test]]: FILES[test] for test in chosen}
        self.loop.learn(Collected(tuple(sorted(chosen)), names, left_out=tuple(sorted(left_out))))
        self.under_way = set(chosen)

    def run(self, tests: frozenset[str]) -> None:
        if not self.loop.is_running:
            self.begin()
            return
        for test in sorted(tests):
            end(self.loop, test)
        self.stale -= tests & self.under_way

    def take(self, step: str, *, what: bool) -> None:
        if step == "mode":
            self.loop.switch(Mode(failed_only=what))
        elif step == "affected":
            self.loop.ask("affected")
        elif step == "end":
            self.loop.end(complete=what)
        elif self.loop.is_running:
            self.loop.end(complete=False)
            self.loop.go_on("behind it")


@given(steps)
def test_no_change_is_ever_lost(steps: list[tuple[str, frozenset[str] | bool]]) -> None:
    """Whatever happens, and in whichever mode, a test for which something has changed is left and owed
    until it has run since; and once all that is left has run, nothing is.
    """
    world = World()
    for step, what in steps:
        if isinstance(what, bool):
            world.take(step, what=what)
        elif step == "change":
            world.change(what)
        else:
            world.run(what)
        assert world.stale <= world.loop.owed(TESTS)
        if not world.loop.is_running:
            assert world.loop.left is not None
            assert {FILES[test] for test in world.stale} <= world.loop.left
    world.loop.end(complete=False)
    world.loop.switch(Mode())
    world.loop.calm()
    if world.loop.ask("affected"):
        world.begin()
        world.run(frozenset(FILES))
        world.loop.end(complete=True)
    assert (world.loop.left, world.stale) == (frozenset(), set())
