"""The berths of the harbour, and what fits into them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Berth:
    """A place at the pontoon, measured in metres; `boat` is the length of who lies there, or 0."""

    name: str
    length: float
    width: float
    boat: float = 0

    def fits(self, length: float, width: float) -> bool:
        """Whether a boat may come: nobody lies there, and there is room for fenders."""
        return not self.boat and length <= self.length and width + 0.4 <= self.width

    @property
    def side(self) -> str:
        """Which side of the pontoon it is on."""
        return "port" if int(self.name) % 2 else "starboard"


BERTHS = (
    Berth("1", 12, 4.2, boat=11.2),
    Berth("2", 14, 4.6, boat=13.4),
    Berth("3", 12, 4.2),
    Berth("4", 14, 4.6),
    Berth("5", 10, 3.8, boat=8.8),
    Berth("6", 12, 4.2, boat=10.6),
    Berth("7", 10, 3.8, boat=9.6),
    Berth("8", 12, 4.2),
    Berth("9", 8, 3.2),
    Berth("10", 10, 3.8, boat=9.1),
    Berth("11", 8, 3.2, boat=6.4),
    Berth("12", 8, 3.2),
)
