"""The content of a source file, once nobody writes it any more.

Knows one file at a time. Refuses to wait for ever: a file that is written on and on is read as it is.
"""

import asyncio
import time
from pathlib import Path

QUIET_TIME = 0.015
"""Seconds since its last change after which a file counts as written."""

EMPTY_TIME = 0.06
"""The same for an empty file: most are about to be filled."""

PATIENCE = 0.5
"""Seconds that are waited for one file at most."""


async def quiet(path: Path) -> None:
    """Wait until a file has not been written for a moment. Raises `OSError` where there is none."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = path.stat()  # noqa: ASYNC240 - a thread would take longer than the call
        calm = QUIET_TIME if found.st_size else EMPTY_TIME
        left = found.st_mtime + calm - time.time()
        if left <= 0 or left > calm:  # a time in the future says nothing
            return
        await asyncio.sleep(left)
