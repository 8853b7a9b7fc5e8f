"""What was on disk when it was last told: each file's stat signature, and the digests of contents
that somebody has read. Differences between that and what is there now.

Knows names and numbers; refuses to touch a disk (`scan` does) or to decide what matters.
"""

# Paths are strings here: ten thousands are compared, and Path objects are ten times slower.
# ruff: noqa: PTH118, PTH120

import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

_CLOCK_REALTIME_COARSE = 5  # linux/time.h; Python gives it no name
_WINDOWS_TICK_MS = 16  # NTFS stamps files from a clock that moves in steps of 15.6 ms


class Signature(NamedTuple):
    """What changes when a file's content does: times in nanoseconds since 1970, size in bytes."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


class Listing(NamedTuple):
    """The files directly in one folder, and the folder's own signature."""

    folder: Signature
    files: dict[str, Signature]


def signature_of(status: os.stat_result) -> Signature:
    """Take from a stat result what is needed to see a change."""
    return Signature(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def coarse_milliseconds() -> int:
    """Now, in milliseconds since 1970, from the clock that file systems stamp files with.

    A file written after this call never carries an earlier time. Linux stamps from a coarse clock
    that lags the precise one by up to a tick.
    """
    if sys.platform == "linux":
        return time.clock_gettime_ns(_CLOCK_REALTIME_COARSE) // 1_000_000
    elif sys.platform == "win32":  # noqa: RET505 - mypy follows platforms only in one if statement
        return time.time_ns() // 1_000_000 - _WINDOWS_TICK_MS
    else:
        return time.time_ns() // 1_000_000


def is_within(path: str, folders: Collection[str]) -> bool:
    """Whether a path is one of these folders or below one."""
    while path not in folders:
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent
    return True


class Tree:
    """Path → signature, kept by folder, with the digest of a content where it is known.

    Written by one thread; `remember`, `digest_of`, `named`, `files` and `folders` may be called from
    others.
    """

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, Signature]] = {}
        self._digests: dict[str, tuple[Signature, str]] = {}

    @property
    def files(self) -> int:
        """How many files are known."""
        return sum(map(len, list(self._folders.values())))

    @property
    def folders(self) -> int:
        """How many folders hold known files."""
        return len(self._folders)

    def get(self, path: str) -> Signature | None:
        """Look up a file's signature; None where no file is known."""
        folder, name = os.path.split(path)
        files = self._folders.get(folder)
        return files.get(name) if files else None

    def put(self, path: str, signature: Signature | None) -> None:
        """Note what has been told about a file; None says that it is gone."""
        folder, name = os.path.split(path)
        if signature is not None:
            self._folders.setdefault(folder, {})[name] = signature
            return
        files = self._folders.get(folder, {})
        files.pop(name, None)
        self._digests.pop(path, None)
        if not files:
            self._folders.pop(folder, None)

    def replace(self, folder: str, files: dict[str, Signature]) -> None:
        """Note all files of a folder at once, as its first scan does."""
        if files:
            self._folders[folder] = files

    def remember(self, path: str, signature: Signature, digest: str) -> bool:
        """Keep the digest of a content, unless the file is another one by now."""
        if self.get(path) != signature:
            return False
        self._digests[path] = (signature, digest)
        return True

    def digest_of(self, path: str) -> str | None:
        """Look up the digest of the content that was last told; None where nobody has read it."""
        known = self._digests.get(path)
        return known[1] if known is not None and known[0] == self.get(path) else None

    def listing(self, folder: str) -> Mapping[str, Signature]:
        """Look up the files known directly in a folder."""
        return self._folders.get(folder, {})

    def beneath(self, tops: Collection[str]) -> Iterator[str]:
        """Name every known file in these folders and in the folders within them."""
        for folder in [folder for folder in self._folders if is_within(folder, tops)]:
            yield from [os.path.join(folder, name) for name in self._folders[folder]]

    def named(self, name: str) -> list[str]:
        """Find the known files of a base name, wherever they are."""
        folders = list(self._folders.items())  # somebody may be adding to them
        return [os.path.join(folder, name) for folder, files in folders if name in files]

    def holds_folder(self, path: str) -> bool:
        """Whether there is a known file below this path."""
        prefix = path + os.sep
        return path in self._folders or any(other.startswith(prefix) for other in self._folders)

    def known_folders(self) -> AbstractSet[str]:
        """Name every folder that holds a known file."""
        return self._folders.keys()


def difference(tree: Tree, listings: Mapping[str, Listing]) -> set[str]:
    """Name the files that differ between what was told and a complete look at the same roots."""
    paths: set[str] = set()
    for folder, listing in listings.items():
        paths |= difference_in(tree, folder, listing.files)
    for folder in tree.known_folders() - listings.keys():
        paths |= difference_in(tree, folder, {})
    return paths


def difference_in(tree: Tree, folder: str, files: Mapping[str, Signature]) -> set[str]:
    """Name the files directly in one folder that differ between what was told and a look at it."""
    told = tree.listing(folder)
    if told == files:
        return set()
    names = {name for name, signature in files.items() if told.get(name) != signature}
    names.update(told.keys() - files.keys())
    return {os.path.join(folder, name) for name in names}


def listed(path: str, listings: Mapping[str, Listing]) -> Signature | None:
    """Look up one file in a look at many folders; None where it was not there."""
    folder, name = os.path.split(path)
    listing = listings.get(folder)
    return listing.files.get(name) if listing is not None else None


def changed_since(listings: Mapping[str, Listing], milliseconds: int) -> set[str]:
    """Name the files that the disk's own times call changed at or after a moment.

    A file counts by its modification time or its change time (which a rename sets). A folder whose
    change time is as new but whose modification time is not was itself moved into place: then all
    that is in it is new here, however old its own times are.
    """
    moment = milliseconds * 1_000_000
    moved = {folder for folder, listing in listings.items() if _was_moved(listing.folder, moment)}
    paths: set[str] = set()
    for folder, listing in listings.items():
        everything = bool(moved) and is_within(folder, moved)
        for name, signature in listing.files.items():
            if everything or max(signature.mtime_ns, signature.ctime_ns) >= moment:
                paths.add(os.path.join(folder, name))
    return paths


def _was_moved(folder: Signature, moment: int) -> bool:
    return folder.mtime_ns < moment <= folder.ctime_ns
