"""Measures for the board: which figures are asked when, and in which thread.

Knows the pace. Refuses to know streams and HTTP: how many tabs there are it is told.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from board import LiveBoard
from events import Metric, Processes, Service
from machine import Readings
from sampler import Sampler
from services import Ports, disks, streams, uptime

SERVICES_EVERY: Final = 5  # samples: disks fill slowly


class Panel:
    """Fills a board while tabs are open. `limit` is how many may be; `booted` is when the machine was."""

    def __init__(
        self,
        board: LiveBoard,
        *,
        interval: float,
        ports: Ports,
        count_tabs: Callable[[], int],
        limit: int,
        booted: float,
    ) -> None:
        self._board = board
        self._ports = ports
        self._count_tabs = count_tabs
        self._limit = limit
        self._booted = booted
        self._rows = list[Service]()
        # One thread for ever: psutil keeps the counters of the CPU apart for each that asks.
        self._thread = ThreadPoolExecutor(1, "psutil")
        self._readings = Readings()
        self.sampler = Sampler(
            interval,
            is_heard=lambda: count_tabs() > 0,
            begin=self._begin,
            read=self._read,
            take=self._take,
        )

    async def run(self) -> None:
        """Measure for ever."""
        try:
            await self.sampler.run()
        finally:
            self._thread.shutdown()

    async def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._readings = await loop.run_in_executor(self._thread, Readings)
        await self._ask_services()

    async def _read(self) -> tuple[Metric, Processes]:
        if self.sampler.taken % SERVICES_EVERY == 0:
            await self._ask_services()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._readings.sample)

    async def _ask_services(self) -> None:
        rows, ports = await asyncio.gather(asyncio.to_thread(disks), self._ports.ask())
        self._rows = rows + ports

    def _take(self, sample: tuple[Metric, Processes]) -> None:
        metric, tabs = sample[0], self._count_tabs()
        self._board.take(sample)
        self._board.judge_streams(tabs, self._limit, metric["at"])
        rows = [*self._rows, streams(tabs, self._limit), uptime(metric["at"] - self._booted)]
        self._board.show(rows, tabs, metric["at"])
