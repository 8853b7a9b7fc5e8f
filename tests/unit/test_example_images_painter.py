"""A painter of the images is a real process, and another one when it has to be."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.processes import is_running

IMAGES = Path(__file__).parents[2] / "examples" / "images"


@pytest.fixture(scope="module")
def module() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(IMAGES)
        before = set(sys.modules)
        yield import_module("painter")
        for name in {path.stem for path in IMAGES.glob("*.py")} & (set(sys.modules) - before):
            del sys.modules[name]


async def drawn(painter: Any, palette: str) -> Any:
    """Draw a small picture, and give the last that was told."""
    order = sys.modules["orders"].Order(1, palette, 64, 64)
    return [told async for told in painter.draw(order)][-1]


async def test_a_painter_draws_after_a_failure_and_after_it_was_killed_a_moment_ago(
    module: ModuleType,
) -> None:
    painter = module.Painter()
    try:
        failed = await drawn(painter, "sepia")
        assert (type(failed).__name__, failed.why) == ("Failed", "KeyError: 'sepia'")
        first = painter.pid
        assert type(await drawn(painter, "aurora")).__name__ == "Finished"
        assert painter.pid == first

        painter.kill()
        assert type(await drawn(painter, "aurora")).__name__ == "Finished"
        assert painter.pid != first
    finally:
        await painter.close()
    assert not is_running(first)
    assert not is_running(painter.pid)
