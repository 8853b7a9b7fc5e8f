"""When a figure becomes an alert, and when it is over: thresholds with hysteresis.

Pure: values go in, the level comes out. Refuses to know clocks, what is measured and who is told.
"""

from dataclasses import dataclass
from typing import Final

CALM: Final = 0
WARNING: Final = 1
CRITICAL: Final = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A figure's limits. One that swings about a limit neither raises nor clears again and again.

    margin: how far it must fall below a limit before that level is over
    hold: how many samples in a row must agree before a level changes
    """

    name: str
    title: str
    warning: float
    critical: float
    margin: float = 15.0
    hold: int = 3
    unit: str = "%"

    def limit(self, level: int) -> float:
        """Return the value that begins a level; of calm, that of the warning."""
        return self.critical if level == CRITICAL else self.warning


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a figure stands: its level, and for how many samples it has asked for another."""

    level: int = CALM
    asked: int = CALM
    times: int = 0


def follow(rule: Rule, standing: Standing, value: float) -> Standing:
    """Take one more sample into account."""
    level, asked = standing.level, _asked_by(rule, standing.level, value)
    if asked == level:
        return Standing(level, level)
    times = 1
    if standing.times and (asked > level) == (standing.asked > level):
        # Of several samples the most cautious one counts: the level next to where it stands.
        asked = min(asked, standing.asked, key=lambda one: abs(one - level))
        times += standing.times
    return Standing(level, asked, times) if times < rule.hold else Standing(asked, asked)


def _asked_by(rule: Rule, level: int, value: float) -> int:
    """Return the highest level whose limit is reached; those that hold already are left later."""
    for candidate in (CRITICAL, WARNING):
        slack = rule.margin if candidate <= level else 0.0
        if value >= rule.limit(candidate) - slack:
            return candidate
    return CALM
