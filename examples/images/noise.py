"""Smooth noise: what clouds, waves and cliffs are made of.

A lattice of random numbers, and what lies between them. It knows nothing of pictures.
"""

import random
from math import floor

SIZE = 256


class Noise:
    """Noise that is the same for the same seed, everywhere and always."""

    def __init__(self, seed: int) -> None:
        source = random.Random(seed)  # noqa: S311 - a picture, not a secret
        self._values = [source.random() for _ in range(SIZE)]
        order = list(range(SIZE))
        source.shuffle(order)
        self._order = order + order

    def at(self, x: float, y: float) -> float:
        """A number between 0 and 1 that changes slowly with x and y, over a length of about 1."""
        column, row = floor(x), floor(y)
        right, down = x - column, y - row
        right *= right * (3 - 2 * right)
        down *= down * (3 - 2 * down)
        values, order = self._values, self._order
        above = order[row & 255]
        below = order[(row + 1) & 255]
        column &= 255
        beside = (column + 1) & 255
        a, b = values[order[above + column]], values[order[above + beside]]
        c, d = values[order[below + column]], values[order[below + beside]]
        top = a + (b - a) * right
        return top + (c + (d - c) * right - top) * down

    def fractal(self, x: float, y: float, octaves: int) -> float:
        """Noise on noise, each half as large and half as strong: between 0 and 1."""
        total, strength, whole = 0.0, 1.0, 0.0
        for _ in range(octaves):
            total += self.at(x, y) * strength
            whole += strength
            x, y, strength = x * 2 + 17.3, y * 2 + 5.9, strength / 2
        return total / whole

    def speck(self, column: int, row: int) -> float:
        """A number between 0 and 1 that has nothing to do with its neighbours."""
        order = self._order
        return self._values[order[order[row & 255] + (column & 255)]]
