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
from collections.abc import Callable
from typing import Any

from livereload_sse.pytest_watch.channel import Line
from livereload_sse.pytest_watch.messages import Finished, Message, Started, decode
from livereload_sse.pytest_watch.order import Order

OnMessage = Callable[[Message], None]


class Run:
    """One run, from its order until its process is gone.

    `on_message` is called with what it tells; `await ended()` gives its exit code, negative where a
    signal ended it.
    """

    def __init__(self, on_message: OnMessage) -> None:
        self.pid: int | None = None
        self.exit_code: int | None = None
        self.is_over = False
        """Whether pytest's session has ended; its process may still be at something."""
        self._on_message = on_message
        self._over = asyncio.Event()
        self._ended = asyncio.Event()
        self._started = asyncio.Event()

    def hear(self, message: Message) -> None:
        """Note what a message means for the run, and hand it on."""
        if isinstance(message, Started):
            self.pid = message.pid
            self._started.set()
        if isinstance(message, Finished):
            self.is_over = True
            self._over.set()
        self._on_message(message)

    def end(self, exit_code: int) -> None:
        """Note that the process has gone."""
        self.exit_code = exit_code
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
        assert self.exit_code is not None
        return self.exit_code

    def interrupt(self) -> None:
        """Have it stop as with Ctrl-C: what is set up is torn down."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End it and what it has started, at once."""
        self._signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)

    def pause(self) -> None:
        """Stop it for as long as the terminal is the shell's."""
        if sys.platform != "win32":
            self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if sys.platform != "win32":
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self.pid is None or self.exit_code is not None:
            return
        try:
            if sys.platform == "win32":
                os.kill(self.pid, number)
            else:
                os.killpg(self.pid, number)
        except ProcessLookupError:
            return  # it has just ended by itself


class Runner(ABC):
    """What makes runs, one at a time. Use as `async with runner`."""

    async def __aenter__(self) -> "Runner":
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    @abstractmethod
    async def run(self, order: Order, on_message: OnMessage) -> Run:
        """Begin a run. The one before must have ended."""

    @abstractmethod
    def preload(self, modules: tuple[str, ...]) -> None:
        """Have these modules imported before later runs begin."""

    @abstractmethod
    async def renew(self) -> None:
        """Forget what has been imported: what is installed, or the environment, is another."""

    @abstractmethod
    async def close(self) -> None:
        """End all processes."""


class Host:
    """A host process as seen from here: its line, and the run that goes on in it, if any."""

    def __init__(self, on_end: Callable[[], None] = lambda: None) -> None:
        self.line: Line
        self.run: Run | None = None
        self.is_gone = asyncio.Event()
        self.modules: tuple[str, ...] = ()
        self._on_end = on_end

    async def join(self, end: socket.socket) -> None:
        """Listen to the host at this end of a socket pair."""
        loop = asyncio.get_running_loop()
        end.setblocking(False)
        _, self.line = await loop.create_connection(lambda: Line(self._hear, self._end), sock=end)

    def begin(self, order: Order, on_message: OnMessage) -> Run:
        """Ask for a run."""
        self.run = Run(on_message)
        self.line.say({"run": order.as_json()})
        return self.run

    def adopt(self, on_message: OnMessage) -> Run:
        """Take over the run that has begun with the host."""
        self.run = Run(on_message)
        return self.run

    def _hear(self, line: bytes) -> None:
        said = _read(line)
        if said is None:
            return
        if isinstance(said, dict):
            self._hear_host(said)
        elif self.run is not None:
            self.run.hear(said)

    def _hear_host(self, said: dict[str, Any]) -> None:
        if "exited" in said and self.run is not None:
            run, self.run = self.run, None
            run.end(said["exited"])
        if "preloaded" in said:
            self.modules = tuple(said["preloaded"]["modules"])

    def _end(self) -> None:
        self.is_gone.set()
        if self.run is not None:
            # A host that was killed: the run has no parent any more who would end it.
            run, self.run = self.run, None
            run.kill()
            run.end(-signal.SIGTERM)
        self._on_end()


def _read(line: bytes) -> Message | dict[str, Any] | None:
    """Read a line: a message, a word of the host, or what a killed process has left of one."""
    try:
        if line.startswith(b"{"):
            return json.loads(line)  # type: ignore[no-any-return]  # a host's word
        return decode(line)
    except ValueError:
        return None
