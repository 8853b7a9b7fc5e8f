"""A coast at night: the sky, the land, and the sea that shows both again.

One pixel after the other, each for itself: whoever draws decides the order. The same order gives
the same picture on every machine.
"""

import random
from math import exp

from colours import Light, add, develop, mix, step
from land import LAMP, Land
from noise import Noise
from palettes import Lights, Palette
from sky import Sky

HORIZONS = -0.36, -0.14  # over the middle of the picture, in halves of its height


class Coast:
    """What there is to see on a picture of this width and height, in pixels."""

    def __init__(self, seed: int, palette: Palette, width: int, height: int) -> None:
        source = random.Random(seed)  # noqa: S311 - a picture, not a secret
        side = source.choice((-1, 1))
        self._width, self._height = width, height
        self._pixel = 2 / height
        reach = width / height
        self._reach = reach
        self._side = side
        self._lights = Lights.of(palette)
        self._sky = Sky(seed, palette, side)
        self._land = Land(seed, palette, side, reach)
        self._noise = Noise(seed + 2)
        self._horizon = source.uniform(*HORIZONS)
        self._wind = source.uniform(0.6, 1.3)

    def pixel(self, column: int, row: int) -> tuple[int, int, int]:
        """Red, green and blue of a pixel, from 0 to 255; columns and rows begin at the top left."""
        x = (2 * column + 1 - self._width) / self._height
        y = (self._height - 2 * row - 1) / self._height
        up = y - self._horizon
        light = self._air(x, up, stars=True) if up > 0 else self._sea(x, -up)
        light = self._rocks(light, x, y)
        dim = 1.16 - 0.2 * (x * x / (self._reach * self._reach) + y * y)
        light = (light[0] * dim, light[1] * dim, light[2] * dim)
        return develop(light, self._noise.speck(column * 13, row * 29) * 3 - 1.5)

    def _air(self, x: float, up: float, *, stars: bool = False) -> Light:
        light = self._sky.light(x, up)
        if stars:
            shining = self._sky.stars(x, up, self._pixel)
            if shining > 0.002:
                light = add(light, (0.9, 0.95, 1.0), shining)
        light = self._land.cover(light, x, up, self._pixel)
        return add(light, LAMP, self._land.shine(x, up))

    def _sea(self, x: float, down: float) -> Light:
        """Each wave is a small mirror that leans: it shows a higher piece of the sky."""
        far = 1 / (down + 0.035)
        noise, wind = self._noise, self._wind
        lean = noise.fractal(x * far * 1.7 * wind, far * 5.0, 4) - 0.5
        swing = noise.at(x * far * 2.6 + 50, far * 7.5) - 0.5
        rough = step(0.0, 0.25, down)
        up = abs(down * 0.85 + lean * (0.22 + 0.5 * rough)) + 0.004
        light = self._air(x + swing * (0.02 + 0.10 * rough), up)
        mirror = 0.30 + 0.55 * exp(-down * 2.4)
        deep = (
            self._lights.zenith[0] * 0.35,
            self._lights.zenith[1] * 0.45,
            self._lights.zenith[2] * 0.5,
        )
        return mix(deep, light, mirror)

    def _rocks(self, light: Light, x: float, y: float) -> Light:
        """Rocks in the foreground, on the side where there is no land."""
        inland = -x * self._side / self._reach
        if y > -0.5 or inland < -0.2:
            return light
        edge = -1.06 + 0.42 * step(-0.2, 1.0, inland)
        edge += 0.26 * (self._noise.fractal(x * 4.5, 77.7, 5) - 0.45)
        covered = (edge - y) / self._pixel + 0.5
        if covered <= 0:
            return light
        wet = 0.05 * self._noise.fractal(x * 12, y * 20, 3) * exp(-(edge - y) * 7)
        stone = add(self._lights.land, self._lights.horizon, wet)
        return mix(light, stone, min(covered, 1.0))
