"""The private folder in which one run keeps what generators write.

Knows the system's temporary folder, and which of the folders there belong to nobody any more.
Refuses to know what is written into it. What a killed run has left is removed by the next one: a
lock that the system lets go of when its process ends says who is alive.
"""

import getpass
import os
import shutil
import stat
import sys
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
        self._lock = (self.path / _LOCK).open("wb", buffering=0)
        _lock(self._lock, wait=True)  # somebody who looks for leftovers may just be asking
        self._lock.write(b"locked")
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
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not _is_own(folder.stat(follow_symlinks=False)):
        raise ServerError(
            "The folder for builds is not a folder of this user",
            where=str(folder),
            hint="Set TMPDIR to a folder of your own.",
        )
    if os.name == "posix":
        folder.chmod(0o700)
    return folder


def _is_own(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode) and (sys.platform == "win32" or found.st_uid == os.getuid())


def remove_leftovers(home: Path) -> None:
    """Remove the folders of runs that have ended without a word."""
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink() and _is_abandoned(path):
            remove(path)


def remove(path: Path) -> None:
    """Remove a folder with all that is in it, as far as the system lets us; links are not followed,
    not even one that stands in the place of the folder.
    """
    if path.is_symlink():
        with suppress(OSError):
            path.unlink()
        return
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
    """Whether nobody holds the lock; one that was never held may be about to be."""
    try:
        with (path / _LOCK).open("r+b") as file:
            _lock(file, wait=False)
            if os.fstat(file.fileno()).st_size:
                return True
    except FileNotFoundError:
        pass
    except OSError:  # held by somebody alive, or not ours to ask
        return False
    return _is_old(path)


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > YOUNG
    except FileNotFoundError:  # another run that has just begun was quicker to remove it
        return False


def _lock(file: IO[bytes], *, wait: bool) -> None:
    """Lock a file for as long as it is open; raises `OSError` when somebody else has."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only there

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - not on Windows

        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
