"""One picture from its order to its end: which phase it is in, and what is told of it.

Knows numbers and bytes. Refuses to know who draws, and who is told.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orders import Order


class Phase(StrEnum):
    """Where a picture is on its way. The last three are ends."""

    QUEUED = "queued"
    RENDERING = "rendering"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        """Whether nothing will happen any more."""
        return self in (Phase.DONE, Phase.FAILED, Phase.CANCELLED)


@dataclass(slots=True)
class Job:
    """A picture on its way. Moments are seconds of one clock.

    position: its place in the line, from 1; 0 once it has left
    preview, version: the newest preview, and how many there have been
    worker: the process that draws it
    why: what went wrong
    """

    id: str
    order: Order
    phase: Phase = Phase.QUEUED
    position: int = 0
    percent: int = 0
    preview: bytes = b""
    version: int = 0
    picture: bytes = b""
    started: float | None = None
    ended: float | None = None
    worker: int | None = None
    why: str = ""

    @property
    def channel(self) -> str:
        """The channel that tells of it."""
        return f"image-{self.id}"

    @property
    def url(self) -> str:
        """Its address."""
        return f"/images/{self.id}"

    def describe(self, now: float) -> dict[str, Any]:
        """All that a page shows: what is in every event about it.

        Pictures are addresses: events are kept for those who come back, and a thousand addresses
        are little.
        """
        order = self.order
        return {
            "id": self.id,
            "seed": order.seed,
            "palette": order.palette,
            "width": order.width,
            "height": order.height,
            "phase": self.phase,
            "position": self.position,
            "percent": self.percent,
            "preview": f"{self.url}/preview?v={self.version}" if self.version else None,
            "picture": f"{self.url}/picture.png" if self.picture else None,
            "elapsed": round(self._elapsed(now), 2),
            "worker": self.worker,
            "why": self.why,
        }

    def _elapsed(self, now: float) -> float:
        if self.started is None:
            return 0.0
        return (now if self.ended is None else self.ended) - self.started
