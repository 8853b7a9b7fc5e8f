"""A command that is kept running, with real processes."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from livereload_sse.build.child import Child
from livereload_sse.build.command import Command
from livereload_sse.build.results import Ending, Finished
from tests.processes import is_running, open_files, own_zombies, pid_in, pid_soon_in, written
from tests.serving import wait_until

NOTE_START = "echo $$ >> starts; "
STAY = "sleep 60 & wait"


@dataclass
class Heard:
    """What a child has told."""

    said: list[str] = field(default_factory=list)
    exits: list[Finished] = field(default_factory=list)
    done: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, text: str) -> None:
        self.said.append(text)
        self.news.set()

    def exit(self, finished: Finished) -> None:
        self.exits.append(finished)
        self.news.set()

    def note_done(self) -> None:
        self.done += 1
        self.news.set()

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                await self.news.wait()
                self.news.clear()


@asynccontextmanager
async def running(
    folder: Path, words: tuple[str, ...] | str, *, done: str | None = None
) -> AsyncIterator[tuple[Child, Heard]]:
    heard = Heard()
    child = Child(
        Command(words, folder),
        say=heard.say,
        on_exit=heard.exit,
        done=re.compile(done) if done else None,
        on_done=heard.note_done,
    )
    task = asyncio.create_task(child.run())
    try:
        yield child, heard
    finally:
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()


def starts(folder: Path) -> list[int]:
    """The numbers of all processes that were started so far."""
    path = folder / "starts"
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


async def count_starts(folder: Path, count: int) -> list[int]:
    await asyncio.to_thread(
        wait_until, lambda: len(starts(folder)) >= count, what=f"{count} starts"
    )
    return starts(folder)


async def test_it_runs_until_the_end_of_the_call_and_ends_with_all_it_has_started(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, f"{NOTE_START} sleep 60 & echo $! > below; wait") as (_, heard):
        (child,) = await count_starts(tmp_path, 1)
        below = await pid_soon_in(tmp_path / "below")
        assert is_running(child)

    assert not is_running(child)
    assert not is_running(below)
    assert heard.exits == []
    assert own_zombies() == []


async def test_what_it_prints_is_told_and_its_last_word_found(tmp_path: Path) -> None:
    script = r"printf 'Start\n'; printf '\033[1mTotal in\033[0m 12 ms\n' >&2; " + STAY
    async with running(tmp_path, script, done=r"^Total in \d+") as (_, heard):
        await heard.until(lambda: heard.done)

        assert "".join(heard.said) == "Start\n\x1b[1mTotal in\x1b[0m 12 ms\n"
        assert heard.done == 1


async def test_when_it_dies_that_is_told_and_it_is_started_again(tmp_path: Path) -> None:
    async with running(tmp_path, NOTE_START + "echo sorry; exit 3") as (_, heard):
        await heard.until(lambda: heard.exits)
        first = time.monotonic()
        await heard.until(lambda: len(heard.exits) == 2)
        took = time.monotonic() - first

    assert (heard.exits[0].ending, heard.exits[0].exit_code) == (Ending.EXITED, 3)
    assert heard.exits[0].output == "sorry\n"
    assert 0.4 < took < 2
    assert len(starts(tmp_path)) == 2


async def test_a_program_that_is_not_there_was_not_started(tmp_path: Path) -> None:
    async with running(tmp_path, ("no-such-program", "--watch")) as (_, heard):
        await heard.until(lambda: heard.exits)

    (finished,) = heard.exits
    assert (finished.ending, finished.exit_code) == (Ending.NOT_STARTED, None)
    assert "no-such-program: No such file or directory" in finished.output


async def test_a_shell_that_does_not_find_a_program_was(tmp_path: Path) -> None:
    async with running(tmp_path, "no-such-program --watch") as (_, heard):
        await heard.until(lambda: heard.exits)

    assert (heard.exits[0].ending, heard.exits[0].exit_code) == (Ending.EXITED, 127)


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    async with running(tmp_path / "gone", "true") as (_, heard):
        await heard.until(lambda: heard.exits)

    assert heard.exits[0].ending is Ending.NOT_STARTED
    assert str(tmp_path / "gone") in heard.exits[0].output


async def test_to_restart_ends_it_and_starts_it_at_once_and_is_no_death(tmp_path: Path) -> None:
    async with running(tmp_path, NOTE_START + STAY) as (child, heard):
        (first,) = await count_starts(tmp_path, 1)
        began = time.monotonic()

        child.restart()
        _, second = await count_starts(tmp_path, 2)

        assert time.monotonic() - began < 0.4
        assert not is_running(first)
        assert is_running(second)
        assert heard.exits == []


async def test_to_restart_does_not_wait_for_one_that_is_dead(tmp_path: Path) -> None:
    async with running(tmp_path, NOTE_START + "exit 1") as (child, heard):
        await heard.until(lambda: len(heard.exits) == 2)  # the next start is due in a second
        began = time.monotonic()

        child.restart()
        await count_starts(tmp_path, 3)

        assert time.monotonic() - began < 0.5


async def test_one_that_does_not_want_to_end_is_made_to(tmp_path: Path) -> None:
    script = f"trap '' TERM; {NOTE_START} while :; do sleep 0.1; done"
    async with running(tmp_path, script):
        (child,) = await count_starts(tmp_path, 1)
        began = time.monotonic()

    assert time.monotonic() - began < 3
    assert not is_running(child)


async def test_nothing_is_left_open_after_many_starts(tmp_path: Path) -> None:
    async with running(tmp_path, NOTE_START + STAY) as (child, _):
        await count_starts(tmp_path, 1)
        before = open_files()
        for number in range(10):
            child.restart()
            await count_starts(tmp_path, number + 2)

        assert open_files() <= before + 2
        assert sum(map(is_running, starts(tmp_path))) == 1


def start_keeping(folder: Path, script: str, *, run: str = "asyncio") -> "subprocess.Popen[bytes]":
    """Start a program of which nothing is known but that it keeps a command running."""
    program = f"""
import asyncio, uvloop
from pathlib import Path
from livereload_sse.build.child import Child
from livereload_sse.build.command import Command
command = Command({script!r}, Path({str(folder)!r}))
child = Child(command, say=lambda _: None, on_exit=lambda _: None)
{run}.run(child.run())
"""
    return subprocess.Popen([sys.executable, "-c", program])


@pytest.mark.parametrize("run", ["asyncio", "uvloop"])
def test_it_does_not_outlive_us_though_we_are_killed(tmp_path: Path, run: str) -> None:
    """By `kill -9`, which leaves us no time to do anything about it."""
    script = "sleep 60 & echo $! > below; echo $$ > child; wait"
    process = start_keeping(tmp_path, script, run=run)
    pids = [pid_in(tmp_path / name) for name in ("child", "below")]
    assert all(map(is_running, pids))

    process.kill()
    process.wait(5)

    wait_until(lambda: not any(map(is_running, pids)), 2.5, "it has ended with us")


def test_it_may_clean_up_though_we_are_killed(tmp_path: Path) -> None:
    """As long as it prints nothing: nobody is there any more to read it."""
    (tmp_path / "clean.py").write_text(
        "import os, pathlib, signal, sys\n"
        "def end(*_): pathlib.Path('tidy').write_text('yes\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path('child').write_text(f'{os.getpid()}\\n'); signal.pause()"
    )
    process = start_keeping(tmp_path, f"exec {sys.executable} clean.py")
    child = pid_in(tmp_path / "child")

    process.kill()
    process.wait(5)

    wait_until(lambda: not is_running(child), 2.5, "it has ended with us")
    assert written(tmp_path / "tidy") == "yes\n"
