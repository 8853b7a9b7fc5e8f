"""Looking at a disk: the listings of folders, and the digest of one file's content.

Knows the disk. Refuses to know what was there before (`tree` does), what matters (`ignore` does),
or who wants to know. Nothing here raises for what others do to the disk meanwhile: what cannot be
read is not there.
"""

# Paths are strings here: ten thousands are read, and Path objects are ten times slower.
# ruff: noqa: PTH114, PTH116, PTH120, PTH123

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator

from livereload_sse.digest import digest
from livereload_sse.watch.tree import Listing, Signature, signature_of

READ_LIMIT = 8 * 1024 * 1024
"""Bytes; a larger file is not read to compare its content."""

_BREATH = 128  # files between two moments in which other threads may run
_LINKS_IN_A_PATH = 2  # more symbolic links to folders on one path are a maze, not a site


def status_at(path: str) -> os.stat_result | None:
    """Stat a path, following links; None where there is nothing that can be seen."""
    try:
        return os.stat(path)
    except (OSError, ValueError):  # ValueError: a name that this system cannot have
        return None


def signature_at(path: str) -> Signature | None:
    """Take the signature of a regular file; None for anything else."""
    status = status_at(path)
    return signature_of(status) if status is not None and stat.S_ISREG(status.st_mode) else None


def digest_at(path: str, signature: Signature) -> str | None:
    """Read a file and name its content; None if it is too large or not the one with that signature,
    before the reading and after it.
    """
    if signature.size > READ_LIMIT:
        return None
    try:
        with open(path, "rb") as file:
            if signature_of(os.fstat(file.fileno())) != signature:
                return None
            content = file.read(READ_LIMIT + 1)
            after = signature_of(os.fstat(file.fileno()))
    except OSError:  # it went away, or may not be read: then nobody knows what is in it
        return None
    return digest(content) if after == signature else None


def list_folder(path: str, *, files: bool = True) -> tuple[Listing, list[str]] | None:
    """List one folder and name its subfolders; None where it cannot be read.

    With `files` false only the folders are looked at, which is several times faster.
    """
    found: dict[str, Signature] = {}
    subfolders: list[str] = []
    try:
        folder = signature_of(os.stat(path))
        with os.scandir(path) as entries:
            for entry in entries:
                if _is_folder(entry):
                    subfolders.append(entry.path)
                elif files and (signature := _signature_of_entry(entry)) is not None:
                    found[entry.name] = signature
    except OSError:  # gone, or not ours to read
        return None
    return Listing(folder, found), subfolders


def scan(
    tops: Iterable[str],
    *,
    enters: Callable[[str], bool],
    breathe: Callable[[], None],
    files: bool = True,
) -> Iterator[tuple[str, Listing]]:
    """List folders and all below them that `enters` agrees to.

    `breathe` is called every few hundred microseconds of work, so that other threads get their turn.
    """
    stack = list(tops)
    work = 0
    while stack:
        path = stack.pop()
        seen = list_folder(path, files=files)
        if seen is None:
            continue
        listing, subfolders = seen
        yield path, listing
        stack.extend(folder for folder in subfolders if enters(folder) and not _is_maze(folder))
        work += 4 + len(listing.files)
        if work > _BREATH:
            work = 0
            breathe()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a loop
        return False


def _signature_of_entry(entry: os.DirEntry[str]) -> Signature | None:
    try:
        # On Windows an entry's own stat has no inode and can be old.
        status = os.stat(entry.path) if sys.platform == "win32" else entry.stat()
    except OSError:  # it went away, or is a link to nothing
        return None
    return signature_of(status) if stat.S_ISREG(status.st_mode) else None


def _is_maze(folder: str) -> bool:
    """Whether a symbolic link leads back to where it is, above it, or through too many links."""
    if not os.path.islink(folder):
        return False
    target = os.path.realpath(folder)
    above = list(_upwards(os.path.dirname(folder)))
    if sum(map(os.path.islink, above)) >= _LINKS_IN_A_PATH:
        return True
    real = {os.path.realpath(path) for path in above}
    real.update(_upwards(os.path.realpath(above[0])))
    return target in real


def _upwards(path: str) -> Iterator[str]:
    while True:
        yield path
        parent = os.path.dirname(path)
        if parent == path:
            return
        path = parent
