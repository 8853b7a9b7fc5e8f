"""Single keys from the terminal while the server runs.

Knows terminals: POSIX modes, job control, the Windows console. Refuses to know what a key means.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

FRONT_POLL_INTERVAL = 0.25
"""Seconds between looks at whether the terminal has become ours: bash brings a job to the front that
runs in the background already without telling it, with no SIGCONT and no other signal."""

WINDOWS_POLL_INTERVAL = 0.05
"""Seconds between looks at the Windows console, which has no descriptor a loop can wait for."""


@contextmanager
def reading_keys(on_key: Callable[[str], None]) -> Iterator[bool]:
    """Call `on_key` with each key pressed; the terminal is as before afterwards.

    Yields whether there is a terminal to read from. Ctrl-C stays a signal. A process in the
    background reads nothing, since the terminal belongs to another, until it is brought to the front.
    """
    if not sys.stdin.isatty():
        yield False
    elif os.name == "nt":
        with _windows_keys(on_key):
            yield True
    else:
        with _posix_keys(on_key):
            yield True


@contextmanager
def _posix_keys(on_key: Callable[[str], None]) -> Iterator[None]:
    import signal  # noqa: PLC0415 - SIGCONT exists on POSIX only

    keys = _Keys(sys.stdin.fileno(), on_key)
    keys.take_terminal()
    # After Ctrl-Z and `fg` the shell has put its own modes back.
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGCONT, keys.take_terminal)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGCONT)
        keys.leave_terminal()


class _Keys:
    """Single keys from a POSIX terminal, for as long as it is ours."""

    def __init__(self, descriptor: int, on_key: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._on_key = on_key
        self._loop = asyncio.get_running_loop()
        self._before: list[Any] | None = None
        """The modes that it had when it became ours: before that they are somebody else's, such as
        those in which a shell edits its line."""
        self._next_look: asyncio.TimerHandle | None = None

    def take_terminal(self) -> None:
        """Read single keys, if the terminal is ours: now, or once we are brought to the front."""
        import termios  # noqa: PLC0415 - POSIX only

        self._let_go()
        if _is_ours(self._descriptor):
            if self._before is None:
                self._before = termios.tcgetattr(self._descriptor)
            _read_single_keys(self._descriptor)
            self._loop.add_reader(self._descriptor, self._read)
        else:
            self._next_look = self._loop.call_later(FRONT_POLL_INTERVAL, self.take_terminal)

    def leave_terminal(self) -> None:
        """Read no more, and leave the terminal as it was found."""
        import termios  # noqa: PLC0415 - POSIX only

        self._let_go()
        if self._before is not None and _is_ours(self._descriptor):
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._before)

    def _let_go(self) -> None:
        self._loop.remove_reader(self._descriptor)
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def _read(self) -> None:
        pressed = os.read(self._descriptor, 64)
        if not pressed:
            self._let_go()  # the terminal is gone; a reader would spin
        for key in pressed.decode("utf-8", "ignore"):
            self._on_key(key)


def _is_ours(descriptor: int) -> bool:
    """Say whether this process is in front. A terminal that was closed belongs to nobody."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False


def _read_single_keys(descriptor: int) -> None:
    """Give each key at once and unseen; output processing and signals stay as they are."""
    import termios  # noqa: PLC0415 - POSIX only
    import tty  # noqa: PLC0415

    tty.setcbreak(descriptor, termios.TCSADRAIN)


@contextmanager
def _windows_keys(on_key: Callable[[str], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    ended = threading.Event()
    thread = threading.Thread(target=_poll_windows_console, args=(loop, on_key, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _poll_windows_console(
    loop: asyncio.AbstractEventLoop, on_key: Callable[[str], None], ended: threading.Event
) -> None:
    import msvcrt  # noqa: PLC0415 - Windows only

    while not ended.wait(WINDOWS_POLL_INTERVAL):
        while msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            loop.call_soon_threadsafe(on_key, msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
