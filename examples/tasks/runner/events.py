"""What a feed may say: the names of its events, and what each of them carries.

Knows the payloads that the page and the server agree on. Refuses to know who tells them and when.
"""

from typing import Literal

# Its own one pydantic takes from Python 3.12 on only.
from typing_extensions import TypedDict

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Ended = Literal["done", "failed", "cancelled"]


class StepStarted(TypedDict):
    """`at` is when, in seconds since the Unix epoch."""

    step: str
    at: float


class Log(TypedDict):
    """A line that a step has printed, without colours; `line` counts those of the job from 1."""

    step: str
    line: int
    text: str


class Problem(TypedDict):
    """A place in the sources that a step complains of, and the line of the log that says so."""

    step: str
    path: str
    row: int
    message: str
    line: int


class StepFinished(TypedDict):
    """`code` is the exit code of the last command, if one has ended by itself."""

    step: str
    state: Ended
    code: int | None
    seconds: float


class JobFinished(TypedDict):
    """The last event of a job's channel."""

    state: Ended
    seconds: float


class Row(TypedDict):
    """A job as the list shows it; `started` in seconds since the epoch, `seconds` that it took."""

    id: str
    branch: str
    title: str
    state: State
    started: float | None
    seconds: float | None
    problems: int
    watching: int


class Rows(TypedDict):
    """The whole list, newest first: the state for a page that opens."""

    rows: list[Row]


TYPES = {
    "step-started": StepStarted,
    "log": Log,
    "problem": Problem,
    "step-finished": StepFinished,
    "job-finished": JobFinished,
    "row": Row,
    "rows": Rows,
}
