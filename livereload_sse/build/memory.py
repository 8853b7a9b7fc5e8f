"""When each file of a site became different: what a tab missed that was away, even while no server ran.

Knows one JSON file. Refuses to know contents: a file is its path and the digest of what is in it.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from livereload_sse.build.manifest import Difference, difference
from livereload_sse.watch.changes import ChangeKind

MOST_DELETED = 1000
"""Deleted files that are remembered; the oldest are forgotten first."""

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Remembered:
    """A file that has been different since `milliseconds` (since 1970); digest None: it is gone."""

    digest: str | None
    milliseconds: int


class Memory:
    """What is known of a site, kept in `path` beyond this run; None keeps it nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._files: dict[str, Remembered] = _read(path) if path else {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any run before."""
        return not self._files

    def digests(self) -> dict[str, str]:
        """Say what the site consisted of."""
        return {path: one.digest for path, one in self._files.items() if one.digest is not None}

    def learn(self, now: Mapping[str, str], milliseconds: int) -> tuple[Difference, ...]:
        """Take what the site consists of since a moment; returns what is different."""
        differences = difference(self.digests(), now)
        for one in differences:
            self._files[one.path.as_posix()] = Remembered(one.digest, milliseconds)
        if differences:
            self._forget_some()
            self._write()
        return differences

    def changed_since(self, milliseconds: int) -> tuple[Difference, ...]:
        """Say what became different at or after a moment; whether it was there before is forgotten."""
        return tuple(
            Difference(PurePosixPath(path), _kind(one), one.digest)
            for path, one in sorted(self._files.items())
            if one.milliseconds >= milliseconds
        )

    def _forget_some(self) -> None:
        gone = [path for path, one in self._files.items() if one.digest is None]
        gone.sort(key=lambda path: self._files[path].milliseconds)
        for path in gone[:-MOST_DELETED]:
            del self._files[path]

    def _write(self) -> None:
        if self._path is None:
            return
        files = {path: [one.digest, one.milliseconds] for path, one in self._files.items()}
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps({"format": _FORMAT, "files": files}), encoding="ascii")
            beside.replace(self._path)
        except OSError:  # a full disk, or one that may only be read: the next run knows less
            self._path = None


def _kind(one: Remembered) -> ChangeKind:
    return ChangeKind.DELETED if one.digest is None else ChangeKind.MODIFIED


def _read(path: Path) -> dict[str, Remembered]:
    """Read what is remembered; what cannot be read, or is of another release, counts as nothing."""
    try:
        value = json.loads(path.read_text(encoding="ascii"))
        if value["format"] != _FORMAT:
            return {}
        return {
            name: Remembered(None if found is None else str(found), int(when))
            for name, (found, when) in value["files"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
