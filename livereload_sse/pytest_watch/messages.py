"""What a run tells while it goes on: one kind of message for each thing that happens.

Knows the shapes, and how they become JSON and come back. Refuses to know how they travel, and what
is done about them. `Message` is what all of them are; `decode(encode(message)) == message`.

Named tuples, as all that the first run waits for: making a frozen dataclass takes Python a quarter of
a millisecond, seven times as long.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

Outcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed"]
"""How a test ended: `error` is a failure outside of the test itself, in a fixture."""

How = Literal["is", "imports", "reads", "lists", "starts"]
"""In which way a test file uses a path: it is that file, it has it imported or read, or a folder's
listing read; `starts` is what pytest itself needs before the first test (conftest, configuration)."""

_NOTHING: Mapping[str, Any] = {}


class Started(NamedTuple):
    """A process has begun a run."""

    pid: int
    at: float = 0.0
    """Seconds since 1970; 0 where that is not known."""


class Collected(NamedTuple):
    """The tests of this run are known, in the order in which they will run."""

    tests: tuple[str, ...]
    """Node ids."""
    files: Mapping[str, str]
    """Each node id's file before `::` → its absolute path."""
    lines: tuple[int, ...] = ()
    """Each test's line, counted from 1; 0 where it is not known."""
    deselected: int = 0
    empty: tuple[str, ...] = ()
    """The absolute paths of test files in which no test was found, as far as code decides that."""
    skipped: int = 0
    """How many files, or other collectors, have skipped themselves."""
    left_out: tuple[str, ...] | None = None
    """Absolute paths of the files of which the order leaves tests out; None: that is not known."""


class TestStarted(NamedTuple):
    """A test begins."""

    test: str


class Section(NamedTuple):
    """Output that a test left: `Captured stdout call` and the like."""

    title: str
    text: str


class TestResult(NamedTuple):
    """A test has ended, its teardown included."""

    test: str
    outcome: Outcome
    duration: float
    """Seconds, of setup, call and teardown."""
    message: str = ""
    """One line: what went wrong, or why it was skipped."""
    details: str = ""
    """What pytest would print: traceback and differences, with the terminal's colours."""
    path: str = ""
    """Where it went wrong: an absolute path, and the line in it."""
    line: int = 0
    sections: tuple[Section, ...] = ()


class CollectionFailed(NamedTuple):
    """A file could not be collected."""

    node: str
    path: str
    message: str
    details: str
    line: int = 0


class Use(NamedTuple):
    """One path that a test file uses, and by way of which other."""

    path: str
    how: How
    via: str = ""
    """The path that imports or reads it; the test file itself, or `` where it is that."""


class FileRecorded(NamedTuple):
    """What one test file has used. Sent when the run is over, for each file that ran to its end."""

    file: str
    uses: tuple[Use, ...]
    everything: str = ""
    """Why it must be taken to depend on everything: what it did that cannot be followed."""
    partial: bool = False
    """Only some of its tests ran here: what the others use is not in it."""


class TestHits(NamedTuple):
    """Which functions of the project one test has called."""

    test: str
    functions: tuple[str, ...]
    """`<absolute path>:<first line>:<qualified name>`, sorted."""


class Wrote(NamedTuple):
    """Files that the run itself has written."""

    paths: tuple[str, ...]


class Needed(NamedTuple):
    """Modules that this run has imported and that may be imported ahead next time, in order."""

    modules: tuple[str, ...]
    refused: Mapping[str, str] = _NOTHING
    """Those that may not, and why."""
    environments: Mapping[str, Mapping[str, str | None]] = _NOTHING
    """From which of the modules on which variables of the environment had been set: to what, or None
    where one had been taken out. The project's own start-up does so, before any test file."""
    rewritten: tuple[str, ...] = ()
    """Those of the modules that pytest has rewritten, as parts of plugins."""
    start: tuple[Mapping[str, str | None], ...] = ()
    """All such states that the start-up went through, in order."""
    later: tuple[str, ...] = ()
    """Variables that were set while test files were collected."""
    doubt: str = ""
    """Why this run may have gone another way than a cold one: what was imported ahead does not suit
    the project as it is now."""


class Debugging(NamedTuple):
    """A debugger wants the terminal, or has left it."""

    active: bool


class Trouble(NamedTuple):
    """Something that pytest did not count as a test's result: an internal error, a usage error."""

    message: str
    details: str = ""


class Refused(NamedTuple):
    """pytest cannot begin because of its command line itself, whatever any file says."""

    message: str


class Remark(NamedTuple):
    """Something that a person may want to know, and that is nothing wrong."""

    text: str


class Finished(NamedTuple):
    """pytest's session is over; the process ends next."""

    exit_code: int
    duration: float
    summary: str = ""
    """pytest's own last line, without its rule: `2 failed, 310 passed in 0.41s`."""


Message = (
    Started
    | Collected
    | TestStarted
    | TestResult
    | CollectionFailed
    | FileRecorded
    | TestHits
    | Wrote
    | Needed
    | Debugging
    | Trouble
    | Refused
    | Remark
    | Finished
)

for _kind in (TestStarted, TestResult, TestHits):
    _kind.__test__ = False  # type: ignore[union-attr]  # messages, whatever pytest thinks of their names

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Message)}
_NESTED: dict[str, type[Any]] = {"sections": Section, "uses": Use}


def encode(message: Message) -> bytes:
    """Write a message as one line of JSON, its end included."""
    # Lone surrogates, from names and output that are no text, travel as escapes.
    return json.dumps([type(message).__name__, *message], default=repr).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Read a line that `encode` wrote. Raises ValueError for any other."""
    try:
        name, *values = json.loads(line)
        kind = _KINDS[name]
        return kind(*map(_value, kind._fields, values))  # type: ignore[no-any-return]
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a message: {line[:80]!r}") from error


def _value(name: str, value: Any) -> Any:
    if name in _NESTED:
        return tuple(_NESTED[name](*values) for values in value)
    return tuple(value) if isinstance(value, list) else value
