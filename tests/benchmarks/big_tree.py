"""A large site: how soon it is watched, and what that does to the event loop meanwhile.

20,000 files in 2,000 folders, and a node_modules of the same size that must cost nothing.

Run: python -m tests.benchmarks.big_tree
"""

import asyncio
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.watch import Watcher
from tests.benchmarks.table import Row, print_rows

FOLDERS = 2000
FILES = 10


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds, but for the last two: longest time the event loop stood still in milliseconds, and
    per cent of a core when idle.
    """

    root_stands: float
    armed: float
    full_look: float
    longest_stall: float
    idle_cpu: float


def build(root: Path, *, folders: int = FOLDERS, files: int = FILES) -> None:
    """Make the tree, once as the site and once as what its packages are."""
    for top in (root, root / "node_modules"):
        for number in range(folders):
            folder = top / f"section-{number % 40}" / f"page-{number}"
            folder.mkdir(parents=True)
            for name in range(files):
                (folder / f"{name}.html").write_text("<p>hello</p>")


async def measure(root: Path, *, idle_seconds: float = 60.0) -> Start:
    """Start a watcher while the event loop tries to tick each millisecond."""
    stalls: list[float] = []
    ticking = asyncio.create_task(_tick(stalls))
    begun = time.perf_counter()
    async with Watcher([root]) as watcher:
        waiting = watcher.wait_for(root / "index.html")
        if waiting is not None:
            await waiting
        root_stands = time.perf_counter() - begun
        await watcher.armed()
        armed = time.perf_counter() - begun
        begun = time.perf_counter()
        await watcher.changed_since(watcher.started_at)
        full_look = time.perf_counter() - begun
        ticking.cancel()
        return Start(root_stands, armed, full_look, max(stalls) * 1000, await _idle(idle_seconds))


async def _tick(stalls: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        stalls.append(time.perf_counter() - begun - 0.001)


async def _idle(seconds: float) -> float:
    begun, cpu = time.monotonic(), _cpu()
    await asyncio.sleep(seconds)
    return (_cpu() - cpu) / (time.monotonic() - begun) * 100


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        runs = [asyncio.run(measure(Path(folder), idle_seconds=s)) for s in (0.0, 0.0, 0.0, 60.0)]
    print_rows(
        f"{FOLDERS * FILES} files in {FOLDERS} folders, and node_modules of the same size",
        [
            Row("the root is watched after", [run.root_stands * 1000 for run in runs], "ms"),
            Row("everything is, after", [run.armed * 1000 for run in runs], "ms", "aim: ≤ 600"),
            Row("one full look", [run.full_look * 1000 for run in runs], "ms"),
            Row("longest stall of the event loop", [run.longest_stall for run in runs], "ms"),
            Row("idle CPU, of one core", [runs[-1].idle_cpu], "%", "aim: ≤ 0.6"),
        ],
    )


if __name__ == "__main__":
    main()
