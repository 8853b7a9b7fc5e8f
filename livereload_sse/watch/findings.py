"""From what is reported to what is different: each report is a hint where to look, never the truth.

Knows how paths in a report are to be read and keeps what differs in `Settle`. Refuses to know when
it is told, and who reports.
"""

# Paths are strings here: a batch may name ten thousands, and Path objects are ten times slower.
# ruff: noqa: PTH114, PTH119, PTH120

import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping

from livereload_sse.watch.arming import Batch
from livereload_sse.watch.grounds import Grounds
from livereload_sse.watch.scan import digest_at, signature_at, status_at
from livereload_sse.watch.settle import Settle
from livereload_sse.watch.tree import (
    Listing,
    Signature,
    Tree,
    coarse_milliseconds,
    difference,
    difference_in,
    is_within,
    listed,
    signature_of,
)

YOUNG_DELAY = 0.1
"""Seconds after telling a young file within which a report about it is looked into by content."""

_YOUNG_MS = 20  # a file stamped so shortly before a look can change again under the same stamp
_BREATH = 128  # files between two moments in which other threads may run


class Findings:
    """What differs from what was told."""

    def __init__(
        self,
        tree: Tree,
        grounds: Grounds,
        *,
        clock: Callable[[], float],
        breathe: Callable[[], None],
    ) -> None:
        self.settle = Settle()
        self.rules_changed = False
        self._tree = tree
        self._grounds = grounds
        self._clock = clock
        self._breathe = breathe
        self._young: dict[str, float] = {}
        self._seen: dict[str, Signature | None] = {}

    def look_at(self, batch: Batch) -> None:
        """Look where something happened. Raises OSError when no folder can be covered any more."""
        self._grounds.lose(batch.moved)
        files: set[str] = set()
        tops: set[str] = set()
        for reported in batch.touched:
            for path in self._grounds.places_of(reported):
                self._sort(path, files, tops)
        if tops:
            self.compare(self._grounds.survey(tops), tops)
        self.consider((path, signature_at(path)) for path in files if not is_within(path, tops))

    def compare(self, listings: Mapping[str, Listing], tops: Collection[str]) -> set[str]:
        """Compare a look at some folders and all below them; returns what differs and matters."""
        paths: set[str] = set()
        for folder, listing in listings.items():
            paths |= difference_in(self._tree, folder, listing.files)
        vanished = (p for p in self._tree.beneath(tops) if os.path.dirname(p) not in listings)
        return self._weigh(paths.union(vanished), listings)

    def compare_all(self, listings: Mapping[str, Listing]) -> set[str]:
        """Compare a look at everything; returns what differs and matters."""
        return self._weigh(difference(self._tree, listings), listings)

    def consider(self, seen: Iterable[tuple[str, Signature | None]]) -> set[str]:
        """Hold what differs until it is told; returns what does and matters."""
        found: set[str] = set()
        for number, (path, signature) in enumerate(seen, 1):
            if self._differs(path, signature):
                found.add(path)
            if number % _BREATH == 0:
                self._breathe()
        return found

    def take_due(self, now: float) -> list[str]:
        """Hand out what is to be told now."""
        due = self.settle.due(now)
        for path in due:
            self._seen.pop(path, None)
        return due

    def should_be_reported(self, path: str) -> bool:
        """Whether the system names this change when it reports at all.

        It does not where only the change time moved (somebody made a hard link), where a link's
        target elsewhere was edited, and where a name is not Unicode.
        """
        old, new = self._tree.get(path), signature_at(path)
        if old is not None and new is not None and old._replace(ctime_ns=new.ctime_ns) == new:
            return False
        return _is_unicode(path) and not os.path.islink(path)

    def told(self, paths: Iterable[str]) -> None:
        """Remember which files could change again without a trace: see `_YOUNG_MS`."""
        now, recently = self._clock(), (coarse_milliseconds() - _YOUNG_MS) * 1_000_000
        self._young = {path: at for path, at in self._young.items() if at > now - YOUNG_DELAY}
        for path in paths:
            signature = self._tree.get(path)
            if signature is not None and signature.ctime_ns >= recently:
                self._young[path] = now

    def _sort(self, path: str, files: set[str], tops: set[str]) -> None:
        """Decide how to look into one reported path: as a file, or as a folder with all below."""
        root = self._grounds.root_of(path)
        if root is None or root.is_file:
            files.add(path)
            return
        folder = path if path == root.path else os.path.dirname(path)
        unknown = self._grounds.unknown_above(folder)
        if unknown is not None:
            if not self._grounds.ignores(unknown, is_dir=True):
                tops.add(unknown)
        elif path == root.path:
            pass  # its name or its permissions were touched, and it is the one that we watch
        elif self._grounds.exact:
            self._sort_by_status(path, files, tops)
        else:
            self._sort_by_folder(path, folder, files, tops)

    def _sort_by_status(self, path: str, files: set[str], tops: set[str]) -> None:
        status = status_at(path)
        if status is not None and stat.S_ISDIR(status.st_mode):
            is_new = self._grounds.covered.get(path) != signature_of(status).inode
            if is_new and not self._grounds.ignores(path, is_dir=True):
                tops.add(path)
        elif status is None and self._tree.holds_folder(path):
            tops.add(path)
        else:
            files.add(path)

    def _sort_by_folder(self, path: str, folder: str, files: set[str], tops: set[str]) -> None:
        """Where reports may spell a name in another way than the disk, list its folder."""
        seen = self._grounds.list_one(folder)
        if seen is None:
            tops.add(folder)
            return
        listing, subfolders = seen
        names = difference_in(self._tree, folder, listing.files)
        files.update(names, [path] if os.path.basename(path) in listing.files else [])
        tops.update(sub for sub in subfolders if sub not in self._grounds.covered)
        if self._tree.holds_folder(path) and path not in subfolders:
            tops.add(path)

    def _weigh(self, paths: Iterable[str], listings: Mapping[str, Listing]) -> set[str]:
        return self.consider((path, listed(path, listings)) for path in paths)

    def _differs(self, path: str, signature: Signature | None) -> bool:
        """Hold one file if it differs from what was told and matters."""
        old = self._tree.get(path)
        if signature == old and not self._was_rewritten(path, old):
            self._forget(path)
            return False
        if self._is_beside_the_point(path):
            self._tree.put(path, signature)
            self._forget(path)
            return False
        if path in self._seen and self._seen[path] == signature:
            return True  # nothing has happened since it was seen: a burst may become quiet
        self._seen[path] = signature
        gone = old is not None and signature is None
        # A new file that is empty is about to be written, more often than not.
        emptied = signature is not None and not signature.size and (old is None or old.size > 0)
        self.settle.see(path, now=self._clock(), interrupted=gone or emptied)
        return True

    def _forget(self, path: str) -> None:
        self._seen.pop(path, None)
        self.settle.forget(path)

    def _is_beside_the_point(self, path: str) -> bool:
        root = self._grounds.root_of(path)
        if root is not None and root.ignore.is_rule_file(path):
            root.ignore.forget()
            self.rules_changed = True
            return True
        return self._grounds.ignores(path, is_dir=False)

    def _was_rewritten(self, path: str, signature: Signature | None) -> bool:
        """Whether a file that was told a moment ago has other content under the same signature.

        If so, the tree forgets the signature, and the file differs from now on.
        """
        told_at = self._young.pop(path, None)
        if signature is None or told_at is None or self._clock() > told_at + YOUNG_DELAY:
            return False
        known = self._tree.digest_of(path)
        content = digest_at(path, signature) if known else None
        if content is None or content == known:
            return False
        self._tree.put(path, signature._replace(mtime_ns=0, ctime_ns=0))
        return True


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
