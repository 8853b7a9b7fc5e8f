from livereload_sse.pytest_watch.page.known import KnownTest
from livereload_sse.pytest_watch.page.running import MOST_PROBLEMS, Running
from livereload_sse.pytest_watch.page.shapes import Problem

PROBLEM: Problem = {"title": "a.py", "message": "no", "place": None, "lines": []}


def make(*numbers: int) -> tuple[Running, list[KnownTest]]:
    run = Running(number=1, began=1.0)
    run.collect(numbers)
    return run, [KnownTest(number, f"a.py::{number}", 0, str(number)) for number in numbers]


def test_news_are_told_once_and_the_newest_of_each_test() -> None:
    run, (one, two) = make(1, 2)
    run.end(one)
    run.end(one)
    run.end(two)
    run.trouble(PROBLEM)

    assert run.take_news() == ([one, two], [PROBLEM])
    assert run.take_news() == ([], [])
    assert not run.has_news


def test_of_endless_problems_the_first_ones_are_kept() -> None:
    run, _ = make()

    for _ in range(MOST_PROBLEMS + 5):
        run.trouble(PROBLEM)

    assert len(run.problems) == MOST_PROBLEMS


def test_what_is_forgotten_leaves_no_trace() -> None:
    run, (one, two) = make(1, 2)
    run.start(one)
    run.end(two)

    run.forget([1, 2])

    told = run.as_json(3.0)
    assert (told["order"], told["done"], told["running"]) == ([], [], None)
    assert run.take_news() == ([], [])


def test_another_tests_end_does_not_end_the_one_that_runs() -> None:
    run, (one, two) = make(1, 2)
    run.start(one)

    run.end(two)

    assert run.running == 1
