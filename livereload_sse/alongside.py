"""A session beside a server of threads: one event loop, in a thread of its own.

Knows threads and how one of them begins and ends another. Refuses to know requests, and what the
session does.
"""

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

T = TypeVar("T")

LEAVE_TIMEOUT = 3.0
"""Seconds after which a thread that does not end is left to end with the process."""


class Alongside:
    """Keeps `running` entered in a thread. Begins when it is made; raises what entering raises.

    It ends with `end`, or with the process: Python ends threads like this one without asking them,
    which those that sleep outside of Python may not survive quietly.
    """

    def __init__(self, running: "AbstractAsyncContextManager[object]") -> None:
        self.loop: asyncio.AbstractEventLoop
        self._running = running
        self._leaving: asyncio.Event
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sse-reload session", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error
        atexit.register(self.end)

    @property
    def is_here(self) -> bool:
        """Whether the thread runs; a fork has none of its parent's."""
        return self._thread.is_alive()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the event loop; wait for what it returns or raises."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def end(self) -> None:
        """Leave, and wait for that. May be called again, from any thread but the loop's."""
        atexit.unregister(self.end)
        if self.is_here:
            self.loop.call_soon_threadsafe(self._leaving.set)
            self._thread.join(LEAVE_TIMEOUT)

    def _run(self) -> None:
        try:
            asyncio.run(self._stay())
        except BaseException as error:
            if self._ready.is_set():
                raise  # threading says it, with its traceback: nobody waits for us any more
            self._error = error
            self._ready.set()

    async def _stay(self) -> None:
        self.loop, self._leaving = asyncio.get_running_loop(), asyncio.Event()
        async with self._running:
            self._ready.set()
            await self._leaving.wait()
