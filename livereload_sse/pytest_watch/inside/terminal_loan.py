"""The terminal, while a debugger has it.

Keys belong to whoever watches, so a run's input is empty and it stands in the background. When a
debugger begins, it asks for the terminal, waits until it is given, and gives it back in the end; so
does a test that asks for a line of input where pytest does not capture. The other half is `lending`.
"""

import builtins
import functools
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from livereload_sse.pytest_watch.engine.channel import Teller
from livereload_sse.pytest_watch.messages import Debugging


class TerminalLoan:
    """A plugin of pytest: hears when its debugger begins and ends. One for each run."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._is_borrowed = False
        self._handlers: dict[int, Any] = {}
        self._terminal = _take_away_input()
        sys.stdin = self._input = _Asking(self)
        builtins.input = self._borrowing_while_it_asks(builtins.input)
        if os.environ.get("PYTHONBREAKPOINT", "") not in {"", "0"}:
            # A debugger of the user's own, of which pytest knows nothing.
            sys.breakpointhook = self._borrowing_until_the_end(sys.breakpointhook)

    @pytest.hookimpl(tryfirst=True)
    def pytest_enter_pdb(self, pdb: Any) -> None:
        """Get the terminal before the prompt is shown, and before each later one of this debugger: a
        breakpoint that was set at the prompt is not announced.
        """
        self.borrow()
        set_up = pdb.setup

        def set_up_and_borrow(*args: Any, **named: Any) -> Any:
            result = set_up(*args, **named)
            self.borrow()
            return result

        pdb.setup = set_up_and_borrow

    @pytest.hookimpl(trylast=True)
    def pytest_leave_pdb(self) -> None:
        """Give the terminal back."""
        self.give_back()

    def pytest_runtest_logfinish(self) -> None:
        """Give back what a debugger has kept that was left by Ctrl-D, or ended with its test."""
        self.give_back()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Give back what a debugger has kept that ended the session."""
        self.give_back()

    def borrow(self) -> None:
        """Wait until the terminal is this run's. Where there is none, input stays empty."""
        if self._is_borrowed or not self._teller.is_mine:
            return
        self._is_borrowed = True
        self._teller.tell(Debugging(active=True))
        answer = self._teller.listen()
        if answer is not None and answer.get("lent") and self._terminal is not None:
            os.dup2(self._terminal, 0, inheritable=True)
            self._mind_keys(lent=True)

    def give_back(self) -> None:
        """Have empty input again."""
        if self._is_borrowed and self._teller.is_mine:
            self._is_borrowed = False
            self._mind_keys(lent=False)
            close_input()
            self._teller.tell(Debugging(active=False))

    @contextmanager
    def borrowed(self) -> Iterator[None]:
        """Have the terminal for a moment, or for as long as a debugger has it anyway."""
        before = self._is_borrowed
        self.borrow()
        try:
            yield
        finally:
            if not before:
                self.give_back()

    def _mind_keys(self, *, lent: bool) -> None:
        """Pass over Ctrl-Z while the terminal is lent: the shell would not see that we have stopped.
        And have Ctrl-C mean afterwards what it meant before: pdb keeps it to come back, and a run
        that is cancelled would stand at a prompt.
        """
        if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
            return
        if lent:
            self._handlers = {
                signal.SIGINT: signal.getsignal(signal.SIGINT),
                signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_IGN),
            }
            return
        for number, handler in self._handlers.items():
            if handler is not None:  # one that was not set by Python cannot be set by it
                signal.signal(number, handler)
        self._handlers = {}

    def _borrowing_while_it_asks(self, ask: Callable[..., str]) -> Callable[..., str]:
        """Have the terminal before the question is shown: what is typed at once is an answer."""

        @functools.wraps(ask)
        def borrow_and_ask(*args: Any) -> str:
            if sys.stdin is not self._input:
                return ask(*args)  # pytest's own, which refuses, or a test's
            with self.borrowed():
                return ask(*args)

        return borrow_and_ask

    def _borrowing_until_the_end(self, hook: Callable[..., Any]) -> Callable[..., Any]:
        def begin(*args: Any, **named: Any) -> Any:
            self.borrow()
            return hook(*args, **named)

        return begin


class _Asking(io.TextIOWrapper):
    """The standard input of a run: to read a line from it is to borrow the terminal for that line."""

    def __init__(self, loan: TerminalLoan) -> None:
        super().__init__(os.fdopen(0, "rb", closefd=False), line_buffering=True)
        self._loan = loan

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # typeshed's own class says so, too
        """Read one."""
        with self._loan.borrowed():
            return super().readline(size)


def _take_away_input() -> int | None:
    """Replace the standard input by an empty one. Returns a descriptor of what it was, if any."""
    if sys.platform != "win32":
        # A read of the terminal in the background fails, instead of stopping the run for good; and
        # so does not a change of its modes.
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        before: int | None = os.dup(0)
    except OSError:
        before = None  # closed by whoever started us
    close_input()
    return before


def close_input() -> None:
    """Have an input that is at its end."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0, inheritable=True)
    os.close(nothing)
