"""Commands run for real: what they print, how they end, and that nothing of them is left."""

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from livereload_sse.build.command import Command, run_command
from livereload_sse.build.results import OUTPUT_LIMIT, Ending
from tests.processes import is_running, open_files, own_zombies, pid_soon_in, written
from tests.serving import wait_until

PYTHON = sys.executable
IGNORE_TERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
SAY_PID = "import os, time; open('{name}', 'w').write(f'{{os.getpid()}}\\n')\n"


def python(folder: Path, code: str) -> Command:
    return Command((PYTHON, "-c", code), folder)


def stubborn(name: str) -> str:
    """A program that does not want to end, and writes its number into a file."""
    return IGNORE_TERM + SAY_PID.format(name=name) + "time.sleep(60)"


async def cancelled(task: "asyncio.Task[Any]") -> float:
    """Cancel a run; returns the seconds until it was over."""
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return time.monotonic() - began


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


async def test_what_is_printed_is_told_before_the_end(tmp_path: Path) -> None:
    heard = asyncio.Event()
    command = Command("echo here; while [ ! -e go ]; do sleep 0.01; done", tmp_path)
    task = asyncio.create_task(run_command(command, say=lambda _text: heard.set()))

    async with asyncio.timeout(10):
        await heard.wait()
        (tmp_path / "go").touch()
        assert (await task).succeeded


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


async def test_a_python_prints_every_name_whatever_the_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)

    finished = await run_command(python(tmp_path, r"print('\xe9\u2192', 'no\udce9text')"))

    assert finished.output == "é→ no\\udce9text\n"


async def test_a_letter_that_is_cut_in_two_is_one_letter(tmp_path: Path) -> None:
    code = (
        "import sys, time; out = sys.stdout.buffer\n"
        "for byte in 'ä→'.encode(): out.write(bytes([byte])); out.flush(); time.sleep(0.02)\n"
        "out.write(b'\\xff')"
    )

    assert (await run_command(python(tmp_path, code))).output == "ä→\N{REPLACEMENT CHARACTER}"


async def test_a_command_reads_nothing_unless_it_is_given_something(tmp_path: Path) -> None:
    code = "import sys; print(len(sys.stdin.buffer.read()))"

    assert (await run_command(python(tmp_path, code))).output == "0\n"
    assert (await run_command(python(tmp_path, code), stdin=b"x" * 500_000)).output == "500000\n"


async def test_a_command_that_does_not_read_what_it_is_given_is_no_trouble(tmp_path: Path) -> None:
    finished = await run_command(Command("echo done", tmp_path), stdin=b"x" * 5_000_000)

    assert finished.succeeded
    assert finished.output == "done\n"


async def test_with_a_lifeline_the_input_ends_with_the_call(tmp_path: Path) -> None:
    code = SAY_PID.format(name="child") + "import sys; sys.stdin.read(); print('over')"
    task = asyncio.create_task(run_command(python(tmp_path, code), lifeline=True))
    child = await pid_soon_in(tmp_path / "child")
    await asyncio.sleep(0.1)
    assert not task.done()

    await cancelled(task)

    assert not is_running(child)


async def test_of_much_that_is_printed_the_end_is_kept(tmp_path: Path) -> None:
    code = "import sys\nfor n in range(200_000): sys.stdout.write(f'{n:049}\\n')"

    finished = await run_command(python(tmp_path, code))

    first, second, *_, last = finished.output.splitlines()
    assert first == "… the beginning was left out"
    assert len(second) == 49
    assert int(last) == 199_999
    assert len(finished.output) <= OUTPUT_LIMIT + len(first) + 1
    assert finished.duration < 5  # 10 MB


async def test_who_prints_more_than_we_take_has_to_wait(tmp_path: Path) -> None:
    """Or a loop that is busy for a moment would be sent gigabytes."""
    pieces: list[int] = []
    task = asyncio.create_task(
        run_command(
            Command("while :; do cat block; done", tmp_path),
            say=lambda text: pieces.append(len(text)),
        )
    )
    (tmp_path / "block").write_bytes(b"x" * 1_000_000)
    async with asyncio.timeout(10):
        while not pieces:  # noqa: ASYNC110 - any piece will do
            await asyncio.sleep(0.01)
    pieces.clear()

    time.sleep(0.5)  # noqa: ASYNC251 - the loop is busy
    await asyncio.sleep(0)

    assert 0 < sum(pieces) <= 65 * 64 * 1024
    await cancelled(task)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("no-such-program", "x"), "Command not found: no-such-program (install it, or"),
        (("./missing",), "Command not found: ./missing (install"),
        (("./not-executable",), "./not-executable may not be run: Permission denied (make it exec"),
        (("./no-program",), "./no-program cannot be run: Exec format error\n"),
        (("./no-interpreter",), "./no-interpreter cannot be run: its first line (#!) names"),
    ],
)
async def test_a_command_that_cannot_be_started_says_why(
    tmp_path: Path, words: tuple[str, ...], wanted: str
) -> None:
    (tmp_path / "not-executable").write_text("hello")
    for name, text in {"no-program": "hello", "no-interpreter": "#!/no/such/thing\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    told: list[str] = []

    finished = await run_command(Command(words, tmp_path), say=told.append)

    assert (finished.ending, finished.exit_code) == (Ending.NOT_STARTED, None)
    assert finished.output.startswith(wanted)
    assert "".join(told) == finished.output
    assert finished.output.count("\n") == 1


@pytest.mark.parametrize("words", [("true",), "true"])
async def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, words: tuple[str, ...] | str
) -> None:
    finished = await run_command(Command(words, tmp_path / "gone"))

    assert finished.ending is Ending.NOT_STARTED
    assert finished.output == f"There is no folder to run it in: {tmp_path / 'gone'}\n"


async def test_a_shell_that_finds_no_command_has_been_started(tmp_path: Path) -> None:
    finished = await run_command(Command("no-such-program", tmp_path))

    assert (finished.ending, finished.exit_code) == (Ending.EXITED, 127)
    assert "no-such-program" in finished.output


async def test_a_command_that_takes_too_long_is_ended_with_all_it_has_started(
    tmp_path: Path,
) -> None:
    command = Command("echo begun; sleep 60 & echo $! > child; wait", tmp_path)

    finished = await run_command(command, timeout=0.5)

    assert (finished.ending, finished.exit_code) == (Ending.TIMED_OUT, None)
    assert finished.output == "begun\n"
    assert 0.5 <= finished.duration < 2
    assert not is_running(await pid_soon_in(tmp_path / "child"))


async def test_a_cancelled_call_ends_the_command_and_all_below_it(tmp_path: Path) -> None:
    """A shell, a shell in it, and what that has started."""
    script = "sleep 60 & echo $! > grandchild; echo $$ > child; wait"
    task = asyncio.create_task(run_command(Command(f"sh -c '{script}'; true", tmp_path)))
    child, grandchild = [await pid_soon_in(tmp_path / name) for name in ("child", "grandchild")]

    assert await cancelled(task) < 1

    assert not is_running(child)
    assert not is_running(grandchild)


async def test_a_command_that_does_not_want_to_end_is_made_to(tmp_path: Path) -> None:
    task = asyncio.create_task(run_command(python(tmp_path, stubborn("child"))))
    child = await pid_soon_in(tmp_path / "child")

    assert 1.9 < await cancelled(task) < 2.5

    assert not is_running(child)


async def test_somebody_below_a_command_who_does_not_want_to_end_is_made_to(
    tmp_path: Path,
) -> None:
    (tmp_path / "stubborn.py").write_text(stubborn("grandchild"))
    command = Command(f"{PYTHON} stubborn.py > /dev/null 2>&1 & wait", tmp_path)
    task = asyncio.create_task(run_command(command, term_timeout=0.3))
    grandchild = await pid_soon_in(tmp_path / "grandchild")

    assert await cancelled(task) < 1.5

    assert not is_running(grandchild)


async def test_to_insist_does_not_leave_anything_running(tmp_path: Path) -> None:
    """Cancelled again and again, while the command is being ended."""
    task = asyncio.create_task(run_command(python(tmp_path, stubborn("child")), term_timeout=0.5))
    child = await pid_soon_in(tmp_path / "child")
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.05)

    await cancelled(task)

    assert not is_running(child)


async def test_a_command_may_take_its_time_to_end(tmp_path: Path) -> None:
    code = (
        "import pathlib, signal, sys, time\n"
        "def end(*_): time.sleep(0.3); pathlib.Path('tidy').touch(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('ready', file=open('child', 'w'), flush=True)\n"
        "time.sleep(60)"
    )
    task = asyncio.create_task(run_command(python(tmp_path, code)))
    await asyncio.to_thread(written, tmp_path / "child")

    await cancelled(task)

    assert (tmp_path / "tidy").exists()


async def test_a_call_may_be_cancelled_at_any_moment(tmp_path: Path) -> None:
    for number in range(30):
        name = f"child-{number}"
        command = Command(f"echo $$ > {name}; sleep 60 & wait", tmp_path)
        task = asyncio.create_task(run_command(command))
        await asyncio.sleep(number / 3000)
        await cancelled(task)

    assert not any(map(is_running, numbers_in(tmp_path)))
    wait_until(lambda: not own_zombies(), what="nobody is left to be waited for")


def numbers_in(folder: Path) -> list[int]:
    return [int(text) for text in map(Path.read_text, folder.glob("child-*")) if text]


async def test_who_keeps_the_pipe_open_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()

    finished = await run_command(Command("sleep 60 & echo $! > left; echo done", tmp_path))

    assert finished.succeeded
    assert finished.output == "done\n"
    assert time.monotonic() - began < 1
    assert not is_running(await pid_soon_in(tmp_path / "left"))


async def test_what_is_printed_just_after_the_end_is_heard(tmp_path: Path) -> None:
    finished = await run_command(Command("(sleep 0.1; echo later) & echo done", tmp_path))

    assert finished.output == "done\nlater\n"


async def test_who_has_left_the_group_does_not_hold_us_up_and_is_not_heard(tmp_path: Path) -> None:
    """A server that a command has put into the background on purpose."""
    told: list[str] = []
    began = time.monotonic()
    script = "echo $$ > left; while [ ! -e go ]; do sleep 0.01; done; echo late; echo > said"
    command = Command(f"setsid sh -c '{script}' & echo done", tmp_path)

    finished = await run_command(command, say=told.append)

    assert finished.output == "done\n"
    assert time.monotonic() - began < 2
    assert is_running(await pid_soon_in(tmp_path / "left"))
    (tmp_path / "go").touch()
    await asyncio.to_thread(written, tmp_path / "said")
    await asyncio.to_thread(wait_until, no_reader, what="its output is at its end")
    await asyncio.sleep(0)
    assert told == ["done\n"]


def no_reader() -> bool:
    return not any(thread.name == "sse-reload output" for thread in threading.enumerate())


async def test_a_ctrl_c_in_the_terminal_does_not_reach_the_command(tmp_path: Path) -> None:
    finished = await run_command(
        python(tmp_path, "import os; print(os.getsid(0) == os.getpid() == os.getpgid(0))")
    )

    assert finished.output == "True\n"


async def test_a_command_that_dies_of_a_signal_has_its_number(tmp_path: Path) -> None:
    finished = await run_command(Command("kill -KILL $$", tmp_path))

    assert (finished.ending, finished.exit_code) == (Ending.EXITED, -signal.SIGKILL)


async def test_nothing_is_left_open_after_many_runs(tmp_path: Path) -> None:
    await run_command(Command("true", tmp_path))
    before = open_files()

    for number in range(50):
        await run_command(Command("echo x", tmp_path), stdin=b"x" if number % 2 else None)

    await asyncio.to_thread(wait_until, no_reader, what="all output is at its end")
    assert open_files() <= before + 1
    assert own_zombies() == []


@pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_it_is_the_same_on_every_event_loop(
    tmp_path: Path, factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def scene() -> None:
        good = await run_command(Command("cat; exit 4", tmp_path), stdin=b"given")
        assert (good.exit_code, good.output) == (4, "given")
        missing = await run_command(Command(("no-such-program",), tmp_path))
        assert missing.output.startswith("Command not found: no-such-program (")
        nowhere = await run_command(Command(("true",), tmp_path / "gone"))
        assert nowhere.output.startswith("There is no folder")
        late = await run_command(Command("sleep 60", tmp_path), timeout=0.2)
        assert late.ending is Ending.TIMED_OUT
        task = asyncio.create_task(
            run_command(python(tmp_path, stubborn("child")), term_timeout=0.2, lifeline=True)
        )
        child = await pid_soon_in(tmp_path / "child")
        await cancelled(task)
        assert not is_running(child)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(scene())
    assert own_zombies() == []
