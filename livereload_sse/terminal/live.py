"""The lines at the bottom of the terminal that are written anew while something goes on.

Knows how a terminal is told to go up and to clear. Refuses to know what the lines say.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from typing import TextIO

from livereload_sse.terminal.columns import cut, spelt, width_of
from livereload_sse.terminal.foreground import can_redraw, is_in_front

CLEAR_BELOW = "\x1b[J"
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
"""The cursor would jump about."""

NO_WRAP, WRAP = "\x1b[?7l", "\x1b[?7h"
"""No table agrees with every terminal on how wide a letter is; a line that it wraps is lost to us."""

HOLD, RELEASE = "\x1b[?2026h", "\x1b[?2026l"
"""Terminals that know synchronised output show a drawing all at once; the others ignore this."""


class LiveRegion:
    """Some lines that can be drawn, drawn anew and taken away.

    What else is printed meanwhile must be printed between `clear` and `draw`. `width` and `height`
    are asked each time: a person may have made the terminal narrower, and a line that is wrapped, or
    has left the screen at the top, cannot be taken away again. Without `is_ours` nothing is drawn.
    """

    def __init__(
        self,
        out: TextIO,
        *,
        width: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
        height: Callable[[], int] = lambda: shutil.get_terminal_size().lines,
        is_ours: Callable[[TextIO], bool] = is_in_front,
    ) -> None:
        self._out = out
        self._width = width
        self._height = height
        self._is_ours = is_ours
        self._obeys: bool | None = None  # not asked yet
        self._drawn: list[int] = []  # how wide each line was

    @property
    def is_drawn(self) -> bool:
        """Whether something of it stands on the terminal."""
        return bool(self._drawn)

    def draw(self, lines: Sequence[str], style: Callable[[int, str], str]) -> bool:
        """Draw lines in the place of those before; `style` colours one, given its number and text.

        On a low terminal the first line stays, and of the others the last. Where `NO_COLOR` is set
        (no-color.org), `style` is not asked. Returns whether it was possible.
        """
        if not self._may_draw():
            return False
        width = max(1, self._width() - 1)  # a terminal may wrap a line that fills it
        encoding = getattr(self._out, "encoding", None) or "utf-8"
        texts = [spelt(cut(line, width), encoding) for line in self._fitting(lines)]
        styled = texts if os.environ.get("NO_COLOR") else map(style, range(len(texts)), texts)
        hide = "" if self._drawn else HIDE
        drawing = f"{self._up()}{CLEAR_BELOW}{NO_WRAP}" + "\n".join(styled) + f"{WRAP}\r"
        self._write(f"{HOLD}{hide}{drawing}{RELEASE}")
        self._drawn = [width_of(text) for text in texts]
        return True

    def clear(self) -> None:
        """Take the lines away; the cursor stands where they began."""
        if self._drawn and self._is_ours(self._out):
            self._write(f"{self._up()}{CLEAR_BELOW}{SHOW}")
        self._drawn = []

    def _may_draw(self) -> bool:
        if self._obeys is None:
            self._obeys = can_redraw(self._out)
        return self._obeys and self._is_ours(self._out)

    def _fitting(self, lines: Sequence[str]) -> list[str]:
        """Leave a row free: what scrolls off the screen would be left there at each drawing."""
        below = max(0, self._height() - 2)
        return [*lines[:1], *lines[1:][max(0, len(lines) - 1 - below) :]]

    def _up(self) -> str:
        """Go back to the beginning of the first line, also when the terminal is narrower by now."""
        if not self._drawn:
            return ""
        width = max(1, self._width())
        # The cursor stands at the beginning of the last line, however many rows that takes now.
        rows = sum(max(1, -(-drawn // width)) for drawn in self._drawn[:-1])
        return f"\r\x1b[{rows}A" if rows else "\r"

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
