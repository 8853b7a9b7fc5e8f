"""Where a record is kept: one file, written whole or not at all.

Knows the disk, and what to tell the user when it is in the way. Refuses to know what is in a record.
"""

import os
from pathlib import Path

from livereload_sse.pytest_watch.affected.remembered import ForeignError, Remembered, dump, load


class Shelf:
    """The file of one project's record; None keeps nothing."""

    def __init__(self, path: Path | None, *, rootdir: str) -> None:
        self._path = path
        self._rootdir = rootdir

    def read(self) -> tuple[Remembered, str]:
        """Read it; the text is a line for the user where something was dropped, else empty."""
        if self._path is None:
            return Remembered(), ""
        try:
            return load(self._path.read_bytes(), rootdir=self._rootdir), ""
        except FileNotFoundError:
            line = ""
        except ForeignError:
            line = f"The record of earlier runs is of another Python or project: {self._path}"
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            line = f"The record of earlier runs cannot be read and is dropped: {self._path}"
        return Remembered(), line

    def write(self, known: Remembered) -> str:
        """Write it; gives a line for the user where that cannot be done, once."""
        if self._path is None:
            return ""
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            _make_folder(self._path.parent)
            beside.write_bytes(dump(known, rootdir=self._rootdir))
            beside.replace(self._path)
        except OSError as error:
            path, self._path = self._path, None
            return f"What this run has shown cannot be kept: {path}: {error.strerror}"
        return ""


def _make_folder(folder: Path) -> None:
    """Make a folder that git does not see, wherever it is."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="ascii")
