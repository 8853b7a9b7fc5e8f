"""What one job tells: typed events on a channel of its own, the last of which ends the channel.

Knows how each thing that happens is said, and how much of a log is kept. Refuses to know what runs,
and who reads.
"""

import time
from typing import Final

from livereload_sse.sse import Broadcaster, Event

from .events import Ended
from .problems import Place

MOST_LINES: Final = 4000
MOST_BYTES: Final = 500_000
HISTORY: Final = 3 * MOST_LINES
"""Events that a channel has to hold, so that whoever comes late reads all of it."""


def channel_of(job: str) -> str:
    return f"job-{job}"


class Feed:
    """Tells what happens to one job, and keeps its log as plain text beside that.

    The log has an end: what is printed behind `MOST_LINES` or `MOST_BYTES` is left out, and the
    last line says so.
    """

    def __init__(self, broadcaster: Broadcaster, job: str) -> None:
        self.log: list[str] = []
        self.problems = 0
        self._broadcaster = broadcaster
        self._channel = channel_of(job)
        self._bytes = 0
        self._is_full = False

    def begin(self, step: str) -> Event:
        """Say that a step has started."""
        return self._publish("step-started", {"step": step, "at": time.time()})

    def say(self, step: str, text: str) -> None:
        """Tell a line of the log."""
        self._bytes += len(text.encode("utf-8", "replace"))
        if self._is_full:
            return
        self._is_full = len(self.log) >= MOST_LINES or self._bytes > MOST_BYTES
        kept = "… the rest of the log is left out" if self._is_full else text
        self.log.append(kept)
        self._publish("log", {"step": step, "line": len(self.log), "text": kept})

    def complain(self, step: str, place: Place) -> None:
        """Tell a place that the newest line of the log speaks of."""
        if self._is_full:
            return
        self.problems += 1
        where = {"path": place.path, "row": place.row, "message": place.message}
        self._publish("problem", {"step": step, **where, "line": len(self.log)})

    def finish(self, step: str, state: Ended, *, code: int | None, seconds: float) -> None:
        """Say how a step has ended."""
        told = {"step": step, "state": state, "code": code, "seconds": round(seconds, 3)}
        self._publish("step-finished", told)

    def end(self, state: Ended, *, seconds: float) -> None:
        """Say how the job has ended. Whoever has read this and comes back is told to stay away."""
        told = {"state": state, "seconds": round(seconds, 3)}
        self._broadcaster.end(channel=self._channel, name="job-finished", data=told)

    def _publish(self, name: str, data: object) -> Event:
        return self._broadcaster.publish(name, data, channel=self._channel)
