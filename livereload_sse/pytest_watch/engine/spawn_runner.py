"""Runs that are processes of their own from the start: where nothing may be forked.

While nothing runs, one process stands by: it has imported pytest, its plugins and what runs have
needed. It becomes the next run, and ends with it. Or nothing stands by, and each run is cold.
"""

import asyncio
from typing import Any

from livereload_sse.pytest_watch.engine.runner import Host, HostingRunner, OnMessage, Run
from livereload_sse.pytest_watch.engine.spawning import WAY, Launch, Way, spawn
from livereload_sse.pytest_watch.order import Order

STANDBY_DELAY = 0.01
"""Seconds after a run in which its end is told and shown before the next process is started."""


class SpawnRunner(HostingRunner):
    """Spawns a process for each run; with `warm`, ahead of it."""

    def __init__(self, launch: Launch | None = None, *, warm: bool, way: Way = WAY) -> None:
        super().__init__()
        self._launch = launch
        self._warm = warm
        self._way = way
        self._host: Host | None = None
        self._standby: asyncio.Task[Host] | None = None
        self._told = 0

    async def run(self, order: Order, on_message: OnMessage) -> Run:
        """Begin a run, in the process that stands by or in a new one."""
        self._launch = self._launch or Launch.from_here(order.args)
        self._host = await self._take()
        return self._host.begin(order, self._learning_from(on_message))

    async def renew(self) -> None:
        """Have another process stand by."""
        self._drop_standby()
        self._stand_by()

    async def is_warm(self) -> None:
        """Wait until the process that stands by has imported everything."""
        while (standby := self._standby) is not None:
            host = await standby
            await host.is_warm.wait()
            if standby is self._standby:
                return

    async def close(self) -> None:
        """End all processes."""
        self._is_closing = True
        self._drop_standby()
        if self._host is not None:
            self._hold(self._host.close())
            self._host = None
        await self._let_go()

    async def _another_host(self) -> Host:
        self._host = await self._spawn(warm=False)
        return self._host

    async def _take(self) -> Host:
        standby, self._standby = self._standby, None
        if standby is not None:
            host = await standby
            if not host.is_gone.is_set():
                return host
            self.on_notice("The process that stood by has ended unasked; this run begins cold.")
        return await self._spawn(warm=False)

    async def _spawn(self, *, warm: bool) -> Host:
        assert self._launch is not None  # noqa: S101 - a run has been asked for
        host = self._make_host(is_run=True)
        host.on_free = lambda: self._be_free(host)
        host.on_report = self._take_report
        await spawn(self._launch, host, forks=False, warm=warm, way=self._way)
        return host

    async def _spawn_standby(self) -> Host:
        await asyncio.sleep(STANDBY_DELAY)
        host = await self._spawn(warm=True)
        self._told = self.learning.changes
        if self.learning.names:
            host.preload(self.learning.as_request())
        return host

    def _be_free(self, host: Host) -> None:
        if host is self._host and host.is_gone.is_set():
            self._host = None
            if self.learning.is_doubted:
                self.learning.is_doubted = False
            self._stand_by()

    def _stand_by(self) -> None:
        """Begin the next process, unless a run goes on: that needs the processor itself."""
        if self._warm and self._launch is not None and self._host is None and self._standby is None:
            self._standby = asyncio.create_task(self._spawn_standby())

    def _warm_up(self) -> None:
        if self._standby is not None and self._told != self.learning.changes:
            self._drop_standby()
        self._stand_by()

    def _take_report(self, report: dict[str, Any]) -> None:
        self.learning.refuse(report["refused"])
        if report["unsafe"] and self._standby is not None:
            self._drop_standby()
            self._stand_by()

    def _drop_standby(self) -> None:
        standby, self._standby = self._standby, None
        if standby is not None:
            self._hold(_end(standby))


async def _end(standby: "asyncio.Task[Host]") -> None:
    await (await standby).close()
