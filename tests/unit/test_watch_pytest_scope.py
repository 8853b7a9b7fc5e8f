"""What this session's arguments let pytest find."""

from livereload_sse.pytest_watch.messages import Collected, CollectionFailed
from livereload_sse.pytest_watch.scope import Scope

A, B = "test_a.py::one", "test_b.py::two"


def in_a() -> Scope:
    scope = Scope()
    scope.learn(Collected((A,), {"test_a.py": "/p/test_a.py"}))
    return scope


def test_before_anything_is_collected_everything_is_in_it() -> None:
    assert Scope().tests([A, B]) == (A, B)
    assert Scope().files(["/p/test_b.py"]) == ("/p/test_b.py",)


def test_what_other_sessions_knew_is_not_in_it() -> None:
    assert in_a().tests([A, B]) == (A,)
    assert in_a().only({A: 1, B: 2}) == {A: 1}
    assert in_a().files(["/p/test_a.py", "/p/test_b.py"]) == ("/p/test_a.py",)


def test_a_later_run_of_some_files_takes_nothing_away() -> None:
    scope = in_a()
    scope.learn(Collected((B,), {"test_b.py": "/p/test_b.py"}))
    assert scope.tests([A, B]) == (A, B)


def test_a_file_that_cannot_be_collected_is_in_it() -> None:
    scope = in_a()
    scope.learn(CollectionFailed("test_b.py", "/p/test_b.py", "SyntaxError", ""))
    assert scope.files([]) == ("/p/test_a.py", "/p/test_b.py")
    assert scope.tests(["test_b.py"]) == ("test_b.py",)


def test_a_deleted_file_leaves_it() -> None:
    scope = in_a()
    scope.learn(Collected((B,), {"test_b.py": "/p/test_b.py"}))
    scope.forget("/p/test_a.py")
    assert scope.tests([A, B]) == (B,)


def test_a_test_file_without_tests_is_in_it() -> None:
    scope = Scope()
    scope.learn(Collected((A,), {"test_a.py": "/p/test_a.py"}, empty=("/p/test_c.py",)))
    assert scope.files(["/p/test_b.py"]) == ("/p/test_a.py", "/p/test_c.py")
    scope.forget("/p/test_c.py")
    assert scope.files([]) == ("/p/test_a.py",)


def test_where_all_that_was_collected_is_empty_the_others_may_be_in_it() -> None:
    scope = Scope()
    scope.learn(Collected((), {}, empty=("/p/test_c.py",)))
    assert scope.files(["/p/test_b.py"]) == ("/p/test_b.py", "/p/test_c.py")


def test_the_first_run_shows_whether_the_arguments_leave_out_tests() -> None:
    assert not Scope().is_narrowed
    scope = Scope()
    scope.learn(Collected((A,), {"test_a.py": "/p/test_a.py"}, deselected=1))
    scope.learn(Collected((A,), {"test_a.py": "/p/test_a.py"}))
    assert scope.is_narrowed
    later = in_a()
    later.learn(Collected((A,), {"test_a.py": "/p/test_a.py"}, deselected=1))
    assert not later.is_narrowed
