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
    best = min(runs, key=lambda run: run.armed)
    print(f"{FOLDERS * FILES} files in {FOLDERS} folders, and node_modules of the same size")
    print(f"root stands after  {best.root_stands:6.3f} s")
    print(
        f"all stands after   {best.armed:6.3f} s    (target <= 0.6; worst {max(r.armed for r in runs):.3f})"
    )
    print(f"one full look      {best.full_look:6.3f} s")
    print(
        f"longest stall      {best.longest_stall:6.1f} ms   (worst {max(r.longest_stall for r in runs):.1f})"
    )
    print(f"idle CPU           {runs[-1].idle_cpu:6.2f} %    (target <= 0.6)")


if __name__ == "__main__":
    main()
