"""Whether Redis is there, and who is told when that is different.

Knows the parts that need it, what was the matter with each, and what the log says. Refuses to know
connections, and what is tried.
"""

from collections.abc import Callable
from enum import Enum
from logging import getLogger
from typing import Final, TypeAlias

_LOGGER: Final = getLogger("livereload_sse.sse.redis")


class BrokerState(Enum):
    """Whether the broker is there.

    CONNECTED: events are stored and read
    AWAY: it is tried again and again; what is published waits, and readers stay
    CLOSED: before the broadcaster is entered, and after it is left
    """

    CONNECTED = "connected"
    AWAY = "away"
    CLOSED = "closed"


OnState: TypeAlias = Callable[[BrokerState, str], None]
"""Told of a state and why it is so."""


class Standing:
    """The state, made of those of the parts.

    shown: where the broker is, for people
    clock: seconds
    on_state: called with each new state, in the thread of the event loop
    """

    def __init__(self, shown: str, clock: Callable[[], float], on_state: OnState) -> None:
        self.state = BrokerState.CLOSED
        self._shown = shown
        self._clock = clock
        self._on_state = on_state
        self._troubles: dict[str, str] = {}
        self._since = 0.0

    @property
    def reason(self) -> str:
        """What is the matter; "" where nothing is."""
        return next(iter(self._troubles.values()), "")

    def open(self) -> None:
        """All is well, to begin with."""
        self._set(BrokerState.CONNECTED)

    def close(self) -> None:
        """It is not used any more."""
        self._troubles.clear()
        self._set(BrokerState.CLOSED)

    def fail(self, part: str, error: Exception, *, is_quiet: bool = False) -> None:
        """Note what is the matter with a part; `is_quiet`: by itself that is not worth a word."""
        self._troubles.setdefault(part, str(error).splitlines()[0])
        if self.state is BrokerState.CONNECTED and not is_quiet:
            self._since = self._clock()
            _LOGGER.warning("%s; trying again until it is back", self.reason)
            self._set(BrokerState.AWAY)

    def recover(self, part: str) -> None:
        """Note that a part works."""
        self._troubles.pop(part, None)
        if self.state is BrokerState.AWAY and not self._troubles:
            away = self._clock() - self._since
            _LOGGER.warning("Redis is back after %.1f s: %s", away, self._shown)
            self._set(BrokerState.CONNECTED)

    def _set(self, state: BrokerState) -> None:
        if state is not self.state:
            self.state = state
            self._on_state(state, self.reason)
