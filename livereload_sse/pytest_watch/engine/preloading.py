"""Which modules are worth importing ahead of a run: learnt from runs, kept in a file.

Pure but for that file. What is imported ahead must be what a cold run would import, in the same
order and with the same environment around it; a module for which that is not sure is refused.
Refuses to import anything itself; see `trial`.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livereload_sse.pytest_watch.engine.ahead import Environment, without
from livereload_sse.pytest_watch.engine.needing import NOT_STEADY
from livereload_sse.pytest_watch.messages import Needed

FORMAT = 1


@dataclass(slots=True)
class Learning:
    """What runs have told. `changes` counts up when there is something new to import ahead."""

    names: dict[str, Environment] = field(default_factory=dict)
    """Module → the environment's state it was imported in; in the order of a run."""
    refused: dict[str, str] = field(default_factory=dict)
    """Module → why it may not be imported ahead."""
    rewritten: frozenset[str] = frozenset()
    """Those that pytest rewrites: to be imported ahead only where it would do so there, too."""
    start: tuple[Environment, ...] | None = None
    later: frozenset[str] = frozenset()
    unsteady: frozenset[str] = frozenset()
    """As in `Ahead`."""
    changes: int = 0
    is_doubted: bool = False
    """A run has told that it found the wrong things imported."""

    def learn(self, needed: Needed) -> None:
        """Take what a run told at its end. After a doubt, whatever was imported ahead must go."""
        if needed.doubt:
            self._reconsider(needed)
            return
        if self.start is not None and _differ(self.start, needed.start, self.unsteady):
            self.names.clear()  # an earlier session's, with another environment
        self.start = needed.start
        self.later |= set(needed.later)
        self.rewritten |= set(needed.rewritten)
        self.refuse(needed.refused)
        state: Environment = {}
        for name in needed.modules:
            state = needed.environments.get(name, state)
            self._add(name, state)

    def add(self, names: Iterable[str]) -> None:
        """Take names that an earlier session has learnt."""
        for name in names:
            self._add(name, {})

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Import these no more."""
        for name, reason in reasons.items():
            self.refused.setdefault(name, reason)
            self.names.pop(name, None)

    def as_request(self) -> dict[str, Any]:
        """Ask a warm process to import them; groups of names with the environment they need."""
        groups: list[tuple[Environment, list[str]]] = []
        for name, state in self.names.items():
            if not groups or groups[-1][0] != state:
                groups.append((state, []))
            groups[-1][1].append(name)
        return {
            "groups": groups,
            "refused": self.refused,
            "rewritten": sorted(self.rewritten),
            "start": self.start,
            "later": sorted(self.later),
            "unsteady": sorted(self.unsteady),
        }

    def _add(self, name: str, state: Environment) -> None:
        if self.unsteady & state.keys():
            self.refused.setdefault(name, NOT_STEADY)
        if name not in self.refused and name not in self.names:
            self.names[name] = state
            self.changes += 1

    def _reconsider(self, needed: Needed) -> None:
        self.is_doubted = True
        self.refuse(needed.refused)
        self.changes += 1
        if self.start is None or self.start == needed.start:
            self.later |= set(needed.later)
        self.unsteady |= _only_values_differ(self.start or (), needed.start)
        # The next run is the one to learn from again: it meets everything for the first time.
        self.names.clear()
        self.start = None


def _differ(
    before: "tuple[Environment, ...]", now: "tuple[Environment, ...]", unsteady: frozenset[str]
) -> bool:
    return without(before, unsteady) != without(now, unsteady)


def _only_values_differ(
    before: "tuple[Environment, ...]", now: "tuple[Environment, ...]"
) -> frozenset[str]:
    """Name the variables that both set, at the same time, to something else."""
    if [set(state) for state in before] != [set(state) for state in now]:
        return frozenset()
    return frozenset(
        name
        for one, other in zip(before, now, strict=True)
        for name in one
        if one[name] != other[name]
    )


def load_modules(path: Path) -> tuple[Learning, str]:
    """Read what was saved: what was learnt, and a line for the user where the file had to be dropped."""
    try:
        kept = json.loads(path.read_bytes())
        if kept["format"] != FORMAT or kept["python"] != sys.version:
            return Learning(), ""
        names = dict.fromkeys(map(str, kept["names"]))
        return (
            Learning(
                names={name: {} for name in names},
                refused={str(name): str(why) for name, why in kept["refused"].items()},
                start=({},),
                rewritten=frozenset(map(str, kept["rewritten"])),
                later=frozenset(map(str, kept["later"])),
                changes=1,
            ),
            "",
        )
    except FileNotFoundError:
        return Learning(), ""
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        return Learning(), f"{path.name} could not be read and is begun anew: {error}"


def save_modules(path: Path, learning: Learning) -> str:
    """Save it for the next session. Returns a line for the user where that is impossible.

    Where the project's start-up sets variables, nothing is saved: what they are is nobody's business.
    """
    steady = learning.start is not None and not any(learning.start)
    kept = {
        "format": FORMAT,
        "python": sys.version,
        "names": [*learning.names] if steady else [],
        "rewritten": sorted(learning.rewritten),
        "refused": learning.refused if steady else {},
        "later": sorted(learning.later),
    }
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(kept))
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        return f"{path.name} could not be saved: {error}"
    return ""
