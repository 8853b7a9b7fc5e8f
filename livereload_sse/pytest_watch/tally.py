"""What became of one run, as it goes on.

Pure: messages in, a `Standing` out. Refuses to know what ran before: the record does.
"""

import signal
from collections.abc import Collection, Mapping
from dataclasses import replace

from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    Finished,
    Message,
    Outcome,
    Refused,
    TestResult,
    TestStarted,
    Trouble,
)
from livereload_sse.pytest_watch.screen.standing import Counts, Ended, Standing

USAGE_ERROR = 4
"""pytest's exit code for words that it does not understand; it has said so itself."""

DEBUGGER_LEFT = "Quitting debugger"
"""What pytest says in `pytest.exit` where somebody leaves its debugger with `q`."""


class Tally:
    """Counts one run."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.tests: frozenset[str] = frozenset()
        self.running = ""
        """The node id of the test that runs."""
        self.finished: Finished | None = None
        self.trouble = ""
        self.is_refused = False
        """Whether pytest does not take its command line."""
        self._is_left_in_debugger = False
        self._collected: Collected | None = None
        self._uncollected: set[str] = set()

    def learn(self, message: Message) -> None:
        """Hear what the run tells."""
        match message:
            case Collected():
                self._collected = message
                self.tests = frozenset(message.tests)
            case TestStarted(test):
                self.running = test
            case TestResult(test, outcome):
                self.outcomes[test] = outcome
                self.running = ""
            case CollectionFailed(node):
                self._uncollected.add(node)
            case Refused():
                self.is_refused = True
            case Trouble(text):
                self._learn_trouble(text)
            case Finished():
                self.finished = message

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
        known: Mapping[str, Outcome],
        at: str,
    ) -> Standing:
        """Sum up. `failures` and `known` are the record's: what failed last, and how all ended."""
        deselected = self._collected.deselected if self._collected else 0
        if ended == "complete" and exit_code < 0:
            ended = "broken"
        elif ended == "complete" and self._is_left_in_debugger:
            ended = "left"
        standing = Standing(
            counts=Counts.of(self.outcomes.values(), deselected=deselected),
            uncollected=len(self._uncollected),
            chosen=len(self.tests),
            ended=ended,
            trouble=self._trouble(exit_code, ended),
            exit_code=exit_code,
            duration=duration,
            at=at,
        )
        return self.restated(standing, failures=failures, known=known)

    def restated(
        self, standing: Standing, *, failures: Collection[str], known: Mapping[str, Outcome]
    ) -> Standing:
        """Sum up again what this run has left out: something else is known of it now."""
        ran = {*self.outcomes}
        if standing.ended == "broken":
            ran.add(self.running)  # it is said what became of it
        return replace(
            standing,
            known_failures=len(set(failures) - self.outcomes.keys() - self._uncollected),
            others=len(known.keys() - ran - set(failures)),
        )

    def _trouble(self, exit_code: int, ended: Ended) -> str:
        if self.trouble or ended == "cancelled":
            return self.trouble
        where = f" in {self.running}" if self.running else ""
        if exit_code < 0:
            memory = ", as a system does when memory runs out" if exit_code == -9 else ""
            return f"The run was killed by {_signal_name(-exit_code)}{where}{memory}."
        if self.finished is None and exit_code != USAGE_ERROR:
            return f"The run left with exit code {exit_code}{where}."
        return ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
