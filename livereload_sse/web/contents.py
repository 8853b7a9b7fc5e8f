"""The contents of files, held in memory for as long as the file is the same.

Knows when a file may be served (by the rules of `whole`), reads it then, and keeps what it read:
one `stat` tells the next request that it still holds. Refuses to know URLs and requests. Used by
one event loop.
"""

import asyncio
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.digest import digest
from livereload_sse.watch.tree import Signature, signature_of
from livereload_sse.web import content_types
from livereload_sse.web.disk import Reading, read_file
from livereload_sse.web.injection import Place, find_place
from livereload_sse.web.whole import LEAST_QUIET, LONGEST_WAIT, Sighting, needed_quiet, tail
from livereload_sse.web.writers import is_being_written

FILE_LIMIT = 8 * 1024 * 1024
"""Bytes up to which a file is read whole and held; a larger one is streamed from the disk."""

MEMORY_LIMIT = 64 * 1024 * 1024
"""Bytes of files held at once."""

_THREAD_SIZE = 1024 * 1024
"""Bytes from which reading and hashing would make other requests wait."""

_LOOK_INTERVAL = 0.005
_REMEMBERED = 10_000
_CODE = frozenset({content_types.HTML, content_types.CSS, content_types.JAVASCRIPT})


@dataclass(frozen=True, slots=True)
class Content:
    """One version of one file. `raw` is None, and `digest` empty, for one too large to be held.

    `type` is the Content-Type; `place` where the tag goes, None for what is not an HTML page.
    """

    signature: Signature
    size: int
    raw: bytes | None
    digest: str
    type: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds: `wall` is the clock that stamps files, `steady` only ever goes forward."""

    wall: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic


class Contents:
    """What is known of the files below a root, least recently used first.

    `on_read(path, signature, digest)` is told of each version that is going to be served. `finished`
    says that nobody writes below the root any more, so that no file has to prove it by being quiet.
    """

    def __init__(
        self,
        root: Path,
        *,
        on_read: Callable[[Path, Signature, str], None],
        finished: bool = False,
        file_limit: int = FILE_LIMIT,
        memory_limit: int = MEMORY_LIMIT,
        clocks: Clocks | None = None,
        is_being_written: Callable[[int], bool | None] = is_being_written,
    ) -> None:
        self._root = root
        self._on_read = on_read
        self._finished = finished
        self._file_limit = file_limit
        self._memory_limit = memory_limit
        self._clocks = clocks or Clocks()
        self._is_being_written = is_being_written
        self._held: OrderedDict[str, Content] = OrderedDict()
        self._held_size = 0
        self._tails: OrderedDict[str, bytes] = OrderedDict()

    def find(self, path: str) -> Content | None:
        """Return what is held of a file, if one `stat` says that it still is the same."""
        content = self._held.get(path)
        if content is None:
            return None
        try:
            status = os.stat(path)  # noqa: PTH116 - on each request, and half the time of Path.stat
        except OSError:
            return None
        if signature_of(status) != content.signature:
            return None
        self._held.move_to_end(path)
        return content

    def has_served(self, path: str) -> bool:
        """Tell whether a file was there before."""
        return path in self._tails

    def forget(self, path: str) -> None:
        """Let go of a file that is gone for good."""
        self._tails.pop(path, None)
        self._drop(path)

    async def read(self, path: Path) -> Content:
        """Return the file's content as soon as it may be served: at once when it is long unchanged.

        Raises `OSError` when the file is gone, leads out of the root or cannot be read.
        """
        key = str(path)
        sighting = Sighting(self._clocks.steady())
        candidate: _Candidate | None = None
        while (content := self.find(key)) is None:
            size, same = self._look(path, sighting)
            late = sighting.waited >= LONGEST_WAIT
            rested = self._finished or sighting.quiet >= LEAST_QUIET
            if candidate is None or not same or not candidate.holds:
                candidate = await self._load(path, size, rested=rested, anyhow=late)
            if candidate and (late or sighting.quiet >= self._needed_quiet(key, candidate)):
                return self._keep(path, candidate.content, hold=rested and not late)
            await asyncio.sleep(_LOOK_INTERVAL)
        return content

    def _look(self, path: Path, sighting: Sighting) -> tuple[int, bool]:
        status = path.stat()
        same = sighting.see(
            signature_of(status),
            touched=max(status.st_mtime, status.st_ctime),
            wall=self._clocks.wall(),
            now=self._clocks.steady(),
        )
        return status.st_size, same

    async def _load(
        self, path: Path, size: int, *, rested: bool, anyhow: bool
    ) -> "_Candidate | None":
        def load() -> _Candidate | None:
            reading = read_file(
                path,
                root=self._root,
                limit=self._file_limit,
                is_being_written=self._is_being_written,
            )
            if not reading.steady and not anyhow:
                return None
            return _Candidate(_describe(path.name, reading), reading.unfinished, rested)

        return await asyncio.to_thread(load) if size > _THREAD_SIZE else load()

    def _needed_quiet(self, key: str, candidate: "_Candidate") -> float:
        if self._finished:
            return 0.0
        kind = candidate.content.type.partition(";")[0]
        return needed_quiet(
            candidate.content.raw,
            is_html=kind == content_types.HTML,
            is_code=kind in _CODE,
            known_tail=self._tails.get(key),
            unfinished=candidate.unfinished,
        )

    def _keep(self, path: Path, content: Content, *, hold: bool) -> Content:
        key = str(path)
        self._drop(key)
        if content.raw is not None:
            self._remember_tail(key, content.raw)
            if hold:
                self._hold(key, content)
                self._on_read(path, content.signature, content.digest)
        return content

    def _remember_tail(self, key: str, raw: bytes) -> None:
        self._tails[key] = tail(raw)
        self._tails.move_to_end(key)
        if len(self._tails) > _REMEMBERED:
            self._tails.popitem(last=False)

    def _hold(self, key: str, content: Content) -> None:
        self._held[key] = content
        self._held_size += content.size
        while self._held_size > self._memory_limit:
            self._drop(next(iter(self._held)))

    def _drop(self, key: str) -> None:
        content = self._held.pop(key, None)
        self._held_size -= content.size if content else 0


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What was read, while it is not certain yet that it may be served.

    `rested`: it was read so long after the last write that the signature stands for this content.
    """

    content: Content
    unfinished: bool | None
    rested: bool

    @property
    def holds(self) -> bool:
        """Whether it need not be read again as long as the signature is the same."""
        return self.rested and not self.unfinished


def _describe(name: str, reading: Reading) -> Content:
    raw = reading.raw
    kind = content_types.type_of(name, raw)
    is_page = kind == content_types.HTML
    return Content(
        signature=reading.signature,
        size=reading.size,
        raw=raw,
        digest="" if raw is None else digest(raw),
        type=content_types.content_type(kind, raw),
        place=find_place(reading.beginning, whole=True) if is_page else None,
    )
