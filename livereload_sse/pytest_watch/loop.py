"""What is to run next: the arithmetic of watching.

Pure: choices, keys and messages go in, and `next` says what should begin. Its one rule is that
nothing is lost: a test file that a change concerns stays `left` until it has run to its end, however
often runs are cancelled, fail to collect or die. Refuses to know processes, clocks and the terminal.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from livereload_sse.pytest_watch.affected.choose import Choice
from livereload_sse.pytest_watch.messages import Collected, CollectionFailed, Message, TestResult
from livereload_sse.pytest_watch.screen.standing import Mode

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.affected.choose import Reason

Cause = Literal[
    "first",
    "change",
    "now",
    "all",
    "failed",
    "last",
    "affected",
    "cold",
    "debug",
    "snapshots",
    "tests",
]
"""Why a run begins: at the start, for a change, or because somebody asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A run that should begin. `files` and `tests` are as `Order` has them."""

    cause: Cause
    files: frozenset[str] | None = None
    tests: frozenset[str] | None = None
    choice: Choice = field(default_factory=Choice)
    """What has changed since, and why that concerns these files."""
    is_enough: bool = False
    """Whether the project has said that `tests` are all that a change concerns (`--watch-functions`)."""

    @property
    def is_partial(self) -> bool:
        """Whether it runs some tests of its files only, so that none of them is done with."""
        return self.tests is not None and not self.is_enough


FailuresSource = Callable[[], Mapping[str, str]]
"""Gives the node id of each known failure and its test file, those of the last run first."""


class Loop:
    """What is left to run, what runs, and what is switched on.

    `failures` gives the node ids that failed when they last ran, each with its test file.
    """

    def __init__(
        self,
        *,
        failures: FailuresSource,
        mode: Mode | None = None,
    ) -> None:
        self.mode = mode or Mode()
        self.is_debugging = False
        self._failures = failures
        self._left: dict[str, None] = {}
        self._is_all_left = True
        self._choice = Choice()
        self._is_due = False  # something has changed that no run has taken up
        self._asked: Wanted | None = Wanted(cause="first")
        self._last: Wanted | None = None
        self._running: Running | None = None

    @property
    def left(self) -> frozenset[str] | None:
        """The test files that have not run since something changed; None: any may be among them."""
        return None if self._is_all_left else frozenset(self._left)

    @property
    def is_running(self) -> bool:
        """Whether a run goes on."""
        return self._running is not None

    @property
    def last(self) -> Wanted | None:
        """The run that began last."""
        return self._last

    def changed(self, choice: Choice) -> bool:
        """Take up what a change concerns. Returns whether that is anything."""
        if choice.everything:
            self._is_all_left = True
        elif not choice.files:
            return False
        self._left.update(dict.fromkeys(choice.files))
        if self._running is not None:
            self._running.again.update(choice.files)
            self._running.is_all_again |= bool(choice.everything)
        self._choice = merged(self._choice, choice)
        self._is_due = True
        return True

    def ask(self, cause: Cause, tests: Collection[str] = ()) -> bool:
        """Take up a wish; `tests` are node ids. Returns whether there is anything to run for it."""
        wanted = self._wanted_for(cause, tests)
        if wanted is not None:
            self._asked = wanted
        return wanted is not None

    def switch(self, mode: Mode) -> None:
        """Switch something on or off."""
        self.mode = mode

    def calm(self) -> None:
        """Begin nothing of what is due until something changes, or is asked for: Ctrl-C."""
        self._is_due, self._asked = False, None

    def next(self) -> Wanted | None:
        """Say what should begin now, if anything. What runs has to be cancelled for it."""
        if self.is_debugging:
            return None
        if self._asked is not None:
            return self._asked
        if self.mode.paused or not self._is_due:
            return None
        return self._wanted_for("change")

    def begin(self, wanted: Wanted) -> None:
        """Note that it has begun."""
        self._asked, self._is_due = None, False
        if not wanted.is_partial:
            self._choice = Choice()
        self._last = wanted
        self._running = Running(wanted, filtered=bool(self.mode.tests or self.mode.files))

    def learn(self, message: Message) -> None:
        """Hear what the run tells."""
        if self._running is not None:
            self._running.learn(message)

    def end(self, *, complete: bool) -> None:
        """Note that the run is over. `complete`: pytest came to its end by itself."""
        running, self._running = self._running, None
        if running is None or running.wanted.is_partial:
            return
        if running.wanted.files is None and running.tests is not None:
            self._settle_all(running)
        for file in running.finished(complete=complete):
            self._left.pop(file, None)
        if not complete or self._left or self._is_all_left:
            self._choice = merged(running.wanted.choice, self._choice)

    def forget(self, file: str) -> None:
        """A test file is no more."""
        self._left.pop(file, None)

    def _settle_all(self, running: "Running") -> None:
        """After a run of everything it is known what everything is."""
        if running.is_all_again or running.is_filtered:
            return
        self._is_all_left = False
        self._left.update(dict.fromkeys([*running.files, *running.failed_files]))

    def _wanted_for(self, cause: Cause, tests: Collection[str] = ()) -> Wanted | None:
        if cause == "tests":
            return Wanted(cause=cause, tests=frozenset(tests)) if tests else None
        if cause == "debug":
            return self._failing(cause, limit=1)
        if cause == "failed" or (cause in {"change", "now"} and self.mode.failed_only):
            return self._failing(cause)
        if cause in {"all", "cold", "first"}:
            return Wanted(cause=cause, choice=self._choice)
        if cause in {"last", "snapshots"}:
            return replace(self._last, cause=cause) if self._last else None
        return self._affected(cause)

    def _affected(self, cause: Cause) -> Wanted | None:
        """What is left; for somebody who wants a run now and has nothing left, the last one again."""
        if self._is_all_left:
            return Wanted(cause=cause, choice=self._choice)
        if self._left:
            return self._wanted_left(cause)
        return replace(self._last, cause=cause) if self._last and cause == "now" else None

    def _wanted_left(self, cause: Cause) -> Wanted:
        """Want what is left: of each file all tests, or those that call what has changed."""
        tests = self._choice.tests if self._left.keys() <= self._choice.files.keys() else None
        return Wanted(
            cause=cause,
            files=frozenset(self._left),
            tests=tests,
            choice=self._choice,
            is_enough=tests is not None,
        )

    def _failing(self, cause: Cause, limit: int | None = None) -> Wanted | None:
        failing = self._failures()
        names = list(failing)[:limit]
        if not names:
            return None
        return Wanted(
            cause=cause,
            tests=frozenset(names),
            files=frozenset(failing[name] for name in names),
            choice=self._choice,
        )


class Running:
    """What is known of the run that goes on."""

    def __init__(self, wanted: Wanted, *, filtered: bool) -> None:
        self.wanted = wanted
        self.is_filtered = filtered
        self.tests: dict[str, str] | None = None
        """Node id → test file; None until they have been collected."""
        self.again: set[str] = set()
        """Test files that a change has concerned since the run began."""
        self.is_all_again = False
        self.failed_files: set[str] = set()
        self._unfinished: dict[str, set[str]] = {}

    @property
    def files(self) -> Iterable[str]:
        """The test files of which tests were collected."""
        return self._unfinished

    def learn(self, message: Message) -> None:
        """Hear what the run tells."""
        if isinstance(message, Collected):
            self._collect(message)
        elif isinstance(message, TestResult) and self.tests is not None:
            self._unfinished.get(self.tests.get(message.test, ""), set()).discard(message.test)
        elif isinstance(message, CollectionFailed):
            self.failed_files.add(message.path)

    def finished(self, *, complete: bool) -> list[str]:
        """List the test files that are done with: all of their tests have run since the last change."""
        if self.tests is None or self.is_filtered:
            return []
        done = [file for file, left in self._unfinished.items() if not left]
        if complete and not self.failed_files:
            # Files without tests, and those that are not there any more.
            done += [file for file in self.wanted.files or () if file not in self._unfinished]
        return [file for file in done if file not in self.again]

    def _collect(self, message: Collected) -> None:
        paths = message.files
        self.tests = {test: paths[test.partition("::")[0]] for test in message.tests}
        for test, file in self.tests.items():
            self._unfinished.setdefault(file, set()).add(test)


def merged(earlier: Choice, later: Choice) -> Choice:
    """Join two choices; the later one's changes, reasons and order come first."""
    files: dict[str, Reason] = {**later.files}
    for file, reason in earlier.files.items():
        files.setdefault(file, reason)
    return Choice(
        changed=tuple(dict.fromkeys([*later.changed, *earlier.changed])),
        files=files,
        everything=later.everything or earlier.everything,
        unused=later.unused,
        total_files=max(earlier.total_files, later.total_files),
        first=tuple(dict.fromkeys([*later.first, *earlier.first])),
        tests=_joined(earlier, later),
    )


def _joined(earlier: Choice, later: Choice) -> frozenset[str] | None:
    """Join what two choices are narrowed to; one that is empty says nothing."""
    narrowed = [choice.tests for choice in (earlier, later) if choice.files or choice.everything]
    if not narrowed or None in narrowed:
        return None
    return frozenset().union(*(tests for tests in narrowed if tests is not None))
