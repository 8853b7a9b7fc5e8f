"""When a lamp is lit."""

from .character import Character

LENGTHS = {"Fl": 0.5, "LFl": 2.0, "Oc": 1.0}
"""Seconds of one flash, or, where the light is there and goes away, of one eclipse."""


def phases(lamp: Character) -> list[tuple[bool, float]]:
    """Return whether the lamp is lit and for how many seconds, until it begins again."""
    if lamp.kind == "Iso":
        return [(True, lamp.period / 2), (False, lamp.period / 2)]
    length, is_flash = LENGTHS[lamp.kind], lamp.kind != "Oc"
    pause = lamp.period - (2 * lamp.group - 1) * length
    if pause < length:
        raise ValueError(f"{lamp.period} s are too short for a group of {lamp.group}")
    pulses = [(is_flash, length), (not is_flash, length)] * lamp.group
    return [*pulses[:-1], (not is_flash, pause)]


def is_lit(lamp: Character, seconds: float) -> bool:
    """Whether it is lit so many seconds after it began."""
    left = seconds % lamp.period
    for lit, length in phases(lamp):
        if left < length:
            return lit
        left -= length
    raise AssertionError("the phases are shorter than the period")
