"""Colours as light: three amounts that can be added, and how they become a pixel."""

from math import exp

Light = tuple[float, float, float]

DARKNESS: Light = (0.0, 0.0, 0.0)


def from_hex(text: str) -> Light:
    """Read `#rrggbb`, as light: screens show an amount to the power of 2.2."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red**2.2, green**2.2, blue**2.2


def mix(one: Light, other: Light, part: float) -> Light:
    """`part` of the other, from 0 to 1, and the rest of the one."""
    rest = 1 - part
    return (
        one[0] * rest + other[0] * part,
        one[1] * rest + other[1] * part,
        one[2] * rest + other[2] * part,
    )


def add(one: Light, other: Light, strength: float) -> Light:
    """One light, and another on top of it."""
    return (
        one[0] + other[0] * strength,
        one[1] + other[1] * strength,
        one[2] + other[2] * strength,
    )


def step(low: float, high: float, value: float) -> float:
    """Rise smoothly from 0 at `low` to 1 at `high`."""
    part = (value - low) / (high - low)
    if part <= 0:
        return 0.0
    return 1.0 if part >= 1 else part * part * (3 - 2 * part)


def develop(light: Light, grain: float) -> tuple[int, int, int]:
    """Make a pixel of light, as film does: what is bright saturates slowly.

    `grain`, about 0, hides that there are only 256 steps.
    """
    red, green, blue = ((1 - exp(-amount)) ** (1 / 2.2) * 255 + 0.5 + grain for amount in light)
    return _within(red), _within(green), _within(blue)


def _within(value: float) -> int:
    return 0 if value < 0 else 255 if value > 255 else int(value)
