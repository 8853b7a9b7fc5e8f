"""What was published and is not stored yet: in order, within bounds, from any thread.

Knows numbers, sizes and who waits. Refuses to know where it is sent.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Final

from livereload_sse.errors import BrokerFullError

_OVERHEAD: Final = 200
"""Bytes that an event takes up beside its text."""


@dataclass(frozen=True, slots=True)
class Posted:
    """An event on its way. history: how many its channel may hold; moment: see `publish`."""

    channel: str
    name: bytes
    data: bytes
    history: int
    moment: int | None = None
    final: bool = False

    @property
    def size(self) -> int:
        """Bytes that it takes up."""
        return len(self.channel) + len(self.name) + len(self.data) + _OVERHEAD


class Outbox:
    """Events in the order in which they were published, numbered from 1.

    limit, max_bytes: how many events, and how much, may wait
    notice: called, in the thread that posts, when there is something where there was nothing
    """

    def __init__(self, *, limit: int, max_bytes: int, notice: Callable[[], None]) -> None:
        self.stored = 0  # the number of the last event that was
        self.size = 0
        self._limit = limit
        self._max_bytes = max_bytes
        self._notice = notice
        self._lock = Lock()
        self._waiting: deque[Posted] = deque()
        self._flushing: deque[tuple[int, Future[None]]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def post(self, event: Posted, reason: str = "") -> None:
        """Add an event; `reason` is why nothing leaves, if that is known. Raises BrokerFullError."""
        with self._lock:
            is_first = not self._waiting
            count, size = len(self._waiting) + 1, self.size + event.size
            if count > self._limit or (size > self._max_bytes and not is_first):
                raise BrokerFullError(
                    "too much is waiting for Redis",
                    where=f"{count - 1} events, {self.size} bytes" + (reason and f"; {reason}"),
                    hint="Publish less, wait with `await broadcaster.flush()`,"
                    " or raise outbox= or outbox_bytes=.",
                )
            self._waiting.append(event)
            self.size = size
        if is_first:
            self._notice()

    def first(self, count: int, max_bytes: int) -> list[Posted]:
        """Return the events that have waited longest: at least one, if there is one."""
        with self._lock:
            found: list[Posted] = []
            for event in islice(self._waiting, count):
                max_bytes -= event.size
                if found and max_bytes < 0:
                    break
                found.append(event)
            return found

    def remove(self, count: int) -> None:
        """Note that so many are stored, and tell those who have waited for that."""
        with self._lock:
            for _ in range(count):
                self.size -= self._waiting.popleft().size
            self.stored += count
            done = []
            while self._flushing and self._flushing[0][0] <= self.stored:
                done.append(self._flushing.popleft()[1])
        for future in done:
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    def flushed(self) -> "Future[None]":
        """Return what is done when all that was posted so far is stored."""
        future: Future[None] = Future()
        with self._lock:
            if self._waiting:
                self._flushing.append((self.stored + len(self._waiting), future))
                return future
        future.set_result(None)
        return future

    def give_up(self, error: Exception) -> int:
        """Forget what waits, tell those who have waited for it, and return how many it was."""
        with self._lock:
            count, done = len(self._waiting), [future for _, future in self._flushing]
            self._waiting.clear()
            self._flushing.clear()
            self.size = 0
        for future in done:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        return count
