"""A pseudo-terminal with a shell in it, and what its screen has shown."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.serving import wait_until

# What `script` does: a program in a terminal of its own, reachable through pipes.
IN_A_TERMINAL = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"


@dataclass
class Terminal:
    """A program on a screen, and what the screen has shown."""

    process: "subprocess.Popen[bytes]"
    shown: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;]*m", "", self.shown.decode("utf-8", "replace"))

    def press(self, keys: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(keys.encode())
        self.process.stdin.flush()

    def wait_for(self, wanted: str) -> None:
        wait_until(
            lambda: wanted in self.text, 15, lambda: f"{wanted!r} on the screen:\n{self.text}"
        )

    def wait_for_more(self, wanted: str, shown: int) -> None:
        """Wait for something after the first so many characters."""
        wait_until(
            lambda: wanted in self.text[shown:],
            15,
            lambda: f"{wanted!r} on the screen:\n{self.text[shown:]}",
        )

    def gives_keys(self) -> bool:
        """Say whether the terminal gives each key at once: the program in it has taken it."""
        import termios  # noqa: PLC0415 - POSIX only

        with Path(f"/proc/{child_of(self.process.pid)}/fd/0").resolve().open("rb", 0) as tty:
            return not termios.tcgetattr(tty)[3] & termios.ICANON

    def read(self) -> None:
        assert self.process.stdout is not None
        while chunk := os.read(self.process.stdout.fileno(), 4096):
            self.shown += chunk


def child_of(pid: int) -> int:
    """Find the one process that another has started."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True)
    return int(found.stdout)


@contextmanager
def shell(command: str, **environment: str) -> Iterator[Terminal]:
    """Run a command of the shell in a terminal of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, "sh", "-c", command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "TERM": "xterm-256color", **environment},
    )
    screen = Terminal(process)
    reader = threading.Thread(target=screen.read, daemon=True)
    reader.start()
    try:
        yield screen
    finally:
        process.kill()
        process.wait(5)
        reader.join(5)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
