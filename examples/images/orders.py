"""What may be asked for: a seed, a palette and a size, within bounds.

Knows what is refused, and how to say so. Refuses to know how a picture is made.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from palettes import PALETTES

SMALLEST, LARGEST = 64, 1600  # pixels along an edge
MOST = 1_500_000  # pixels altogether: about half a minute
SEEDS = 1_000_000
DEFAULT_SIZE = 720, 450


@dataclass(frozen=True, slots=True)
class Order:
    """One picture. The same order is the same picture, always."""

    seed: int
    palette: str
    width: int
    height: int


class OrderError(ValueError):
    """Something was asked for that is not to be had: which field, what is wrong, what to do."""

    def __init__(self, field: str, what: str, hint: str) -> None:
        super().__init__(f"{field}: {what} {hint}")
        self.field = field
        self.what = what
        self.hint = hint


def read_order(asked: Any) -> Order:
    """Read what a request asks for; what it leaves out is chosen here. Raises OrderError."""
    if not isinstance(asked, Mapping):
        raise OrderError("", "This is no order.", 'Send a JSON object, such as {"seed": 7}.')
    palette = asked.get("palette", "moonlit")
    if not isinstance(palette, str) or palette not in PALETTES:
        raise OrderError(
            "palette", "There is no such palette.", f"Choose of {', '.join(PALETTES)}."
        )
    seed = _whole(asked, "seed", random.randrange(SEEDS))  # noqa: S311 - a picture, not a secret
    if not 0 <= seed < SEEDS:
        raise OrderError("seed", "The seed is out of bounds.", f"It is from 0 to {SEEDS - 1:,}.")
    width, height = (
        _whole(asked, name, usual)
        for name, usual in zip(("width", "height"), DEFAULT_SIZE, strict=True)
    )
    _check_size(width, height)
    return Order(seed, palette, width, height)


def _check_size(width: int, height: int) -> None:
    for name, length in (("width", width), ("height", height)):
        if not SMALLEST <= length <= LARGEST:
            raise OrderError(
                name,
                f"A {name} of {length:,} pixels is out of bounds.",
                f"Ask for {SMALLEST} to {LARGEST:,}.",
            )
    if width * height > MOST:
        raise OrderError(
            "width",
            f"{width:,} by {height:,} is {width * height:,} pixels.",
            f"Ask for {MOST:,} at most.",
        )


def _whole(asked: Mapping[str, Any], name: str, usual: int) -> int:
    value = asked.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int):
        raise OrderError(name, f"The {name} is no whole number.", "Write digits, and nothing else.")
    return value
