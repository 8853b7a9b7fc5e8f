"""A small program that keeps one command, and does not let it outlive whoever has started it.

    python -I keeper.py WORD …

The command runs in a group of its own. When our standard input ends, which it does however its
writer dies, or when we are asked to end, the group is ended: asked to, and made to. What the command
ended with is passed on as a shell would: 128 and more for a signal, 127 where there is no such
command, 126 where it cannot be started.

Knows groups of processes and signals, on systems that have them (not Windows). Run by itself, so it
refuses to know the rest of the package, and needs nothing but the standard library.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TERM_TIMEOUT = 2.0
"""Seconds that a command and all that it has started have to end when they are asked to."""

LINGER_TIMEOUT = 0.3
"""Seconds that what a command has started may go on after it."""

KILL_TIMEOUT = 0.5
"""Seconds that are waited for those that were killed: who waits for a dead disk is killed later."""

POLL_INTERVAL = 0.02
"""Seconds between two looks at a group: nobody tells when the last of it is gone."""

NOT_FOUND, NOT_STARTED = 127, 126

_ENDED = "ZX"  # states of proc(5): a zombie, and one that is just being removed


class Alarm:
    """Wakes a `select` when a signal comes; `asked` says that one of them wants us to end."""

    def __init__(self) -> None:
        self.asked = False
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)

    def fileno(self) -> int:
        """What `select` waits for."""
        return self._reading.fileno()

    def drain(self) -> None:
        """Forget the signals that have come so far."""
        with suppress(BlockingIOError):
            self._reading.recv(1024)

    def _ask(self, *_: object) -> None:
        self.asked = True


def main(words: list[str]) -> int:
    """Keep a command until it ends, or has to; returns the exit code to end with."""
    alarm = Alarm()
    try:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - whoever starts us chooses the words
    except OSError as error:
        sys.stderr.write(f"{words[0]}: {error.strerror}\n")
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_STARTED
    if wait_for_end(child, alarm):
        wait_for_group(child, LINGER_TIMEOUT)
    end_group(child)
    code = child.wait()
    return 128 - code if code < 0 else code


def wait_for_end(child: "subprocess.Popen[bytes]", alarm: Alarm) -> bool:
    """Wait until a command has ended, or has to; True when it has."""
    while child.poll() is None:
        ready, _, _ = select.select([sys.stdin, alarm], [], [])
        if alarm in ready:
            alarm.drain()
        if alarm.asked or (sys.stdin in ready and not os.read(sys.stdin.fileno(), 1024)):
            return False
    return True


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """End whatever is left of a command's group."""
    if signal_group(child.pid, signal.SIGTERM) and not wait_for_group(child, TERM_TIMEOUT):
        signal_group(child.pid, signal.SIGKILL)
        wait_for_group(child, KILL_TIMEOUT)


def wait_for_group(child: "subprocess.Popen[bytes]", timeout: float) -> bool:
    """Wait until nobody is left in a command's group, but not for ever; True when nobody is."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        child.poll()  # or it stays in its group as a zombie
        if not is_alive(child.pid):
            return True
        time.sleep(POLL_INTERVAL)
    return False


def is_alive(group: int) -> bool:
    """Whether somebody in a group still runs.

    A group of zombies can be signalled, but has ended: in containers above all, the system's first
    process may reap late, or never, what it inherits. Where there is no /proc, signals are believed.
    """
    if not signal_group(group, 0):
        return False
    states = [state for member, state in processes() if member == group]
    return not states or any(state not in _ENDED for state in states)


def processes(folder: Path = Path("/proc")) -> Iterator[tuple[int, str]]:
    """Give the group and the state of each process that the system lists, as in proc(5)."""
    names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208 - hundreds, ten times faster
    for name in filter(str.isdecimal, names):
        with suppress(OSError, ValueError):  # it has ended meanwhile
            # The program's name, in parentheses, may hold anything: spaces, parentheses, lines.
            text = (folder / name / "stat").read_bytes().rpartition(b")")[2]
            state, _parent, group = text.split()[:3]
            yield int(group), state.decode()


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a group (0 only asks); False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False  # macOS says the latter of a group whose last member waits to be reaped
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
