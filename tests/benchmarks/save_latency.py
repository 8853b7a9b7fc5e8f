"""How long from a save to its change set, and what watching costs when nothing happens.

Run: python -m tests.benchmarks.save_latency
"""

import asyncio
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.digest import digest
from livereload_sse.watch import Watcher
from tests.benchmarks.table import Row, print_rows

SAVES = 200
IDLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the end of a write to the change set; per cent of one core when idle."""

    median: float
    p95: float
    longest: float
    idle_cpu: float


async def measure(root: Path, *, saves: int = SAVES, idle_seconds: float = IDLE_SECONDS) -> Latency:
    """Save one file again and again at moments that are unrelated to the watcher's own steps."""
    page = root / "index.html"
    async with Watcher([root]) as watcher:
        await watcher.armed()
        await asyncio.sleep(0.1)
        delays = [await _save(watcher, page, number) for number in range(saves)]
        begun, cpu = time.monotonic(), _cpu()
        await asyncio.sleep(idle_seconds)
        idle = (_cpu() - cpu) / (time.monotonic() - begun)
    delays.sort()
    return Latency(
        statistics.median(delays) * 1000,
        delays[int(len(delays) * 0.95)] * 1000,
        delays[-1] * 1000,
        idle * 100,
    )


async def _save(watcher: Watcher, page: Path, number: int) -> float:
    await asyncio.sleep(0.02 + (number * 7 % 50) / 5000)
    content = f"<h1>save {number}</h1>"
    _write(page, content)
    saved = time.perf_counter()
    wanted = digest(content.encode())
    while wanted not in {change.digest for change in (await anext(watcher)).changes}:
        pass
    return time.perf_counter() - saved


def _write(page: Path, content: str) -> None:
    page.write_text(content)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder)))
    print_rows(
        f"Save → change set, {SAVES} saves",
        [
            Row("median", [found.median], "ms", "aim: ≤ 10"),
            Row("95th percentile", [found.p95], "ms"),
            Row("longest", [found.longest], "ms"),
            Row("idle CPU, of one core", [found.idle_cpu], "%", "aim: ≤ 0.6"),
        ],
    )


if __name__ == "__main__":
    main()
