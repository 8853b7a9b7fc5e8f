"""The only place of the web part that opens files.

Knows how a file is read so that the answer is one version of one regular file below the root:
links are followed and then judged by where they lead, nothing that could block or act when it is
opened (a pipe, a device) is opened, and what changed while it was read is not an answer. Refuses to
know URLs and HTTP.
"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from livereload_sse.watch.tree import Signature, signature_of
from livereload_sse.web.urls import is_denied

_PACKAGE_STORE = ".pnpm"
"""pnpm links every package into this folder below node_modules; the links are the way in."""

BEGINNING = 64 * 1024
"""Bytes that are read of a file too large to be held."""

_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the file's signature, its size in bytes, and its bytes unless it was too large.

    `beginning` is what was read in either case. `steady`: nothing changed meanwhile, so this is one
    version of the file. `unfinished`: somebody has it open for writing; None where nobody can tell.
    """

    signature: Signature
    size: int
    raw: bytes | None
    beginning: bytes
    steady: bool
    unfinished: bool | None = None


def contained(path: Path, *, root: Path) -> Path:
    """Follow every link and return where the path leads, when that may be served.

    Raises `FileNotFoundError` when it leads nowhere, out of the root, or to a denied name: a link
    `public` to `.git` does not make that public.
    """
    real_root = Path(os.path.realpath(root))
    real = Path(os.path.realpath(path, strict=True))
    if not real.is_relative_to(real_root) or _is_hidden(real.relative_to(real_root)):
        raise FileNotFoundError(path)
    return real


def _is_hidden(relative: PurePath) -> bool:
    return any(is_denied(name) for name in relative.parts if name != _PACKAGE_STORE)


def open_file(path: Path, *, root: Path) -> int:
    """Open a regular file below the root; return its descriptor, which the caller closes.

    Raises `OSError`; `FileNotFoundError` also for what is not a regular file.
    """
    real = contained(path, root=root)
    if not stat.S_ISREG(real.stat().st_mode):
        raise FileNotFoundError(path)
    descriptor = os.open(real, _OPEN_FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # replaced between the two calls
        os.close(descriptor)
        raise FileNotFoundError(path)
    return descriptor


def read_file(
    path: Path,
    *,
    root: Path,
    limit: int,
    is_being_written: Callable[[int], bool | None] = lambda _descriptor: None,
) -> Reading:
    """Read a file of up to `limit` bytes; of a larger one only the beginning.

    `is_being_written` is asked about the open file once it has been read. Raises `OSError` like `open_file`.
    """
    descriptor = open_file(path, root=root)
    try:
        before = os.fstat(descriptor)
        whole = before.st_size <= limit
        read = _read_up_to(limit if whole else BEGINNING, descriptor)
        unfinished = is_being_written(descriptor)
    finally:
        os.close(descriptor)
    signature = signature_of(before)
    size = len(read) if whole else before.st_size
    steady = size == before.st_size and signature == signature_of(path.stat())
    return Reading(signature, size, read if whole else None, read, steady, unfinished)


def _read_up_to(size: int, descriptor: int) -> bytes:
    chunks = []
    while size and (chunk := os.read(descriptor, min(size, 1 << 20))):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
