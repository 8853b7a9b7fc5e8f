"""Runs that are forked from one host: for Linux.

The first run goes on in a process that was forked from the pytest that was started, deep in its
calls: a later one there would have fewer left. So the host of the later ones is spawned, while the
tests of the first run go on. One that has become useless, because something else is installed now or
because it was killed, is replaced by another.
"""

import asyncio
import socket
from typing import Any

from livereload_sse.pytest_watch.engine.runner import Host, HostingRunner, OnMessage, Run
from livereload_sse.pytest_watch.engine.spawning import Launch, spawn
from livereload_sse.pytest_watch.messages import Collected, Message
from livereload_sse.pytest_watch.order import Order

LOST = "The process that begins the runs has ended unasked; the next run has a new one."


class ForkRunner(HostingRunner):
    """One host, which forks each run, spawned as `launch` says. `end` is the line to whoever minds the
    first run, where one has begun already.
    """

    def __init__(self, end: socket.socket | None = None, launch: Launch | None = None) -> None:
        super().__init__()
        self._end = end
        self._launch = launch
        self._first: Host | None = None
        self._host: Host | None = None
        self._told = 0
        self._is_stale = False
        self._is_spawning = False  # the first that a host is told is what it shall be
        self._renewing: asyncio.Task[None] | None = None

    async def run(self, order: Order, on_message: OnMessage) -> Run:
        """Begin a run; where there is an `end`, the first one has begun already."""
        self._launch = self._launch or Launch.from_here(order.args)
        hear = self._learning_from(on_message)
        if self._end is not None:
            end, self._end = self._end, None
            return await self._adopt_first(end, hear)
        return (await self._have_host()).begin(order, hear)

    async def _adopt_first(self, end: socket.socket, hear: OnMessage) -> Run:
        """Take over the run that has begun; once its tests have, there is time to prepare the next."""

        def hear_first(message: Message) -> None:
            if isinstance(message, Collected):
                self._replace_soon()
            hear(message)

        self._first = first = self._make_host(is_run=False)
        first.on_free = self._end_first
        run = first.adopt(hear_first)
        await first.join(end)
        return run

    def _end_first(self) -> None:
        first, self._first = self._first, None
        if first is None:
            return
        if first.is_gone.is_set():
            self.on_notice(LOST)
        self._hold(first.close())
        if self._host is None:
            self._replace_soon()
        else:
            self._warm_up()

    async def renew(self) -> None:
        """Have another host, which imports everything anew."""
        self._is_stale = True
        self._replace_soon()

    async def is_warm(self) -> None:
        """Wait until the host has imported everything."""
        while True:
            renewing, host = self._renewing, self._host
            if renewing is not None:
                await asyncio.wait({renewing})
            elif host is None or host.is_warm.is_set():
                return
            else:
                await host.is_warm.wait()

    async def close(self) -> None:
        """Hang up; the host kills a run that still goes on, and goes."""
        self._is_closing = True
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
        if self._end is not None:
            self._end.close()
        if self._first is not None:
            self._hold(self._first.close())
            self._first = None
        if self._host is not None:
            self._hold(self._host.close())
            self._host = None
        await self._let_go()

    async def _another_host(self) -> Host:
        return await self._have_host()

    async def _have_host(self) -> Host:
        if self._renewing is not None:
            await self._renewing
        if self._host is None or self._host.is_gone.is_set() or self._is_stale:
            await self._replace()
        assert self._host is not None  # noqa: S101 - there is one now
        return self._host

    async def _replace(self) -> None:
        assert self._launch is not None  # noqa: S101 - a run has been asked for
        self._is_stale, self._told = False, 0
        if self._host is not None:
            self._hold(self._host.close())
        self._host = self._new_host()
        self._is_spawning = True
        try:
            await spawn(self._launch, self._host, forks=True, warm=True)
        finally:
            self._is_spawning = False
        self._warm_up()

    def _replace_soon(self) -> None:
        """Have a new host at once, so that it is warm when a run is asked for; not during a run."""
        busy = self._host is not None and self._host.run is not None
        if self._launch is not None and not busy and self._renewing is None:
            self._renewing = asyncio.create_task(self._replace())
            self._renewing.add_done_callback(self._have_renewed)

    def _have_renewed(self, task: "asyncio.Task[None]") -> None:
        self._renewing = None
        if not task.cancelled() and task.exception() is not None:
            self._is_stale = True  # the next run tries again, and fails where it is heard

    def _new_host(self) -> Host:
        host = self._make_host(is_run=False)
        host.on_free = lambda: self._be_free(host)
        host.on_report = self._take_report
        return host

    def _be_free(self, host: Host) -> None:
        if host is not self._host:
            return
        if host.is_gone.is_set():
            self.on_notice(LOST)
        if self.learning.is_doubted or host.is_gone.is_set():
            self.learning.is_doubted = False
            self._is_stale = True
        if self._is_stale:
            self._replace_soon()
        else:
            self._warm_up()

    def _warm_up(self) -> None:
        host = self._host
        if host is None or host.run is not None or host.is_gone.is_set() or self._is_spawning:
            return
        if self._told != self.learning.changes and self.learning.names:
            self._told = self.learning.changes
            host.preload(self.learning.as_request())

    def _take_report(self, report: dict[str, Any]) -> None:
        self.learning.refuse(report["refused"])
        if report["unsafe"]:
            self._is_stale = True
            if self._host is not None and self._host.run is None:
                self._replace_soon()
