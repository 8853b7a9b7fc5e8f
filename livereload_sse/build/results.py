"""How one run of a generator ended, and what it said: the values that the rest of `build` shares.

Knows nothing but their shapes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

Say = Callable[[str], None]
"""Called with what a run prints, in pieces as they come: decoded, colours (ANSI) still in it."""

Severity = Literal["error", "warning"]

OUTPUT_LIMIT = 256 * 1024
"""Characters that are kept of what one run prints: the last ones, and a line that says so."""


class Ending(StrEnum):
    """Why a run is over."""

    EXITED = "exited"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed-out"
    NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a source: `path` as absolute path; line and column count from 1."""

    path: Path
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or warning, in one sentence or a few lines."""

    severity: Severity
    message: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """One run is over. `duration` is in seconds, `exit_code` None unless it exited by itself.

    `output` is what it printed (decoded, with colours, at most `OUTPUT_LIMIT`). `problems` is what a
    generator told in a structured way; None where only the output can be read.
    """

    ending: Ending
    exit_code: int | None
    duration: float
    output: str
    problems: tuple[Problem, ...] | None = None

    @property
    def succeeded(self) -> bool:
        """It ended by itself and called that a success."""
        return self.ending is Ending.EXITED and self.exit_code == 0


class Builder(Protocol):
    """One way to build a site. Runs one build at a time; cancelling the call ends the run."""

    async def build(self, output: Path, changed: frozenset[Path], say: Say) -> Finished:
        """Build into the folder `output`, which exists.

        `changed` are the files that are different since the last call (empty: build everything).
        When the call is cancelled the run is ended, with all of its processes, before it returns.
        """
        ...

    async def close(self) -> None:
        """End what still runs. May be called twice."""
        ...
