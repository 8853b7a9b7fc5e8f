"""Making runs, one after the other, and hearing what they tell.

Knows processes that run tests, and when one of them is over. Refuses to know why a run is wanted,
and what is said of it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from livereload_sse.pytest_watch.culprits import Culprits
from livereload_sse.pytest_watch.engine.runner import Runner
from livereload_sse.pytest_watch.messages import (
    Debugging,
    Message,
    Remark,
    Started,
    TestResult,
    TestStarted,
    Wrote,
)
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.screen.standing import Ended
from livereload_sse.pytest_watch.slate import Slate
from livereload_sse.pytest_watch.stopping import Stopping
from livereload_sse.pytest_watch.supervising import Supervision
from livereload_sse.pytest_watch.tally import Tally, how_it_went
from livereload_sse.pytest_watch.time_limit import TimeLimit

INTERRUPTED = 2
"""pytest's exit code after Ctrl-C."""

TESTS_FAILED = 1
"""pytest's exit code where tests have failed."""

NOTHING_WRONG = frozenset({0, 5})
"""pytest's exit codes where tests have passed, or there were none."""


class Listener(Protocol):
    """Somebody who wants to hear what runs tell."""

    def learn(self, message: Message, /) -> object:
        """Hear it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A run that is over. `exit_code` is its process's, negative after a signal; `duration` and
    `began_at` (since 1970) in seconds, with all that it goes on with.
    """

    tally: Tally
    ended: Ended
    exit_code: int
    duration: float
    began_at: float
    remarks: tuple[str, ...] = ()
    culprit: str = ""
    """The test in which it has broken off; `` where it has not."""
    doubt: str = ""
    """Why it may have gone another way than a cold one."""


class Runs:
    """Makes them. `on_debugging` is called when a debugger wants the terminal, and when it has left."""

    def __init__(
        self,
        stopping: Stopping,
        listeners: Sequence[Listener],
        *,
        on_debugging: Callable[[bool], None],
        limit: float | None,
        slate: Slate,
    ) -> None:
        self.culprits = Culprits()
        self._stopping = stopping
        self._listeners = listeners
        self._on_debugging = on_debugging
        self._limit = limit
        self._slate = slate
        self._written: set[str] = set()
        self._time_limit = TimeLimit(limit, self._end_test)
        self._tally = Tally()
        self._remarks: list[str] = []
        self._culprit = ""
        self._started_at = 0.0

    async def make(self, order: Order, runner: Runner, before: Past | None = None) -> Past:
        """Make one, and see it through; it goes on with the one `before`, where one is given."""
        self._tally = before.tally if before else Tally()
        self._tally.go_on()
        self._written, self._remarks, self._culprit = set(), [], ""
        began, began_at = time.perf_counter(), time.time()
        self._started_at = began_at
        run = await runner.run(order, self._hear)
        supervision = Supervision(
            run,
            is_unwanted=self._stopping.is_unwanted,
            is_awaited=self._stopping.is_awaited,
            makes_way=self._stopping.makes_way,
        )
        self._stopping.begin(supervision)
        ended = await supervision.see_through()
        exit_code = await run.ended()
        self._stopping.end()
        self._time_limit.end()
        self._written |= self._slate.read()  # what this one has put down is not the next one's
        if ended == "complete" and not supervision.was_killed and order.jobs == 1:
            self._look_for_culprit(exit_code)
        # The first run begins before anybody hears of it.
        duration = max(time.perf_counter() - began, time.time() - self._started_at)
        return Past(
            tally=self._tally,
            ended=ended,
            exit_code=self._exit_code(exit_code, supervision, ended),
            duration=duration + (before.duration if before else 0.0),
            began_at=before.began_at if before else began_at,
            remarks=tuple(self._remarks),
            culprit=self._culprit,
            doubt=run.doubt,
        )

    @property
    def written(self) -> set[str]:
        """What the last run has written, or is about to write."""
        self._written |= self._slate.read()
        return self._written

    def hold(self, on: bool) -> None:  # noqa: FBT001 - it is what is asked
        """Have the run stand still, or go on. The time in which it stands still is not its own."""
        supervision = self._stopping.going_on
        if supervision is not None:
            self._time_limit.begin("" if on else self._tally.running)
            supervision.hold(on=on)

    def _hear(self, message: Message) -> None:
        if isinstance(message, TestResult) and message.test == self._culprit:
            return  # it has had its time: what it says in the end comes too late
        self._tell(message)
        match message:
            case Started(_, at) if at:
                self._started_at = at
            case Remark(text):
                self._remarks.append(text)
            case Debugging(active):
                self._time_limit.end()  # a person thinks
                self._on_debugging(active)
            case Wrote(paths):
                self._written.update(paths)
            case TestStarted(test):
                self._time_limit.begin(test)

    def _tell(self, message: Message) -> None:
        for listener in (*self._listeners, self._tally, self.culprits):
            listener.learn(message)

    def _end_test(self, test: str) -> None:
        if self._stopping.going_on is not None:
            limit = f"{self._limit:g} s (--watch-timeout)"
            self._break_off(test, f"{test} took longer than {limit}.", self._limit or 0.0)
            self._stopping.going_on.cancel()

    def _look_for_culprit(self, exit_code: int) -> None:
        """Find the test that has ended the process; of several at once nobody knows which it was."""
        under_way = list(self._tally.under_way)
        if self._tally.finished is None and not self._culprit and len(under_way) == 1:
            self._break_off(under_way[0], how_it_went(exit_code, under_way[0]), 0.0)

    def _break_off(self, test: str, text: str, duration: float) -> None:
        """Say of a test that the run has ended in it: that is a failure, and it is known from now on."""
        self._tell(TestResult(test, "failed", duration, text))
        self._culprit = test
        self.culprits.blame(test)
        self._tally.break_off(test, text)

    def _exit_code(self, exit_code: int, supervision: Supervision, ended: Ended) -> int:
        """Say how the run has ended, whoever has ended its process: somebody who stops it is no crash."""
        finished = self._tally.finished
        if supervision.was_killed and finished is not None:
            return finished.exit_code
        if ended == "cancelled" and (supervision.was_killed or exit_code < 0):
            return INTERRUPTED
        if self._culprit and supervision.was_killed:
            return TESTS_FAILED
        if self._tally.broken_off and exit_code in NOTHING_WRONG and not self._culprit:
            return TESTS_FAILED
        return exit_code
