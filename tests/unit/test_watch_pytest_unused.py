"""Saved files that no test uses."""

import asyncio
from collections.abc import Sequence

import pytest

from livereload_sse.pytest_watch import unused
from livereload_sse.pytest_watch.unused import Unused


@pytest.fixture(autouse=True)
def short_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unused, "DELAY", 0.01)


class Said:
    """What is said; all but `gone.py` exists."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = []
        self.was_said = asyncio.Event()
        self.unused = Unused(self.say, exists=lambda path: path != "gone.py")

    def say(self, paths: Sequence[str]) -> None:
        self.lines.append([*paths])
        self.was_said.set()

    async def later(self) -> list[list[str]]:
        """Wait until something else has been said, and so all before it."""
        await asyncio.sleep(0.02)
        self.was_said.clear()
        self.unused.note(["end.py"])
        await asyncio.wait_for(self.was_said.wait(), 5)
        assert self.lines[-1] == ["end.py"]
        return self.lines[:-1]


async def test_what_comes_together_is_said_in_one_line() -> None:
    said = Said()
    said.unused.note(["a.py"])
    said.unused.note(["b.py", "a.py"])
    assert await said.later() == [["a.py", "b.py"]]


async def test_of_a_rename_the_name_that_is_gone_is_not_said() -> None:
    said = Said()
    said.unused.note(["new.py"])
    said.unused.note(["gone.py"])
    assert await said.later() == [["new.py"]]


async def test_nothing_is_said_of_a_file_that_is_gone() -> None:
    said = Said()
    said.unused.note(["gone.py"])
    assert await said.later() == []


async def test_nothing_is_said_where_a_run_begins() -> None:
    said = Said()
    said.unused.note(["a.py"])
    said.unused.drop()
    assert await said.later() == []


async def test_nothing_is_said_of_nothing() -> None:
    said = Said()
    said.unused.note([])
    assert await said.later() == []
