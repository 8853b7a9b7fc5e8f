"""The land: headlands one behind the other, houses, and a lighthouse on the nearest.

Everything is a height over the horizon, or a distance from something. It knows no sky and no sea.
"""

import random
from dataclasses import dataclass
from math import atan2, exp, pi, sqrt

from colours import Light, add, mix, step
from noise import Noise
from palettes import Lights, Palette

LAMP: Light = (1.0, 0.84, 0.52)
TABLE = 2048  # columns in which a ridge's height is known


@dataclass(frozen=True, slots=True)
class Ridge:
    """A headland: its heights from the left edge to the right one, and how much air is before it."""

    heights: tuple[float, ...]
    haze: float

    def at(self, x: float, reach: float) -> float:
        """Its height where the picture reaches from -reach to reach."""
        place = (x / reach + 1) / 2 * (TABLE - 1)
        if place <= 0:
            return self.heights[0]
        if place >= TABLE - 1:
            return self.heights[-1]
        column = int(place)
        height = self.heights[column]
        return height + (self.heights[column + 1] - height) * (place - column)


class Land:
    """One coast, on one side of a picture that reaches from -reach to reach."""

    def __init__(self, seed: int, palette: Palette, side: int, reach: float) -> None:
        source = random.Random(seed ^ 0x1A2D)  # noqa: S311 - a picture, not a secret
        self._noise = Noise(seed + 1)
        self._lights = Lights.of(palette)
        self._reach = reach
        self.lamp_x = side * reach * source.uniform(0.28, 0.66)
        tips = (
            source.uniform(-1, -0.4),
            source.uniform(-0.4, 0.1),
            side * self.lamp_x / reach - 0.2,
        )
        self._ridges = [
            _ridge(self._noise, side, reach, tip * reach, layer) for layer, tip in enumerate(tips)
        ]
        self.foot = self._ridges[-1].at(self.lamp_x, reach) - 0.01
        self.lamp_up = self.foot + 0.235
        turn = source.uniform(-0.05, 0.26)
        self._beam = pi - turn if side > 0 else turn
        self._houses = self._build(source, side)

    def cover(self, light: Light, x: float, up: float, pixel: float) -> Light:
        """What is seen where the land stands before that light; edges are a pixel wide."""
        lights = self._lights
        for ridge in self._ridges:
            covered = (ridge.at(x, self._reach) - up) / pixel + 0.5
            if covered > 0:
                ground = mix(lights.land, lights.horizon, ridge.haze * (1 - min(up, 0.3)))
                if not ridge.haze:
                    ground = add(ground, lights.glow, 0.03 * self._noise.fractal(x * 9, up * 26, 3))
                light = mix(light, ground, min(covered, 1.0))
        tower = self._tower(x - self.lamp_x, up - self.foot, pixel)
        if tower > 0:
            lit = max(0.5 + (x - self.lamp_x) * (14 if self.lamp_x < 0 else -14), 0)
            lit *= 0.9 if (up - self.foot) * 19 % 2 < 1 else 0.3
            light = mix(light, add(lights.land, lights.middle, lit), tower)
        return add(light, LAMP, self._windows(x, up, pixel))

    def shine(self, x: float, up: float) -> float:
        """The light of the lighthouse in the air: the lamp, its halo, the beam."""
        east, north = x - self.lamp_x, up - self.lamp_up
        far2 = east * east + north * north
        far = sqrt(far2) + 1e-6
        lamp = 2.6 * exp(-far2 * 9000) + 0.055 / (far * 9 + 0.05) * exp(-far * 2.4)
        off = atan2(north, east) - self._beam
        off = (off + pi) % (2 * pi) - pi
        forth = exp(-(off * off) / 0.0022) * 0.85
        back = pi - abs(off)
        forth += exp(-(back * back) / 0.0022) * 0.3
        if forth > 0.004:
            mist = 0.55 + 0.6 * self._noise.fractal(x * 2.4, up * 5, 2)
            lamp += forth * mist * exp(-far * 0.85) * step(0.0, 0.05, far)
        return lamp

    def _tower(self, x: float, up: float, pixel: float) -> float:
        """How much of a pixel the lighthouse covers: a tower, a gallery, a lantern, a cap."""
        if up < -0.02 or up > 0.30 or abs(x) > 0.05:
            return 0.0
        if up < 0.212:
            half = 0.024 - 0.045 * up
        elif up < 0.22:
            half = 0.022
        elif up < 0.25:
            half = 0.004 if abs(x) < 0.008 else 0.0105
            return _edge(abs(abs(x) - 0.0095), 0.0014, pixel)
        else:
            half = 0.0135 * (1 - (up - 0.25) / 0.03)
        return _edge(abs(x), half, pixel)

    def _build(self, source: random.Random, side: int) -> list[tuple[float, float, float]]:
        """Houses with a light: where, and how bright. They keep away from the cliff."""
        houses = []
        for _ in range(source.randint(4, 8)):
            x = side * self._reach * source.uniform(0.6, 0.97)
            below = source.uniform(0.25, 0.75)
            houses.append((x, self._ridges[-1].at(x, self._reach) * below, source.uniform(0.3, 1)))
        return houses

    def _windows(self, x: float, up: float, pixel: float) -> float:
        if up > 0.5:
            return 0.0
        radius2 = max(0.9 * pixel, 0.004) ** 2
        light = 0.0
        for house_x, house_up, bright in self._houses:
            east, north = x - house_x, up - house_up
            far2 = east * east + north * north
            if far2 < 0.01:
                light += bright * (0.9 * exp(-far2 / radius2) + 0.05 * exp(-far2 * 900))
        return light


def _edge(far: float, half: float, pixel: float) -> float:
    """How much of a pixel lies within `half` of a middle line."""
    return min(max((half - far) / pixel + 0.5, 0.0), 1.0)


def _ridge(noise: Noise, side: int, reach: float, tip: float, layer: int) -> Ridge:
    """A headland that rises from the water at its tip; `layer` 0 is the farthest."""
    heights = []
    for column in range(TABLE):
        x = (column / (TABLE - 1) * 2 - 1) * reach * side
        inland = x - tip
        if inland <= 0:
            heights.append(-0.02)
            continue
        rough = noise.fractal(x * (2.2 + layer), layer * 31.7, 6)
        cliff = 1 - exp(-inland * (7, 9, 14)[layer])
        height = cliff * ((0.05, 0.08, 0.10)[layer] + (0.16, 0.22, 0.16)[layer] * rough)
        heights.append(height + 0.06 * layer * step(0.4, 2.0, inland))
    return Ridge(tuple(heights), (0.62, 0.34, 0.0)[layer])
