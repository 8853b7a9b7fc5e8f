"""What may be asked of the images, and that their README is true to them."""

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

IMAGES = Path(__file__).parents[2] / "examples" / "images"


@pytest.fixture(scope="module")
def orders() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(IMAGES)
        yield import_module("orders")
        for name in ("orders", "palettes", "colours"):
            del sys.modules[name]


GOOD = {"seed": 7, "palette": "aurora", "width": 64, "height": 1600}


def test_an_order_is_read_and_what_is_left_out_is_chosen(orders: ModuleType) -> None:
    assert orders.read_order(GOOD) == orders.Order(7, "aurora", 64, 1600)
    chosen = orders.read_order({})
    assert (chosen.palette, chosen.width, chosen.height) == ("moonlit", 720, 450)
    assert 0 <= chosen.seed < orders.SEEDS


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 1_000_000}, "seed"),
        ({"seed": True}, "seed"),
        ({"seed": "7"}, "seed"),
        ({"palette": "sepia"}, "palette"),
        ({"palette": ["aurora"]}, "palette"),
        ({"width": 63}, "width"),
        ({"height": 1601}, "height"),
        ({"width": 64.5}, "width"),
        ({"width": 1500, "height": 1500}, "width"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_field(
    orders: ModuleType, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(orders.OrderError) as refused:
        orders.read_order({**GOOD, **wrong})

    assert refused.value.field == field
    assert refused.value.what
    assert refused.value.hint


def test_an_order_that_is_no_object_is_refused(orders: ModuleType) -> None:
    with pytest.raises(orders.OrderError, match="no order"):
        orders.read_order([7])


def test_the_readme_shows_the_apps_own_code_and_names_what_is_there() -> None:
    text = (IMAGES / "README.md").read_text("utf-8")
    code = "\n".join(file.read_text("utf-8") for file in IMAGES.glob("*.py"))
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = re.findall(r"`([\w/]+\.(?:py|js))`", text)

    assert len(blocks) >= 3
    assert [block for block in blocks if block not in code] == []
    assert [name for name in names if not (IMAGES / name).is_file()] == []
