"""What makes runs, and the hosts in whose processes they go on.

Refuses to know how the processes come about: `fork_runner` has one host that forks, `spawn_runner`
has hosts that become runs themselves. All of them keep to `Runner`.
"""

import asyncio
import json
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Self

from livereload_sse.pytest_watch.engine.lending import Lender
from livereload_sse.pytest_watch.engine.line import Line
from livereload_sse.pytest_watch.engine.preloading import Learning
from livereload_sse.pytest_watch.engine.process import Process
from livereload_sse.pytest_watch.engine.run import KILL, OnMessage, Run
from livereload_sse.pytest_watch.messages import (
    Message,
    Needed,
    decode,
)
from livereload_sse.pytest_watch.order import Order

__all__ = ["Host", "HostingRunner", "OnMessage", "Run", "Runner"]

LEAVE_TIMEOUT = 2.0
"""Seconds that a host has to go when the line to it is closed."""

SILENCE_TIMEOUT = 0.5
"""Seconds in which what a process has told must arrive once it has ended."""


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


class HostingRunner(Runner):
    """A runner that has hosts of its own, and asks another one where the first has gone too early."""

    def __init__(self) -> None:
        super().__init__()
        self._is_closing = False
        self._held: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def _another_host(self) -> "Host":
        """Give a host for a run whose own has gone. Raises OSError where there can be none."""

    def _make_host(self, *, is_run: bool) -> "Host":
        host = Host(is_run=is_run, lender=self.lender)
        host.on_lost = self._take_up
        return host

    def _take_up(self, run: Run, order: Order) -> bool:
        """Begin a run elsewhere that was asked of a host which had just gone; once."""
        if run.was_lost or self._is_closing:
            return False
        run.was_lost = True
        self._hold(self._begin_again(run, order))
        return True

    async def _begin_again(self, run: Run, order: Order) -> None:
        try:
            host = await self._another_host()
        except OSError:
            run.end(-KILL)
        else:
            host.begin_again(run, order)

    def _hold(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done, and waited for in the end."""
        task = asyncio.create_task(work)
        self._held.add(task)
        task.add_done_callback(self._held.discard)

    async def _let_go(self) -> None:
        while self._held:
            await asyncio.gather(*self._held, return_exceptions=True)

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
    has; `on_report` with what it has imported ahead; `on_lost` with a run that was asked for and
    never begun, as the host had gone: it says whether somebody else takes care of that.
    """

    def __init__(self, *, is_run: bool = False, lender: Lender | None = None) -> None:
        self.line = Line(self._hear, self._fall_silent)
        self.run: Run | None = None
        self.is_gone = asyncio.Event()
        self.exit_code: int | None = None
        self.is_warm = asyncio.Event()
        """Set while there is nothing more that it has been asked to import."""
        self.is_warm.set()
        self.on_free: Callable[[], None] = lambda: None
        self.on_report: Callable[[dict[str, Any]], None] = lambda _report: None
        self.on_lost: Callable[[Run, Order], bool] = lambda _run, _order: False
        self._order: Order | None = None
        self._is_run = is_run
        self._lender = lender
        self._fell_silent = asyncio.Event()
        self._process: Process | None = None
        self._minding: asyncio.Task[None] | None = None

    async def join(self, end: socket.socket) -> None:
        """Listen to the host at this end of a socket pair."""
        loop = asyncio.get_running_loop()
        end.setblocking(False)
        try:
            await loop.create_connection(lambda: self.line, sock=end)
        except BaseException:
            end.close()
            raise

    def mind(self, process: Process, *, then: Callable[[], None] = lambda: None) -> None:
        """See to the end of its process; `then` is called after it."""
        self._process = process
        self._minding = asyncio.create_task(self._mind(process, then))

    def begin(self, order: Order, on_message: OnMessage) -> Run:
        """Ask for a run."""
        run = self.adopt(on_message)
        self._ask(order)
        return run

    def begin_again(self, run: Run, order: Order) -> None:
        """Ask for a run that another host has been asked for, and never begun."""
        run.ask_again(self._say)
        self.run = run
        self._ask(order)

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

    def _ask(self, order: Order) -> None:
        self._order = order
        self.line.say({"run": order.as_json()})

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
        self.is_gone.set()
        if self.run is not None and self.run.pid is None and self._order is not None:
            run, self.run = self.run, None
            if not self.on_lost(run, self._order):
                run.end(self._run_code)
        if not self._is_run and self.run is not None:
            # A host that was killed: the run has no parent any more who would end it.
            self.run.kill()
        self._end_run(self._run_code)
        self.is_warm.set()
        self.on_free()

    @property
    def _run_code(self) -> int:
        """The exit code of a run that has ended with the host."""
        return self.exit_code if self._is_run and self.exit_code is not None else -KILL

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
