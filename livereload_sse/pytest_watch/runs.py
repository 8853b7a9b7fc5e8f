"""Making runs, one after the other, and hearing what they tell.

Knows processes that run tests, and when one of them is over. Refuses to know why a run is wanted,
and what is said of it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from livereload_sse.pytest_watch.engine.runner import Runner
from livereload_sse.pytest_watch.messages import Debugging, Message, Remark, TestStarted, Wrote
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.screen.standing import Ended
from livereload_sse.pytest_watch.stopping import Stopping
from livereload_sse.pytest_watch.supervising import Supervision
from livereload_sse.pytest_watch.tally import Tally
from livereload_sse.pytest_watch.time_limit import TimeLimit


class Listener(Protocol):
    """Somebody who wants to hear what runs tell."""

    def learn(self, message: Message, /) -> object:
        """Hear it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A run that is over. `exit_code` is its process's, negative after a signal; `duration` and
    `began_at` (since 1970) in seconds.
    """

    tally: Tally
    ended: Ended
    exit_code: int
    duration: float
    began_at: float
    remarks: tuple[str, ...] = ()
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
    ) -> None:
        self.written: set[str] = set()
        """What the last run has written, or is writing."""
        self._stopping = stopping
        self._listeners = listeners
        self._on_debugging = on_debugging
        self._limit = limit
        self._time_limit = TimeLimit(limit, self._end_test)
        self._tally = Tally()
        self._remarks: list[str] = []

    async def make(self, order: Order, runner: Runner) -> Past:
        """Make one, and see it through."""
        self._tally, self.written, self._remarks = Tally(), set(), []
        began, began_at = time.perf_counter(), time.time()
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
        if supervision.was_cut_short and self._tally.finished is not None:
            exit_code = self._tally.finished.exit_code
        self._stopping.end()
        self._time_limit.end()
        return Past(
            tally=self._tally,
            ended=ended,
            exit_code=exit_code,
            duration=time.perf_counter() - began,
            began_at=began_at,
            remarks=tuple(self._remarks),
            doubt=run.doubt,
        )

    def hold(self, on: bool) -> None:  # noqa: FBT001 - it is what is asked
        """Have the run stand still, or go on. The time in which it stands still is not its own."""
        supervision = self._stopping.going_on
        if supervision is not None:
            self._time_limit.begin("" if on else self._tally.running)
            supervision.hold(on=on)

    def _hear(self, message: Message) -> None:
        for listener in (*self._listeners, self._tally):
            listener.learn(message)
        match message:
            case Remark(text):
                self._remarks.append(text)
            case Debugging(active):
                self._time_limit.end()  # a person thinks
                self._on_debugging(active)
            case Wrote(paths):
                self.written.update(paths)
            case TestStarted(test):
                self._time_limit.begin(test)

    def _end_test(self, test: str) -> None:
        if self._stopping.going_on is not None:
            limit = f"{self._limit:g} s (--watch-timeout)"
            self._tally.trouble = f"{test} took longer than {limit}."
            self._stopping.going_on.cancel()
