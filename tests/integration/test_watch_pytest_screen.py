"""The lines below the runs, on a real terminal whose size changes."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.integration.terminals import shell

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")

PROGRAM = """
import asyncio, os
from livereload_sse.pytest_watch.screen import screen as module
from livereload_sse.pytest_watch.screen.bindings import Bindings
from livereload_sse.pytest_watch.screen.presses import Presses
from livereload_sse.pytest_watch.screen.screen import Screen, following_size
from livereload_sse.pytest_watch.screen.standing import Counts, Standing
from livereload_sse.pytest_watch.screen.typeahead import Typeahead
from livereload_sse.terminal.foreground import making_way_for_the_shell
from livereload_sse.terminal.keys import reading_keys

module.TICK_INTERVAL = float(os.environ.get("TICKS", "0.1"))

async def main():
    ended = asyncio.Event()
    screen, bindings = Screen(), Bindings()
    typeahead = Typeahead(["test_add", "test_empty"], title="tests")
    typing = False

    def press(press):
        nonlocal typing
        if typing:
            typing = typeahead.feed(press) == "typing"
            screen.typing(typeahead if typing else None)
            if typeahead.accepted:
                screen.note("filter: " + typeahead.accepted)
        elif bindings.find_action(press) == "tests":
            typing = True
            screen.typing(typeahead)
        elif bindings.find_action(press) == "quit":
            ended.set()

    presses = Presses(press, later=asyncio.get_running_loop().call_later)
    making_way = making_way_for_the_shell(screen.give_way)
    with reading_keys(presses.feed), following_size(screen), making_way:
        screen.waiting(Standing(counts=Counts(passed=4), known_failures=3))
        await ended.wait()
    screen.close()

asyncio.run(main())
"""


def start(tmp_path: Path) -> str:
    """Give the command of the shell that runs the program, and tells its terminal first."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    run = shlex.join([sys.executable, str(script)])
    return f"unset COLUMNS LINES; stty cols 80 rows 24; tty > {shlex.quote(str(tmp_path / 'tty'))}; {run}; echo left $?"


def resize(tty: Path, columns: int) -> None:
    """Make the terminal narrower, as a person does who drags its window's border."""
    import fcntl  # noqa: PLC0415 - POSIX only, as the next
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    with Path(tty.read_text().strip()).open("rb", buffering=0) as terminal:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def test_a_new_size_folds_the_lines_anew_at_once(tmp_path: Path) -> None:
    with shell(start(tmp_path), TICKS="60") as screen:
        screen.wait_for("3 failed before and were not run again")
        screen.shown.clear()

        resize(tmp_path / "tty", 30)

        screen.wait_for("       3 failed before and\r\n       were not run again")
        screen.press("q")
        screen.wait_for("left 0")


def test_without_a_signal_for_it_a_new_size_is_seen_soon(tmp_path: Path) -> None:
    program = start(tmp_path)
    deaf = PROGRAM.replace(
        "with reading_keys", "module.signal.SIGWINCH = 10\n    with reading_keys"
    )
    (tmp_path / "program.py").write_text(deaf)
    with shell(program) as screen:
        screen.wait_for("3 failed before and were not run again")
        screen.shown.clear()

        resize(tmp_path / "tty", 30)

        screen.wait_for("       3 failed before and\r\n       were not run again")
        screen.press("q")
        screen.wait_for("left 0")


def test_a_filter_is_typed_and_chosen_with_real_keys(tmp_path: Path) -> None:
    with shell(start(tmp_path)) as screen:
        screen.wait_for("waiting for changes")
        screen.press("t")
        screen.wait_for("tests: _   2 of 2")
        screen.press("e\x1b[B\x1b[B")
        screen.wait_for(" > test_add")
        screen.press("\r")
        screen.wait_for("filter: test_add")
        screen.press("q")
        screen.wait_for("left 0")


def test_the_lines_come_back_after_the_shell_had_the_terminal(tmp_path: Path) -> None:
    run = start(tmp_path).rpartition("; ")[0]
    with shell(f"set -m; {run}; echo stopped; fg; echo left $?") as screen:
        screen.wait_for("waiting for changes")
        screen.shown.clear()
        screen.press("\x1a")
        screen.wait_for("stopped")
        screen.shown.clear()
        screen.wait_for("waiting for changes")
        screen.press("q")
        screen.wait_for("left 0")


def test_escape_alone_leaves_the_filter_and_the_next_key_is_an_action(tmp_path: Path) -> None:
    with shell(start(tmp_path)) as screen:
        screen.wait_for("waiting for changes")
        screen.press("t")
        screen.wait_for("tests: _")
        screen.shown.clear()
        screen.press("\x1b")
        screen.wait_for("waiting for changes")
        screen.press("q")
        screen.wait_for("left 0")
        assert screen.shown.rstrip().endswith(b"left 0")
