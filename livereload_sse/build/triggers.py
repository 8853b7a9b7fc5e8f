"""Does a build trigger itself?

A generator that writes a file into what is watched would be started again by its own output, for
ever. Knows the times of files and of builds. Refuses to know disks and clocks, and when to build.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_IN_A_ROW = 3
"""How often a build may have triggered itself before it is suspected."""

PROBE_DELAY = 2.0
"""Seconds of rest before the build that decides: a person does not save within it again and again."""

SLACK = 0.05
"""Seconds by which the clock that stamps files and ours may differ."""


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
            f"It is not built for that any more. If nobody edits it: {options}"
        )


class Triggers:
    """Judges what a build was triggered by, one build after the other."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._began = self._ended = 0.0
        self._in_a_row = 0
        self._own: frozenset[Path] = frozenset()
        self._held: frozenset[Path] = frozenset()

    @property
    def delay(self) -> float:
        """Seconds to wait before the next build."""
        return PROBE_DELAY if self._in_a_row == MOST_IN_A_ROW else 0.0

    def note_build(self, began: float, ended: float) -> None:
        """Note when the last build ran (seconds since 1970); `ended` may be now while it runs."""
        self._began, self._ended = began, ended

    def judge(self, changes: Mapping[Path, float]) -> tuple[frozenset[Path], Loop | None]:
        """Say which changes call for a build, and whether a loop has been found just now.

        `changes` are paths with the time of each file (seconds since 1970; of one that is deleted
        the present).
        """
        written = frozenset(path for path, time in changes.items() if self._is_own(time))
        if written != changes.keys() or not written:
            self._in_a_row, self._own = 0, frozenset()
            self._held -= changes.keys() - written
            return frozenset(changes) - self._held, None
        if written <= self._held:
            return frozenset(), None
        self._in_a_row = self._in_a_row + 1 if self._own <= written else 1
        self._own = written if self._in_a_row == 1 else self._own & written
        if self._in_a_row <= MOST_IN_A_ROW:
            return written, None
        self._held |= written
        self._in_a_row, self._own = 0, frozenset()
        paths = tuple(sorted(written))
        return frozenset(), Loop(paths, tuple(map(self._pattern, paths)))

    def _is_own(self, time: float) -> bool:
        return self._began - SLACK <= time <= self._ended + SLACK

    def _pattern(self, path: Path) -> str:
        """Write the path as a line of a .gitignore would have it, for exactly this file."""
        try:
            name = path.relative_to(self._project).as_posix()
        except ValueError:
            name = path.name
        special = "".join(f"\\{sign}" if sign in "\\*?[ " else sign for sign in name)
        return f"/{special}" if "/" in name or path.parent == self._project else special
