"""What is different on disk: one change, and the changes seen together.

Knows values only. Refuses to know how a difference was found, what is worth telling, and what a
path is called in a browser.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ChangeKind(StrEnum):
    """How a file differs from what was told before, decided from the disk, never from the kind of
    the operating system's event: an atomic save arrives there as an addition.
    """

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """One file is different now.

    `path` is absolute and goes through the root as it was given (links are kept). `digest` names
    the new content (`livereload_sse.digest`) where it was read, else None; a deleted file has none.
    """

    kind: ChangeKind
    path: Path
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes seen together: unordered, immutable, at most one for each path, falsy when empty.

    `seen_at` is in milliseconds since 1970, from the clock that stamps files: with this set and
    those before it, everything that was on disk before that moment has been told.
    """

    changes: frozenset[Change] = frozenset()
    seen_at: int = 0

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __or__(self, later: "ChangeSet") -> "ChangeSet":
        """Merge with the set that came after this one; the result tells both at once.

        Because the later set is complete up to its own moment once this one is told as well, the
        later moment holds for both.
        """
        merged = {change.path: change for change in self.changes}
        for change in later.changes:
            joined = _join(merged.pop(change.path, None), change)
            if joined is not None:
                merged[change.path] = joined
        return ChangeSet(frozenset(merged.values()), max(self.seen_at, later.seen_at))


def _join(earlier: Change | None, later: Change) -> Change | None:
    """Two changes of one file are the way from what was before the first to what is after the
    second: nothing, where a file came and went.
    """
    if earlier is None:
        return later
    was_there = earlier.kind is not ChangeKind.ADDED
    is_there = later.kind is not ChangeKind.DELETED
    if is_there:
        kind = ChangeKind.MODIFIED if was_there else ChangeKind.ADDED
        return Change(kind, later.path, later.digest)
    return later if was_there else None
