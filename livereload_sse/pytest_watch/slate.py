"""What the processes of a run are about to write, put down in a file.

A run that shares its tests out hears of its processes over lines of their own, late on a busy machine:
the disk may tell whoever watches of a file before they do. So each puts down what it writes before
it does, and whoever is told of a change looks here first. Knows that file. Refuses to know who writes.
"""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from livereload_sse.pytest_watch.messages import Message, Wrote

Tell = Callable[[Message], None]

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_FLAGS |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)  # POSIX; Windows


def choose_slate() -> str:
    """Name a file that nobody else has; it is there once something has been put down."""
    name = f"sse-reload-{os.getpid()}-{os.urandom(8).hex()}"
    return os.path.join(tempfile.gettempdir(), name)  # noqa: PTH118 - it travels as a text


def putting_down(slate: str, tell: Tell) -> Tell:
    """Tell everything but what is about to be written: that is put down, where it can be."""

    def put_down_or_tell(message: Message) -> None:
        if not (slate and isinstance(message, Wrote) and _put_down(slate, message.paths)):
            tell(message)

    return put_down_or_tell


def _put_down(slate: str, paths: Sequence[str]) -> bool:
    """Say whether it could be done: the disk may be full."""
    # A line of its own, also behind one that a full disk has cut off.
    line = b"\n" + json.dumps(paths).encode() + b"\n"
    try:
        descriptor = os.open(slate, _FLAGS, 0o600)
    except OSError:
        return False
    try:
        # At once, behind what others put down meanwhile (POSIX, write(2) with O_APPEND).
        return os.write(descriptor, line) == len(line)
    except OSError:
        return False
    finally:
        os.close(descriptor)


class Slate:
    """The end of whoever watches. `path` as `choose_slate` gave it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._read = 0  # bytes

    def read(self) -> set[str]:
        """Give the paths that were put down since this was called last."""
        try:
            with open(self.path, "rb") as file:  # noqa: PTH123 - it is asked for at each change
                file.seek(self._read)
                *lines, _ = file.read().split(b"\n")
        except OSError:
            return set()  # nobody has put down anything
        self._read += sum(map(len, lines)) + len(lines)
        found = {self.path} if lines else set()
        for line in filter(None, lines):
            with suppress(ValueError):  # cut off where the disk was full: it was told as well
                found.update(json.loads(line))
        return found

    def remove(self) -> None:
        """Leave nothing."""
        with suppress(OSError):
            Path(self.path).unlink()
