"""What is in a folder, for a person to look at.

Knows names, sizes and times on the disk. Shows only what would be served: no hidden names, no link
that leads out of the root. Refuses to know how it is drawn.
"""

import os
import re
import stat
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from livereload_sse.web.disk import contained
from livereload_sse.web.pages import Entry, Link
from livereload_sse.web.urls import canonical_url, folder_url, is_denied

SHOWN_LIMIT = 2000
"""Entries on one page."""

_NUMBER = re.compile(r"(\d+)")


def read_entries(root: Path, relative: PurePosixPath, *, prefix: str) -> list[Entry]:
    """List a folder: folders first, names in the order a person expects (`page2` before `page10`).

    Raises `OSError` when the folder cannot be read or leads out of the root.
    """
    folder = contained(root / relative, root=root)
    with os.scandir(folder) as found:
        entries = [
            _entry(item, root, relative, prefix) for item in found if not is_denied(item.name)
        ]
    return sorted((entry for entry in entries if entry is not None), key=_order)


def _entry(
    item: "os.DirEntry[str]", root: Path, relative: PurePosixPath, prefix: str
) -> Entry | None:
    try:
        if item.is_symlink():
            contained(Path(item.path), root=root)
        status = item.stat()
    except OSError:
        return None  # gone meanwhile, or a link that leads nowhere we serve
    path = relative / item.name
    if stat.S_ISDIR(status.st_mode):
        return Entry(f"{item.name}/", folder_url(path, prefix=prefix), None, status.st_mtime)
    if not stat.S_ISREG(status.st_mode):
        return None
    return Entry(item.name, canonical_url(path, prefix=prefix), status.st_size, status.st_mtime)


def _order(entry: Entry) -> tuple[bool, list[tuple[int, str]], str]:
    parts = _NUMBER.split(entry.name.rstrip("/").casefold())
    natural = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
    return entry.size is not None, natural, entry.name


def crumbs(root: Path, relative: PurePosixPath, *, prefix: str) -> list[Link]:
    """Lead from the root to a folder."""
    folders = [relative, *relative.parents][::-1]
    names = [root.name or root.anchor, *relative.parts]
    return [
        Link(name, folder_url(folder, prefix=prefix))
        for name, folder in zip(names, folders, strict=True)
    ]


def find_nearby(root: Path, relative: PurePosixPath, *, prefix: str) -> list[Link]:
    """Name what has a similar name in the same folder; nothing when that cannot be read."""
    try:
        entries = read_entries(root, relative.parent, prefix=prefix)
    except OSError:
        return []
    by_stem = {entry.name.rstrip("/").removesuffix(".html").casefold(): entry for entry in entries}
    wanted = relative.name.removesuffix(".html").casefold()
    return [
        Link(by_stem[stem].name, by_stem[stem].url)
        for stem in get_close_matches(wanted, by_stem, n=5, cutoff=0.6)
    ]
