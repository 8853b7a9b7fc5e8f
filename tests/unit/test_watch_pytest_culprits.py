"""The tests in which runs have broken off."""

from livereload_sse.pytest_watch.culprits import Culprits
from livereload_sse.pytest_watch.messages import TestResult, TestStarted

ONE, TWO = "test_a.py::one", "test_a.py::two"


def test_a_test_is_one_until_it_comes_to_its_end() -> None:
    culprits = Culprits()
    for test in (ONE, TWO, ONE):
        culprits.blame(test)
    assert list(culprits.tests) == [TWO, ONE]
    culprits.learn(TestStarted(ONE))
    assert list(culprits.tests) == [TWO, ONE]
    culprits.learn(TestResult(ONE, "failed", 0.1))
    assert list(culprits.tests) == [TWO]
