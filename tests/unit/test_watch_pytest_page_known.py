from livereload_sse.pytest_watch.messages import TestResult
from livereload_sse.pytest_watch.page.known import KnownTests


def test_a_test_keeps_its_number() -> None:
    tests = KnownTests()
    first, _ = tests.meet("a.py::one", "/a.py")
    tests.meet("a.py::two", "/a.py")

    again, is_new = tests.meet("a.py::one", "/a.py")

    assert (again, is_new) == (first, False)
    assert tests.find(first.number) is tests.find("a.py::one") is first


def test_a_number_is_never_given_twice() -> None:
    tests = KnownTests()
    first, _ = tests.meet("a.py::one", "/a.py")
    tests.forget(["a.py::one"])

    again, is_new = tests.meet("a.py::one", "/a.py")

    assert is_new
    assert again.number != first.number
    assert tests.find(first.number) is None


def test_a_file_keeps_its_index() -> None:
    tests = KnownTests()
    tests.meet("a.py::one", "/a.py")
    tests.meet("b.py::one", "/b.py")
    tests.forget(["a.py::one"])

    again, _ = tests.meet("a.py::one", "/a.py")

    assert (tests.files, again.file) == (["/a.py", "/b.py"], 0)
    assert [test.node for test in tests.in_files(["/b.py", "/c.py"])] == ["b.py::one"]


def test_the_name_of_a_test_is_what_comes_after_its_file() -> None:
    tests = KnownTests()

    assert tests.meet("a.py::TestA::one[x::y]", "/a.py")[0].name == "TestA::one[x::y]"
    assert tests.meet("notes.txt", "/notes.txt")[0].name == "notes.txt"


def test_a_line_that_is_not_told_is_no_news() -> None:
    tests = KnownTests()
    test, _ = tests.meet("a.py::one", "/a.py", 4)

    assert not tests.meet("a.py::one", "/a.py")[1]
    assert not tests.meet("a.py::one", "/a.py", 4)[1]
    assert tests.meet("a.py::one", "/a.py", 5)[1]
    assert test.line == 5


def test_a_result_is_only_kept_where_there_is_something_to_say() -> None:
    test, _ = KnownTests().meet("a.py::one", "/a.py")
    test.end(TestResult("a.py::one", "failed", 0.5, details="E  no"), 1)
    failed = test.result
    test.end(TestResult("a.py::one", "passed", 0.5), 2)

    assert failed is not None
    assert test.result is None


def test_what_is_remembered_does_not_outdo_what_was_seen() -> None:
    tests = KnownTests()
    seen, _ = tests.meet("a.py::one", "/a.py")
    unseen, _ = tests.meet("a.py::two", "/a.py")
    seen.end(TestResult("a.py::one", "passed", 0.5), 1)

    tests.remember({"a.py::one": "failed", "a.py::two": "failed"}, {"a.py::two": 2.0})

    assert (seen.outcome, seen.duration) == ("passed", 0.5)
    assert (unseen.outcome, unseen.duration, unseen.run) == ("failed", 2.0, 0)
    assert tests.failing() == [unseen]
