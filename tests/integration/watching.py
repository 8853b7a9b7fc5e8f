"""What tests of the watcher share: watch a folder, and wait for what is told about it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from livereload_sse.digest import digest
from livereload_sse.watch import ChangeSet, Ignore, Watcher, coarse_milliseconds, signature_of

PATIENCE = 10.0
"""Seconds after which a test gives up; everything awaited is expected within a fraction of one."""


class Sight:
    """What a watcher has told, as {path below the root: kind}."""

    def __init__(self, watcher: Watcher, root: Path) -> None:
        self.watcher = watcher
        self.root = root
        self.sets: list[ChangeSet] = []

    async def next(self) -> dict[str, str]:
        """Wait for the next change set."""
        async with asyncio.timeout(PATIENCE):
            self.sets.append(await anext(self.watcher))
        return self.names(self.sets[-1])

    async def until(self, *names: str) -> dict[str, str]:
        """Wait until all of these are told; returns all that was told meanwhile, merged."""
        merged = ChangeSet()
        told: set[str] = set()
        while not told.issuperset(names):
            told |= (await self.next()).keys()
            merged |= self.sets[-1]
        return self.names(merged)

    async def silence(self) -> dict[str, str]:
        """Change a file made for that and return what else was told before it was."""
        marker = self.root / f"marker-{time.monotonic_ns()}"
        marker.write_text("told in order")
        told = await self.until(marker.name)
        del told[marker.name]
        return told

    def names(self, changes: ChangeSet) -> dict[str, str]:
        return {self._name(change.path): change.kind.value for change in changes.changes}

    def digest_of(self, name: str) -> str | None:
        """Look up the digest with which a file was told last."""
        found = [c.digest for told in self.sets for c in told.changes if self._name(c.path) == name]
        return found[-1]

    def serve(self, name: str) -> None:
        """Do what a server does when somebody asks for a file."""
        path = self.root / name
        self.watcher.remember(path, signature_of(path.stat()), digest(path.read_bytes()))

    def _name(self, path: Path) -> str:
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )


@asynccontextmanager
async def watching(
    *roots: Path,
    ignore: Callable[[Path], Ignore] = Ignore,
    poll: bool = False,
    strategy: str = "flat",
    idle_interval: float = 60.0,
    notices: list[str] | None = None,
) -> AsyncIterator[Sight]:
    """Watch what is there now; what was made before is old by then.

    The idle look, which would find everything in the end, comes too late to help a test.
    """
    let_time_pass()
    lines: list[str] = [] if notices is None else notices
    async with Watcher(
        roots,
        ignore=ignore,
        poll=poll,
        recursive=strategy == "recursive",
        idle_interval=idle_interval,
        notice=lines.append,
    ) as watcher:
        async with asyncio.timeout(PATIENCE):
            await watcher.armed()
        yield Sight(watcher, roots[0])


def let_time_pass() -> None:
    """Wait until a file written from now on has a later time than any file written before."""
    now = time.time_ns() // 1_000_000
    while coarse_milliseconds() <= now:
        time.sleep(0.001)


def age(path: Path) -> None:
    """Give a file the modification time of long ago."""
    os.utime(path, (1, 1))


def move(path: Path, target: Path) -> None:
    """Rename a file or a folder."""
    path.rename(target)


def fill(root: Path, files: dict[str, str] | Sequence[str]) -> None:
    """Write files, and the folders they are in."""
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name] if isinstance(files, dict) else name)


async def idle_looks_are_judged(sight: Sight) -> None:
    """What an idle look has found counts once half a second has passed without a report."""
    await eventually(lambda: sight.watcher._lookout._suspicion.deadline() is None)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for something that only another thread knows."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the thread has no event to wait for
            await asyncio.sleep(0.0005)
