"""One run of pytest, in the process that was made for it.

Knows what a process needs before pytest may begin in it (signals, input, dice), which plugins of ours
take part, and how it ends: at once, whatever threads a test has left behind.
"""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import pytest

from livereload_sse.pytest_watch.channel import Teller
from livereload_sse.pytest_watch.messages import Started, Trouble
from livereload_sse.pytest_watch.order import Order

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.terminal_loan import TerminalLoan

LEFT_THREADS = "threads that tests have left running"

_is_run = False


def is_run() -> bool:
    """Say whether this process runs tests for one that watches: it must not begin to watch, too."""
    return _is_run


def prepare(teller: Teller, order: Order) -> "TerminalLoan":
    """Make this process ready to run tests: its signals, its input, its random numbers."""
    from livereload_sse.pytest_watch.terminal_loan import TerminalLoan  # noqa: PLC0415 - a run only

    global _is_run  # noqa: PLW0603 - a process is one or is not
    _is_run = True
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.update(order.environment)
    _shuffle()
    loan = TerminalLoan(teller)
    teller.tell(Started(os.getpid()))
    return loan


def make_plugins(teller: Teller, order: Order, loan: "TerminalLoan") -> list[object]:
    """Make the plugins that take part in a run: what reports, what chooses, what records."""
    from livereload_sse.pytest_watch.reporting import Reporting  # noqa: PLC0415 - a run only
    from livereload_sse.pytest_watch.selecting import Selecting  # noqa: PLC0415

    plugins: list[object] = [Selecting(order), Reporting(teller.tell), loan]
    if order.record:
        from livereload_sse.pytest_watch.recorder import Recorder  # noqa: PLC0415 - where asked for

        recorder = Recorder(
            roots=order.roots, installed=order.installed, tell=teller.tell, hits=order.hits
        )
        recorder.start()
        plugins.append(recorder)
    return plugins


def run_and_exit(teller: Teller, order: Order) -> NoReturn:
    """Run pytest anew, with the configuration as it is on the disk now, and end the process."""
    loan = prepare(teller, order)
    code = _run(order.args, make_plugins(teller, order, loan), teller)
    _leave(code, teller)


def _run(args: Sequence[str], plugins: list[object], teller: Teller) -> int:
    try:
        return int(pytest.main(list(args), plugins=plugins))
    except SystemExit as error:
        # Plugins and conftests may call `sys.exit`, or `pytest.exit` before a session has begun.
        if isinstance(error.code, str):
            teller.tell(Trouble(error.code))
            return 1
        return error.code or 0


def _leave(code: int, teller: Teller) -> NoReturn:
    """End the process as Python does, but for its threads: one that a test has left would hold it."""
    left = [thread.name for thread in threading.enumerate() if _holds(thread)]
    if left:
        teller.tell(Trouble(f"{len(left)} {LEFT_THREADS}: {', '.join(sorted(left)[:5])}"))
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name; multiprocessing uses it, too
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # whoever read has gone, or a test has closed it
    os._exit(code)


def _holds(thread: threading.Thread) -> bool:
    return thread is not threading.main_thread() and not thread.daemon


def _shuffle() -> None:
    """Make random numbers differ from run to run. Python reseeds its own after a fork."""
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed()
