"""Does the operating system tell us what happens? Some disks are silent: container mounts, network
shares, a Windows folder seen from WSL.

Pure: is told what an idle look found and what was reported, at which monotonic seconds. Refuses to
know how either was learned, and what to do about a silent disk.
"""

from collections.abc import Collection

from livereload_sse.watch.tree import is_within

PATIENCE = 0.5
"""Seconds within which a report may still follow what an idle look has found."""

STRIKES = 2
"""Idle looks that found what was never reported, before the disk is called silent."""


class Suspicion:
    """Counts idle looks that found what no report has named."""

    def __init__(self) -> None:
        self._unheard: set[str] = set()
        self._since = 0.0
        self._strikes = 0

    def found(self, paths: Collection[str], *, now: float) -> None:
        """Note what an idle look found that should have been reported."""
        if paths:
            self._unheard.update(paths)
            self._since = now

    def heard(self, paths: Collection[str]) -> None:
        """Note a report: of these paths, or of folders that they are in."""
        if self._unheard:
            self._unheard = {path for path in self._unheard if not is_within(path, paths)}

    def clear(self) -> None:
        """Take back what was found: so much happened that reports may have been dropped."""
        self._unheard.clear()

    def deadline(self) -> float | None:
        """When to ask `convicts`; None when nothing is suspected."""
        return self._since + PATIENCE if self._unheard else None

    def convicts(self, now: float) -> bool:
        """Whether the disk is silent. What was found counts once its time for a report is over."""
        if self._unheard and now >= self._since + PATIENCE:
            self._unheard.clear()
            self._strikes += 1
        return self._strikes >= STRIKES
