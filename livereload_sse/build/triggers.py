"""Does a build trigger itself?

A generator that writes a file into what is watched would be started again by its own output, for
ever. A file whose time lies within a build may have been written by it; a person may have saved it
as well, and no save may be lost. So nothing is ever left out: after three builds in a row that only
such files have asked for, the next one waits, longer each time. A person saves while it waits, which
ends the suspicion; a generator does not.

Knows the times of files and of builds. Refuses to know disks and clocks, and when to build.
"""

import re
import shlex
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_IN_A_ROW = 3
"""How often a build may have been asked for by the one before it, and the same files, at once."""

MOST_OF_ANY_NAME = 8
"""How often that may be by files that are others each time: some write a new name with each build."""

FIRST_DELAY = 2.0
LONGEST_DELAY = 600.0
"""Seconds before a suspected build; doubled each time, up to the second. At least as long as the last
build took: who saves once in a build then saves once in the rest.
"""

SLACK = 0.01
"""Seconds by which the clock that stamps files may lag behind ours. It is never ahead: what is saved
right after a build has ended, as a program does that waits for it, is not the build's.
"""


@dataclass(frozen=True, slots=True)
class Loop:
    """A build that triggers itself by writing `paths`; `ignore` are the patterns that end it, in
    gitignore syntax and relative to the project.
    """

    paths: tuple[Path, ...]
    ignore: tuple[str, ...]

    @property
    def text(self) -> str:
        """Say what happens, and what to do."""
        options = " ".join(f"--ignore {_quote(pattern)}" for pattern in self.ignore)
        return (
            f"The build seems to write {self.paths[0].name}, which is watched, and so triggers itself. "
            f"For that it is now built more and more rarely. If nobody edits it: {options}"
        )


class Triggers:
    """Judges what builds are asked for by, one build after the other."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._began: float | None = None
        self._builds: deque[tuple[float, float]] = deque(maxlen=2)  # news of a file may come late
        self._own: frozenset[Path] = frozenset()
        self._from_outside = False
        self._same_in_a_row = self._any_in_a_row = 0
        self._culprits: frozenset[Path] = frozenset()
        self._told = False

    @property
    def is_suspicious(self) -> bool:
        """Whether the last build is one that had to rest: no file within it should end it."""
        return self._step(self._same_in_a_row, self._any_in_a_row) > 0

    def begin(self, at: float) -> None:
        """Note that the build begins that was asked for (seconds since 1970)."""
        self._same_in_a_row, self._any_in_a_row, self._culprits = self._next()
        if not self._any_in_a_row:
            self._told = False
        self._own, self._from_outside = frozenset(), False
        self._began = at

    def end(self, at: float) -> None:
        """Note that its generator has ended. A second word on that is not heard."""
        if self._began is not None:
            self._builds.append((self._began, at))
        self._began = None

    def note(self, changes: Mapping[Path, float], now: float) -> None:
        """Note changes that ask for a build.

        They are paths with the time of each file (seconds since 1970; of one that is deleted the
        present).
        """
        own = frozenset(path for path, at in changes.items() if self._is_within_a_build(at, now))
        self._own |= own
        self._from_outside |= own != changes.keys()

    def note_wish(self) -> None:
        """Note that somebody asks for a build, whatever has changed."""
        self._from_outside = True

    def delay(self) -> float:
        """Seconds that the build has to wait that is asked for, unless something else asks for it."""
        same, any_name, _ = self._next()
        step = self._step(same, any_name)
        if step == 0:
            return 0.0
        began, ended = self._builds[-1]
        return min(max(FIRST_DELAY * 2.0 ** min(step - 1, 20), ended - began), LONGEST_DELAY)

    def find_loop(self) -> Loop | None:
        """What is to be told, once: a build has waited, and asks for the next one all the same."""
        same, any_name, culprits = self._next()
        if self._told or self._step(same, any_name) <= 1:
            return None
        self._told = True
        paths = tuple(sorted(culprits))
        return Loop(paths, tuple(pattern_of(path, self._project) for path in paths))

    def _next(self) -> tuple[int, int, frozenset[Path]]:
        """Count the builds in a row, with the one that is asked for; and name who asks for it."""
        if self._from_outside or not self._own:
            return 0, 0, frozenset()
        shared = self._own & self._culprits
        if shared:
            return self._same_in_a_row + 1, self._any_in_a_row + 1, shared
        return 1, self._any_in_a_row + 1, self._own

    def _step(self, same: int, any_name: int) -> int:
        return max(0, same - MOST_IN_A_ROW, any_name - MOST_OF_ANY_NAME)

    def _is_within_a_build(self, at: float, now: float) -> bool:
        running = [] if self._began is None else [(self._began, now)]
        return any(began - SLACK <= at <= ended for began, ended in (*self._builds, *running))


def pattern_of(path: Path, project: Path) -> str:
    """Write the line of a .gitignore in the project that means exactly this file; of one that is not
    in the project, its name.
    """
    inside = path.is_relative_to(project)
    name = path.relative_to(project).as_posix() if inside else path.name
    text = re.sub(r"([\\*?\[])", r"\\\1", name)
    text = re.sub(r" +$", lambda spaces: "\\ " * len(spaces[0]), text)
    if inside:
        return f"/{text}"
    return f"\\{text}" if text.startswith(("#", "!")) else text


def _quote(pattern: str) -> str:
    return subprocess.list2cmdline([pattern]) if sys.platform == "win32" else shlex.quote(pattern)
