"""How the project's tests stand once a run is over, and what is switched on.

Pure facts, and the one judgement on them. Refuses to know words and colours. Nothing here calls a
state good that may not be: what failed before and was not run again counts.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

from livereload_sse.pytest_watch.messages import Outcome
from livereload_sse.pytest_watch.screen.bindings import Action

Verdict = Literal["good", "bad", "unsure"]
"""`unsure`: nothing is known to fail, and too little was run to say more."""

Ended = Literal["complete", "cancelled", "left", "broken"]
"""How a run ended; `left`: somebody left it from the debugger; `broken`: it died, took too long, or
never began its tests."""

NO_TESTS = 5
"""pytest's exit code where it collected none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tests of one run ended in which way. `deselected` did not run. `skipped_files` are test
    files that were skipped as a whole, with however many tests.
    """

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    xfailed: int = 0
    xpassed: int = 0
    deselected: int = 0
    skipped_files: int = 0

    @classmethod
    def of(
        cls, outcomes: Iterable[Outcome], *, deselected: int = 0, skipped_files: int = 0
    ) -> Self:
        """Count how tests ended."""
        count = Counter(outcomes)
        return cls(
            passed=count["passed"],
            failed=count["failed"],
            errors=count["error"],
            skipped=count["skipped"],
            xfailed=count["xfailed"],
            xpassed=count["xpassed"],
            deselected=deselected,
            skipped_files=skipped_files,
        )

    @property
    def ran(self) -> int:
        """How many came to an end."""
        good = self.passed + self.skipped + self.xfailed + self.xpassed
        return good + self.failed + self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand once a run is over.

    `known_failures` failed earlier and were not run again; `others` are tests that this run left out
    and that are not known to fail; `owed` are those, or test files, that a change concerns and that a
    mode has left out, and they are none of the others; `uncollected` are files that could not be collected. `chosen` is
    how many tests were to run. `trouble` is one line: why the run is `broken`, or what went wrong
    beside its tests. `exit_code` is pytest's. `duration` in seconds; `at` is the time of day as it
    shall be shown.
    """

    counts: Counts = field(default_factory=Counts)
    known_failures: int = 0
    others: int = 0
    owed: int = 0
    uncollected: int = 0
    chosen: int = 0
    ended: Ended = "complete"
    trouble: str = ""
    exit_code: int = 0
    duration: float | None = None
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """What is switched on until it is switched off again.

    `tests` and `files` are the filters' texts. `page` is the address of the page of results.
    """

    tests: str = ""
    files: str = ""
    failed_only: bool = False
    stop_first: bool = False
    cold: bool = False
    paused: bool = False
    clears: bool = False
    page: str = ""

    @property
    def on(self) -> frozenset[Action]:
        """The actions that are switched on, for the help."""
        switches: dict[Action, bool] = {
            "tests": bool(self.tests),
            "files": bool(self.files),
            "failed": self.failed_only,
            "stop": self.stop_first,
            "cold": self.cold,
            "pause": self.paused,
            "screen": self.clears,
        }
        return frozenset(action for action, is_on in switches.items() if is_on)

    @property
    def filters(self) -> bool:
        """Whether it leaves tests out."""
        return bool(self.tests or self.files or self.failed_only)


NOTHING_ON = Mode()


def verdict_of(standing: Standing) -> Verdict:
    """Judge: `good` only where something passed, the run is complete, nothing is known to fail, and
    nothing is left out that a change concerns.
    """
    if _has_failed(standing):
        return "bad"
    is_enough = standing.ended == "complete" and standing.counts.passed > 0 and not standing.owed
    return "good" if is_enough else "unsure"


def _has_failed(standing: Standing) -> bool:
    counts = standing.counts
    if counts.failed or counts.errors or standing.known_failures or standing.uncollected:
        return True
    if standing.trouble or standing.ended == "broken":
        return True
    # A run that is cancelled ends with the code of an interrupt, which means no failure.
    return standing.ended == "complete" and standing.exit_code not in {0, NO_TESTS}
