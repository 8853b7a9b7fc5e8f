"""The canvas of the images draws each pixel once, and shows the whole at any time."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

IMAGES = Path(__file__).parents[2] / "examples" / "images"
LENGTHS = st.integers(1, 40)


@pytest.fixture(scope="module")
def canvas() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(IMAGES)
        yield import_module("canvas")
        del sys.modules["canvas"]


def colour(column: int, row: int) -> tuple[int, int, int]:
    """A different one for each pixel of a small picture."""
    return column * 5 % 256, row * 5 % 256, (column ^ row) % 256


@given(width=LENGTHS, height=LENGTHS)
def test_each_pixel_is_drawn_once_and_is_in_the_picture(
    canvas: ModuleType, width: int, height: int
) -> None:
    drawn: list[tuple[int, int]] = []

    def pixel(column: int, row: int) -> tuple[int, int, int]:
        drawn.append((column, row))
        return colour(column, row)

    made = canvas.Canvas(pixel, width, height)
    parts = list(made.draw())
    picture = made.picture()

    assert len(drawn) == len(set(drawn))
    assert picture.size == (width, height)
    everywhere = [(column, row) for row in range(height) for column in range(width)]
    assert [picture.getpixel(place) for place in everywhere] == [
        colour(*place) for place in everywhere
    ]
    assert parts == sorted(parts)
    assert parts[-1] == 1


def test_after_the_first_grid_the_whole_is_there_and_nothing_moves_later(
    canvas: ModuleType,
) -> None:
    def slope(column: int, row: int) -> tuple[int, int, int]:
        return 2 * column, 2 * row, 0

    made = canvas.Canvas(slope, 100, 90)
    parts = iter(made.draw())

    assert 0 < next(parts) < 1 / 100
    for _ in range(60):
        picture = made.picture()
        assert picture.size == (100, 90)
        for place in ((20, 20), (45, 17), (70, 71)):
            found = picture.getpixel(place)
            assert found == pytest.approx(slope(*place), abs=3), place
        next(parts)


def test_a_finer_grid_is_shown_from_the_top_while_it_is_drawn(canvas: ModuleType) -> None:
    def checked(column: int, row: int) -> tuple[int, int, int]:
        return (255, 255, 255) if (column + row) % 2 else (0, 0, 0)

    made = canvas.Canvas(checked, 64, 64)
    for part in made.draw():
        if part > 0.6:
            break
    picture = made.picture()

    assert {picture.getpixel((column, 3)) for column in range(64)} == {(0, 0, 0), (255, 255, 255)}
    assert {picture.getpixel((column, 60)) for column in range(64)} == {(0, 0, 0)}
