import json
import os
from types import SimpleNamespace
from typing import Any

import pytest

from livereload_sse.pytest_watch.inside.collecting import Collecting
from livereload_sse.pytest_watch.inside.workers import EVENT, Workers, merged
from livereload_sse.pytest_watch.messages import (
    Collected,
    FileRecorded,
    Message,
    Use,
    Wrote,
    encode,
)
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.plugin import WORKER

A, B = Use("/p/a.py", "imports", "/p/test.py"), Use("/p/b.json", "reads", "/p/a.py")
FILE = "/p/test.py"
TESTS = Collected(("test.py::one", "test.py::two"), {"test.py": FILE})


def record(*uses: Use, everything: str = "") -> FileRecorded:
    return FileRecorded(FILE, uses, everything, partial=True)


class Run:
    """The run's own end, and what it has told."""

    def __init__(self) -> None:
        self.told: list[Message] = []
        tell = self.told.append
        self.workers = Workers(Order(args=("-n2",)), tell, Collecting(tell))

    def hear(self, *messages: Message, whole: tuple[str, ...] = ()) -> None:
        self.workers.hear(whole=whole)
        for message in messages:
            self.workers.hear(line=encode(message).decode())

    def end(self, *tests: str) -> list[FileRecorded]:
        for test in tests:
            where = ("test.py", None, "test")
            report = pytest.TestReport(test, where, {}, "passed", None, "teardown")
            self.workers.pytest_runtest_logreport(report)
        ending: Any = self.workers.pytest_sessionfinish()
        next(ending)
        with pytest.raises(StopIteration):
            next(ending)
        return [one for one in self.told if isinstance(one, FileRecorded)]


def test_what_each_has_recorded_becomes_one() -> None:
    found = merged([record(A), record(A, B, everything="starts sh")], partial=False)
    assert set(found.uses) == {A, B}
    assert (found.everything, found.partial) == ("starts sh", False)


def test_a_file_is_done_with_when_all_of_its_tests_have_run_somewhere() -> None:
    run = Run()
    run.hear(TESTS, record(A), record(B), whole=(FILE,))
    assert [one.partial for one in run.end("test.py::one", "test.py::two")] == [False]


def test_a_file_without_tests_is_done_with_when_it_has_been_collected() -> None:
    run = Run()
    run.hear(Collected((), {}, empty=(FILE,)), record(A), record(A))
    assert [one.partial for one in run.end()] == [False]


def test_it_is_not_while_one_of_them_has_not_run() -> None:
    run = Run()
    run.hear(TESTS, record(A), whole=(FILE,))
    assert [one.partial for one in run.end("test.py::one")] == [True]


def test_it_is_not_where_options_have_left_tests_out() -> None:
    run = Run()
    run.hear(TESTS, record(A))
    assert [one.partial for one in run.end("test.py::one", "test.py::two")] == [True]


def test_what_all_collect_is_told_once_and_what_one_writes_at_once() -> None:
    run = Run()
    run.hear(TESTS)
    run.hear(TESTS, Wrote(("/p/notes.txt",)))
    assert run.told == [TESTS, Wrote(("/p/notes.txt",))]


def test_they_get_the_order_and_xdist_its_own_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WORKER, "")
    run = Run()
    events: list[object] = []
    node = SimpleNamespace(workerinput={}, process_from_remote=events.append)
    run.workers.pytest_xdist_setupnodes()
    run.workers.pytest_configure_node(node)
    assert Order.from_json(json.loads(node.workerinput[EVENT])).args == ("-n2",)
    assert json.loads(os.environ[WORKER])["record"] is True
    node.process_from_remote(("logstart", {"nodeid": "x"}))
    node.process_from_remote((EVENT, {"line": encode(TESTS).decode()}))
    node.process_from_remote("the end")
    assert events == [("logstart", {"nodeid": "x"}), "the end"]
    assert run.told == [TESTS]
