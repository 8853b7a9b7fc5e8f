"""Runs of pytest, as the process that watches sees them.

Knows what a run tells, and how one is stopped. Refuses to know how the processes come about:
`fork_runner` has one host that forks, `spawn_runner` has hosts that become runs themselves. All of
them keep to `Runner`.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self

from livereload_sse.pytest_watch.channel import Line
from livereload_sse.pytest_watch.lending import Lender
from livereload_sse.pytest_watch.messages import (
    Debugging,
    Finished,
    Message,
    Needed,
    Started,
    decode,
)
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.preloading import Learning
from livereload_sse.pytest_watch.process import Process

INTERRUPT = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)
KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL

LEAVE_TIMEOUT = 2.0
"""Seconds that a host has to go when the line to it is closed."""

SILENCE_TIMEOUT = 0.5
"""Seconds in which what a process has told must arrive once it has ended."""

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

    def interrupt(self) -> None:
        """Have it stop as with Ctrl-C: what is set up is torn down."""
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


class Runner(ABC):
    """What makes runs, one at a time. Use as `async with runner`.

    `learning` is what runs have told about modules worth importing ahead; it is kept up by itself.
    `on_notice` is called with a line for the user, where something went wrong and is in order again.
    """

    def __init__(self) -> None:
        self.learning = Learning()
        self.lender = Lender()
        """Made here, before keys are read: while the terminal is as the shell has left it."""
        self.on_notice: Callable[[str], None] = lambda _line: None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    @abstractmethod
    async def run(self, order: Order, on_message: OnMessage) -> Run:
        """Begin a run. The one before must have ended."""

    def preload(self, modules: tuple[str, ...]) -> None:
        """Have these modules imported before later runs begin, besides what runs tell they need."""
        self.learning.add(modules)
        self._warm_up()

    @abstractmethod
    async def renew(self) -> None:
        """Forget what has been imported: what is installed, or the environment, is another."""

    @abstractmethod
    async def close(self) -> None:
        """End all processes."""

    @abstractmethod
    async def is_warm(self) -> None:
        """Wait until all that is worth it has been imported ahead, where anything ever is."""

    @abstractmethod
    def _warm_up(self) -> None:
        """Have what `learning` knows imported, as soon as no run goes on."""

    def _learning_from(self, on_message: OnMessage) -> OnMessage:
        """Take what a run tells about modules, and hand everything on."""

        def hear(message: Message) -> None:
            if isinstance(message, Needed):
                self.learning.learn(message)
            on_message(message)

        return hear


class Host:
    """A host process as seen from here: its line, and the run that goes on in it, if any.

    `is_run`: it becomes the run itself. `on_free` is called when a run has ended, or the host itself
    has; `on_report` with what it has imported ahead.
    """

    def __init__(self, *, is_run: bool = False, lender: Lender | None = None) -> None:
        self.line: Line
        self.run: Run | None = None
        self.is_gone = asyncio.Event()
        self.exit_code: int | None = None
        self.is_warm = asyncio.Event()
        """Set while there is nothing more that it has been asked to import."""
        self.is_warm.set()
        self.on_free: Callable[[], None] = lambda: None
        self.on_report: Callable[[dict[str, Any]], None] = lambda _report: None
        self._is_run = is_run
        self._lender = lender
        self._fell_silent = asyncio.Event()
        self._process: Process | None = None
        self._minding: asyncio.Task[None] | None = None

    async def join(self, end: socket.socket) -> None:
        """Listen to the host at this end of a socket pair."""
        loop = asyncio.get_running_loop()
        end.setblocking(False)
        _, self.line = await loop.create_connection(
            lambda: Line(self._hear, self._fall_silent), sock=end
        )

    def mind(self, process: Process, *, then: Callable[[], None] = lambda: None) -> None:
        """See to the end of its process; `then` is called after it."""
        self._process = process
        self._minding = asyncio.create_task(self._mind(process, then))

    def begin(self, order: Order, on_message: OnMessage) -> Run:
        """Ask for a run."""
        run = self.adopt(on_message)
        self.line.say({"run": order.as_json()})
        return run

    def preload(self, request: Mapping[str, Any]) -> None:
        """Have modules imported ahead; see `Learning.as_request`."""
        self.is_warm.clear()
        self.line.say({"preload": request})

    def adopt(self, on_message: OnMessage) -> Run:
        """Take over the run that has begun with the host."""
        self.run = Run(on_message, lender=self._lender, say=self._say)
        return self.run

    async def close(self) -> None:
        """Hang up: the host ends its run, and goes."""
        self.line.close()
        if self._is_run and self.run is not None:
            self.run.kill()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_TIMEOUT):
                await self.is_gone.wait()
                return
        if self._process is not None:
            self._process.kill()
        await self.is_gone.wait()

    def _say(self, what: Mapping[str, Any]) -> None:
        self.line.say(what)

    def _hear(self, line: bytes) -> None:
        said = _read(line)
        if isinstance(said, dict):
            self._hear_host(said)
        elif said is not None and self.run is not None:
            self.run.hear(said)

    def _hear_host(self, said: dict[str, Any]) -> None:
        if "host" in said and self._minding is None:
            self.mind(Process.forked(said["host"]))
        if "exited" in said:
            self._end_run(said["exited"])
            self.on_free()
        if "preloaded" in said:
            self.is_warm.set()
            self.on_report(said["preloaded"])

    def _fall_silent(self) -> None:
        self._fell_silent.set()
        if self._minding is None:
            self._go()

    async def _mind(self, process: Process, then: Callable[[], None]) -> None:
        self.exit_code = await process.ended()
        then()
        # What it told last may still be on its way; but a process that has left its group, and was
        # forked from a test, may hold the other end for as long as it likes.
        with suppress(TimeoutError):
            async with asyncio.timeout(SILENCE_TIMEOUT):
                await self._fell_silent.wait()
        self.line.close()
        self._go()

    def _go(self) -> None:
        if not self._is_run and self.run is not None:
            # A host that was killed: the run has no parent any more who would end it.
            self.run.kill()
        self._end_run(self.exit_code if self._is_run and self.exit_code is not None else -KILL)
        self.is_gone.set()
        self.is_warm.set()
        self.on_free()

    def _end_run(self, exit_code: int) -> None:
        run, self.run = self.run, None
        if run is not None:
            run.end(exit_code)


def _read(line: bytes) -> Message | dict[str, Any] | None:
    """Read a line: a message, a word of the host, or what a killed process has left of one."""
    try:
        if line.startswith(b"{"):
            return json.loads(line)  # type: ignore[no-any-return]  # a host's word
        return decode(line)
    except ValueError:
        return None
