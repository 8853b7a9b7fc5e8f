"""A program in a pseudo-terminal of its own, read by the one who holds the clock.

No thread and no process stands between the program and the clock: what it writes is read at once,
and the time is taken then. Refuses to know what is waited for.
"""

import os
import pty
import re
import select
import signal
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

COLOURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
SIZE = (40, 120)
HIDDEN = re.compile(
    r"CI|NO_COLOR|FORCE_COLOR|PY_COLORS|PYTEST_.*|PYTHON(DONTWRITEBYTECODE|PATH)|VIRTUAL_ENV"
)


@dataclass
class Screen:
    """The terminal of a running program, and what has come since `forget` was called."""

    pid: int
    descriptor: int
    name: str = ""
    shown: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        return COLOURS.sub(b"", bytes(self.shown)).decode("utf-8", "replace")

    def press(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def forget(self) -> None:
        """Read what there is to read, and drop everything read so far."""
        while self._read(0):
            pass
        self.shown.clear()

    def rest(self, silence: float, patience: float = 30.0) -> None:
        """Read until nothing has come for `silence` seconds."""
        deadline = time.monotonic() + patience
        while self._read(silence):
            if time.monotonic() > deadline:
                raise AssertionError(f"it does not come to rest:\n{self.text[-2000:]}")

    def wait_for(self, pattern: str, timeout: float = 60.0) -> float:
        """Wait for a line that matches; returns when it was seen, on `time.perf_counter`."""
        deadline = time.monotonic() + timeout
        while not re.search(pattern, self.text):
            if time.monotonic() > deadline or not self._read(0.5, also_nothing=True):
                raise AssertionError(f"{self.name} does not show {pattern!r}:\n{self.text[-2000:]}")
        return time.perf_counter()

    def _read(self, timeout: float, *, also_nothing: bool = False) -> bool:
        """Read once; says whether something came. False, too, where the program has ended."""
        if not select.select([self.descriptor], [], [], timeout)[0]:
            return also_nothing
        try:
            chunk = os.read(self.descriptor, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            return False
        self.shown += chunk
        return bool(chunk)


def as_a_user(**more: str) -> dict[str, str]:
    """The environment of somebody who sits at a terminal, without what tests and CI add to ours."""
    kept = {name: value for name, value in os.environ.items() if not HIDDEN.fullmatch(name)}
    return {**kept, "TERM": "xterm-256color", **more}


@contextmanager
def on_a_screen(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Screen]:
    """Run a program in a session of its own; what is left of it is killed at the end."""
    pid, descriptor = pty.fork()
    if pid == 0:
        try:
            termios.tcsetwinsize(0, SIZE)
            os.chdir(folder)
            given = dict(environment or as_a_user())
            os.execvpe(command[0], list(command), given)  # noqa: S606 - no shell in between
        finally:
            os._exit(127)
    try:
        yield Screen(pid, descriptor, command[0])
    finally:
        _end(pid, descriptor)


def _end(pid: int, descriptor: int) -> None:
    """Hang up, as a window does that is closed; kill what does not care."""
    os.close(descriptor)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(0.02)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # nobody of its group is left
