"""What became of one change: which files, what the tabs did with it, and how long it took.

Knows events by their id and tabs by their acknowledgements. Refuses to know how a line is printed,
and keeps time only through the clock and the timer it is given.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from livereload_sse.sse import EventId

if TYPE_CHECKING:
    from livereload_sse.build.news import Succeeded

PATIENCE = 5.0
"""Seconds to wait for tabs that have not answered: a page that is being built is shown when the build
is over, which is awaited for more than three."""


MOST_REASONS = 3
"""Different reasons for a reload that one line has room for."""


class Timer(Protocol):
    """What `asyncio.AbstractEventLoop.call_later` returns."""

    def cancel(self) -> None:
        """Forget the call."""


@dataclass(frozen=True, slots=True)
class Update:
    """One change and its way to the tabs.

    `files` are as the user knows them, `tabs` is how many visible ones were told, `actions` counts
    what they did ("patch-page", "swap-styles", "swap-images", "reload", "none", "paused"),
    `duration` is seconds from the save to the last tab that shows it, None when no tab had anything
    to show. `hidden` tabs were told too, and act when somebody looks at them. `nodes` is how many a
    tab changed in place, the most of any; `reasons` say why tabs loaded their page instead. `built`
    is the build that made the change, if one did; then `duration` counts from its end.
    """

    files: tuple[str, ...]
    tabs: int
    actions: Counter[str]
    duration: float | None
    hidden: int = 0
    nodes: int = 0
    reasons: tuple[str, ...] = ()
    built: "Succeeded | None" = None

    @property
    def silent(self) -> int:
        """How many tabs have not answered."""
        return max(0, self.tabs - self.actions.total())


@dataclass(slots=True)
class _Pending:
    files: tuple[str, ...]
    tabs: int
    hidden: int
    delay: float
    built: "Succeeded | None"
    actions: Counter[str] = field(default_factory=Counter)
    longest: float | None = None
    nodes: int = 0
    reasons: dict[str, None] = field(default_factory=dict)  # a set in the order of arrival
    timer: Timer | None = None


class Updates:
    """Collects acknowledgements and reports each update once: when all tabs have answered, or when
    patience ends.
    """

    def __init__(
        self,
        report: Callable[[Update], None],
        *,
        call_later: Callable[[float, Callable[[], None]], Timer],
        patience: float = PATIENCE,
    ) -> None:
        self._report = report
        self._call_later = call_later
        self._patience = patience
        self._pending: dict[EventId, _Pending] = {}

    def begin(
        self,
        event_id: EventId,
        *,
        files: tuple[str, ...],
        tabs: int,
        delay: float,
        hidden: int = 0,
        built: "Succeeded | None" = None,
    ) -> None:
        """Expect `tabs` acknowledgements of an event published `delay` seconds after the save.

        The `hidden` tabs are not waited for: they answer when somebody looks at them.
        """
        pending = _Pending(files, tabs, hidden, delay, built)
        self._pending[event_id] = pending
        if tabs == 0:
            self._finish(event_id)
            return
        pending.timer = self._call_later(self._patience, lambda: self._finish(event_id))

    def acknowledge(
        self, event_id: EventId, *, action: str, duration: float, nodes: int = 0, reason: str = ""
    ) -> None:
        """Note what one tab did, `duration` seconds after it heard of it. Late answers are dropped."""
        pending = self._pending.get(event_id)
        if pending is None:
            return
        pending.actions[action] += 1
        pending.nodes = max(pending.nodes, nodes)
        if reason and len(pending.reasons) < MOST_REASONS:
            pending.reasons[reason] = None
        if action not in ("none", "paused"):
            pending.longest = max(pending.longest or 0.0, duration)
        if pending.actions.total() >= pending.tabs:
            self._finish(event_id)

    def close(self) -> None:
        """Report what is still open, with the answers that came."""
        for event_id in list(self._pending):
            self._finish(event_id)

    def _finish(self, event_id: EventId) -> None:
        pending = self._pending.pop(event_id, None)
        if pending is None:
            return
        if pending.timer is not None:
            pending.timer.cancel()
        duration = None if pending.longest is None else pending.delay + pending.longest
        self._report(
            Update(
                files=pending.files,
                tabs=pending.tabs,
                actions=pending.actions,
                duration=duration,
                hidden=pending.hidden,
                nodes=pending.nodes,
                reasons=tuple(pending.reasons),
                built=pending.built,
            )
        )
