"""What a person presses, made of the characters that a terminal sends for it.

Knows escape sequences and control characters, and that a lone Esc is one after which nothing comes.
Refuses to know what a press means. A letter is itself; all else has a name: `enter`, `up`, `ctrl-u`.
"""

import os
from collections.abc import Callable

ESCAPE_DELAY = 0.03
"""Seconds after which an Esc was the key, and not the beginning of what another key sends."""

_CONTROLS = {"\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\x08": "backspace"}

_MOVES = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}

_SEQUENCES = {
    **{f"\x1b[{final}": name for final, name in _MOVES.items()},
    **{f"\x1bO{final}": name for final, name in _MOVES.items()},  # in application mode
    "\x1b[1~": "home",
    "\x1b[3~": "delete",
    "\x1b[4~": "end",
    "\x1b[5~": "page-up",
    "\x1b[6~": "page-down",
    "\x1b[Z": "back-tab",
}

_CONSOLE = {
    "H": "up",
    "P": "down",
    "M": "right",
    "K": "left",
    "G": "home",
    "O": "end",
    "I": "page-up",
    "Q": "page-down",
    "S": "delete",
}
"""What a console of Windows sends after NUL or E0 (`getwch`)."""


class Presses:
    """Takes characters one by one and calls `on_press` with each press.

    `later` calls something after so many seconds (a loop's `call_later`). A sequence that is not
    known, and a letter with Alt, are nobody's and left out. `console`: it is one of Windows.
    """

    def __init__(
        self,
        on_press: Callable[[str], None],
        *,
        later: Callable[[float, Callable[[], None]], object],
        console: bool = os.name == "nt",
    ) -> None:
        self._on_press = on_press
        self._later = later
        self._console = console
        self._begun = ""
        self._escapes = 0

    def feed(self, sign: str) -> None:
        """Take the next character."""
        if self._begun:
            self._go_on(sign)
        elif sign == "\x1b":
            self._begin_escape()
        elif self._console and sign in "\x00\xe0":
            self._begun = sign
        else:
            self._on_press(_name_of(sign))

    def _begin_escape(self) -> None:
        self._begun = "\x1b"
        self._escapes += 1
        number = self._escapes
        self._later(ESCAPE_DELAY, lambda: self._end_escape(number))

    def _end_escape(self, number: int) -> None:
        """Nothing has come: it was the key, or a sequence that the terminal never ended."""
        if self._begun and number == self._escapes:
            begun, self._begun = self._begun, ""
            if begun == "\x1b":
                self._on_press("escape")

    def _go_on(self, sign: str) -> None:
        if self._begun == "\x1b" == sign:
            self._on_press("escape")
            self._begin_escape()
            return
        self._begun += sign
        if not _is_unfinished(self._begun):
            begun, self._begun = self._begun, ""
            name = _SEQUENCES.get(begun) or (begun[0] != "\x1b" and _CONSOLE.get(sign))
            if name:
                self._on_press(name)


def _is_unfinished(begun: str) -> bool:
    """Say whether a sequence goes on: ECMA-48 ends one with a sign from @ to ~."""
    if begun in {"\x1b[", "\x1bO"}:
        return True
    return begun.startswith("\x1b[") and not "@" <= begun[-1] <= "~"


def _name_of(sign: str) -> str:
    if sign < " " or sign == "\x7f":
        return _CONTROLS.get(sign) or f"ctrl-{chr(ord(sign) + 64).lower()}"
    return "space" if sign == " " else sign
