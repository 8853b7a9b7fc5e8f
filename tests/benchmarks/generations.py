"""From the end of a build to its site: what comparing, copying and switching cost.

Two sites: 230 files of 12 MB, as MkDocs Material writes for 200 pages, and 5,000 files of 50 MB. In
each build every file is written anew, and three differ.

Run: python -m tests.benchmarks.generations
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from livereload_sse.build.generations import Generations
from livereload_sse.build.manifest import TICK, look, scan
from livereload_sse.build.workspace import Workspace
from livereload_sse.watch import coarse_milliseconds
from tests.benchmarks.table import Row, print_rows

ROUNDS = 7


class Timed:
    """Milliseconds by name."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.taken.setdefault(name, []).append((time.perf_counter() - begun) * 1000)

    def row(self, name: str, aim: str = "") -> Row:
        return Row(name, self.taken[name], "ms", aim)


def write(folder: Path, files: int, size: int, *, number: int = 0) -> None:
    """Write a whole site; three of its files say which build it was."""
    for at in range(files):
        path = folder / f"section-{at % 20}" / f"page-{at}" / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{at} {number if at < 3 else 0}".encode().ljust(size))


async def measure(place: Path, files: int, size: int) -> Timed:
    """Do everything some times over, with the disk's cache warm."""
    timed = Timed()
    with Workspace(place, above=place) as workspace:
        _scan(timed, workspace.folder("scanned"), files, size)
        await _show_fresh(timed, _generations(place, workspace), files, size)
        await _show_in_place(timed, _generations(place, workspace), files, size)
    return timed


def _generations(place: Path, workspace: Workspace) -> Generations:
    memory = place / "memory.json"
    memory.unlink(missing_ok=True)
    return Generations(workspace, memory=memory, clock=coarse_milliseconds)


def _scan(timed: Timed, folder: Path, files: int, size: int) -> None:
    write(folder, files, size)
    time.sleep(2 * TICK / 1000)  # what was written in this very moment is read once more
    known = scan(folder)
    for _ in range(ROUNDS):
        with timed("look"):
            look(folder)
        with timed("scan anew"):
            scan(folder)
        with timed("scan known"):
            scan(folder, known=known)
    shutil.rmtree(folder)


async def _show_fresh(timed: Timed, generations: Generations, files: int, size: int) -> None:
    for number in range(ROUNDS):
        staging = generations.stage()
        write(staging, files, size, number=number)
        if number == 0:
            await generations.show(staging)
            continue
        with timed("show fresh"):
            await generations.show(staging)
        with timed("put"):
            generations.put({PurePosixPath("section-0/page-0/index.html"): b"%d" % number})


async def _show_in_place(timed: Timed, generations: Generations, files: int, size: int) -> None:
    place = generations.stage_in_place()
    for number in range(ROUNDS):
        write(place, files if number == 0 else 3, size, number=number)
        with timed("show in place" if number else "show in place first"):
            await generations.show(place)
    with timed("reseed"):
        await generations.reseed()


def main() -> None:
    """Print the tables."""
    for files, size, aim in ((230, 52_000, "aim: ≤ 40"), (5000, 10_000, "aim: ≤ 300")):
        with tempfile.TemporaryDirectory() as folder:
            timed = asyncio.run(measure(Path(folder), files, size))
        rows = [timed.row(name, aim if name == "scan anew" else "") for name in timed.taken]
        print_rows(f"{files} files, {files * size / 1e6:.0f} MB, of which three differ", rows)


if __name__ == "__main__":
    main()
