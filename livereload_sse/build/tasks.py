"""What must not be left half done, however often a task is cancelled.

Knows tasks. Refuses to know what they do.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def to_the_end(work: Coroutine[Any, Any, object]) -> None:
    """Do something to its end: a cancellation waits for that, and then goes on."""
    await _outlast(asyncio.ensure_future(work))


async def end_task(task: "asyncio.Future[Any]") -> None:
    """Cancel a task and wait until it is over, whatever becomes of it."""
    task.cancel()
    await _outlast(asyncio.ensure_future(asyncio.wait({task})))


async def _outlast(task: "asyncio.Future[Any]") -> None:
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
