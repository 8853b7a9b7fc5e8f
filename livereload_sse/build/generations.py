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
_BESIDE = ".sse-reload-new"


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
        self._staged: set[Path] = set()
        self._kept: list[Path] = []
        self._removing: set[asyncio.Future[None]] = set()

    @property
    def files(self) -> int:
        """How many files the live one has."""
        return len(self._site)

    def stage(self) -> Path:
        """Make an empty folder for a build that writes everything."""
        staging = self._workspace.make_staging()
        self._staged.add(staging)
        return staging

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
        self._staged.discard(staging)
        await asyncio.to_thread(remove, staging)

    async def show(self, output: Path) -> tuple[Difference, ...]:
        """Make an output the live generation, and say what is different to the one before.

        A folder from `stage` becomes the generation itself, or is removed when this fails; any other
        is copied. The first one is compared with what the last run showed. Raises
        `EmptyOutputError`, or `OSError` when the disk is full.
        """
        if self._removing:  # so that there is never more than one too many
            await asyncio.wait(self._removing)
        folder, site = await self._make(output)
        if self.live is not None:
            self._kept.append(self.live)
        self.live, self._site = folder, site
        self.on_switch(folder)
        self._remove_old()
        return self._memory.learn(digests(site), self._clock())

    def put(self, files: Mapping[PurePosixPath, bytes]) -> tuple[Difference, ...]:
        """Show single files before their build is over; returns those that are different.

        What cannot be written is left to the build, which will say why: a file in the place of a
        folder or below another file, one outside of the site, one for which the disk is too full.
        """
        assert self.live is not None  # noqa: S101 - there is nothing to put it into before
        for path, content in files.items():
            entry = self._site.get(path.as_posix())
            if (entry is None or entry.digest != digest(content)) and _is_inside(path):
                self._put(self.live / path, path.as_posix(), content)
        return self._memory.learn(digests(self._site), self._clock())

    def changed_since(self, milliseconds: int) -> tuple[Difference, ...]:
        """Say what became different at or after a moment, in this run or before it."""
        return self._memory.changed_since(milliseconds)

    def _put(self, target: Path, path: str, content: bytes) -> None:
        held = self._site.pop(path, None)  # before it is replaced, as `_share` relies on
        try:
            self._site[path] = _replace(target, content)
        except OSError:
            if held is not None:
                self._site[path] = held

    async def _make(self, output: Path) -> tuple[Path, dict[str, Entry]]:
        """Make a generation of an output, and leave nothing of it when that is cancelled."""
        make = self._adopt if output in self._staged else self._copy
        self._staged.discard(output)
        making = asyncio.create_task(asyncio.to_thread(make, output))
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            await asyncio.wait([making])  # nobody can stop a thread
            if not making.exception():
                await asyncio.to_thread(remove, making.result()[0])
            raise

    def _adopt(self, output: Path) -> tuple[Path, dict[str, Entry]]:
        try:
            return output, _scan(output, {})
        except EmptyOutputError:
            remove(output)
            raise

    def _copy(self, output: Path) -> tuple[Path, dict[str, Entry]]:
        self._seen_in_place = found = _scan(output, self._seen_in_place)
        folder = self._workspace.make_staging()
        try:
            return folder, self._fill(folder, output, found)
        except OSError:
            remove(folder)
            raise

    def _fill(self, folder: Path, output: Path, found: Mapping[str, Entry]) -> dict[str, Entry]:
        """Copy what differs from the live generation, and link the rest to it."""
        for parent in {path.rpartition("/")[0] for path in found}:
            (folder / parent).mkdir(parents=True, exist_ok=True)
        return {
            path: entry
            for path, entry in found.items()
            if self._share(path, entry, folder / path) or _copy_file(output / path, folder / path)
        }

    def _share(self, path: str, entry: Entry, target: Path) -> bool:
        """Share a file with the live generation, if it has it with the same content.

        Meanwhile `put` may replace that file, in another thread. It forgets what it is about to
        replace: who still finds it known after having linked it has linked what is known.
        """
        held = self._site.get(path)
        if self.live is None or held is None or held.digest != entry.digest:
            return False
        if not _link(self.live / path, target):
            return False
        if self._site.get(path) is held:
            return True
        target.unlink()
        return False

    def _remove_old(self) -> None:
        """Remove in a thread what no request can still be about; nobody has to wait for it."""
        loop = asyncio.get_running_loop()
        while len(self._kept) > MOST_KEPT:
            removing = loop.run_in_executor(None, remove, self._kept.pop(0))
            self._removing.add(removing)
            removing.add_done_callback(self._removing.discard)

    def _reseed(self) -> None:
        place = self._workspace.path / _PLACE
        remove(place)
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


def _copy_file(source: Path, target: Path) -> bool:
    """Copy a file with its times, by which incremental generators know what is up to date.

    False when a generator that goes on writing has removed it.
    """
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        return False
    return True


def _is_inside(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts


def _replace(target: Path, content: bytes) -> Entry:
    """Put a file in the place of another, in one step: whoever reads gets the one or the other.

    The name beside it begins with a dot, so it is never served.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(_BESIDE)
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return Entry(digest(content), signature_of(target.stat()))
