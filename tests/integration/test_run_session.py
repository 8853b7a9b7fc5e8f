"""The session of a command that watches and writes by itself."""

import asyncio
import sys
from pathlib import Path

import pytest

from livereload_sse.build.plans import Plan
from livereload_sse.run_session import RunSession
from livereload_sse.settings import Settings
from livereload_sse.watch import ChangeSet, Watcher
from tests.processes import is_running
from tests.serving import wait_until
from tests.threads import our_threads

WRITER = """\
import os, pathlib, sys, time
pathlib.Path("number").write_text(str(os.getpid()))
pathlib.Path(sys.argv[1], "index.html").write_text("<p>written</p>")
time.sleep(60)
"""


async def test_nothing_is_left_where_watching_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_watcher: Watcher) -> ChangeSet:
        raise RuntimeError("no disk")

    monkeypatch.setattr(Watcher, "__anext__", fail)
    (tmp_path / "writer.py").write_text(WRITER)
    plan = Plan(
        title="Test",
        way="run",
        project=tmp_path,
        folder=tmp_path,
        words=(sys.executable, "writer.py", "{output}"),
        watch=(tmp_path,),
    )
    session, number = RunSession(Settings(directory=tmp_path), plan), tmp_path / "number"
    folders: list[Path] = []

    async def run() -> None:
        async with session:
            folders.append(session.workspace.path)
            async with asyncio.timeout(10):
                while not (number.exists() and number.read_text()):  # noqa: ASYNC110 - the disk rings no bell
                    await asyncio.sleep(0.01)

    with pytest.raises(RuntimeError, match="no disk"):
        await run()

    assert [folder.exists() for folder in folders] == [False]
    assert not is_running(int(number.read_text()))
    wait_until(lambda: not our_threads(), what="its threads end")
