"""Ctrl-Z, `bg` and `fg`, in a real terminal with a real shell."""

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.terminals import Terminal, shell
from tests.serving import wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="job control is POSIX")

# Draws until it is told to end; prints what keeps it from drawing.
PROGRAM = """
import asyncio, sys
from livereload_sse.terminal.foreground import making_way_for_the_shell
from livereload_sse.terminal.live import LiveRegion
from livereload_sse.server import loop_factory

async def main():
    region = LiveRegion(sys.stdout)
    with making_way_for_the_shell(region.clear):
        for number in range(3000):
            if not region.draw([f"<drawing {number}>"], lambda _number, text: text):
                print(f"<waiting {number}>", flush=True)
            await asyncio.sleep(0.05)

factory = loop_factory() if sys.argv[1] == "fastest" else None
with asyncio.Runner(loop_factory=factory) as runner:
    runner.run(main())
"""


# A person who stops it, sends it to the background, brings it back, and stops it again.
SHELL = """set -m
{program}
echo "<stopped>"
read line; bg %1
read line; fg %1
echo "<stopped again>"
kill -KILL %1
"""


@pytest.fixture(params=["fastest", "asyncio"])
def screen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A shell with job control, in which the program draws."""
    (tmp_path / "program.py").write_text(PROGRAM)
    program = shlex.join([sys.executable, str(tmp_path / "program.py"), request.param])
    command = SHELL.format(program=program)
    with shell(command, PYTHONPATH=os.pathsep.join(sys.path)) as shown:
        shown.wait_for("<drawing 2>")
        yield shown


def after(screen: Terminal, mark: str) -> str:
    return screen.text.rpartition(mark)[2]


def stop(screen: Terminal) -> None:
    screen.press("\x1a")
    screen.wait_for("<stopped>")


def test_ctrl_z_leaves_a_clean_line_and_the_cursor(screen: Terminal) -> None:
    stop(screen)

    since_drawn = after(screen, "<drawing").partition("<stopped>")[0]
    # The terminal shows the key at once; one drawing more may come before the signal does.
    assert "^Z" in screen.text
    assert since_drawn.replace("^Z", "").endswith("\r\x1b[J\x1b[?25h")


def test_in_the_background_it_goes_on_and_draws_nothing(screen: Terminal) -> None:
    stop(screen)
    screen.press("\n")
    screen.wait_for("<waiting")

    assert "<drawing" not in after(screen, "<stopped>")


def test_brought_back_it_draws_again_and_can_be_stopped_again(screen: Terminal) -> None:
    stop(screen)
    screen.press("\n")
    screen.wait_for("<waiting")
    screen.press("\n")
    wait_until(lambda: "<drawing" in after(screen, "<stopped>"), 15, screen.text)
    screen.press("\x1a")
    screen.wait_for("<stopped again>")

    assert "\x1b[J\x1b[?25h" in after(screen, "<drawing")
