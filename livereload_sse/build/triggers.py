"""Does a build trigger itself?

A generator that writes a file into what is watched would be started again by its own output, for
ever. Knows the times of files and of builds. Refuses to know disks and clocks, and when to build.

A person who saves one file during build after build looks the same. So nothing is ever left out: a
build that is suspected waits, longer each time. A person saves while it waits, and that ends the
suspicion; a generator does not.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_IN_A_ROW = 3
"""How often a build may have triggered itself before it is suspected."""

FIRST_DELAY = 2.0
LONGEST_DELAY = 600.0
"""Seconds before a suspected build; doubled each time, up to the second."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A build that triggers itself by writing `paths`; `ignore` are the patterns that end it."""

    paths: tuple[Path, ...]
    ignore: tuple[str, ...]

    @property
    def text(self) -> str:
        """Say what happens, and what to do."""
        options = " ".join(f"--ignore {shlex.quote(pattern)}" for pattern in self.ignore)
        return (
            f"The build writes {self.paths[0].name}, which is watched, and so triggers itself. "
            f"For that it is now built more and more rarely. If nobody edits it: {options}"
        )


class Triggers:
    """Judges what a build was triggered by, one build after the other."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._began = self._ended = 0.0
        self._in_a_row = 0
        self._own: frozenset[Path] = frozenset()

    @property
    def delay(self) -> float:
        """Seconds without another change to wait for before the next build."""
        beyond = self._in_a_row - MOST_IN_A_ROW
        return min(FIRST_DELAY * 2 ** (beyond - 1), LONGEST_DELAY) if beyond > 0 else 0.0

    @property
    def loop(self) -> Loop | None:
        """What has been found, once: when a suspected build has waited for the first time."""
        if self._in_a_row != MOST_IN_A_ROW + 1:
            return None
        paths = tuple(sorted(self._own))
        return Loop(paths, tuple(map(self._pattern, paths)))

    def note_build(self, began: float, ended: float) -> None:
        """Note when a generator last ran (seconds since 1970); `ended` may be now while it runs."""
        self._began, self._ended = began, ended

    def judge(self, changes: Mapping[Path, float]) -> None:
        """Take changes that call for a build: paths with the time of each file (seconds since 1970;
        of one that is deleted the present).
        """
        own = all(self._began <= time <= self._ended for time in changes.values())
        both = self._own & changes.keys() if self._in_a_row else frozenset(changes)
        if not own or not both:
            self._in_a_row, self._own = 0, frozenset()
        else:
            self._own = both

    def count(self) -> None:
        """A build is about to be done for what was judged."""
        self._in_a_row = self._in_a_row + 1 if self._own else 0

    def _pattern(self, path: Path) -> str:
        """Write the path as a line of a .gitignore would have it, for exactly this file."""
        try:
            name = path.relative_to(self._project).as_posix()
        except ValueError:
            name = path.name
        special = "".join(f"\\{sign}" if sign in "\\*?[ " else sign for sign in name)
        return f"/{special}" if "/" in name or path.parent == self._project else special
