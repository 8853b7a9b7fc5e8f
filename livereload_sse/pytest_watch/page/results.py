"""What the tests have come to: learnt from what runs tell, told to whoever shows it.

Knows runs, results and what a late tab has to know of them. Refuses to know HTTP, clocks (the time
is an argument, in seconds of any clock that does not go back) and how tests are chosen. It is cheap
while nobody listens: what went wrong is kept as it came, and made ready for a page when one asks.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Message,
    Outcome,
    Started,
    TestResult,
    TestStarted,
    Trouble,
)
from livereload_sse.pytest_watch.page.known import FAILURES, HELD, KnownTest, KnownTests
from livereload_sse.pytest_watch.page.present import Present
from livereload_sse.pytest_watch.page.running import Running
from livereload_sse.pytest_watch.page.shapes import (
    TEST_RESULT,
    TESTS_COLLECTED,
    TESTS_FINISHED,
    TESTS_STARTED,
    TESTS_WAITING,
    Details,
    Ending,
    Event,
    Problem,
    RunFinished,
    State,
    TestsCollected,
)

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.page.shapes import RunStarted, TestResults, Waiting

FLUSH_INTERVAL: Final = 0.05
"""Seconds between two `test-result` events: what ends meanwhile is told together."""

GOOD_EXIT_CODES: Final = frozenset({0, 5})
"""pytest's codes for "all passed" and "no tests collected"."""

Tell = Callable[[Sequence[Event]], None]


class Results:
    """Learns from messages and tells events. All methods that learn return the events they told.

    A run is `begin`, any number of `learn`, and `end` where no `Finished` comes; `wait` says what
    is waited for after it. Left out, `begin` is implied by `Started`. `flush` is due at `due`.

    root: the folder from which files are named; an absolute path
    project: what the page calls all this; default: the folder's name
    """

    def __init__(self, *, root: Path, project: str = "") -> None:
        self.root = root
        self.project = project or root.name
        self.present = Present(root)
        self._tests = KnownTests()
        self._run = Running(number=0, began=0.0, finished=_NOTHING_RAN)
        self._past: deque[RunFinished] = deque(maxlen=HELD)
        self._waiting: Waiting | None = None
        self._flushed = float("-inf")
        self._outcomes: Mapping[str, Outcome] = {}
        self._durations: Mapping[str, float] = {}
        self._listeners: dict[object, Tell] = {}

    def listen(self, tell: Tell) -> Callable[[], object]:
        """Call `tell` with all events from now on; returns what ends that."""
        key = object()
        self._listeners[key] = tell
        return partial(self._listeners.pop, key, None)

    def remember(self, outcomes: Mapping[str, Outcome], durations: Mapping[str, float]) -> None:
        """Take over what an earlier process has learnt, by node id: it counts until a test has run.

        What failed then counts from now on, whether it is collected or not: there is no green before
        it has passed, or is forgotten.
        """
        self._outcomes, self._durations = outcomes, durations
        for node in (node for node, outcome in outcomes.items() if outcome in FAILURES):
            self._tests.meet(node, self._path_of(node))
        self._tests.remember(outcomes, durations)

    def begin(
        self, now: float, *, header: str = "", why: Sequence[str] = (), narrowed: bool = False
    ) -> list[Event]:
        """A run is about to start. `header`: what changed, and how many tests that affects; `why`:
        one line for each test file. `narrowed`: it was asked for some of its files' tests only, so
        that one which it does not collect may still exist.
        """
        ended = self.end(now)
        number = self._run.number + 1
        self._run = Running(
            number=number, began=now, header=header, why=tuple(why), narrowed=narrowed
        )
        self._waiting = None
        data: RunStarted = {"run": number, "header": header, "why": list(why)}
        return ended + self._tell(TESTS_STARTED, data)

    def learn(self, message: Message, now: float) -> list[Event]:
        """A run has told something. Kinds that say nothing of results are left alone."""
        if isinstance(message, Started):
            return self._start(now)
        return self._learn(message, now) if self._run.finished is None else []

    def end(self, now: float, *, ending: Ending = "cancelled", message: str = "") -> list[Event]:
        """The run is over, and did not say so itself: `message` is what happened. No run: nothing."""
        if self._run.finished is not None:
            return []
        return self._finish(now, ending=ending, message=message)

    def wait(
        self, line: str, *, paused: bool = False, filters: Sequence[str] = (), owed: int = 0
    ) -> list[Event]:
        """Nothing runs; `line` is what is waited for. `owed`: tests that should have run by now."""
        waiting: Waiting = {
            "line": line,
            "paused": paused,
            "filters": list(filters),
            "owed": owed,
        }
        if waiting == self._waiting:
            return []
        self._waiting = waiting
        return self._tell(TESTS_WAITING, waiting)

    @property
    def due(self) -> float | None:
        """When `flush` has something to tell; None: nothing is held back."""
        return self._flushed + FLUSH_INTERVAL if self._run.has_news else None

    def flush(self, now: float) -> list[Event]:
        """Tell what has been held back for a moment."""
        if not self._run.has_news:
            return []
        self._flushed = now
        tests, problems = self._run.take_news()
        data: TestResults = {
            "run": self._run.number,
            "results": [(one.number, one.outcome or "passed", one.duration) for one in tests],
            "notes": [note for one in tests if (note := self.present.note(one))],
            "problems": problems,
            "running": self._run.running,
            "elapsed": self._run.elapsed(now),
        }
        return self._tell(TEST_RESULT, data)

    def forget(self, tests: Collection[str] = (), *, files: Collection[str] = ()) -> list[Event]:
        """These tests, and those of these files (absolute paths), are no more."""
        nodes = {*tests, *(test.node for test in self._tests.in_files(files))}
        gone = self._forget(nodes)
        return self._tell(TESTS_COLLECTED, self._collected([], gone, 0)) if gone else []

    def failing(self) -> list[str]:
        """List the node ids of tests that failed when they last ran, in whichever run that was."""
        return [test.node for test in self._tests.failing()]

    def name_of(self, number: int) -> str | None:
        """Give the node id of a test's number; None where there is none."""
        test = self._tests.find(number)
        return test.node if test else None

    def details(self, number: int) -> Details | None:
        """Say what went wrong in a test; None: there is none of this number."""
        test = self._tests.find(number)
        return self.present.details(test) if test else None

    def state(self, now: float) -> State:
        """Say everything that a page has to know that opens now."""
        return {
            "project": self.project,
            "files": [self.present.file(path) for path in self._tests.files],
            "tests": [test.row() for test in self._tests],
            "notes": [note for test in self._tests if (note := self.present.note(test))],
            "problems": list(self._run.problems),
            "run": self._run.as_json(now),
            "past": list(self._past),
            "waiting": self._waiting,
        }

    def _start(self, now: float) -> list[Event]:
        """A process has begun. A run may have several; and whoever watches may not have said so."""
        told = self.begin(now) if self._run.finished is not None else []
        self._run.processes += 1
        return told

    def _learn(self, message: Message, now: float) -> list[Event]:
        match message:
            case Collected():
                return self._collect(message)
            case Finished():
                return self._finish_one(message, now)
            case TestStarted() | TestResult():
                told = self._learn_test(message)
            case CollectionFailed() | Trouble():
                self._run.trouble(self._problem(message))
                told = []
            case _:
                return []
        return told + self._flush_in_time(now)

    def _collect(self, message: Collected) -> list[Event]:
        files_known = len(self._tests.files)
        found = [self._meet(node, message, index) for index, node in enumerate(message.tests)]
        self._run.collect([test.number for test, _ in found])
        self._run.deselected += message.deselected
        gone = [] if self._run.narrowed or message.deselected else self._find_gone(message)
        self._tests.remember(self._outcomes, self._durations)
        new = [test for test, is_new in found if is_new]
        return self._tell(TESTS_COLLECTED, self._collected(new, self._forget(gone), files_known))

    def _meet(self, node: str, message: Collected, index: int) -> tuple[KnownTest, bool]:
        path = message.files.get(node.partition("::")[0]) or self._path_of(node)
        line = message.lines[index] if index < len(message.lines) else 0
        return self._tests.meet(node, path, line)

    def _path_of(self, node: str) -> str:
        """Guess a test's file: pytest names it from the root."""
        return str(self.root / node.partition("::")[0])

    def _find_gone(self, message: Collected) -> list[str]:
        """The whole of these files was looked at: what is not in them any more is gone."""
        tests = self._tests.in_files({*message.files.values(), *message.empty})
        return [test.node for test in tests if test.number not in self._run.order]

    def _forget(self, nodes: Collection[str]) -> list[int]:
        gone = self._tests.forget(nodes)
        self._run.forget(gone)
        return gone

    def _collected(
        self, new: Iterable[KnownTest], gone: list[int], files_known: int
    ) -> TestsCollected:
        return {
            "run": self._run.number,
            "files": [self.present.file(path) for path in self._tests.files[files_known:]],
            "tests": [test.row() for test in new],
            "order": list(self._run.order),
            "gone": gone,
            "deselected": self._run.deselected,
        }

    def _learn_test(self, message: TestStarted | TestResult) -> list[Event]:
        """A test has begun or ended. One that was not collected (plugins make some as they go)
        belongs to the run from now on.
        """
        files_known = len(self._tests.files)
        test, is_new = self._tests.meet(message.test, self._path_of(message.test))
        is_late = test.number not in self._run.order
        if isinstance(message, TestResult):
            test.end(message, self._run.number)
            self._run.end(test)
        else:
            self._run.start(test)
        if not is_late:
            return []
        self._run.collect([test.number])
        data = self._collected([test] if is_new else [], [], files_known)
        return self._tell(TESTS_COLLECTED, data)

    def _problem(self, message: CollectionFailed | Trouble) -> Problem:
        if isinstance(message, Trouble):
            return self.present.problem("pytest", message.message, message.details, "", 0)
        return self.present.problem(
            message.node, message.message, message.details, message.path, message.line
        )

    def _flush_in_time(self, now: float) -> list[Event]:
        return self.flush(now) if now >= self._flushed + FLUSH_INTERVAL else []

    def _finish_one(self, message: Finished, now: float) -> list[Event]:
        """One of the run's processes is done; the last one ends the run."""
        self._run.processes -= 1
        self._run.exit_code = max(self._run.exit_code or 0, message.exit_code)
        self._run.summary = message.summary
        return [] if self._run.processes > 0 else self._finish(now, ending="finished")

    def _finish(self, now: float, *, ending: Ending, message: str = "") -> list[Event]:
        told = self.flush(now)
        run = self._run
        own = [test for number in run.done if (test := self._tests.find(number))]
        failing = self._tests.failing()
        run.finished = {
            "run": run.number,
            "header": run.header,
            "ending": ending,
            "good": ending == "finished"
            and run.exit_code in GOOD_EXIT_CODES
            and not failing
            and not run.problems,
            "message": message,
            "exit_code": run.exit_code,
            "duration": round(now - run.began, 4),
            "summary": run.summary,
            "counts": dict(Counter(test.outcome for test in own)),
            "not_rerun": sum(test.number not in run.done for test in failing),
        }
        run.running = None
        self._past.append(run.finished)
        return told + self._tell(TESTS_FINISHED, run.finished)

    def _tell(self, name: str, data: Mapping[str, Any]) -> list[Event]:
        events: list[Event] = [(name, data)]
        for tell in list(self._listeners.values()):
            tell(events)
        return events


_NOTHING_RAN: RunFinished = {
    "run": 0,
    "header": "",
    "ending": "cancelled",
    "good": False,
    "message": "",
    "exit_code": None,
    "duration": 0.0,
    "summary": "",
    "counts": {},
    "not_rerun": 0,
}
