"""The lines at the bottom of the terminal that are written anew while something goes on.

Knows how a terminal is told to go up and to clear, and how wide its letters are. Refuses to know
what the lines say.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import TextIO

CLEAR_BELOW = "\x1b[J"
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
"""The cursor would jump about."""


class LiveRegion:
    """Some lines that can be drawn, drawn anew and taken away.

    What else is printed meanwhile must be printed between `clear` and `draw`. `width` is asked each
    time: a person may have made the terminal narrower, and a line that is wrapped cannot be found
    again.
    """

    def __init__(self, out: TextIO, *, width: Callable[[], int]) -> None:
        self._out = out
        self._width = width
        self._drawn: list[int] = []  # how wide each line was

    @property
    def is_drawn(self) -> bool:
        """Whether something of it stands on the terminal."""
        return bool(self._drawn)

    def draw(self, lines: Sequence[str], style: Callable[[int, str], str]) -> None:
        """Draw lines in the place of those before; `style` colours one, given its number and text."""
        width = max(1, self._width() - 1)  # a terminal may wrap a line that fills it
        texts = [cut(line, width) for line in lines]
        styled = "\n".join(style(number, text) for number, text in enumerate(texts))
        self._write(f"{self._up()}{CLEAR_BELOW}{'' if self._drawn else HIDE}{styled}\r")
        self._drawn = [width_of(text) for text in texts]

    def clear(self) -> None:
        """Take the lines away; the cursor stands where they began."""
        if self._drawn:
            self._write(f"{self._up()}{CLEAR_BELOW}{SHOW}")
            self._drawn = []

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


def width_of(text: str) -> int:
    """Count the columns of a text: letters of East Asia take two, marks on a letter none."""
    return sum(map(_columns, text))


def cut(text: str, width: int) -> str:
    """Cut a text to so many columns, with an ellipsis where something is left out."""
    if width_of(text) <= width:
        return text
    kept, used = [], 0
    for sign in text:
        used += _columns(sign)
        if used > width - 1:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"F", "W"} else 1
