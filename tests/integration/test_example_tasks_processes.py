"""The task feed's commands run for real, and are ended with all that they have started."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from examples.tasks.runner import processes
from examples.tasks.runner.events import TYPES
from examples.tasks.runner.feed import MOST_BYTES, MOST_LINES, Feed
from examples.tasks.runner.job import Job
from examples.tasks.runner.jobs import KEPT, Jobs, NoRoomError
from examples.tasks.runner.problems import Place
from examples.tasks.runner.processes import run
from examples.tasks.runner.repository import make_repository
from examples.tasks.runner.steps import Command, Step
from livereload_sse.sse import Broadcaster, EventTypes
from tests.processes import is_running, own_zombies, pid_soon_in
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="groups of processes are POSIX")

STUBBORN = """\
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("child").write_text(f"{child.pid}\\n")
pathlib.Path("self").write_text(f"{os.getpid()}\\n")
time.sleep(600)
"""


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def make_job(folder: Path, *commands: tuple[str, ...]) -> tuple[Job, list[str]]:
    """A job of one step in a folder, and what is told of it."""
    told: list[str] = []
    feed = Feed(Broadcaster(encode=EventTypes(TYPES)), folder.name)
    step = Step("test", "python", tuple(Command(words) for words in commands))
    return Job("7", ("main", "A job"), (step,), feed, lambda job: told.append(job.state)), told


async def test_each_line_is_told_as_it_is_printed_from_both_outputs(tmp_path: Path) -> None:
    code = """\
import pathlib, sys, time
print("out", flush=True)
print("\\x1b[31merr\\x1b[0m", file=sys.stderr, flush=True)
while not pathlib.Path("go").exists():
    time.sleep(0.01)
print("end", end="")
sys.exit(3)
"""
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        if line == "err":  # it waits for this, so this has not been kept until the end
            (tmp_path / "go").touch()

    assert await run(python(code), tmp_path, os.environ, tell) == 3
    assert told == ["out", "err", "end"]


async def test_a_cancelled_command_ends_with_all_it_has_started_even_if_it_will_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.1)
    task = asyncio.create_task(run(python(STUBBORN), tmp_path, os.environ, print))
    pids = [await pid_soon_in(tmp_path / name) for name in ("self", "child")]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    wait_until(lambda: not any(map(is_running, pids)), what="both are gone")
    assert not set(own_zombies()) & set(pids)


async def test_a_cancelled_command_is_asked_to_end_before_it_is_killed(tmp_path: Path) -> None:
    code = """\
import os, pathlib, signal, sys, time
def clear_up(*_):
    pathlib.Path("cleared").touch()
    sys.exit()
signal.signal(signal.SIGTERM, clear_up)
pathlib.Path("self").write_text(f"{os.getpid()}\\n")
time.sleep(600)
"""
    task = asyncio.create_task(run(python(code), tmp_path, os.environ, print))
    await pid_soon_in(tmp_path / "self")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (tmp_path / "cleared").exists()


async def test_what_a_command_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    code = """\
import pathlib, subprocess, sys
quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], **quiet)
pathlib.Path("child").write_text(f"{child.pid}\\n")
"""
    assert await run(python(code), tmp_path, os.environ, print) == 0

    pid = int((tmp_path / "child").read_text())
    wait_until(lambda: not is_running(pid), what="it is gone")


async def test_a_step_stops_at_the_first_command_that_fails(tmp_path: Path) -> None:
    room = asyncio.Semaphore()
    job, states = make_job(tmp_path, python("exit(4)"), python("print('never')"))
    await job.run(tmp_path, os.environ, room)

    assert states == ["running", "failed"]
    assert job.feed.log == ["$ python -c 'exit(4)'"]


async def test_a_program_that_is_not_there_fails_the_step_and_is_named(tmp_path: Path) -> None:
    job, states = make_job(tmp_path, ("no-such-program",))
    await job.run(tmp_path, os.environ, asyncio.Semaphore())

    assert states == ["running", "failed"]
    assert "no-such-program" in job.feed.log[-1]


async def test_a_job_that_waits_for_room_can_be_cancelled(tmp_path: Path) -> None:
    job, states = make_job(tmp_path, python("print('never')"))
    task = asyncio.create_task(job.run(tmp_path, os.environ, asyncio.Semaphore(0)))
    await asyncio.sleep(0)
    task.cancel()
    await task

    assert states == ["cancelled"]
    assert job.feed.log == []


@pytest.mark.parametrize(
    ("line", "most"), [("x", MOST_LINES), ("é" * 1000, MOST_BYTES // 2000)], ids=["lines", "bytes"]
)
async def test_a_log_without_an_end_is_ended_and_says_so(line: str, most: int) -> None:
    broadcaster = Broadcaster(encode=EventTypes(TYPES), history=MOST_LINES + 10)
    feed = Feed(broadcaster, "7")
    for _ in range(most + 5):
        feed.say("test", line)
        feed.complain("test", Place("a.py", 1, "wrong")) if len(feed.log) > most else None

    assert feed.log == [line] * most + ["… the rest of the log is left out"]
    assert feed.problems == 0
    async with broadcaster.subscribe("job-7", on_connect=MOST_LINES + 10) as subscription:
        assert [one.json()["text"] for one in subscription.take(max_bytes=10**7)] == feed.log


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("tasks") / "lamps"
    return folder, make_repository(Path(processes.__file__).parents[1], folder)


def make_jobs(repository: tuple[Path, dict[str, str]], folder: Path) -> Jobs:
    path, branches = repository
    return Jobs(Broadcaster(encode=EventTypes(TYPES)), folder, path, branches)


def slow(job: Job) -> Callable[[], bool]:
    return lambda: job.state == "running" and any("pytest" in line for line in job.feed.log)


async def test_the_end_of_the_server_cancels_what_runs_and_what_waits(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    async with make_jobs(repository, tmp_path) as jobs:
        running, *_, waiting = [jobs.start("real-time") for _ in range(3)]
        await asyncio.to_thread(wait_until, slow(running), 20)

    assert [running.state, waiting.state] == ["cancelled", "cancelled"]
    assert running.feed.log
    assert not waiting.feed.log


async def test_the_oldest_that_is_over_is_forgotten_and_no_other(
    repository: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    async with make_jobs(repository, tmp_path) as jobs:
        made = [jobs.start("main") for _ in range(KEPT)]
        with pytest.raises(NoRoomError):
            jobs.start("main")
        jobs.cancel(made[5])  # before it has begun
        await asyncio.to_thread(wait_until, lambda: made[5].is_over, 20)
        last = jobs.start("main")

        assert [jobs.find(job.name) is not None for job in made].count(False) == 1
        assert jobs.find(made[5].name) is None
        assert jobs.rows()["rows"][0]["id"] == last.name
