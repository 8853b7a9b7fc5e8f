"""Processes in tests: which are there, what they have written, what is open."""

import asyncio
import os
from pathlib import Path

from tests.serving import wait_until


def is_running(pid: int) -> bool:
    """Whether a process runs: neither gone nor a zombie, which is what waits for its parent."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def own_zombies() -> list[int]:
    """Children of this process that nobody has waited for."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state == "Z" and int(parent) == os.getpid():
            found.append(int(path.parent.name))
    return found


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names alone are counted


def written(path: Path, wanted: str = "\n", timeout: float = 10.0) -> str:
    """Wait until a file holds some text, by default a whole line; returns all of it."""
    wait_until(lambda: path.exists() and wanted in path.read_text(), timeout, str(path))
    return path.read_text()


def pid_in(path: Path) -> int:
    """Wait for the number that a process has written into a file."""
    return int(written(path))


async def pid_soon_in(path: Path) -> int:
    """Wait for it while the event loop goes on."""
    return await asyncio.to_thread(pid_in, path)
