"""A run that should begin: which tests, and why.

Pure facts. Refuses to know how it comes to be wanted (`loop`), and what is said of it (`announcing`).
"""

from dataclasses import dataclass, field
from typing import Literal

from livereload_sse.pytest_watch.affected.choose import Choice

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
    """Whether `tests` are all that has to run of these files: the project has said so
    (`--watch-functions`), or the others have run just now."""
    goes_on: str = ""
    """What is said of a run that goes on where the one before has broken off; empty for any other."""

    @property
    def is_partial(self) -> bool:
        """Whether it runs some tests of its files only, so that none of them is done with."""
        return self.tests is not None and not self.is_enough
