"""What a site consists of: each file's digest. What is different between two of them.

Reads folders, and only those files again that do not look as they did. Refuses to know which of two
is served.
"""

# Paths are strings here: thousands are looked at for each build, and Path objects are slower.
# ruff: noqa: PTH116, PTH118, PTH123

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from livereload_sse.digest import digest
from livereload_sse.watch.changes import ChangeKind
from livereload_sse.watch.tree import Signature, coarse_milliseconds, signature_of

THREADS = 4
"""Hashing and reading let other threads run; more of them than this gain nothing."""

TICK = 20
"""Milliseconds; the clocks that stamp files move in steps, on Windows of 15.6 ms. A file that was
written in the step in which it was looked at may be written once more without looking different.
"""

_CHUNK = 64
_NEVER = Signature(0, 0, 0, 0)


class Entry(NamedTuple):
    """One file: the digest of its content, and how it looked when that was read."""

    digest: str
    signature: Signature


Manifest = Mapping[str, Entry]
"""Path below the site's root, with slashes, → file."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One file of a site is different. `digest` names the new content; a deleted file has none."""

    path: PurePosixPath
    kind: ChangeKind
    digest: str | None = None


def scan(folder: Path, *, known: Manifest | None = None) -> dict[str, Entry]:
    """Look at every file below a folder. What still looks as it is `known` is not read again.

    Links to files count as what they lead to, unless that is outside; links to folders, pipes and
    devices do not count. What vanishes meanwhile, or may not be read, is left out. Raises `OSError`
    when that is the folder itself.
    """
    began = coarse_milliseconds()
    found = look(folder)
    entries = {path: entry for path, entry in (known or {}).items() if path in found}
    entries = {path: entry for path, entry in entries.items() if entry.signature == found[path]}
    unknown = sorted(found.keys() - entries.keys())
    chunks = [unknown[at : at + _CHUNK] for at in range(0, len(unknown), _CHUNK)]
    with ThreadPoolExecutor(THREADS) as pool:
        for read in pool.map(lambda chunk: _read_all(folder, chunk, found), chunks):
            entries.update(read)
    return {path: _sure(entry, began) for path, entry in entries.items()}


def look(folder: Path) -> dict[str, Signature]:
    """Say how every file below a folder looks, without reading any. Raises `OSError` when the folder
    itself cannot be read.
    """
    return dict(_walk(os.fspath(folder), "", os.path.realpath(folder)))


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Difference, ...]:
    """Compare two sites by the digests of their files, in the order of their paths."""
    deleted = [_differ(path, ChangeKind.DELETED) for path in old.keys() - new.keys()]
    added = [_differ(path, ChangeKind.ADDED, new[path]) for path in new.keys() - old.keys()]
    modified = [
        _differ(path, ChangeKind.MODIFIED, new[path])
        for path in old.keys() & new.keys()
        if old[path] != new[path]
    ]
    return tuple(sorted([*deleted, *added, *modified]))


def digests(manifest: Manifest) -> dict[str, str]:
    """Keep of each file only what its content is called."""
    return {path: entry.digest for path, entry in manifest.items()}


def _differ(path: str, kind: ChangeKind, content: str | None = None) -> Difference:
    return Difference(PurePosixPath(path), kind, content)


def _walk(folder: str, below: str, root: str) -> Iterator[tuple[str, Signature]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                with suppress(OSError):  # gone by now, or not ours to read: the others stay
                    yield from _walk(entry.path, f"{path}/", root)
            elif (status := _status(entry, root)) is not None:
                yield path, signature_of(status)


def _status(entry: "os.DirEntry[str]", root: str) -> os.stat_result | None:
    """The status of a regular file, or of the one below the root that a link leads to."""
    try:
        # On Windows an entry's own status has no inode and can be old.
        status = os.stat(entry.path) if sys.platform == "win32" else entry.stat()
        outside = entry.is_symlink() and not _is_below(os.path.realpath(entry.path), root)
    except OSError:  # a link that leads nowhere, or gone by now
        return None
    return status if stat.S_ISREG(status.st_mode) and not outside else None


def _is_below(path: str, root: str) -> bool:
    return path.startswith(root.rstrip(os.sep) + os.sep)


def _sure(entry: Entry, began: int) -> Entry:
    """Take care that a file is read again that was written only just before it was looked at."""
    written = max(entry.signature.mtime_ns, entry.signature.ctime_ns) // 1_000_000
    return entry if written < began - TICK else Entry(entry.digest, _NEVER)


def _read_all(folder: Path, paths: list[str], found: Mapping[str, Signature]) -> dict[str, Entry]:
    read = {}
    for path in paths:
        content = _read(os.path.join(folder, path))
        if content is not None:
            read[path] = Entry(digest(content), found[path])
    return read


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
