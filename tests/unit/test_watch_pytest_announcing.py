"""What is said of a run that begins."""

from livereload_sse.pytest_watch.affected.choice import Choice, Reason
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.announcing import header_of, reason_of
from livereload_sse.pytest_watch.messages import CollectionFailed
from livereload_sse.pytest_watch.screen.standing import NOTHING_ON, Mode
from livereload_sse.pytest_watch.wanted import Wanted

A, B = "/p/test_a.py", "/p/test_b.py"
COUNTS = {A: 2, B: 3}
CHANGE = Choice(
    changed=("/p/a.py",), files={A: Reason("/p/a.py", "imports", (A, "/p/a.py"))}, total_files=2
)


def header(wanted: Wanted, record: Record | None = None, mode: Mode = NOTHING_ON) -> str:
    return header_of(wanted, mode, counts=COUNTS, record=record or Record(), rootdir="/p")


def test_of_a_change_it_is_said_what_it_concerns() -> None:
    assert header(Wanted(cause="change", choice=CHANGE)) == "a.py → 2 of 5 tests"
    reason = reason_of(
        Wanted(cause="change", choice=CHANGE), record=Record(), rootdir="/p", width=0
    )
    assert reason == "test_a (imports it)"


def test_what_a_cancelled_run_has_left_is_counted() -> None:
    wanted = Wanted(cause="change", choice=CHANGE, files=frozenset({A, B}))
    assert header(wanted) == "a.py → 2 of 5 tests, and 3 left from before"


def test_of_what_a_mode_leaves_out_nothing_is_announced() -> None:
    both = {file: Reason("/p/a.py", "imports", (file, "/p/a.py")) for file in (A, B)}
    choice = Choice(changed=("/p/a.py",), files=both, total_files=2)
    tests = frozenset({"test_b.py::one"})
    wanted = Wanted(cause="change", choice=choice, files=frozenset({B}), tests=tests)
    assert header(wanted) == "a.py → 1 of 5 tests"
    assert reason_of(wanted, record=Record(), rootdir="/p", width=0) == "test_b (imports it)"
    assert header(Wanted(cause="change", choice=CHANGE, files=frozenset({B}), tests=tests)) == (
        "a.py → 1 of 5 tests"
    )
    assert header(Wanted(cause="failed", choice=choice, files=frozenset({B}), tests=tests)) == (
        "what failed"
    )


def test_what_has_run_since_is_not_counted_again() -> None:
    both = {file: Reason("/p/a.py", "imports", (file, "/p/a.py")) for file in (A, B)}
    choice = Choice(changed=("/p/a.py",), files=both, total_files=2)
    wanted = Wanted(cause="change", choice=choice, files=frozenset({B}))
    assert header(wanted) == "a.py → 3 of 5 tests"


def test_of_a_run_that_goes_on_it_is_said_with_what() -> None:
    wanted = Wanted(
        cause="change", choice=CHANGE, tests=frozenset({"one", "two"}), goes_on="left behind x"
    )
    assert header(wanted) == "2 tests left behind x"
    assert header(Wanted(cause="all", tests=frozenset({"one"}), goes_on="left behind x")) == (
        "1 test left behind x"
    )
    assert reason_of(wanted, record=Record(), rootdir="/p", width=0) == ""


def test_of_a_wish_it_is_said_what_was_wished_for() -> None:
    assert header(Wanted(cause="all", choice=CHANGE)) == "all tests"
    assert header(Wanted(cause="all"), mode=Mode(tests="cart")) == "what fits the filters"
    assert header(Wanted(cause="failed")) == "what failed"
    assert header(Wanted(cause="first")) == ""
    assert reason_of(Wanted(cause="all"), record=Record(), rootdir="/p", width=0) == ""


def test_a_file_that_could_not_be_collected_is_called_so() -> None:
    record = Record(rootdir="/p")
    odd = "/p/test_odd.py"
    record.learn(CollectionFailed("test_odd.py", odd, "SyntaxError", ""))
    choice = Choice(changed=("/p/a.py",), files={odd: Reason("/p/a.py", "unknown", (odd,))})
    wanted = Wanted(cause="change", choice=choice)
    assert header(wanted, record) == "a.py → 1 file that could not be collected"
    reason = reason_of(wanted, record=record, rootdir="/p", width=0)
    assert reason == "test_odd (could not be collected)"
