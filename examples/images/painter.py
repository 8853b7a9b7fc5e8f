"""One worker process, as its owner sees it: given orders, listened to, killed, started anew.

A process for each painter, rather than a pool: the death of one harms no other's picture, and a
picture that nobody wants any more is stopped by ending its process, whatever it is doing.
"""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from typing import Protocol

from orders import Order
from worker import Failed, Finished, Told, work


class PainterEndedError(Exception):
    """The process ended before the picture was done. A negative exit code is a signal's number."""

    def __init__(self, exit_code: int | None) -> None:
        code = exit_code or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        super().__init__(f"The process that drew this {how}.")


class Paints(Protocol):
    """Draws one picture at a time."""

    @property
    def pid(self) -> int | None:
        """The process that draws."""

    def draw(self, order: Order) -> AsyncIterator[Told]:
        """Draw a picture and tell how it goes. Raises PainterEndedError."""

    def kill(self) -> None:
        """End the process now."""

    async def close(self) -> None:
        """End the process, and wait until it is gone."""


class Painter:
    """One process. A new one takes its place when it has ended and there is more to draw."""

    def __init__(self) -> None:
        self._listening: asyncio.Future[Told] | None = None
        self._start()

    @property
    def pid(self) -> int | None:
        """The process that draws."""
        return self._process.pid

    async def draw(self, order: Order) -> AsyncIterator[Told]:
        """Draw a picture and tell how it goes. Raises PainterEndedError."""
        if self._is_killed or not self._process.is_alive():
            await self.close()
            self._start()
        try:
            self._pipe.send(order)
            is_over = False
            while not is_over:
                told = await self._receive()
                is_over = isinstance(told, Finished | Failed)
                yield told
        except (EOFError, OSError):
            await asyncio.to_thread(self._process.join)
            raise PainterEndedError(self._process.exitcode) from None

    def kill(self) -> None:
        """End the process now."""
        self._is_killed = True
        self._process.kill()

    async def close(self) -> None:
        """End the process, and wait until it is gone."""
        self.kill()
        await asyncio.to_thread(self._process.join)
        if self._listening is not None:
            await asyncio.wait((self._listening,))  # a pipe is not closed while a thread reads it
        self._pipe.close()

    async def _receive(self) -> Told:
        """Wait in a thread: pipes between processes cannot be awaited everywhere."""
        self._listening = asyncio.ensure_future(asyncio.to_thread(self._pipe.recv))
        self._listening.add_done_callback(_read_exception)
        return await asyncio.shield(self._listening)

    def _start(self) -> None:
        """Start it without a copy of this one: threads, sockets and event loop stay here."""
        spawned = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawned.Pipe()
        self._process = spawned.Process(target=work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()  # or its end would never be seen here
        self._is_killed = False
        self._listening = None


def _read_exception(listening: "asyncio.Future[Told]") -> None:
    """The end of a process is no news where nobody listens any more."""
    if not listening.cancelled():
        listening.exception()
