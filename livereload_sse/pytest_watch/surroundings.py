"""What the watch is joined to for as long as it goes on: signals, keys, the folders on the disk.

Knows how each is taken hold of and let go again. Refuses to know what any of them means.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from livereload_sse.pytest_watch.screen.keyboard import Keyboard
from livereload_sse.pytest_watch.screen.presses import Presses
from livereload_sse.pytest_watch.screen.screen import Screen, following_size
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.terminal.foreground import making_way_for_the_shell
from livereload_sse.terminal.keys import reading_keys
from livereload_sse.watch import Ignore, Watcher


@contextmanager
def taking_signals(interrupt: Callable[[], None], leave: Callable[[], None]) -> Iterator[None]:
    """Listen to signals; a Ctrl-C that has been waiting for this comes now."""
    loop = asyncio.get_running_loop()
    taken = {signal.SIGINT: interrupt, signal.SIGTERM: leave}
    if sys.platform != "win32":
        # The terminal's window is closed: tabs that were told of the tests hear of the end.
        taken[signal.SIGHUP] = leave
    for number, take in taken.items():
        loop.add_signal_handler(number, take)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


@contextmanager
def taking_keys(keyboard: Keyboard, screen: Screen, hold: Callable[[bool], None]) -> Iterator[None]:
    """Read keys, and leave the terminal to the shell while it has it: what runs stands still, too."""

    def give_way() -> None:
        hold(True)
        screen.give_way()

    presses = Presses(keyboard.press, later=asyncio.get_running_loop().call_later)
    with ExitStack() as stack:
        screen.keys = stack.enter_context(reading_keys(presses.feed))
        stack.enter_context(following_size(screen))
        stack.enter_context(making_way_for_the_shell(give_way, lambda: hold(keyboard.is_typing)))
        yield


def make_watcher(setup: Setup, say: Callable[[str], None]) -> Watcher:
    """Make what watches the project's folders."""
    return Watcher(
        [Path(root) for root in setup.roots],
        ignore=lambda root: Ignore(root, patterns=setup.ignore),
        notice=say,
    )
