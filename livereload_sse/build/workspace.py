"""The private folder in which one run keeps what generators write.

Knows the system's temporary folder, and which of the folders there belong to nobody any more.
Refuses to know what is written into it. What a killed run has left is removed by the next one: a
lock that the system lets go of when its process ends says who is alive.
"""

import getpass
import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from livereload_sse.digest import digest
from livereload_sse.errors import ServerError

YOUNG = 60.0
"""Seconds in which a new folder has surely got its lock."""

_LOCK = "lock"


class Workspace:
    """A folder for one run on one project; `with Workspace(project) as workspace`."""

    def __init__(self, project: Path, *, above: Path | None = None) -> None:
        self._above = above
        self._name = digest(os.fsencode(project.resolve()))
        self._staged = 0

    def __enter__(self) -> Self:
        """Make the folder, and remove those of dead runs. Raises `ServerError`, `OSError`."""
        home = own_folder(self._above or Path(tempfile.gettempdir()))
        remove_leftovers(home)
        self.path = Path(tempfile.mkdtemp(prefix=f"{self._name}-", dir=home))
        self._lock = (self.path / _LOCK).open("wb")
        _lock(self._lock)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove it; what the system does not let go of yet is for the next run to remove."""
        self._lock.close()
        remove(self.path)

    def folder(self, name: str) -> Path:
        """Give a folder of its own to one purpose; it is made when it is not there."""
        path = self.path / name
        path.mkdir(exist_ok=True)
        return path

    def make_staging(self) -> Path:
        """Make a new, empty folder."""
        self._staged += 1
        path = self.path / f"site-{self._staged}"
        path.mkdir()
        return path


def own_folder(above: Path) -> Path:
    """Find, or make, this user's folder; nobody else may enter it.

    Raises `ServerError` when somebody else has made it first: they could read or change what is
    served.
    """
    name = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
    folder = above / f"sse-reload-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.stat(follow_symlinks=False)
    if os.name == "posix":
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise ServerError(
                "The folder for builds belongs to another user",
                where=str(folder),
                hint="Set TMPDIR to a folder of your own.",
            )
        folder.chmod(0o700)
    return folder


def remove_leftovers(home: Path) -> None:
    """Remove the folders of runs that have ended without a word."""
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink() and _is_abandoned(path):
            remove(path)


def remove(path: Path) -> None:
    """Remove a folder with all that is in it, as far as the system lets us; links are not followed."""
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():  # generators copy files that may only be read, and folders like that
        _make_writable(path)
        shutil.rmtree(path, ignore_errors=True)


def _make_writable(path: Path) -> None:
    with suppress(OSError):  # of somebody else: it stays
        path.chmod(stat.S_IRWXU)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                one = Path(folder, name)
                if not one.is_symlink():
                    one.chmod(stat.S_IRWXU)


def _is_abandoned(path: Path) -> bool:
    """Whether nobody holds the lock; one that is not there yet may be about to be."""
    try:
        with (path / _LOCK).open("r+b") as file:
            _lock(file)
    except FileNotFoundError:
        return time.time() - path.stat().st_mtime > YOUNG
    except OSError:  # held by somebody alive, or not ours to ask
        return False
    return True


def _lock(file: IO[bytes]) -> None:
    """Lock a file for as long as it is open; raises `OSError` when somebody else has."""
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415 - only there

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # only there
    else:
        import fcntl  # noqa: PLC0415 - not on Windows

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
