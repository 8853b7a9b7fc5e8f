"""Runs that are forked from one host: for Linux."""

import asyncio
import socket

from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.runner import Host, OnMessage, Run, Runner

LEAVE_TIMEOUT = 2.0
"""Seconds that a host has to go when the line to it is closed."""


class ForkRunner(Runner):
    """One host, which forks each run; the first has begun with it."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._host = Host()
        self._is_first = True

    async def run(self, order: Order, on_message: OnMessage) -> Run:
        """Begin a run; the first one has begun already, with the order that asks for everything."""
        if self._is_first:
            self._is_first = False
            run = self._host.adopt(on_message)
            await self._host.join(self._end)
            return run
        return self._host.begin(order, on_message)

    def preload(self, modules: tuple[str, ...]) -> None:
        """Have the host import these modules."""
        self._host.line.say({"preload": list(modules)})

    async def renew(self) -> None:
        """Nothing yet."""

    async def close(self) -> None:
        """Hang up; the host kills a run that still goes on, and goes."""
        if self._is_first:
            self._end.close()
            return
        self._host.line.close()
        async with asyncio.timeout(LEAVE_TIMEOUT):
            await self._host.is_gone.wait()
