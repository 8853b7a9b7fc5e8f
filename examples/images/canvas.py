"""A picture that is drawn coarse first, then finer.

Every sixteenth pixel of every sixteenth row, then every eighth, … until each has been drawn, and
each once. At any time there is a picture of the whole: what is not known yet lies between what is.

Knows grids and how to enlarge them. Refuses to know what is drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

Pixel = Callable[[int, int], tuple[int, int, int]]
"""Red, green and blue at a column and a row. It is also asked for some beyond the edges."""

STRIDES = (16, 8, 4, 2, 1)


@dataclass(slots=True)
class Grid:
    """Every so many pixels of a picture; `rows_done` of its rows are drawn."""

    stride: int
    columns: int
    rows: int
    pixels: bytearray
    rows_done: int = 0

    @classmethod
    def over(cls, width: int, height: int, stride: int) -> "Grid":
        """An empty one. It reaches beyond the edges, so that all of the picture lies within."""
        columns, rows = _count(width, stride), _count(height, stride)
        return cls(stride, columns, rows, bytearray(3 * columns * rows))

    def image(self) -> Image.Image:
        """One pixel for each that was drawn."""
        return Image.frombytes("RGB", (self.columns, self.rows), bytes(self.pixels))

    def enlarged(self, image: Image.Image, width: int, height: int, times: float) -> Image.Image:
        """`image`, of this grid's size, so many times as large; each pixel stays at its place."""
        first = 0.5 - 0.5 / times  # a pixel's place is its middle
        box = (first, first, first + width / times, first + height / times)
        return image.resize((width, height), Image.Resampling.BICUBIC, box)


class Canvas:
    """A picture of this size while it is drawn."""

    def __init__(self, pixel: Pixel, width: int, height: int) -> None:
        self._pixel = pixel
        self._size = width, height
        self._grids = [Grid.over(width, height, stride) for stride in STRIDES]
        self._fine = self._grids[0]
        self._coarse: Grid | None = None

    def draw(self) -> Iterator[float]:
        """Draw it. Gives how much is drawn, as a part of 1, after the first grid and each row."""
        total = self._grids[-1].columns * self._grids[-1].rows + self._beyond()
        done = 0
        for grid in self._grids:
            self._fine = grid
            while grid.rows_done < grid.rows:
                done += self._draw_row(grid)
                if self._coarse or grid.rows_done == grid.rows:
                    yield done / total
            self._coarse = grid

    def picture(self) -> Image.Image:
        """All of it, as well as it is known by now; for the first time after the first grid."""
        fine, coarse = self._fine, self._coarse
        image = fine.image()
        if coarse is not None and fine.rows_done < fine.rows:
            rest = coarse.enlarged(coarse.image(), fine.columns, fine.rows, 2)
            rest.paste(image.crop((0, 0, fine.columns, fine.rows_done)))
            image = rest
        return fine.enlarged(image, *self._size, fine.stride)

    def _draw_row(self, grid: Grid) -> int:
        """Draw what is not in the coarser grid. Gives how many pixels that were."""
        coarse, row, drawn = self._coarse, grid.rows_done, 0
        for column in range(grid.columns):
            at = 3 * (row * grid.columns + column)
            if coarse is None or row % 2 or column % 2:
                drawn += 1
                found = bytes(self._pixel(column * grid.stride, row * grid.stride))
            else:
                known = 3 * (row // 2 * coarse.columns + column // 2)
                found = bytes(coarse.pixels[known : known + 3])
            grid.pixels[at : at + 3] = found
        grid.rows_done += 1
        return drawn

    def _beyond(self) -> int:
        """How many pixels of the coarser grids lie beyond the edges, where finer ones have none."""
        missing = 0
        for coarse, fine in zip(self._grids, self._grids[1:], strict=False):
            shared = -(-fine.columns // 2) * -(-fine.rows // 2)
            missing += coarse.columns * coarse.rows - shared
        return missing


def _count(length: int, stride: int) -> int:
    return length if stride == 1 else -(-length // stride) + 1
