"""One way to print what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing: numbers in one unit, and what was aimed at."""

    name: str
    values: Sequence[float]
    unit: str
    aim: str = ""

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def p95(self) -> float:
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def print_rows(title: str, rows: Sequence[Row]) -> None:
    """Print name, median, 95th percentile, aim."""
    print(f"\n{title}")
    for row in rows:
        one = f"{row.median:>10,.1f} {row.unit:<6}"
        spread = f"p95 {row.p95:>9,.1f}" if len(row.values) > 1 else " " * 13
        print(f"  {row.name:<44} {one} {spread}   {row.aim}".rstrip())
