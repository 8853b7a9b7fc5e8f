"""What a path below the root stands for on the disk: a page, another file, a folder, nothing.

Knows clean URLs: which file answers to which path, in which order. Refuses to open anything, and to
know prefixes, queries and answers.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from livereload_sse.web.urls import INDEX, PAGE_SUFFIX


@dataclass(frozen=True, slots=True)
class File:
    """A regular file; `relative` is its path below the root."""

    relative: PurePosixPath


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder without an index page."""

    relative: PurePosixPath


def candidates(relative: PurePosixPath, *, slash: bool) -> list[PurePosixPath]:
    """List the files that answer to a path, best first; `slash` when the URL ends with one.

    `/about`: the file `about`, the page `about.html`, the folder's page. `/about/`: the folder's
    page, then `about.html`. The ones whose own URL is another are for a redirect.
    """
    index = relative / INDEX
    if not relative.parts:
        return [index]
    page = relative.with_name(relative.name + PAGE_SUFFIX)
    return [index, page] if slash else [relative, page, index]


def resolve(root: Path, relative: PurePosixPath, *, slash: bool) -> File | Folder | None:
    """Find what is there for a path now. Links are followed, but not judged."""
    for candidate in candidates(relative, slash=slash):
        if _mode_is(root / candidate, stat.S_ISREG):
            return File(candidate)
    return Folder(relative) if _mode_is(root / relative, stat.S_ISDIR) else None


def _mode_is(path: Path, is_kind: Callable[[int], bool]) -> bool:
    try:
        return is_kind(path.stat().st_mode)
    except (OSError, ValueError):  # ValueError: a name that the system cannot even spell
        return False
