"""What a session has told its tabs, in the order in which it was told, for a test that waits for it.

Knows events, and which of them a test has had. Refuses to know threads, servers and files.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One file that is different: `url` is what a browser has in `location.pathname`."""

    kind: Literal["added", "modified", "deleted"]
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event, as a tab hears it.

    `name` is `change` (then there are `changes`), `reload` (then there is a `reason`), or that of an
    event of your own; `data` is what it carries.
    """

    name: str
    changes: tuple[ToldChange, ...] = ()
    reason: str = ""
    data: Any = field(default=None, compare=False)

    @classmethod
    def read(cls, name: str, data: Any) -> "Told":
        """Read the name and the JSON value of one event."""
        if name == "change":
            changes = tuple(ToldChange(one["kind"], one["url"]) for one in data["changes"])
            return cls(name, changes, data=data)
        if name == "custom":
            return cls(data["name"], data=data["data"])
        return cls(name, reason=data.get("reason", "") if name == "reload" else "", data=data)

    def __str__(self) -> str:
        if self.changes:
            return ", ".join(f"{one.url} {one.kind}" for one in self.changes)
        return f"{self.name} ({self.reason})" if self.reason else self.name


class Log:
    """Everything that was told; each event is taken once. Lives in one event loop."""

    def __init__(self) -> None:
        self.all: list[Told] = []
        self._taken = 0
        self._stirred = asyncio.Event()

    def add(self, told: Told) -> None:
        """Note what was told."""
        self.all.append(told)
        self._stirred.set()

    @property
    def left(self) -> list[Told]:
        """What was told and not taken."""
        return self.all[self._taken :]

    async def take(self, is_wanted: Callable[[Told], bool]) -> Told:
        """Wait for the next one that is wanted, and pass over those before it."""
        while True:
            self._stirred.clear()
            for told in self.left:
                self._taken += 1
                if is_wanted(told):
                    return told
            await self._stirred.wait()
