"""When to tell what has been seen.

A save is told at once. A file that is gone or has just become empty may be in the middle of a
save, so it is given a moment to come back. Many files within a short window are a burst (a site
generator, a branch switch, an unpacked archive): it is told when it has become quiet, as one.

Pure: knows paths and monotonic seconds, both given. Refuses to know disks, clocks and contents.
"""

from collections.abc import Mapping
from types import MappingProxyType

BURST_FILES = 5
"""More distinct files than this within the window are a burst."""

BURST_WINDOW = 0.5
"""Seconds in which distinct files are counted."""

QUIET_DELAY = 0.15
"""Seconds without a new change after which a burst is over."""

JOINING_DELAY = 0.025
"""Seconds within which two files are seen together, and after which no more are awaited: two may
become many."""

BURST_TIMEOUT = 3.0
"""Seconds after which a burst that does not end is told as far as it has come."""

INTERRUPTED_DELAY = 0.1
"""Seconds that a file may be gone or newly empty before that is told."""


class Settle:
    """Holds what was seen until it is time to tell it.

    Times are seconds from any clock that never goes back, and must not decrease between calls.
    """

    def __init__(self) -> None:
        self._pending: dict[str, float] = {}
        self._interrupted: dict[str, float] = {}
        self._recent: dict[str, float] = {}
        self._burst_since: float | None = None
        self._members: set[str] = set()
        self._joined = (-1.0, 0.0)  # when the last two files were seen that had not been of late
        self._last = 0.0

    @property
    def pending(self) -> Mapping[str, float]:
        """What is held: path → when it was first seen. A live view."""
        return MappingProxyType(self._pending)

    @property
    def in_burst(self) -> bool:
        """Whether a burst is going on."""
        return self._burst_since is not None

    @property
    def members(self) -> frozenset[str]:
        """The files of the burst that is going on, those that were told before it was one included."""
        return frozenset(self._members)

    def holds(self, path: str, *, now: float) -> bool:
        """Whether this file is a part of a burst that goes on, or of what may become one.

        The first files of a burst have been told before it was recognised. Whoever asks for one of
        them should wait for the rest, too. May be called from another thread.
        """
        if self._burst_since is not None:
            return path in self._members
        together = self._joined[1] < self._joined[0] + JOINING_DELAY
        return together and path in self._recent and now < self._joined[1] + JOINING_DELAY

    def see(self, path: str, *, now: float, interrupted: bool = False) -> None:
        """Note that a file differs from what was told.

        `interrupted` says that it is gone, or new and empty, or empty where it had content.
        """
        self._pending.setdefault(path, now)
        if interrupted:
            self._interrupted.setdefault(path, now)
        else:
            self._interrupted.pop(path, None)
        if self._recent.pop(path, None) is None:
            self._joined = (self._joined[1], now)
        self._recent[path] = now  # put in anew, so that the oldest stay in front
        self._last = now
        self._recognise(now)

    def forget(self, path: str) -> None:
        """Note that a file is again what was told, or was never there."""
        self._pending.pop(path, None)
        self._interrupted.pop(path, None)

    def due(self, now: float) -> list[str]:
        """Hand out what is to be told now; it is no longer held afterwards."""
        if self._burst_since is not None and not self._release(now):
            return []
        ready = [path for path in self._pending if self._ripe(path, now)]
        for path in ready:
            self.forget(path)
        return ready

    def deadline(self) -> float | None:
        """When to ask `due` again if nothing else is seen; None when nothing is held."""
        if self._burst_since is not None:
            return min(self._last + QUIET_DELAY, self._burst_since + BURST_TIMEOUT)
        if not self._pending:
            return None
        return min(
            self._interrupted[path] + INTERRUPTED_DELAY if path in self._interrupted else since
            for path, since in self._pending.items()
        )

    def _recognise(self, now: float) -> None:
        while (oldest := next(iter(self._recent))) and self._recent[oldest] <= now - BURST_WINDOW:
            del self._recent[oldest]
        if self._burst_since is None and len(self._recent) > BURST_FILES:
            self._burst_since = now
            self._members.update(self._recent)
        elif self._burst_since is not None:
            self._members.add(next(reversed(self._recent)))

    def _release(self, now: float) -> bool:
        """Whether the burst lets go: for good when it is quiet, for once when it takes too long."""
        if now >= self._last + QUIET_DELAY:
            self._burst_since = None
            self._members.clear()
            self._recent.clear()
            return True
        if self._burst_since is not None and now >= self._burst_since + BURST_TIMEOUT:
            self._burst_since = now
            self._members.clear()
            return True
        return False

    def _ripe(self, path: str, now: float) -> bool:
        since = self._interrupted.get(path)
        return since is None or now >= since + INTERRUPTED_DELAY
