"""Single keys from the terminal while the server runs.

Knows terminals: POSIX modes, job control, the Windows console. Refuses to know what a key means.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    import signal  # noqa: PLC0415 - SIGCONT exists on POSIX only, as termios does
    import termios  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def take_terminal() -> None:
        """Read single keys, if the terminal is ours: now, or once we are brought to the front."""
        loop.remove_reader(descriptor)
        if _is_ours(descriptor):
            _read_single_keys(descriptor)
            loop.add_reader(descriptor, read)

    def read() -> None:
        pressed = os.read(descriptor, 64)
        if not pressed:
            loop.remove_reader(descriptor)  # the terminal is gone; a reader would spin
        for key in pressed.decode("utf-8", "ignore"):
            on_key(key)

    take_terminal()
    # After Ctrl-Z and `fg` the shell has put its own modes back.
    loop.add_signal_handler(signal.SIGCONT, take_terminal)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGCONT)
        loop.remove_reader(descriptor)
        if _is_ours(descriptor):
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


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
