"""What is said to a host, and when."""

from types import SimpleNamespace
from typing import Any

import pytest

from livereload_sse.pytest_watch.engine import fork_runner
from livereload_sse.pytest_watch.engine.fork_runner import ForkRunner
from livereload_sse.pytest_watch.engine.runner import Host
from livereload_sse.pytest_watch.engine.spawning import Launch


async def test_a_host_is_told_first_what_it_shall_be(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    runner = ForkRunner(launch=Launch.from_here(()))

    async def spawn(*_: Any, **__: Any) -> None:
        runner._warm_up()  # the first run has ended just now
        said.append("what it shall be")

    learning = SimpleNamespace(changes=1, names={"numpy"}, as_request=lambda: None)
    monkeypatch.setattr(runner, "learning", learning)
    monkeypatch.setattr(Host, "preload", lambda *_: said.append("what to import"))
    monkeypatch.setattr(fork_runner, "spawn", spawn)
    await runner._replace()

    assert said == ["what it shall be", "what to import"]
