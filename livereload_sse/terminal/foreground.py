"""Whose the terminal is: ours, or the shell's while we are in the background or stopped.

Knows process groups, Ctrl-Z, and how a console of Windows is asked to obey. Refuses to know what is
drawn.
"""

import asyncio
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


def is_in_front(out: TextIO) -> bool:
    """Say whether we may draw: with `&`, or after `bg`, the terminal belongs to the shell."""
    if sys.platform == "win32":
        return True
    else:  # noqa: RET505 - mypy, told to check for Windows, would call what follows unreachable
        try:
            return os.tcgetpgrp(out.fileno()) == os.getpgrp()
        except io.UnsupportedOperation:
            return True  # no descriptor: nobody else draws on it
        except OSError as error:
            # Not the terminal that we were started in, so no shell minds; else it has been closed.
            return error.errno == errno.ENOTTY


def can_redraw(out: TextIO) -> bool:
    """Say whether the terminal obeys; a console of Windows has to be asked for it first."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - Windows only, as is the next
        import msvcrt  # noqa: PLC0415

        kernel, mode = ctypes.windll.kernel32, ctypes.c_uint32()
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(out.fileno()))
        # ENABLE_VIRTUAL_TERMINAL_PROCESSING; a console before Windows 10 refuses it.
        return bool(
            kernel.GetConsoleMode(handle, ctypes.byref(mode))
            and kernel.SetConsoleMode(handle, mode.value | 4)
        )
    else:  # noqa: RET505 - see above
        return os.environ.get("TERM") != "dumb"


@contextmanager
def making_way_for_the_shell(
    give_way: Callable[[], None], come_back: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Call `give_way` before Ctrl-Z stops us: the shell gets a clean screen, and its cursor. Call
    `come_back` once we go on, in the background (`bg`), too.

    Used inside the event loop, in the main thread. Windows has no Ctrl-Z that stops. Whoever has
    started us with Ctrl-Z ignored is obeyed.
    """
    if sys.platform == "win32":
        yield
    else:
        if signal.getsignal(signal.SIGTSTP) == signal.SIG_IGN:
            yield
            return
        loop = asyncio.get_running_loop()

        def stop() -> None:
            give_way()
            # The system's own way, and not SIGSTOP: it does nothing where no shell could continue us.
            loop.remove_signal_handler(signal.SIGTSTP)
            signal.raise_signal(signal.SIGTSTP)
            loop.add_signal_handler(signal.SIGTSTP, stop)
            come_back()

        loop.add_signal_handler(signal.SIGTSTP, stop)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGTSTP)
