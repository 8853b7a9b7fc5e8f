"""Draw two periods of a lamp: `python -m lamps "Fl(3) W 10s"`."""

import sys

from .character import read
from .rhythm import is_lit

STEPS = 4  # per second


def draw(text: str) -> str:
    """A block where the lamp is lit, and a dot where it is not; four of them are a second."""
    lamp = read(text)
    steps = range(round(2 * lamp.period * STEPS))
    return "".join("█" if is_lit(lamp, step / STEPS) else "·" for step in steps)


def main() -> None:
    for text in sys.argv[1:]:
        print(f"{text:<12} {draw(text)}")


if __name__ == "__main__":
    main()
