"""Commands run for real: what they print, how they end, and that nothing of them is left."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from livereload_sse.build.command import Command, run_command
from livereload_sse.build.results import OUTPUT_LIMIT, Ending
from tests.serving import wait_until

PYTHON = sys.executable


def python(folder: Path, code: str) -> Command:
    return Command((PYTHON, "-c", code), folder)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def read_pid(path: Path) -> int:
    wait_until(lambda: path.exists() and path.read_text().endswith("\n"), what=str(path))
    return int(path.read_text())


async def wait_for(path: Path) -> None:
    await asyncio.to_thread(read_text, path)


def read_text(path: Path) -> str:
    wait_until(lambda: path.exists() and path.read_text(), what=str(path))
    return path.read_text()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_what_a_command_prints_is_told_as_it_comes_and_kept(tmp_path: Path) -> None:
    told: list[str] = []

    finished = await run_command(
        python(tmp_path, "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"),
        say=told.append,
    )

    assert (finished.ending, finished.exit_code) == (Ending.EXITED, 3)
    assert not finished.succeeded
    assert finished.output == "".join(told) == "one\ntwo\n"
    assert 0 < finished.duration < 10


async def test_a_string_goes_through_the_shell_and_a_tuple_does_not(tmp_path: Path) -> None:
    through = await run_command(Command("echo $((1 + 1)) | cat", tmp_path))
    plain = await run_command(Command(("echo", "$((1 + 1)) | cat"), tmp_path))

    assert through.output == "2\n"
    assert plain.output == "$((1 + 1)) | cat\n"


async def test_a_command_runs_in_its_folder_with_its_environment(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd(), os.environ['WORD'], os.environ['PYTHONUNBUFFERED'])"

    finished = await run_command(
        Command((PYTHON, "-c", code), tmp_path, environment={"WORD": "here"})
    )

    assert finished.output == f"{tmp_path} here 1\n"


async def test_colours_are_asked_for_unless_the_user_wants_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = python(tmp_path, "import os; print(os.environ.get('FORCE_COLOR'))")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    wanted = await run_command(command)
    monkeypatch.setenv("NO_COLOR", "1")

    assert wanted.output == "1\n"
    assert (await run_command(command)).output == "None\n"


async def test_a_letter_that_is_cut_in_two_is_one_letter(tmp_path: Path) -> None:
    code = (
        "import sys, time; out = sys.stdout.buffer\n"
        "for byte in 'ä→'.encode(): out.write(bytes([byte])); out.flush(); time.sleep(0.02)\n"
        "out.write(b'\\xff')"
    )

    assert (await run_command(python(tmp_path, code))).output == "ä→\N{REPLACEMENT CHARACTER}"


async def test_of_much_that_is_printed_the_end_is_kept(tmp_path: Path) -> None:
    code = "import sys\nfor n in range(200_000): sys.stdout.write(f'{n:049}\\n')"

    finished = await run_command(python(tmp_path, code))

    first, second, *_, last = finished.output.splitlines()
    assert first == "… the beginning was left out"
    assert len(second) == 49
    assert int(last) == 199_999
    assert len(finished.output) <= OUTPUT_LIMIT + len(first) + 1


@pytest.mark.parametrize("words", [("no-such-program", "x"), ("./not-executable",)])
async def test_a_command_that_cannot_be_started_says_why(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "not-executable").write_text("hello")

    finished = await run_command(Command(words, tmp_path))

    assert finished.ending is Ending.NOT_STARTED
    assert words[0] in finished.output


async def test_an_ended_call_ends_the_command_and_what_it_has_started(tmp_path: Path) -> None:
    script = "sleep 60 & echo $! > grandchild; echo $$ > child; wait"
    task = asyncio.create_task(run_command(Command(f"sh -c '{script}'; true", tmp_path)))
    await wait_for(tmp_path / "child")
    began = time.monotonic()

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert time.monotonic() - began < 1.5
    assert not is_alive(read_pid(tmp_path / "child"))
    assert not is_alive(read_pid(tmp_path / "grandchild"))


async def test_a_command_that_does_not_want_to_end_is_made_to(tmp_path: Path) -> None:
    code = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open('child', 'w').write(f'{os.getpid()}\\n'); time.sleep(60)"
    )
    task = asyncio.create_task(run_command(python(tmp_path, code), term_timeout=0.2))
    await wait_for(tmp_path / "child")

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert not is_alive(read_pid(tmp_path / "child"))


async def test_a_command_may_take_its_time_to_end(tmp_path: Path) -> None:
    code = (
        "import pathlib, signal, sys, time\n"
        "def end(*_): time.sleep(0.3); pathlib.Path('tidy').touch(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); pathlib.Path('child').write_text('x'); time.sleep(60)"
    )
    task = asyncio.create_task(run_command(python(tmp_path, code)))
    await wait_for(tmp_path / "child")

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (tmp_path / "tidy").exists()


async def test_who_keeps_the_pipe_open_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()

    finished = await run_command(
        Command("sleep 60 & echo $! > left; echo done", tmp_path), term_timeout=0.2
    )

    assert finished.succeeded
    assert finished.output == "done\n"
    assert time.monotonic() - began < 2
    assert not is_alive(read_pid(tmp_path / "left"))


async def test_who_has_left_the_group_does_not_hold_us_up(tmp_path: Path) -> None:
    began = time.monotonic()

    finished = await run_command(
        Command("setsid sleep 5 & echo $! > left; echo done", tmp_path), term_timeout=0.2
    )

    assert finished.output == "done\n"
    assert time.monotonic() - began < 2
    os.kill(read_pid(tmp_path / "left"), signal.SIGKILL)


async def test_nothing_is_left_open_after_many_runs(tmp_path: Path) -> None:
    await run_command(Command("true", tmp_path))
    before = open_files()

    for _ in range(20):
        await run_command(Command("echo x", tmp_path))

    assert open_files() <= before + 1


def test_a_command_is_shown_as_one_would_type_it(tmp_path: Path) -> None:
    assert Command(("make", "the site"), tmp_path).shown() == "make 'the site'"
    assert Command("make html && true", tmp_path).shown() == "make html && true"
