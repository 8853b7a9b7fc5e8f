"""How this session's tests stand."""

from collections.abc import Collection, Mapping
from pathlib import Path

from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    FileRecorded,
    Finished,
    Message,
    TestResult,
)
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.runs import Past
from livereload_sse.pytest_watch.stock import Stock
from livereload_sse.pytest_watch.tally import Tally

A, B = "test_a.py::one", "test_b.py::two"
FILES = {"test_a.py": "/p/test_a.py", "test_b.py": "/p/test_b.py"}


class Session:
    """A record, and a stock that knows what this session has collected."""

    def __init__(self) -> None:
        self.record = Record(rootdir="/p")
        self.stock = Stock(self.record)

    def run(self, *messages: Message, is_ours: bool = True, file: str | None = None) -> None:
        """Make a run, of this session or of an earlier one, and of one file or of all."""
        tally = Tally()
        self.record.begin(Order(files=None if file is None else frozenset({file})))
        listeners = (self.stock.scope, self.record, tally) if is_ours else (self.record,)
        for message in messages:
            for listener in listeners:
                listener.learn(message)
        if is_ours:
            past = Past(tally=tally, ended="complete", exit_code=0, duration=0.1, began_at=0.0)
            self.stock.take(past, at="10:00:00")


def test_what_failed_in_a_session_with_other_arguments_is_no_failure_here() -> None:
    session = Session()
    session.run(Collected((B,), FILES), TestResult(B, "failed", 0.1), is_ours=False)
    assert session.stock.failures == {B: "/p/test_b.py"}  # nobody knows yet what is collected here
    session.run(Collected((A,), FILES), TestResult(A, "passed", 0.1), Finished(0, 0.1))
    assert session.stock.failures == {}
    assert session.stock.files == ("/p/test_a.py",)
    assert session.stock.counts == {"/p/test_a.py": 1}
    assert session.stock.standing is not None
    assert session.stock.standing.known_failures == 0


def test_a_file_that_was_found_to_have_no_tests_counts_as_none(tmp_path: Path) -> None:
    session = Session()
    plain = str(tmp_path / "plain.py")
    session.run(Collected((A,), FILES), FileRecorded(plain, ()), Finished(0, 0.1))

    assert session.stock.counts == {"/p/test_a.py": 1, plain: 0}
    assert session.stock.files == ("/p/test_a.py",)


def test_what_failed_in_a_file_that_is_gone_is_no_failure_any_more() -> None:
    session = Session()
    both = Collected((A, B), FILES)
    session.run(both, TestResult(A, "passed", 0.1), TestResult(B, "failed", 0.1))
    session.run(Collected((A,), FILES), TestResult(A, "passed", 0.1), file="/p/test_a.py")
    assert session.stock.standing is not None
    assert session.stock.standing.known_failures == 1
    session.record.forget("/p/test_b.py")
    session.stock.forget(["/p/test_b.py"])
    assert session.stock.standing.known_failures == 0
    assert session.stock.standing.counts.passed == 1
    assert session.stock.files == ("/p/test_a.py",)


def test_before_a_run_is_over_there_is_nothing_to_show() -> None:
    session = Session()
    session.stock.forget(["/p/test_b.py"])
    assert session.stock.standing is None


def test_the_failure_of_a_deleted_file_is_taken_out_of_the_last_run() -> None:
    session = Session()
    both = Collected((A, B), FILES)
    session.run(both, TestResult(A, "passed", 0.1), TestResult(B, "failed", 0.1), Finished(1, 0.1))
    session.stock.forget(["/p/test_b.py"])
    assert session.stock.counted.failed == 0
    assert session.stock.failures == {}
    assert "/p/test_b.py" not in session.record.files


def test_what_is_owed_is_asked_for_by_file_and_what_cannot_be_collected_is_said_anyway() -> None:
    session = Session()
    asked: list[Mapping[str, Collection[str]]] = []

    def owed(tests: Mapping[str, Collection[str]]) -> list[str]:
        asked.append(tests)
        return [B, "/p/test_odd.py"]

    session.stock = Stock(session.record, owed=owed)
    failed = CollectionFailed("test_odd.py", "/p/test_odd.py", "SyntaxError", "")
    session.run(
        Collected((A, B), FILES), TestResult(A, "passed", 0.1), TestResult(B, "passed", 0.1)
    )
    session.run(failed, Collected((A,), FILES), TestResult(A, "passed", 0.1), file="/p/test_a.py")
    assert asked[-1]["/p/test_b.py"] == (B,)
    assert session.stock.standing is not None
    assert session.stock.standing.owed == 1
