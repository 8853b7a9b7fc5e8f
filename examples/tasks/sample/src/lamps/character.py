"""Reading a light's character, such as `Fl(3) W 10s`: three white flashes every ten seconds."""

import re
from dataclasses import dataclass

WRITTEN = re.compile(r"(Fl|LFl|Oc|Iso)(?:\(([1-9])\))?(?: ([WRGY]))? (\d+(?:\.\d)?)s")


@dataclass(frozen=True)
class Character:
    """`kind` as charts have it; how often in a row; the colour's letter; the period in seconds."""

    kind: str
    group: int
    colour: str
    period: float


def read(text: str) -> Character:
    """Read what stands on the chart; a light without a letter is white."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f"no character of a light: {text!r}")
    kind, group, colour, period = found.groups()
    return Character(kind, int(group or 1), colour or "W", float(period))
