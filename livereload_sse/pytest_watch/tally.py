"""What became of one run, as it goes on.

Pure: messages in, a `Standing` out. Refuses to know what ran before: the record does.
"""

import signal
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Message,
    Refused,
    TestResult,
    TestStarted,
    Trouble,
)
from livereload_sse.pytest_watch.screen.standing import Counts, Ended, Standing

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.messages import Outcome

USAGE_ERROR = 4
"""pytest's exit code for words that it does not understand; it has said so itself."""

MOST_TROUBLES = 3
"""What went wrong beside the tests, as far as it is said one by one."""

DEBUGGER_LEFT = "Quitting debugger"
"""What pytest says in `pytest.exit` where somebody leaves its debugger with `q`."""


class Tally:
    """Counts one run; and the one that goes on where it has broken off."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.tests: frozenset[str] = frozenset()
        self.under_way: dict[str, None] = {}
        """The node ids of the tests that run, in the order in which they began."""
        self.broken_off: dict[str, str] = {}
        """Each test in which the run has broken off → what became of it."""
        self.finished: Finished | None = None
        self.trouble = ""
        self.is_refused = False
        """Whether pytest does not take its command line."""
        self._is_left_in_debugger = False
        self._collected: Collected | None = None
        self._uncollected: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._has_broken_off = False
        self._own_trouble = ""
        self._lacks: set[str] = set()

    def learn(self, message: Message) -> None:
        """Hear what the run tells."""
        match message:
            case Collected():
                self._learn_collected(message)
            case TestStarted(test):
                self.under_way[test] = None
            case TestResult(test, outcome):
                self.outcomes[test] = outcome
                self.under_way.pop(test, None)
            case CollectionFailed(node, path):
                self._uncollected[node] = path
            case Refused():
                self.is_refused = True
            case Trouble(text):
                self._learn_trouble(text)
            case Finished():
                self.finished = message

    @property
    def running(self) -> str:
        """The node id of the test that began last, of those that run; `` where none does."""
        return next(reversed(self.under_way), "")

    def go_on(self) -> None:
        """Count the tests of another process, too: what has been counted still holds."""
        self.under_way.clear()
        self.finished, self.trouble = None, ""
        self._has_broken_off = self._is_left_in_debugger = False

    def break_off(self, test: str, text: str) -> None:
        """Say of the run that it has ended in this test."""
        self.broken_off[test] = text
        self._has_broken_off = True

    def forget(self, file: str) -> None:
        """A test file is no more, so that what is known of its tests says nothing."""
        gone = {test for test in self.tests if self._file_of(test) == file}
        gone |= {node for node, path in self._uncollected.items() if path == file}
        for test in gone:
            outcome = self.outcomes.pop(test, None)
            self._lacks |= {"failed"} if outcome in {"failed", "error"} else set()
            self._lacks |= {"uncollected"} if self._uncollected.pop(test, None) else set()
            self.broken_off.pop(test, None)
        self.tests -= gone

    def _file_of(self, test: str) -> str:
        return self._files.get(test.partition("::")[0], "")

    def _learn_collected(self, message: Collected) -> None:
        if self._collected is None:  # a run that goes on leaves out what has run
            self._collected = message
        self._files.update(message.files)
        self.tests |= {*message.tests}

    def _learn_trouble(self, text: str) -> None:
        if text == DEBUGGER_LEFT:
            self._is_left_in_debugger = True
        else:
            self.trouble = text

    def standing(
        self,
        *,
        exit_code: int,
        ended: Ended,
        duration: float,
        failures: Collection[str],
        known: Collection[str],
        owed: Collection[str] = (),
        at: str,
    ) -> Standing:
        """Sum up. `failures` and `known` are the record's: what failed last, and all that there is;
        `owed` is what a change concerns and has not run since.
        """
        if ended == "complete" and (exit_code < 0 or self._has_left(exit_code)):
            ended = "broken"
        elif ended == "complete" and self._is_left_in_debugger:
            ended = "left"
        self._own_trouble = self._trouble(exit_code, ended)
        standing = Standing(ended=ended, exit_code=exit_code, duration=duration, at=at)
        return self.restated(standing, failures=failures, known=known, owed=owed)

    def restated(
        self,
        standing: Standing,
        *,
        failures: Collection[str],
        known: Collection[str],
        owed: Collection[str] = (),
    ) -> Standing:
        """Sum up again: something else is known now of what this run has left out, or was forgotten."""
        ran = {*self.outcomes}
        if standing.ended == "broken":
            ran.add(self.running)  # it is said what became of it
        others = {*known, *self.tests} - ran - {*failures}
        # Of what was to run it is said that it has not.
        owes = {*owed} - (self.tests - self.outcomes.keys()) - {*failures}
        return replace(
            standing,
            counts=self._counts,
            uncollected=len(self._uncollected),
            chosen=len(self.tests),
            trouble=self._all_trouble(),
            exit_code=self._exit_code_without(standing.exit_code),
            known_failures=len({*failures} - self.outcomes.keys() - self._uncollected.keys()),
            others=len(others - owes),
            owed=len(owes),
        )

    @property
    def _counts(self) -> Counts:
        collected = self._collected or Collected((), {})
        return Counts.of(
            self.outcomes.values(),
            deselected=collected.deselected,
            skipped_files=collected.skipped,
        )

    def _exit_code_without(self, code: int) -> int:
        """Give pytest's exit code as it were without what has been forgotten."""
        if code == 1 and "failed" in self._lacks:
            return int(any(one in {"failed", "error"} for one in self.outcomes.values()))
        is_mended = code == 2 and "uncollected" in self._lacks and not self._uncollected
        return 0 if is_mended else code

    def _all_trouble(self) -> str:
        """Say in one line all that went wrong beside the tests."""
        texts = [*self.broken_off.values()]
        if self._own_trouble:
            texts.append(self._own_trouble)
        if len(texts) > MOST_TROUBLES:
            texts[MOST_TROUBLES - 1 :] = [f"and {len(texts) - MOST_TROUBLES + 1} more"]
        return "; ".join([*(text.removesuffix(".") for text in texts[:-1]), *texts[-1:]])

    def _has_left(self, exit_code: int) -> bool:
        """Whether the process has gone without a word of pytest's."""
        return self.finished is None and (exit_code != USAGE_ERROR or bool(self.tests))

    def _trouble(self, exit_code: int, ended: Ended) -> str:
        if self.trouble or ended == "cancelled":
            return self.trouble
        if not self._has_broken_off and (exit_code < 0 or self._has_left(exit_code)):
            return how_it_went(exit_code, self.running)
        return ""


def how_it_went(exit_code: int, test: str) -> str:
    """Say how a run's process has ended that did not come to its end, and in which test, if in one."""
    where = f" in {test}" if test else ""
    if exit_code >= 0:
        return f"The run left with exit code {exit_code}{where}."
    memory = ", as a system does when memory runs out" if exit_code == -9 else ""
    return f"The run was killed by {_signal_name(-exit_code)}{where}{memory}."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
