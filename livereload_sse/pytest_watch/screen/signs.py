"""The window's title, and the bell: what a terminal shows of the tests while nobody looks at it.

Knows the sequences for both. Refuses to know whether they are wanted.
"""

import os
from collections.abc import Callable

from livereload_sse.pytest_watch.screen.standing import Verdict

_KEEP, _GIVE_BACK = "\x1b[22;2t", "\x1b[23;2t"
"""Ask the terminal to remember its title (XTWINOPS); one that cannot passes over it."""

_TITLE, _END = "\x1b]2;", "\x07"
_BELL = "\x07"

_WITHOUT = frozenset({"dumb", "linux"})
"""Terminals without a window, which would show a title among the text."""


class Title:
    """The title of the terminal's window, as long as we have something to say in it."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._has = ""

    def say(self, text: str) -> None:
        """Set the title; what was there is kept for `give_back`."""
        if text == self._has or os.environ.get("TERM", "") in _WITHOUT:
            return
        keep = "" if self._has else _KEEP
        self._has = text
        self._write(f"{keep}{_TITLE}{text}{_END}")

    def give_back(self) -> None:
        """Put back what was there before."""
        if self._has:
            self._has = ""
            self._write(_GIVE_BACK)


class Bell:
    """Rings when the tests turn from good to bad or back; what is unsure changes nothing."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._before: Verdict = "unsure"

    def hear(self, verdict: Verdict) -> None:
        """Take the present verdict."""
        if verdict == "unsure":
            return
        if self._before not in {"unsure", verdict}:
            self._write(_BELL)
        self._before = verdict
