"""Who listens: how many tabs are behind each open stream, and how many of them somebody can see.

A browser has one stream for all its tabs and says how many they are, when it opens the stream and
whenever that changes. Knows numbers and the names that streams give themselves. Refuses to know
sockets, and what the numbers are for. A browser may say anything, so all it says is bounded.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from livereload_sse.web.answers import refuse

MOST_TABS = 10_000
"""How many tabs one browser may claim to have."""

_NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Counts:
    """Tabs that somebody can see, and tabs that act once they are shown."""

    visible: int = 0
    hidden: int = 0


NOBODY = Counts()


class Readers:
    """Counts the tabs behind the streams that are open. `on_change` gets the sum when it changes."""

    def __init__(self, on_change: Callable[[Counts], None] = lambda _counts: None) -> None:
        self._on_change = on_change
        self._open: dict[object, Counts] = {}  # one key for each stream
        self._newest: dict[str, object] = {}  # a reader's name → the key of its newest stream

    @contextmanager
    def listening(self, name: str, counts: Counts) -> Iterator[None]:
        """Count these tabs while a stream is open; a stream without a name keeps its numbers.

        A browser that reconnects is back before its old stream is known to be lost. The new one
        counts from then on, and the end of the old one is nothing.
        """
        key = object()
        if name:
            self._open.pop(self._newest.get(name), None)
            self._newest[name] = key
        self._set(key, counts)
        try:
            yield
        finally:
            self._open.pop(key, None)
            if self._newest.get(name) is key:
                del self._newest[name]
            self._tell()

    def update(self, name: str, counts: Counts) -> None:
        """Take a reader's new numbers. One that is not open is ignored: it says them when it is."""
        if name in self._newest:
            self._set(self._newest[name], counts)

    def _set(self, key: object, counts: Counts) -> None:
        self._open[key] = counts
        self._tell()

    def _tell(self) -> None:
        visible = sum(counts.visible for counts in self._open.values())
        self._on_change(Counts(visible, sum(counts.hidden for counts in self._open.values())))


def parse_name(value: Any) -> str:
    """Read a reader's name. A malformed one is refused with 400 (`RefusedError`)."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        refuse(400, '"reader" must be up to 64 letters, digits and dashes.')
    return value


def parse_counts(visible: Any, hidden: Any) -> Counts:
    """Read two whole numbers, given as such or in digits. Others are refused with 400."""
    return Counts(_parse_count(visible), _parse_count(hidden))


def _parse_count(value: Any) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_TABS:
        refuse(400, f"A number of tabs is a whole number from 0 to {MOST_TABS}.")
    return value
