"""How high the water stands: a sum of four waves, as tide tables have been made since 1867."""

from datetime import date
from itertools import pairwise
from math import cos, tau

MEAN = 3.1  # metres over the chart's depths

WAVES = (
    # metres, hours, hours after midnight of the first day
    (1.9, 12.4206, 4.2),  # the moon
    (0.6, 12.0, 5.1),  # the sun
    (0.35, 12.6583, 3.4),  # the moon again, whose path is not a circle
    (0.15, 23.9345, 9.0),  # both, when they do not stand over the equator
)

FIRST_DAY = date(2000, 1, 1)
MINUTE = 1 / 60


def height(day: date, hour: float) -> float:
    """Metres of water at an hour of a day."""
    since = (day - FIRST_DAY).days * 24 + hour
    return MEAN + sum(metres * cos(tau * (since - late) / hours) for metres, hours, late in WAVES)


def turns(day: date) -> list[tuple[float, float, bool]]:
    """High and low water of a day: hour, metres, whether it is high."""
    minutes = [(minute * MINUTE, height(day, minute * MINUTE)) for minute in range(-1, 24 * 60 + 1)]
    found = []
    for (_, before), (hour, now), (_, after) in zip(
        minutes, minutes[1:], minutes[2:], strict=False
    ):
        if (now > before) == (now >= after):
            found.append((hour, now, now > before))
    return found


def windows(day: date, depth: float) -> list[tuple[float, float]]:
    """The times of a day, in hours, between which there is at least so much water."""
    enough = [height(day, minute * MINUTE) >= depth for minute in range(24 * 60 + 1)]
    edges = [i + 1 for i, (now, then) in enumerate(pairwise(enough)) if now != then]
    ends = [0, *edges, 24 * 60] if enough[0] else [*edges, 24 * 60]
    return [(a * MINUTE, b * MINUTE) for a, b in zip(ends[::2], ends[1::2], strict=False)]


def clock(hour: float) -> str:
    """Write an hour as clocks do."""
    minutes = round(hour * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
