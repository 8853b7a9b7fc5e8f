"""One run of pytest, in the process that was made for it.

Knows what a process needs before pytest may begin in it (signals, input, dice), which plugins of ours
take part, and how it ends: at once, whatever threads a test has left behind.
"""

import atexit
import importlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Generator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest

from livereload_sse.pytest_watch.engine.channel import Teller
from livereload_sse.pytest_watch.inside.reserve import reserve
from livereload_sse.pytest_watch.jobs.values import Outlet
from livereload_sse.pytest_watch.messages import Remark, Started, Trouble
from livereload_sse.pytest_watch.order import Order

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.inside.terminal_loan import TerminalLoan
    from livereload_sse.pytest_watch.jobs.values import Gather
    from livereload_sse.pytest_watch.recorder import Recorder

INTERRUPTED = 2
"""pytest's exit code after Ctrl-C."""

_is_run = False


def is_run() -> bool:
    """Say whether this process runs tests for one that watches: it must not begin to watch, too."""
    return _is_run


def prepare(teller: Teller, order: Order) -> "TerminalLoan":
    """Make this process ready to run tests: its signals, its input, its random numbers."""
    from livereload_sse.pytest_watch.inside.terminal_loan import TerminalLoan  # noqa: PLC0415 - a run only

    global _is_run  # noqa: PLW0603 - a process is one or is not
    _is_run = True
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.default_int_handler)  # how it is interrupted there
    os.environ.update(order.environment)
    _shuffle()
    loan = TerminalLoan(teller)
    teller.tell(Started(os.getpid(), time.time()))
    return loan


AHEAD = (
    "engine.needing",
    "inside.reporting",
    "inside.selecting",
    "inside.terminal_loan",
    "inside.words",
    "inside.workers",
    "recorder",
)
"""What each run imports of ours."""


def import_plugins() -> None:
    """Import what takes part in runs, ahead of them."""
    for name in AHEAD:
        importlib.import_module(f"livereload_sse.pytest_watch.{name}")


def make_plugins(
    teller: Teller,
    order: Order,
    loan: "TerminalLoan",
    *,
    begun: "pytest.Config | None" = None,
) -> list[object]:
    """Make the plugins that take part in a run: what reports, what chooses, what records. `begun` is
    the configuration of a pytest that goes on, where this is none that begins.
    """
    from livereload_sse.pytest_watch.engine.needing import Needing  # noqa: PLC0415
    from livereload_sse.pytest_watch.inside.collecting import Collecting  # noqa: PLC0415 - a run only
    from livereload_sse.pytest_watch.inside.reporting import Reporting  # noqa: PLC0415
    from livereload_sse.pytest_watch.inside.selecting import Selecting  # noqa: PLC0415
    from livereload_sse.pytest_watch.inside.words import Words  # noqa: PLC0415
    from livereload_sse.pytest_watch.inside.workers import Workers  # noqa: PLC0415

    # What a copy of this process tells (`jobs`) comes back to this one, and goes out from here; what
    # it writes, it puts down itself.
    outlet = Outlet(teller.tell, order.slate)
    needing = Needing(roots=order.roots, installed=order.installed, tell=teller.tell)
    collecting = Collecting(teller.tell)
    workers = Workers(order, teller.tell, collecting)
    words = Words(order.args, teller.tell)
    plugins: list[object] = [words, needing, Selecting(order), collecting, workers, loan]
    if begun is not None:
        needing.stand_first()
        plugins.append(Leaving(teller))
    recorder = _make_recorder(order, outlet) if order.record else None
    if recorder is not None:
        plugins.append(recorder)
    if order.jobs > 1:
        plugins.append(_make_jobs(order, outlet, recorder))
    # The last one hears of the session's end when all others have told what they have to tell.
    return [*plugins, Reporting(teller.tell, makes_way=partial(_makes_way, teller))]


def _makes_way(teller: Teller) -> bool:
    """Whether it has been said that this run is interrupted because another one is wanted."""
    return teller.has_word() and bool((teller.listen() or {}).get("makes_way"))


def _make_recorder(order: Order, outlet: Outlet) -> "Recorder":
    from livereload_sse.pytest_watch.recorder import Recorder  # noqa: PLC0415 - where asked for

    recorder = Recorder(
        roots=order.roots,
        installed=order.installed,
        tell=lambda message: outlet.tell(message),  # noqa: PLW0108 - it is another one in a copy
        hits=order.hits,
    )
    recorder.start()
    return recorder


def _make_jobs(order: Order, outlet: Outlet, recorder: "Recorder | None") -> object:
    from livereload_sse.pytest_watch.jobs.jobs import Jobs  # noqa: PLC0415 - where asked for

    gather: Gather = recorder.gather if recorder is not None else lambda _session: ()
    return Jobs(order.jobs, durations=order.durations, gather=gather, outlet=outlet)


class Leaving:
    """A plugin of pytest: ends the process of a pytest that was not begun by us, as `run_and_exit`
    does.
    """

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, object, object]:
        """Run everything, and do not come back."""
        try:
            code = yield
        except MemoryError:
            _tell_of_memory(self._teller)
            raise
        config._ensure_unconfigure()  # noqa: SLF001 - pytest does so next, and returns the code
        _leave(int(code), self._teller)  # type: ignore[call-overload]  # a number, or pytest's enumeration


def run_and_exit(teller: Teller, order: Order) -> NoReturn:
    """Run pytest anew, with the configuration as it is on the disk now, and end the process.

    Nothing may get past here: what is above on the stack belongs to the process that was forked.
    """
    code = 1
    try:
        loan = prepare(teller, order)
        code = _run(order.args, make_plugins(teller, order, loan), teller)
    except MemoryError:
        _tell_of_memory(teller)
    except BaseException as error:  # noqa: BLE001 - see above; Ctrl-C while pytest begins is one
        code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
        teller.tell(Trouble(f"{type(error).__name__}: {error}", traceback.format_exc()))
    finally:
        _leave(code, teller)


def _tell_of_memory(teller: Teller) -> None:
    """Say that pytest itself had none left."""
    reserve.give_back()
    teller.tell(Trouble("The run was out of memory."))


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is over: whoever cannot wait kills
    left = [thread.name for thread in threading.enumerate() if _holds(thread)]
    if left:
        names = ", ".join(sorted(left)[:5])
        what = "a thread was" if len(left) == 1 else f"{len(left)} threads were"
        teller.tell(Remark(f"{what} still running when the tests were over: {names}"))
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
