"""The complete outputs of builds, of which exactly one is live.

Knows how an output becomes the next generation, and what is different then. Refuses to know how it
was made and who is told.

A generator that writes everything anew gets an empty folder, and that folder becomes the generation.
One that writes in place gets a working folder, of which the generation is a copy: it never touches
what is served. Our own generations share unchanged files by hard links, since nobody opens those for
writing: `put` replaces a file by another one.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from livereload_sse.build.manifest import Difference, Entry, digests, scan
from livereload_sse.build.memory import Memory
from livereload_sse.build.workspace import Workspace, remove
from livereload_sse.digest import digest
from livereload_sse.errors import EmptyOutputError
from livereload_sse.watch.tree import signature_of

MOST_KEPT = 2
"""Generations that stay when another is live: requests that have begun with one end with it."""

_PLACE = "in-place"


class Generations:
    """The generations of one site. Used by one event loop; the disk is worked on in threads.

    `memory` is a file that survives this run. `clock` says milliseconds since 1970 as files are
    stamped. `on_switch` is called, in the event loop, with each folder that is live from then on.
    """

    def __init__(
        self, workspace: Workspace, *, memory: Path | None, clock: Callable[[], int]
    ) -> None:
        self.live: Path | None = None
        self.on_switch: Callable[[Path], None] = lambda _folder: None
        self._workspace = workspace
        self._memory = Memory(memory)
        self._clock = clock
        self._site: dict[str, Entry] = {}
        self._seen_in_place: dict[str, Entry] = {}
        self._kept: list[Path] = []

    @property
    def files(self) -> int:
        """How many files the live one has."""
        return len(self._site)

    def stage(self) -> Path:
        """Make an empty folder for a build that writes everything."""
        return self._workspace.make_staging()

    def stage_in_place(self) -> Path:
        """Give the folder in which a generator goes on from what it has made before."""
        return self._workspace.folder(_PLACE)

    async def reseed(self) -> None:
        """Fill that folder anew with the last good output, as real copies with their times: what a
        killed generator has left is half written, and looks up to date to it.
        """
        await asyncio.to_thread(self._reseed)

    async def discard(self, staging: Path) -> None:
        """Remove what a failed build has left."""
        await asyncio.to_thread(remove, staging)

    async def show(self, output: Path) -> tuple[Difference, ...]:
        """Make an output the live generation, and say what is different to the one before.

        A folder from `stage` becomes the generation itself; any other is copied. The first one is
        compared with what the last run showed. Raises `EmptyOutputError`.
        """
        own = output.parent == self._workspace.path and output.name != _PLACE
        folder, site = await asyncio.to_thread(self._adopt if own else self._copy, output)
        before, self.live, self._site = self.live, folder, site
        differences = self._memory.learn(digests(site), self._clock())
        self.on_switch(folder)
        if before is not None:
            self._kept.append(before)
        while len(self._kept) > MOST_KEPT:
            await asyncio.to_thread(remove, self._kept.pop(0))
        return differences

    def put(self, files: Mapping[PurePosixPath, bytes]) -> tuple[Difference, ...]:
        """Show single files before their build is over; returns those that are different."""
        assert self.live is not None  # noqa: S101 - there is nothing to put it into before
        for path, content in files.items():
            target = self.live / path
            entry = self._site.get(path.as_posix())
            if entry is None or entry.digest != digest(content):
                self._site[path.as_posix()] = _replace(target, content)
        return self._memory.learn(digests(self._site), self._clock())

    def changed_since(self, milliseconds: int) -> tuple[Difference, ...]:
        """Say what became different at or after a moment, in this run or before it."""
        return self._memory.changed_since(milliseconds)

    def _adopt(self, output: Path) -> tuple[Path, dict[str, Entry]]:
        return output, _scan(output, {})

    def _copy(self, output: Path) -> tuple[Path, dict[str, Entry]]:
        """Copy what differs from the live generation, and link the rest to it."""
        self._seen_in_place = found = _scan(output, self._seen_in_place)
        folder = self._workspace.make_staging()
        for path, entry in found.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            held = self._site.get(path)
            same = held is not None and held.digest == entry.digest
            if not (same and self.live and _link(self.live / path, target)):
                _copy_file(output / path, target)
        return folder, found

    def _reseed(self) -> None:
        place = self._workspace.path / _PLACE
        remove(place)
        self._seen_in_place = {}
        if self.live is not None:
            shutil.copytree(self.live, place)


def _scan(output: Path, known: Mapping[str, Entry]) -> dict[str, Entry]:
    try:
        found = scan(output, known=known)
    except FileNotFoundError:
        found = {}
    if not found:
        raise EmptyOutputError(
            "The build ended well, but there is nothing in its output",
            where=str(output),
            hint="Name the folder that the command fills: sse-reload serve OUTPUT --build …, or "
            "write {output} into the command.",
        )
    return found


def _link(held: Path, target: Path) -> bool:
    """Share a file of our own; False where the file system cannot."""
    try:
        os.link(held, target)
    except OSError:
        return False
    return True


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file with its times, by which incremental generators know what is up to date."""
    with suppress(FileNotFoundError):  # a generator that goes on writing has removed it
        shutil.copy2(source, target)


def _replace(target: Path, content: bytes) -> Entry:
    """Put a file in the place of another, in one step: whoever reads gets the one or the other.

    The name beside it begins with a dot, so it is never served.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(content)
    beside.replace(target)
    return Entry(digest(content), signature_of(target.stat()))
