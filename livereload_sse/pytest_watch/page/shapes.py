"""What a results page is told: the events of its stream, and the present state for a late tab.

Knows shapes only. Whatever an event says is absolute: to hear it twice changes nothing, so a tab
may read the state and hear once more what was in it. A test is named by its number, which is told
with its name when it is first collected and stays the same for as long as the server lives.

| event | told when | data |
| --- | --- | --- |
| `tests-started` | a run begins | `RunStarted` |
| `tests-collected` | its tests are known | `TestsCollected` |
| `test-result` | tests have ended or begun: at most twenty times a second, many in one | `TestResults` |
| `tests-finished` | a run is over, however it ended | `RunFinished` |
| `tests-waiting` | nothing runs, and what is waited for has changed | `Waiting` |
| `tests-state` | a tab cannot be told what it missed | `State`: forget all else |
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypedDict

from livereload_sse.pytest_watch.messages import Outcome

TESTS_STARTED: Final = "tests-started"
TESTS_COLLECTED: Final = "tests-collected"
TEST_RESULT: Final = "test-result"
TESTS_FINISHED: Final = "tests-finished"
TESTS_WAITING: Final = "tests-waiting"
TESTS_STATE: Final = "tests-state"

Event = tuple[str, Mapping[str, Any]]
"""An event's name and its data."""

Ending = Literal["finished", "cancelled", "crashed", "timed-out"]
"""Why a run is over: by itself, by a change or a person, by a signal or `os._exit`, by its limit."""


class Place(TypedDict):
    """A line of a source. `key` opens it in the editor, and is empty where nothing can."""

    name: str
    line: int
    key: str


class File(TypedDict):
    """A test file; a test names it by its index. `key` as for a `Place`."""

    name: str
    key: str


ResultRow = tuple[int, Outcome, float]
"""A test's number, how it ended, and its seconds."""

TestRow = tuple[int, int, str, int, Outcome | Literal[""], float, int]
"""A test: its number, its file's index, its name within the file, its line (0: not known), how it
ended last ("": never), its seconds then, and the number of that run (0: an earlier process's)."""


class Note(TypedDict):
    """What there is to say of one result: what went wrong and where, or why it was skipped."""

    number: int
    message: str
    place: Place | None


class Span(TypedDict, total=False):
    """A piece of a line. `style` has the words of `livereload_sse.build.ansi.Span`."""

    text: str
    style: list[str]
    place: Place


Lines = list[list[Span]]


class Problem(TypedDict):
    """Something that is not a test's result: a file that cannot be collected, an internal error."""

    title: str
    message: str
    place: Place | None
    lines: Lines


class RunStarted(TypedDict):
    """A run begins. `header` is one line: what changed, and how many tests that affects."""

    run: int
    header: str
    why: list[str]


class TestsCollected(TypedDict):
    """The tests of a run. `files` and `tests` are those that were not known before; `gone` are the
    numbers of those that are no more.
    """

    run: int
    files: list[File]
    tests: list[TestRow]
    order: list[int]
    gone: list[int]
    deselected: int


class TestResults(TypedDict):
    """What has ended since the last of these, and which test is going on."""

    run: int
    results: list[ResultRow]
    notes: list[Note]
    problems: list[Problem]
    running: int | None
    elapsed: float


class RunFinished(TypedDict):
    """A run is over. `counts` are of its own tests by outcome; `not_rerun` is how many are known to
    fail that it did not run. It is good only if nothing failed, here or there.
    """

    run: int
    header: str
    ending: Ending
    good: bool
    message: str
    exit_code: int | None
    duration: float
    summary: str
    counts: dict[str, int]
    not_rerun: int


class Waiting(TypedDict):
    """What is waited for, in one line, and what limits the next run. `owed` is how many tests a change
    concerns that have not run since: with these, nothing is green.
    """

    line: str
    paused: bool
    filters: list[str]
    owed: int


class Run(TypedDict):
    """The present run, or the last one: `finished` is None while it goes on."""

    run: int
    header: str
    why: list[str]
    collected: bool
    order: list[int]
    done: list[int]
    deselected: int
    running: int | None
    elapsed: float
    finished: RunFinished | None


class State(TypedDict):
    """Everything that a tab needs that opens now. `past` are the last runs, the oldest first."""

    project: str
    files: list[File]
    tests: list[TestRow]
    notes: list[Note]
    problems: list[Problem]
    run: Run
    past: list[RunFinished]
    waiting: Waiting | None


class Details(TypedDict):
    """What is told of one test only when somebody asks: traceback, output, its last durations."""

    number: int
    lines: Lines
    cut: bool
    sections: list["SectionLines"]
    durations: list[float]
    outcomes: list[Outcome]


class SectionLines(TypedDict):
    """Output that a test left."""

    title: str
    lines: Lines
    cut: bool
