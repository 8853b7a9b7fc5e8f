"""The terminal, while a debugger has it.

Keys belong to whoever watches, so a run's input is empty and it stands in the background. When a
debugger begins, it asks for the terminal, waits until it is given, and gives it back in the end.
"""

import os
import signal
import sys
from typing import Any

from livereload_sse.pytest_watch.channel import Teller
from livereload_sse.pytest_watch.messages import Debugging


class TerminalLoan:
    """A plugin of pytest: hears when its debugger begins and ends. One for each run."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._depth = 0
        self._terminal = _take_away_input()

    def pytest_enter_pdb(self) -> None:
        """Get the terminal before the prompt is shown."""
        self._depth += 1
        if self._depth == 1:
            self._borrow()

    def pytest_leave_pdb(self) -> None:
        """Give the terminal back."""
        self._depth = max(0, self._depth - 1)
        if self._depth == 0:
            self._give_back()

    def pytest_unconfigure(self) -> None:
        """Give back what is still held: a debugger that was left by Ctrl-D says nothing."""
        if self._depth:
            self._depth = 0
            self._give_back()

    def _borrow(self) -> None:
        self._teller.tell(Debugging(active=True))
        answer: dict[str, Any] | None = self._teller.listen()
        if answer is not None and self._terminal is not None:
            os.dup2(self._terminal, 0, inheritable=True)

    def _give_back(self) -> None:
        if self._terminal is not None:
            _close_input()
        self._teller.tell(Debugging(active=False))


def _take_away_input() -> int | None:
    """Replace the standard input by an empty one. Returns a descriptor of what it was, if any."""
    if sys.platform != "win32":
        # A read of the terminal in the background fails, instead of stopping the run for good; and
        # so does not a change of its modes.
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        before = os.dup(0)
    except OSError:
        return None  # closed by whoever started us
    _close_input()
    return before


def _close_input() -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0, inheritable=True)
    os.close(nothing)
