"""One run, from its beginning until its process is gone: waited for, cancelled, seen off.

Knows how patient to be. Refuses to know why a run is not wanted any more: it asks.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from livereload_sse.pytest_watch.engine.runner import Run
from livereload_sse.pytest_watch.screen.standing import Ended

TEARDOWN_TIMEOUT = 5.0
"""Seconds that a cancelled run has for its teardown before it is killed."""

LINGER_TIMEOUT = 0.05
"""Seconds that a run's process has to go once its session is over and something else is wanted."""


class Supervision:
    """Sees one run through.

    `is_unwanted` says whether the run is to be cancelled, `is_awaited` whether something waits for
    its end; both are asked after each `stir`. `makes_way`: whether what waits is another run.
    """

    def __init__(
        self,
        run: Run,
        *,
        is_unwanted: Callable[[], bool],
        is_awaited: Callable[[], bool],
        makes_way: Callable[[], bool] = lambda: False,
    ) -> None:
        self._run = run
        self._is_unwanted = is_unwanted
        self._is_awaited = is_awaited
        self._makes_way = makes_way
        self._stirred = asyncio.Event()
        self._cancelling: asyncio.Task[None] | None = None
        self.was_killed = False
        """Whether its process was killed from here: that is no end of its own."""

    def stir(self) -> None:
        """Something has happened: ask again."""
        self._stirred.set()

    def cancel(self) -> None:
        """Stop the run as with Ctrl-C, and kill it when its teardown takes too long."""
        if self._cancelling is None:
            self._cancelling = asyncio.create_task(self._cancel())

    def kill(self) -> None:
        """End the run at once."""
        self.was_killed = True
        self._run.kill()

    def hold(self, *, on: bool) -> None:
        """Have the run's process stand still, or go on."""
        (self._run.pause if on else self._run.resume)()

    async def see_through(self) -> Ended:
        """Wait until the run's process has gone."""
        ended = await self._see_over()
        await self._see_off()
        if self._cancelling is not None:
            await self._cancelling
        return ended

    async def _see_over(self) -> Ended:
        ended: Ended = "complete"
        over = asyncio.ensure_future(self._run.over())
        while not over.done():
            if self._is_unwanted():
                ended = "cancelled"
                self.cancel()
            await self._either(over)
        return ended

    async def _see_off(self) -> None:
        gone = asyncio.ensure_future(self._run.ended())
        while not gone.done():
            timeout = LINGER_TIMEOUT if self._is_awaited() else None
            if not await self._either(gone, timeout):
                self.kill()

    async def _either(self, end: "asyncio.Future[Any]", timeout: float | None = None) -> bool:  # noqa: ASYNC109 - handed on
        """Wait for the end, or for something to happen. Returns whether either did in time."""
        stirred = asyncio.ensure_future(self._stirred.wait())
        done, _ = await asyncio.wait(
            {end, stirred}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        stirred.cancel()
        self._stirred.clear()
        return bool(done)

    async def _cancel(self) -> None:
        await self._run.started()
        self._run.interrupt(makes_way=self._makes_way())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._run.over(), TEARDOWN_TIMEOUT)
            return
        self.kill()
