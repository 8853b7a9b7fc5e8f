"""The legs of a voyage, and how fast they were sailed."""

import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Leg:
    """From one place to another: `miles` are nautical."""

    start: str
    end: str
    miles: float
    hours: float

    @property
    def knots(self) -> float:
        """How fast it was sailed on average."""
        return self.miles / self.hours


def read_legs(path: Path = HERE / "legs.json") -> list[Leg]:
    """Read the legs in the order in which they were sailed."""
    rows = json.loads(path.read_text("utf-8"))
    return [Leg(row["from"], row["to"], row["miles"], row["hours"]) for row in rows]


def fastest(legs: list[Leg]) -> Leg:
    """Find the leg of the best speed."""
    return max(legs, key=lambda leg: leg.knots)
