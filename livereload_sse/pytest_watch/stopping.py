"""Stopping a run, and leaving the watch: what Ctrl-C, `q` and a signal mean, and what they wait for.

Knows that a run is cancelled first and ended the second time. Refuses to know keys and processes.
"""

import asyncio
from collections.abc import Callable

from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.supervising import Supervision

PATIENCE = 0.7
"""Seconds after which it is said that a run is still stopping."""


class Stopping:
    """Says of the run that goes on whether it may. `stir` is called when something is to be looked at
    again, `say` with a line for the terminal.
    """

    def __init__(self, loop: Loop, *, stir: Callable[[], None], say: Callable[[str], None]) -> None:
        self.is_leaving = False
        self.going_on: Supervision | None = None
        """The run that goes on."""
        self.is_stopped = False
        """Whether somebody has stopped the run that goes on, or that was the last."""
        self._loop = loop
        self._stir = stir
        self._say = say
        self._has_begun = self._is_stopped_early = False

    def begin(self, run: Supervision) -> None:
        """A run has begun. The first one may have been stopped before it was heard of."""
        self.going_on, self.is_stopped = run, False
        self._has_begun = True
        if self._is_stopped_early:
            self._is_stopped_early = False
            self.stop()

    def end(self) -> None:
        """It is over."""
        self.going_on = None

    def is_unwanted(self) -> bool:
        """Whether the run that goes on has to be cancelled."""
        if self._loop.is_debugging and not self.is_leaving:
            return False
        return self.is_stopped or self._loop.is_cut or self.is_awaited()

    def is_awaited(self) -> bool:
        """Whether something waits for its end."""
        return self.is_leaving or self._loop.next() is not None

    def makes_way(self) -> bool:
        """Whether that is another run, or what is left where a test file was deleted."""
        is_followed = self._loop.is_cut or self._loop.next() is not None
        return is_followed and not (self.is_leaving or self.is_stopped)

    def interrupt(self) -> None:
        """Ctrl-C: stop the run; without one, or once more, leave."""
        if not self._has_begun and not self._is_stopped_early:
            self._is_stopped_early = True  # the first run has begun; it is about to be heard
        elif self.going_on is None or self.is_stopped:
            self.leave()
        else:
            self.stop()

    def stop(self) -> None:
        """Stop the run, and begin none until something changes."""
        self.is_stopped = self.going_on is not None
        self._loop.calm()
        self._say_if_slow()
        self._stir()

    def leave(self) -> None:
        """Leave; at once, where that has been asked for before."""
        if self.going_on is not None and (self.is_leaving or self.is_stopped):
            self.going_on.kill()
        self.is_leaving = True
        self._say_if_slow()
        self._stir()

    def _say_if_slow(self) -> None:
        """Say what is waited for, if a run that is to stop takes its time."""
        run = self.going_on

        def say() -> None:
            if run is not None and run is self.going_on:
                self._say("stopping, once its teardown is over; Ctrl-C again ends it at once")

        asyncio.get_running_loop().call_later(PATIENCE, say)
