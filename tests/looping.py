"""A loop whose tests have all run, and the messages of its runs."""

from collections.abc import Mapping

from livereload_sse.pytest_watch.affected.choose import Choice, Reason
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.messages import Collected, TestResult
from livereload_sse.pytest_watch.wanted import Wanted

A, B, C = "/p/test_a.py", "/p/test_b.py", "/p/test_c.py"
NAMES = {A: "test_a.py", B: "test_b.py", C: "test_c.py"}


def choice(*files: str, everything: str = "") -> Choice:
    return Choice(
        changed=("/p/code.py",),
        files={file: Reason("/p/code.py", "imports", (file, "/p/code.py")) for file in files},
        everything=everything,
    )


def collected(*files: str) -> Collected:
    tests = [f"{NAMES[file]}::test_{number}" for file in files for number in (1, 2)]
    return Collected(tuple(tests), {NAMES[file]: file for file in files})


def run_tests(loop: Loop, *files: str) -> None:
    """All tests of these files pass."""
    for file in files:
        for number in (1, 2):
            loop.learn(TestResult(f"{NAMES[file]}::test_{number}", "passed", 0.1))


def new_loop(failures: Mapping[str, str] | None = None) -> Loop:
    return Loop(failures=lambda: failures or {})


def begin(loop: Loop) -> Wanted:
    wanted = loop.next()
    assert wanted is not None
    loop.begin(wanted)
    return wanted


def after_first_run(failures: Mapping[str, str] | None = None) -> Loop:
    """Everything has run once."""
    loop = new_loop(failures)
    begin(loop)
    loop.learn(collected(A, B, C))
    run_tests(loop, A, B, C)
    loop.end(complete=True)
    return loop


TESTS = {file: [f"{NAMES[file]}::test_{number}" for number in (1, 2)] for file in NAMES}


def partly(file: str, *numbers: int, left_out: bool = True) -> Collected:
    """Some tests of one file are collected, and it is known that others are left out."""
    tests = tuple(f"{NAMES[file]}::test_{number}" for number in numbers)
    return Collected(tests, {NAMES[file]: file}, left_out=(file,) if left_out else ())


def end(loop: Loop, test: str) -> None:
    loop.learn(TestResult(test, "passed", 0.1))
