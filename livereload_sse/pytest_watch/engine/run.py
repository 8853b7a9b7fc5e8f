"""One run of pytest, as the process that watches sees it.

Knows what a run tells, and how one is stopped. Refuses to know where its process comes from.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from livereload_sse.pytest_watch.engine.lending import Lender
from livereload_sse.pytest_watch.messages import Debugging, Finished, Message, Needed, Started

INTERRUPT = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL

OnMessage = Callable[[Message], None]


class Run:
    """One run, from its order until its process is gone.

    `on_message` is called with what it tells; `await ended()` gives its exit code, negative where a
    signal ended it.
    """

    def __init__(
        self,
        on_message: OnMessage,
        *,
        lender: Lender | None = None,
        say: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        self.pid: int | None = None
        self.exit_code: int | None = None
        self.is_over = False
        """Whether pytest's session has ended; its process may still be at something."""
        self.was_lost = False
        """Whether it had to be asked for once more: whoever was asked first had gone."""
        self.doubt = ""
        """Why a cold run might have gone another way, once it is over: it should be made again."""
        self._on_message = on_message
        self._lender = lender or Lender()
        self._say = say
        self._is_debugging = False
        self._over = asyncio.Event()
        self._ended = asyncio.Event()
        self._started = asyncio.Event()
        self._early: list[int] = []

    def hear(self, message: Message) -> None:
        """Note what a message means for the run, and hand it on."""
        if isinstance(message, Started):
            self.pid = message.pid
            self._started.set()
            for number in self._early:
                self._signal(number)
        if isinstance(message, Needed):
            self.doubt = message.doubt
        if isinstance(message, Finished):
            self.is_over = True
            self._over.set()
        if isinstance(message, Debugging):
            self._lend(message)
        else:
            self._on_message(message)

    def end(self, exit_code: int) -> None:
        """Note that the process has gone."""
        self.exit_code = exit_code
        if self._is_debugging:
            self._lend(Debugging(active=False))
        self._over.set()
        self._started.set()
        self._ended.set()

    def ask_again(self, say: Callable[[Mapping[str, Any]], None]) -> None:
        """Belong to another host, whom `say` reaches: the one before had gone without a word."""
        self._say = say

    async def started(self) -> None:
        """Wait until there is a process, or will be none."""
        await self._started.wait()

    async def over(self) -> None:
        """Wait until pytest's session is over, or the process has gone."""
        await self._over.wait()

    async def ended(self) -> int:
        """Wait until the process has gone. Returns its exit code, or minus a signal's number."""
        await self._ended.wait()
        assert self.exit_code is not None  # noqa: S101 - that is what has been waited for
        return self.exit_code

    def interrupt(self, *, makes_way: bool = False) -> None:
        """Have it stop as with Ctrl-C: what is set up is torn down. `makes_way`: another one is wanted,
        so nobody wants to read how far this one came.
        """
        if makes_way:
            self._say({"makes_way": True})
        self._signal(INTERRUPT)

    def kill(self) -> None:
        """End it and what it has started, at once."""
        self._signal(KILL)

    def pause(self) -> None:
        """Stop it for as long as the terminal is the shell's."""
        if sys.platform != "win32":
            self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if sys.platform != "win32":
            self._signal(signal.SIGCONT)

    def _lend(self, message: Debugging) -> None:
        """Lend the terminal once everybody has left it alone, or take it back before they draw."""
        self._is_debugging = message.active
        if not message.active:
            self._lender.take_back()
        self._on_message(message)
        if message.active:
            self._say({"lent": self._lender.lend(self.pid or 0)})

    def _signal(self, number: int) -> None:
        if self.exit_code is not None:
            return
        if self.pid is None:
            self._early.append(number)  # it has been asked for, and is about to begin
            return
        signal_group(self.pid, number)


def signal_group(pid: int, number: int) -> None:
    """Signal a process and what it has started; one that has ended meanwhile needs nothing."""
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            os.kill(pid, number)  # Ctrl-Break reaches its group; ending it reaches it alone
        else:
            os.killpg(pid, number)
