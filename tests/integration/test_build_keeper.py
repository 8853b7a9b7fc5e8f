"""The program that keeps a command, run by itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from livereload_sse.build import keeper
from livereload_sse.build.keeper import is_alive, processes
from tests.processes import is_running, pid_in
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no groups of processes")

STUBBORN = "trap '' TERM HUP INT; echo $$ > {name}; while :; do sleep 0.1; done"


@contextmanager
def keeping(folder: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a keeper whose input is ours; in the end it has to end its command."""
    process = subprocess.Popen(
        [sys.executable, "-I", keeper.__file__, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(5)
        process.stdout.close()


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 128 + signal.SIGKILL)]
)
def test_the_exit_code_is_passed_on(tmp_path: Path, script: str, code: int) -> None:
    with keeping(tmp_path, "sh", "-c", script) as process:
        assert process.wait(5) == code


def test_what_the_command_prints_is_passed_on(tmp_path: Path) -> None:
    with keeping(tmp_path, "sh", "-c", "echo one; echo two >&2; cat; pwd") as process:
        assert process.stdout is not None
        assert process.stdout.read() == f"one\ntwo\n{tmp_path}\n"


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [("no-such-program", 127, "No such file"), ("./plain", 126, "Permission denied")],
)
def test_a_command_that_cannot_be_started_ends_it_as_in_a_shell(
    tmp_path: Path, name: str, code: int, why: str
) -> None:
    (tmp_path / "plain").write_text("text")
    with keeping(tmp_path, name) as process:
        assert process.wait(5) == code
        assert process.stdout is not None
        assert process.stdout.read().startswith(f"{name}: {why}")


def test_the_command_ends_when_the_input_does(tmp_path: Path) -> None:
    with keeping(tmp_path, "sh", "-c", "echo $$ > child; sleep 60; true") as process:
        child = pid_in(tmp_path / "child")
        assert process.stdin is not None
        process.stdin.write("this is nothing to it\n")
        process.stdin.flush()
        assert process.poll() is None
        assert is_running(child)

        process.stdin.close()

        assert process.wait(1) == 128 + signal.SIGTERM
        assert not is_running(child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_command_ends_when_the_keeper_is_asked_to(tmp_path: Path, number: int) -> None:
    script = "sleep 60 & echo $! > grandchild; echo $$ > child; wait"
    with keeping(tmp_path, "sh", "-c", script) as process:
        pids = [pid_in(tmp_path / name) for name in ("child", "grandchild")]

        process.send_signal(number)

        assert process.wait(1) == 128 + signal.SIGTERM
        assert not any(map(is_running, pids))


def test_a_command_that_ends_well_when_asked_to_has_ended_well(tmp_path: Path) -> None:
    script = "trap 'echo bye; exit 0' TERM; echo $$ > child; while :; do sleep 0.01; done"
    with keeping(tmp_path, "sh", "-c", script) as process:
        pid_in(tmp_path / "child")

        process.terminate()

        assert process.wait(1) == 0
        assert process.stdout is not None
        assert process.stdout.read().endswith("bye\n")


def test_who_does_not_want_to_end_is_made_to(tmp_path: Path) -> None:
    """The command goes at once, and something that it has started does not."""
    script = f"({STUBBORN.format(name='grandchild')}) & echo $$ > child; wait"
    with keeping(tmp_path, "sh", "-c", script) as process:
        pid_in(tmp_path / "child")
        pid_in(tmp_path / "grandchild")
        began = time.monotonic()

        assert process.stdin is not None
        process.stdin.close()
        process.wait(5)

        assert keeper.TERM_TIMEOUT - 0.1 < time.monotonic() - began < keeper.TERM_TIMEOUT + 0.5
        assert not is_alive(group_of(tmp_path))


def test_what_a_command_leaves_behind_is_ended_after_it(tmp_path: Path) -> None:
    with keeping(tmp_path, "sh", "-c", "sleep 60 & echo $$ > child; exit 5") as process:
        assert process.wait(2) == 5

        assert not is_alive(group_of(tmp_path))


def test_a_keeper_that_has_nothing_to_do_does_nothing(tmp_path: Path) -> None:
    with keeping(tmp_path, "sh", "-c", "echo $$ > child; sleep 60; true") as process:
        child = pid_in(tmp_path / "child")
        os.kill(child, signal.SIGSTOP)  # a signal for the keeper, too, by which nothing ends
        before = ticks(process.pid)

        time.sleep(0.5)

        assert ticks(process.pid) - before <= 1
        os.kill(child, signal.SIGCONT)


def test_a_group_of_zombies_has_ended(tmp_path: Path) -> None:
    with keeping(tmp_path, "sh", "-c", "echo $$ > child; sleep 60; true"):
        child = pid_in(tmp_path / "child")
        assert is_alive(child)

    zombie = subprocess.Popen(["sleep", "60"], start_new_session=True)
    assert is_alive(zombie.pid)
    zombie.kill()
    wait_until(lambda: not is_running(zombie.pid), what="it is a zombie")

    os.killpg(zombie.pid, 0)  # it can still be signalled
    assert not is_alive(zombie.pid)
    zombie.wait(5)
    assert not is_alive(zombie.pid)


def test_processes_with_odd_names_are_read(tmp_path: Path) -> None:
    rows = {"7": b"7 (a) R (b) S 1 70 70 0", "8": b"8 (x\ny) Z 1 80 80 0", "9": b"cut (off"}
    for pid, text in rows.items():
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "stat").write_bytes(text)
    (tmp_path / "10").mkdir()  # it has ended meanwhile
    (tmp_path / "uptime").touch()

    assert sorted(processes(tmp_path)) == [(70, "S"), (80, "Z")]


def test_where_processes_are_not_listed_there_are_none(tmp_path: Path) -> None:
    assert list(processes(tmp_path / "proc")) == []


def group_of(folder: Path) -> int:
    """The command is the head of its group."""
    return pid_in(folder / "child")


def ticks(pid: int) -> int:
    """Processor time that a process has used, in hundredths of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
