"""One run of the tests while it goes on, and what it was once it is over.

Knows which tests belong to it, which have ended, and what nobody was told yet. Refuses to know what
the results were: a test keeps its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from livereload_sse.pytest_watch.page.known import KnownTest
from livereload_sse.pytest_watch.page.shapes import Problem, Run, RunFinished

MOST_PROBLEMS = 100


@dataclass(slots=True, kw_only=True)
class Running:
    """A run. `began` and all moments are in seconds of one clock."""

    number: int
    began: float
    header: str = ""
    why: tuple[str, ...] = ()
    narrowed: bool = False
    order: dict[int, None] = field(default_factory=dict)
    done: dict[int, None] = field(default_factory=dict)
    collected: bool = False
    deselected: int = 0
    processes: int = 0
    exit_code: int | None = None
    summary: str = ""
    running: int | None = None
    problems: list[Problem] = field(default_factory=list)
    finished: RunFinished | None = None
    has_news: bool = False
    _news: dict[int, KnownTest] = field(default_factory=dict)
    _problems_told: int = 0

    def elapsed(self, now: float) -> float:
        """Tell how long it has been going on, or took."""
        return round(now - self.began, 4) if self.finished is None else self.finished["duration"]

    def collect(self, numbers: Iterable[int]) -> None:
        """These tests belong to it; several processes of one run may each bring some."""
        self.order.update(dict.fromkeys(numbers))
        self.collected = True

    def forget(self, numbers: Iterable[int]) -> None:
        """These are no more."""
        for number in numbers:
            self.order.pop(number, None)
            self.done.pop(number, None)
            self._news.pop(number, None)
            self.running = None if self.running == number else self.running

    def start(self, test: KnownTest) -> None:
        """A test has begun."""
        self.running = test.number
        self.has_news = True

    def end(self, test: KnownTest) -> None:
        """A test has ended."""
        self.done[test.number] = None
        self._news[test.number] = test
        self.running = None if self.running == test.number else self.running
        self.has_news = True

    def trouble(self, problem: Problem) -> None:
        """Something went wrong that is no test's result."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
            self.has_news = True

    def take_news(self) -> tuple[list[KnownTest], list[Problem]]:
        """Return what has ended, and what went wrong, since this was called last."""
        tests, self._news = list(self._news.values()), {}
        problems = self.problems[self._problems_told :]
        self._problems_told, self.has_news = len(self.problems), False
        return tests, problems

    def as_json(self, now: float) -> Run:
        """Write it for a late tab."""
        return {
            "run": self.number,
            "header": self.header,
            "why": list(self.why),
            "collected": self.collected,
            "order": list(self.order),
            "done": list(self.done),
            "deselected": self.deselected,
            "running": self.running,
            "elapsed": self.elapsed(now),
            "finished": self.finished,
        }
