"""Saved files that no test uses: said once, in one line, where nothing runs.

A rename comes as two changes, one for each name, and what imports the file runs for one of them. So
it is waited for a moment, and nothing is said of a file that is gone, or where a run begins.
"""

import asyncio
import os
from collections.abc import Callable, Sequence

DELAY = 0.2
"""Seconds in which changes that belong together arrive."""


class Unused:
    """Calls `say` with their paths. Used inside the event loop."""

    def __init__(
        self,
        say: Callable[[Sequence[str]], None],
        *,
        exists: Callable[[str], bool] = os.path.exists,
    ) -> None:
        self._say = say
        self._exists = exists
        self._paths: dict[str, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def note(self, paths: Sequence[str]) -> None:
        """Take up what a change was of."""
        if not paths:
            return
        self._paths.update(dict.fromkeys(paths))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DELAY, self._say_now)

    def drop(self) -> None:
        """Something runs, and says more."""
        self._paths.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _say_now(self) -> None:
        paths = [path for path in self._paths if self._exists(path)]
        self.drop()
        if paths:
            self._say(paths)
