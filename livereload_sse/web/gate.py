"""Whether a request may go to a server that is started, ended and started again.

Knows three states: open, closed for a moment, and shut because there is nobody. Refuses to know why.
"""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class UnansweredError(Exception):
    """A request that nobody has taken. It may be asked again: nothing has been done."""


class Gate:
    """Where requests wait.

    `on_refused` is called when one has found nobody: whoever keeps the gate closes it then.
    """

    def __init__(self, on_refused: "Callable[[], None]" = lambda: None) -> None:
        self.on_refused = on_refused
        self._turn = asyncio.Event()
        self._turn.set()
        self.why_not = ""

    @property
    def is_open(self) -> bool:
        """Whether requests go on."""
        return self._turn.is_set() and not self.why_not

    def open(self) -> None:
        """Let everybody go on."""
        self.why_not = ""
        self._turn.set()

    def close(self) -> None:
        """Have everybody wait."""
        self.why_not = ""
        self._turn.clear()

    def shut(self, why: str) -> None:
        """Send everybody away, saying why, until something happens."""
        self.why_not = why
        self._turn.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - its point
        """Wait until the gate is open; False when it is shut, or not opened in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                # It may have been closed again between the call and our turn.
                while not (self.is_open or self.why_not):
                    await self._turn.wait()
        return self.is_open
