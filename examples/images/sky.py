"""The sky over the coast: its colours, clouds, stars, the moon, northern lights.

A direction is `x`, to the right, and `up`, above the horizon; half a picture's height is 1.
"""

import random
from math import exp, floor

from colours import DARKNESS, Light, add, mix, step
from noise import Noise
from palettes import Lights, Palette

TOP = 1.2  # where the sky has the colour of the zenith
CELL = 0.036  # at most one star in each square of this size


class Sky:
    """One night's sky. `side`, 1 or -1, is where the land is: the moon stands on the other."""

    def __init__(self, seed: int, palette: Palette, side: int) -> None:
        source = random.Random(seed ^ 0x5EA)  # noqa: S311 - a picture, not a secret
        self._palette = palette
        self._lights = Lights.of(palette)
        self._noise = Noise(seed)
        self._drift = source.uniform(0, 99)
        self.moon_x = -side * source.uniform(0.05, 1.05)
        self.moon_up = source.uniform(0.32, 0.92)
        self._glow_x = -side * source.uniform(0.2, 0.9)

    def light(self, x: float, up: float) -> Light:
        """What comes from there, the stars left out: the sea shows none."""
        palette, lights = self._palette, self._lights
        height = up / TOP
        light = mix(lights.horizon, lights.middle, step(0, 0.42, height))
        light = mix(light, lights.zenith, step(0.2, 1, height))
        aside = x - self._glow_x
        glow = exp(-up * 4.5) * (0.3 + 0.7 * exp(-aside * aside * 1.6))
        light = add(light, lights.glow, glow * 0.55)
        if palette.aurora:
            light = add(light, *self._aurora(x, up))
        if palette.moonlight:
            light = add(light, lights.moon, self._moon(x, up) * palette.moonlight)
        return self._clouded(light, x, up, glow)

    def stars(self, x: float, up: float, pixel: float) -> float:
        """How much starlight falls into a pixel of this size."""
        across, along = x / CELL, up / CELL
        column, row = floor(across), floor(along)
        noise = self._noise
        chance = noise.speck(column * 3 + row * 11, row * 7 + 2)
        if chance < 0.7:
            return 0.0
        east = across - column - 0.15 - 0.7 * noise.speck(column + row * 5, row + 71)
        north = along - row - 0.15 - 0.7 * noise.speck(column + 37, row * 3 + column)
        bright = ((chance - 0.7) / 0.3) ** 7 + 0.05
        radius = (0.55 + 0.4 * bright) * pixel / CELL
        seen = step(0.08, 0.7, up) * self._palette.stars * min(1.7, 0.0075 / pixel)
        return bright * seen * exp(-(east * east + north * north) / (radius * radius))

    def _moon(self, x: float, up: float) -> float:
        east, north = x - self.moon_x, up - self.moon_up
        far = (east * east + north * north) ** 0.5
        disk = step(0.062, 0.056, far)
        if disk:
            disk *= 0.25 + 1.1 * self._noise.fractal(east * 30, north * 30, 4) ** 2
        return disk * 2.2 + 0.5 * exp(-far * 9) + 0.10 * exp(-far * 2.2)

    def _aurora(self, x: float, up: float) -> tuple[Light, float]:
        """Two curtains: a sharp lower edge that wanders, rays that fade upwards."""
        noise, drift = self._noise, self._drift
        total = 0.0
        for curtain in (0, 1):
            edge = (
                0.2 + 0.24 * curtain + 0.34 * (noise.fractal(x * 1.1 + drift, curtain * 9, 2) - 0.5)
            )
            above = up - edge
            if above > -0.06:
                rays = noise.fractal(x * 9 + above * 1.5, drift + curtain * 5, 3)
                fold = 0.25 + noise.at(x * 1.7 + 40, drift + curtain) ** 2 * 1.4
                total += step(-0.06, 0.03, above) * exp(-above * 3.1) * rays * fold
        crimson = step(0.35, 1.0, up)
        return (0.05 + 0.32 * crimson, 0.75 - 0.5 * crimson, 0.36 + 0.1 * crimson), total

    def _clouded(self, light: Light, x: float, up: float, glow: float) -> Light:
        """Clouds lie flat over the sea: they crowd towards the horizon."""
        near = 1 / (up + 0.16)
        thick = self._noise.fractal(x * near * 0.75 + self._drift, near * 1.9, 4)
        cover = step(0.46, 0.8, thick) * self._palette.clouds * step(0.0, 0.12, up)
        if cover <= 0:
            return light
        east, north = x - self.moon_x, up - self.moon_up
        lit = self._palette.moonlight * exp(-(east * east + north * north) * 3)
        own = 0.16 + 0.75 * glow + 0.55 * lit * (1.4 - thick)
        cloud = add(DARKNESS, self._lights.cloud, own)
        return mix(light, cloud, cover * 0.85)
