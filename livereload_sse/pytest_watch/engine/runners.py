"""Which runner makes a run: warm where that is possible and wanted, cold otherwise.

Knows that a warm process must go when something else is installed.
"""

import socket
from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.pytest_watch.engine.fork_runner import ForkRunner
from livereload_sse.pytest_watch.engine.freshness import installed_state
from livereload_sse.pytest_watch.engine.preloading import Learning, load_modules, save_modules
from livereload_sse.pytest_watch.engine.runner import OnMessage, Run, Runner
from livereload_sse.pytest_watch.engine.spawn_runner import SpawnRunner
from livereload_sse.pytest_watch.engine.spawning import Launch
from livereload_sse.pytest_watch.order import Order

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.setup import Setup


def choose_runner(setup: "Setup", end: socket.socket | None) -> "ChoosingRunner":
    """Make the runner for a session. `end` is the line to a host that has begun the first run, where
    one could be forked.
    """
    launch = Launch.from_here(setup.args)
    warm = ForkRunner(end, launch) if end is not None else SpawnRunner(launch, warm=True)
    return ChoosingRunner(
        warm,
        SpawnRunner(launch, warm=False),
        is_cold=setup.cold,
        has_begun=end is not None,
        installed=setup.installed,
        file=setup.record_file and setup.record_file.with_name("modules.json"),
    )


class ChoosingRunner(Runner):
    """Makes each run by one of two runners. `is_cold`: all but one that `has_begun` are cold.

    `file` keeps what runs have told about modules until the next session.
    """

    def __init__(
        self,
        warm: Runner,
        cold: Runner,
        *,
        is_cold: bool,
        has_begun: bool,
        installed: tuple[str, ...],
        file: Path | None,
    ) -> None:
        super().__init__()
        self._warm, self._cold = warm, cold
        self._is_cold = is_cold
        self._is_first = has_begun
        self._installed = installed
        self._state = installed_state(installed)
        self._file = file
        self.learning, self._notice = load_modules(file) if file else (Learning(), "")
        for runner in (warm, cold):
            runner.lender = self.lender
            runner.on_notice = self._pass_on
        warm.learning = self.learning

    async def run(self, order: Order, on_message: OnMessage) -> Run:
        """Begin a run: cold where the order, or the session, says so."""
        if self._notice:
            self._pass_on(self._notice)
            self._notice = ""
        if (self._is_cold or order.cold) and not self._is_first:
            return await self._cold.run(order, on_message)
        self._is_first = False
        await self._renew_if_stale()
        return await self._warm.run(order, on_message)

    async def renew(self) -> None:
        """Forget what has been imported."""
        await self._warm.renew()

    async def is_warm(self) -> None:
        """Wait until all has been imported ahead."""
        await self._warm.is_warm()

    async def close(self) -> None:
        """End all processes, and keep what was learnt."""
        await self._warm.close()
        await self._cold.close()
        if self._file and (line := save_modules(self._file, self.learning)):
            self._pass_on(line)

    async def _renew_if_stale(self) -> None:
        state = installed_state(self._installed)
        if state != self._state:
            self._state = state
            await self._warm.renew()

    def _pass_on(self, line: str) -> None:
        self.on_notice(line)

    def _warm_up(self) -> None:
        self._warm.preload(())
