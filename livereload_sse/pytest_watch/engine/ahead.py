"""What a warm process has imported ahead, and under which conditions that holds.

Each run forgets it but for what its process has inherited: set by the process that imports, read in
those that run tests.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Environment = Mapping[str, str | None]
"""How the environment differs from the one a process began with: None where a variable is gone."""


@dataclass(slots=True)
class Ahead:
    """`modules` are those imported. `start` are the states that the environment went through in the
    start-up of the run from which they were learnt, None where nothing was learnt from a run;
    `later` are variables that it set while it collected. `unsteady` are variables that each run's
    start-up sets to something else.
    """

    modules: tuple[str, ...] = ()
    start: tuple[Environment, ...] | None = None
    later: frozenset[str] = frozenset()
    unsteady: frozenset[str] = frozenset()


AHEAD = Ahead()


def without(states: Sequence[Environment], names: Collection[str]) -> list[dict[str, str | None]]:
    """Leave variables out of consideration."""
    return [{name: value for name, value in state.items() if name not in names} for state in states]
