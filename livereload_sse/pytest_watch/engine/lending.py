"""Lending the terminal to a debugger in a run, and taking it back.

The half of the process that watches; the run's half is `terminal_loan`. Knows terminal modes and
foreground groups. Refuses to know who asks and what is drawn. On Windows everybody who shares a
console may read from it, so there is nothing to hand over.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Lender:
    """Lends the terminal at `descriptor`. To be made while its modes are as the shell left them."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._modes = _modes_of(descriptor)
        if self._modes is not None and not self._is_ours():
            # Started in the background: they are those in which the shell edits its own line.
            _read_lines(self._modes)
        self._is_lent = False

    @property
    def is_lent(self) -> bool:
        """Whether somebody else has it."""
        return self._is_lent

    def lend(self, pid: int) -> bool:
        """Give the terminal to the group of a run's process. Returns whether there is one to give.

        Keys are not read until it is taken back.
        """
        if self._modes is None or not self._is_ours():
            return False
        with _undisturbed():
            self._stop_reading()
            self._set_modes()
            try:
                os.tcsetpgrp(self._descriptor, pid)
            except OSError:  # the run has just ended
                self._read_again()
                return False
        self._is_lent = True
        return True

    def take_back(self) -> None:
        """Take the terminal back, if it is lent: from a run that has said so, or is no more."""
        if not self._is_lent:
            return
        self._is_lent = False
        with _undisturbed(), suppress(OSError):  # a terminal that was closed is nobody's
            os.tcsetpgrp(self._descriptor, os.getpgrp())
            self._set_modes()
            self._read_again()

    def _is_ours(self) -> bool:
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            return False

    def _stop_reading(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)

    def _read_again(self) -> None:
        """Have keys read again as after Ctrl-Z and `fg`: whoever reads them listens for this."""
        if signal.getsignal(signal.SIGCONT) != signal.SIG_DFL:
            signal.raise_signal(signal.SIGCONT)

    def _set_modes(self) -> None:
        import termios  # noqa: PLC0415 - POSIX only

        if self._modes is not None:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._modes)


def _modes_of(descriptor: int) -> "list[Any] | None":
    """Read a terminal's modes; None where there is no terminal, or none that is handed over."""
    if sys.platform == "win32":
        return None
    import termios  # noqa: PLC0415 - POSIX only

    try:
        return termios.tcgetattr(descriptor)
    except (termios.error, OSError):
        return None


def _read_lines(modes: list[Any]) -> None:
    """Make modes those in which a program reads lines, which the terminal shows as they are typed."""
    import termios  # noqa: PLC0415 - POSIX only

    modes[0] |= termios.ICRNL
    modes[1] |= termios.OPOST | termios.ONLCR
    modes[3] |= termios.ICANON | termios.ECHO | termios.ECHOE | termios.ISIG | termios.IEXTEN


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Be allowed to do it from the background, too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
