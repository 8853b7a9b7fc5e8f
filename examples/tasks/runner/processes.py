"""One command, run to its end or ended with all that it has started.

Knows processes, their groups and what they print. Refuses to know what they are for.
"""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from .lines import Lines

CHUNK = 65_536
PATIENCE = 2.0
"""Seconds that a group has to end by itself once it was asked to; then it is killed."""


async def run(
    words: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    tell: Callable[[str], None],
) -> int:
    """Run a command, telling each line as it is printed; returns the exit code.

    When this is cancelled, and also when it is not, nothing of the command's group is left running
    at the end. Raises OSError where the command cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        env=environ,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,  # one pipe keeps the order in which both were written
        **_own_group(),
    )
    try:
        await _read(process, tell)
        return await process.wait()
    finally:
        await _end(process)


def _own_group() -> dict[str, bool | int]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


async def _read(process: Process, tell: Callable[[str], None]) -> None:
    output, lines = _output(process), Lines()
    while chunk := await output.read(CHUNK):
        for line in lines.feed(chunk):
            tell(line)
    for line in lines.end():
        tell(line)


def _output(process: Process) -> asyncio.StreamReader:
    return cast("asyncio.StreamReader", process.stdout)  # it was started with a pipe


async def _end(process: Process) -> None:
    """End the group: whoever is in it was asked first, if the command itself still runs."""
    try:
        if process.returncode is None:
            _signal(process, kill=False)
            with suppress(TimeoutError):
                await asyncio.wait_for(_drain(process), PATIENCE)
    finally:
        # The command has ended; what it has left behind in its group ends here.
        _signal(process, kill=True)
    if process.returncode is None:
        await _drain(process)


async def _drain(process: Process) -> None:
    """Wait for the end, and for that of the pipe: a transport is not to be left open."""
    output = _output(process)
    while await output.read(CHUNK):
        pass
    await process.wait()


def _signal(process: Process, *, kill: bool) -> None:
    if sys.platform == "win32":
        if process.returncode is None:
            words = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(words, check=False, capture_output=True)  # noqa: S603 - the system's own
        return
    # A group without members is gone. A zombie counts as one on some systems: EPERM there.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
