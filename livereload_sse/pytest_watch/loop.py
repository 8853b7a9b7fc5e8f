"""What is to run next: the arithmetic of watching.

Pure: choices, keys and messages go in, and `next` says what should begin. Its one rule is that
nothing is lost: a test file that a change concerns stays `left` until it has run to its end, however
often runs are cancelled, fail to collect or die. Refuses to know processes, clocks and the terminal.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from livereload_sse.pytest_watch.affected.choose import Choice
from livereload_sse.pytest_watch.merging import merged
from livereload_sse.pytest_watch.messages import Message, TestResult
from livereload_sse.pytest_watch.running import Running
from livereload_sse.pytest_watch.screen.standing import Mode
from livereload_sse.pytest_watch.wanted import Cause, Wanted

FailuresSource = Callable[[], Mapping[str, str]]
"""Gives the node id of each known failure and its test file, those of the last run first."""


class Loop:
    """What is left to run, what runs, and what is switched on.

    A run that breaks off in one of its tests, or of which a test file is deleted, does not keep back
    what it would have run: `go_on`. `failures` gives the node ids that failed when they last ran, each with its test file.
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
        self._over: Running | None = None
        self._ran: dict[str, set[str]] = {}  # since something changed for their file

    @property
    def left(self) -> frozenset[str] | None:
        """The test files that have not run since something changed; None: any may be among them."""
        return None if self._is_all_left else frozenset(self._left)

    @property
    def is_running(self) -> bool:
        """Whether a run goes on."""
        return self._running is not None

    @property
    def is_cut(self) -> bool:
        """Whether the run that goes on was to run tests of a file that is no more."""
        return self._running is not None and bool(self._running.gone)

    @property
    def gone(self) -> tuple[str, ...]:
        """The files that were deleted while the last run had tests of them to run."""
        return tuple(sorted(self._over.gone)) if self._over is not None else ()

    @property
    def last(self) -> Wanted | None:
        """The run that began last."""
        return self._last

    def changed(self, choice: Choice) -> bool:
        """Take up what a change concerns. Returns whether that is anything."""
        if choice.everything:
            self._is_all_left = True
            self._ran.clear()
        elif not choice.files:
            return False
        for file in choice.files:
            self._ran.pop(file, None)
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

    def go_on(self, why: str) -> bool:
        """Want what the last run has not run, unless something is wanted anyway: that is left, too.

        `why` is said of it. Each such run has fewer tests than the one before, so that there is an end.
        Returns whether there is anything to run.
        """
        over, self._over = self._over, None
        if over is None or over.is_all_again or over.wanted.cause == "debug" or self.next():
            return False
        tests = over.unfinished
        if not tests or (over.wanted.goes_on and len(tests) >= len(over.wanted.tests or ())):
            return False
        self._asked = replace(
            over.wanted,
            tests=frozenset(tests),
            files=frozenset(tests.values()),
            is_enough=not over.wanted.is_partial,
            goes_on=why,
        )
        return True

    def owed(self, tests: Mapping[str, Collection[str]]) -> frozenset[str]:
        """Name what has not run since something changed that concerns it.

        `tests`: the node ids in each known test file. A file stands for itself where there may be
        tests in it of which nobody knows, and `` for any file.
        """
        if self._is_all_left:
            owed = frozenset().union(*(self._not_run(file, tests) for file in tests))
            return owed or frozenset({""})
        return frozenset().union(*(self._not_run(file, tests) or {file} for file in self._left))

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
        if not wanted.goes_on:
            self._last = wanted
        self._running = Running(wanted, filtered=bool(self.mode.tests or self.mode.files))

    def learn(self, message: Message) -> None:
        """Hear what the run tells."""
        running = self._running
        if running is None:
            return
        running.learn(message)
        if isinstance(message, TestResult) and (file := running.file_of(message.test)):
            self._ran.setdefault(file, set()).add(message.test)

    def end(self, *, complete: bool) -> None:
        """Note that the run is over. `complete`: pytest came to its end by itself."""
        running, self._running = self._running, None
        self._over = running
        if running is None:
            return
        wanted = running.wanted
        if wanted.files is None and not wanted.is_partial and running.tests is not None:
            self._settle_all(running)
        for file in running.finished(complete=complete):
            self._left.pop(file, None)
        if not self._left and not self._is_all_left:
            self._choice = Choice()
        elif not wanted.is_partial:
            self._choice = merged(wanted.choice, self._choice)

    def forget(self, file: str) -> None:
        """A test file is no more."""
        self._left.pop(file, None)
        self._ran.pop(file, None)
        if self._running is not None:
            self._running.forget(file)

    def _not_run(self, file: str, tests: Mapping[str, Collection[str]]) -> frozenset[str]:
        return frozenset(tests.get(file, ())) - self._ran.get(file, set())

    def _settle_all(self, running: Running) -> None:
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
