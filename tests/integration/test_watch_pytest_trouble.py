"""What becomes of runs when a process of ours is killed: nothing stays, and the watch goes on."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.engine.fork_runner import ForkRunner
from livereload_sse.pytest_watch.engine.runner import Runner
from livereload_sse.pytest_watch.engine.runners import ChoosingRunner
from livereload_sse.pytest_watch.engine.spawn_runner import SpawnRunner
from livereload_sse.pytest_watch.messages import Needed, TestResult
from tests.integration.watch_runs import Project, begin, run, watching
from tests.processes import is_running, own_zombies, pid_in, pid_soon_in
from tests.serving import wait_until

HANGING = """
    import os, pathlib, subprocess, time
    def test():
        child = subprocess.Popen(["sleep", "60"])
        pathlib.Path("pids").write_text(f"{os.getpid()} {os.getppid()} {child.pid}\\n")
        time.sleep(60)
"""

WATCHING = """
import asyncio, sys
from livereload_sse.pytest_watch.engine.fork_runner import ForkRunner
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.engine.spawn_runner import SpawnRunner

async def main():
    made = {"fork": ForkRunner, "standby": lambda: SpawnRunner(warm=True)}[sys.argv[1]]
    async with made() as runner:
        for args in sys.argv[2:]:
            run = await runner.run(Order(args=("-q", args), record=False), lambda message: None)
            await run.ended()
        open("idle", "w").close()
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Project(tmp_path / "project")


@pytest.fixture
async def forking(project: Project) -> AsyncIterator[Runner]:
    async with project.running("fork") as made:
        yield made


@contextmanager
def somebody_watching(
    project: Project, kind: str, *runs: str
) -> Iterator["subprocess.Popen[bytes]"]:
    words = [sys.executable, "-c", WATCHING, kind, *runs]
    process = subprocess.Popen(words, cwd=project.root, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(5)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children_of(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
        except OSError:
            continue  # it has just ended
    return found


def pids_in(project: Project) -> list[int]:
    path = project.root / "pids"
    wait_until(lambda: path.exists() and path.read_text().endswith("\n"), 15, "the test runs")
    return [int(pid) for pid in path.read_text().split()]


@pytest.mark.parametrize("kind", ["fork", "standby"])
@pytest.mark.parametrize("runs", [("test_b.py",), ("test_a.py", "test_b.py")])
def test_when_the_watching_process_is_killed_all_others_end(
    project: Project, kind: str, runs: tuple[str, ...]
) -> None:
    project.write("test_a.py", "def test(): pass\n")
    project.write("test_b.py", HANGING)
    with somebody_watching(project, kind, *runs) as process:
        pids = pids_in(project)
        process.kill()
        wait_until(lambda: not [pid for pid in pids[:1] + pids[2:] if is_running(pid)], 1.0)
        if (
            kind == "fork"
        ):  # else it is the watching process itself, and a zombie until it is reaped
            wait_until(lambda: not is_running(pids[1]), 1.0)


@pytest.mark.parametrize("kind", ["fork", "standby"])
def test_when_the_watching_process_is_killed_what_waits_for_a_run_ends(
    project: Project, kind: str
) -> None:
    project.write("test_a.py", "def test(): pass\n")
    with somebody_watching(project, kind, "test_a.py") as process:
        wait_until((project.root / "idle").exists, 15, "the run is over")
        wait_until(lambda: children_of(process.pid), 15, "something waits")
        waiting = children_of(process.pid)
        process.kill()
        wait_until(lambda: not [pid for pid in waiting if is_running(pid)], 1.0)


def test_when_host_and_watching_process_are_killed_together_the_run_ends(
    project: Project,
) -> None:
    project.write("test_b.py", HANGING)
    with somebody_watching(project, "fork", "test_b.py") as process:
        pids = pids_in(project)
        os.kill(process.pid, signal.SIGSTOP)  # it cannot react to what follows
        os.kill(pids[1], signal.SIGKILL)
        process.kill()
        wait_until(lambda: not [pid for pid in pids if is_running(pid)], 1.0)


async def test_when_a_host_is_killed_its_run_ends_and_the_next_has_another(
    project: Project, forking: Runner
) -> None:
    notices: list[str] = []
    forking.on_notice = notices.append
    project.write("test_b.py", HANGING)
    told = await begin(forking, project.order())
    pids = await asyncio.to_thread(pids_in, project)
    os.kill(pids[1], signal.SIGKILL)
    assert await told.exit_code() == -signal.SIGKILL
    await asyncio.to_thread(wait_until, lambda: not [pid for pid in pids if is_running(pid)], 1.0)
    assert len(notices) == 1
    assert isinstance(forking, ForkRunner)
    await forking.is_warm()  # the next one is there before it is needed
    assert forking._host is not None
    assert not forking._host.is_gone.is_set()
    project.write("test_b.py", "def test(): pass\n")
    assert (await run(forking, project.order())).run.exit_code == 0
    assert own_zombies() == []


async def test_when_a_host_is_killed_between_runs_the_next_run_has_another(
    project: Project, forking: Runner
) -> None:
    project.write(
        "test_a.py",
        "import os\ndef test():\n"
        "    with open('host', 'w') as file: print(os.getppid(), file=file)\n",
    )
    hosts = []
    for _ in range(3):
        assert (await run(forking, project.order())).run.exit_code == 0
        hosts.append(await pid_soon_in(project.root / "host"))
        os.kill(hosts[-1], signal.SIGKILL)
        # The next order may reach for it before anybody has noticed that it is no more.
    assert len(set(hosts)) == 3


async def test_when_what_stands_by_is_killed_the_run_begins_all_the_same(
    project: Project,
) -> None:
    project.write("test_a.py", "def test(): pass\n")
    async with project.running("standby") as runner:
        await run(runner, project.order())
        await runner.is_warm()
        assert isinstance(runner, SpawnRunner)
        standby = runner._standby
        assert standby is not None
        host = await standby
        assert host._process is not None
        os.kill(host._process.pid, signal.SIGKILL)
        for _ in range(2):
            assert (await run(runner, project.order())).run.exit_code == 0


async def test_a_process_that_left_its_group_does_not_hold_up_the_end(project: Project) -> None:
    """It was forked from a test, so it has the run's end of the line, and keeps it."""
    project.write(
        "test_a.py",
        """
        import os, time
        def test():
            if os.fork() == 0:
                os.setsid()
                with open("pid", "w") as file: print(os.getpid(), file=file)
                time.sleep(60)
            time.sleep(0.2)
        """,
    )
    async with project.running("cold") as runner:
        try:
            told = await run(runner, project.order("-W", "ignore"))
            assert told.run.exit_code == 0
            assert len(told.all(TestResult)) == 1
        finally:
            os.kill(pid_in(project.root / "pid"), signal.SIGKILL)


def test_when_pytest_itself_is_killed_all_that_it_has_begun_ends(project: Project) -> None:
    project.write("test_b.py", HANGING)
    with watching(project.root):
        run_pid, host, child = pids_in(project)
        os.kill(parent_of(host), signal.SIGKILL)
        wait_until(lambda: not [pid for pid in (run_pid, host, child) if is_running(pid)], 1.0)


def test_a_thread_that_the_first_run_leaves_does_not_hold_it(project: Project) -> None:
    project.write(
        "test_a.py",
        "import threading, time\n"
        "def test(): threading.Thread(target=time.sleep, args=(60,)).start()\n",
    )
    with watching(project.root) as screen:
        screen.wait_for("waiting for changes")
        screen.press("q")
        screen.wait_for("ended with 0")


async def test_a_session_installs_something_and_the_next_run_finds_it(project: Project) -> None:
    project.install("dependency.py", "VERSION = 1\n")
    project.write("test_a.py", "import dependency\ndef test(): assert dependency.VERSION == 1\n")
    async with choosing(project) as runner:
        for _ in range(2):
            assert (await run(runner, project.order())).outcomes == {"test": "passed"}
            await runner.is_warm()
        project.install("dependency.py", "VERSION = 22\n")
        project.install("dependency-22.dist-info/METADATA", "")
        assert (await run(runner, project.order())).outcomes == {"test": "failed"}


async def test_what_was_learnt_is_kept_for_the_next_session(project: Project) -> None:
    project.install("dependency.py", "")
    project.write("test_a.py", "import dependency\ndef test(): pass\n")
    async with choosing(project) as runner:
        await run(runner, project.order())
    async with choosing(project) as runner:
        runner.preload(())
        assert "dependency" in runner.learning.names
        project.write("test_b.py", "def test(): pass\n")
        await run(runner, project.order("test_b.py"))
        await runner.is_warm()
        told = await run(runner, project.order("test_a.py"))
        assert "dependency" not in told.one(Needed).modules


async def test_a_cold_order_and_a_cold_session_import_nothing_ahead(project: Project) -> None:
    project.install("dependency.py", "")
    project.write("test_a.py", "import dependency\ndef test(): pass\n")
    async with choosing(project) as runner:
        for is_cold in (True, False, True):
            await run(runner, project.order())
            await runner.is_warm()
            told = await run(runner, project.order(cold=is_cold))
            assert ("dependency" in told.one(Needed).modules) == is_cold
    async with choosing(project, is_cold=True) as runner:
        for _ in range(2):
            told = await run(runner, project.order())
            assert "dependency" in told.one(Needed).modules


def choosing(project: Project, *, is_cold: bool = False) -> ChoosingRunner:
    return ChoosingRunner(
        ForkRunner(launch=project.launch),
        SpawnRunner(project.launch, warm=False),
        is_cold=is_cold,
        has_begun=False,
        installed=(str(project.packages),),
        file=project.root / "cache" / "modules.json",
    )
