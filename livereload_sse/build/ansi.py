"""What a program prints for a terminal, as lines of styled text.

Knows colours (ECMA-48, 8.3.117 SGR), carriage returns, backspaces, and erasing a line (8.3.41 EL), as
progress bars do it; every other escape sequence is dropped. Refuses to know what the text means. A terminal library would bring a screen, or a
highlighter, for these few rules.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

TAB = 8

# CSI … final byte; OSC … BEL or ST; other two-byte escapes; what is left of a cut one.
_ESCAPE = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-Z\\^-~]?"
    r"|\x1b"
)
_SET = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse"}
_RESET = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("inverse",)}
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_STEPS = (0, 95, 135, 175, 215, 255)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style: "bold", "dim", "italic", "underline", "inverse", "fg-<colour>",
    "bg-<colour>", where a colour is 0 to 15 of the terminal's palette, or #rrggbb.
    """

    text: str
    style: tuple[str, ...] = ()


Line = tuple[Span, ...]


def read_lines(text: str) -> list[Line]:
    """Read what was printed, line by line, as it stands on the terminal at the end."""
    cells = _Cells()
    lines: list[Line] = []
    for piece, style, erase in _styled(text):
        first, *rest = piece.split("\n")
        cells.write(first, style)
        for more in rest:
            lines.append(cells.take())
            cells.write(more, style)
        cells.erase(erase)
    last = cells.take()
    return [*lines, last] if last else lines


def strip(text: str) -> str:
    """Leave out everything but the text."""
    lines = ("".join(span.text for span in line) for line in read_lines(text))
    return "\n".join(lines) + ("\n" if text.endswith("\n") else "")


class _Cells:
    """One line while it is written: what comes after a carriage return overwrites it."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, tuple[str, ...]]] = []
        self._column = 0

    def write(self, text: str, style: tuple[str, ...]) -> None:
        """Write text that has no line feeds."""
        if text.isprintable():
            self._put(text, style)
            return
        for sign in text:
            if sign == "\r":
                self._column = 0
            elif sign == "\b":
                self._column = max(0, self._column - 1)
            elif sign == "\t":
                self._put(" " * (TAB - self._column % TAB), style)
            elif _is_shown(sign):
                self._put(sign, style)
            elif sign not in "\a\0":
                self._put(sign.encode("unicode_escape").decode(), style)

    def erase(self, part: str) -> None:
        """Erase from here ("0"), up to here ("1") or all ("2") of the line; "G": back to its start."""
        if part == "G":
            self._column = 0
        elif part == "0":
            del self._cells[self._column :]
        elif part == "2":
            self._cells.clear()
        elif part == "1":
            blank = min(self._column + 1, len(self._cells))
            self._cells[:blank] = [(" ", ())] * blank

    def take(self) -> Line:
        """Return the line as spans and begin the next one."""
        cells, self._cells, self._column = self._cells, [], 0
        return tuple(
            Span("".join(sign for sign, _ in run), style)
            for style, run in groupby(cells, lambda cell: cell[1])
        )

    def _put(self, text: str, style: tuple[str, ...]) -> None:
        cells = [(sign, style) for sign in text]
        if cells:  # what was erased before is blank once something stands after it
            self._cells += [(" ", ())] * (self._column - len(self._cells))
        self._cells[self._column : self._column + len(cells)] = cells
        self._column += len(cells)


def _is_shown(sign: str) -> bool:
    """Is this a sign of a text: not one that would turn the direction of what comes after it, say."""
    return sign.isprintable() or unicodedata.category(sign) == "Zs" or sign in _JOINERS


def _styled(text: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Cut text at its escape sequences; each piece with the style it is printed in, and with what is
    erased after it.
    """
    style: tuple[str, ...] = ()
    at = 0
    for found in _ESCAPE.finditer(text):
        yield text[at : found.start()], style, _erased(found)
        if found["final"] == "m":
            style = _apply(style, found["parameters"])
        at = found.end()
    yield text[at:], style, ""


def _erased(found: re.Match[str]) -> str:
    if found["final"] == "K":
        return found["parameters"] or "0"
    return "G" if found["final"] == "G" and found["parameters"] in {"", "0", "1"} else ""


def _apply(style: tuple[str, ...], parameters: str) -> tuple[str, ...]:
    """Carry out one SGR sequence."""
    parts = [_plain(part) if ":" in part else [part] for part in parameters[:200].split(";")]
    numbers = [int(one) if one.isdecimal() else 0 for part in parts for one in part]
    while numbers:
        number = numbers.pop(0)
        if number in {38, 48}:
            ground = "fg" if number == 38 else "bg"
            style = _coloured(style, ground, _extended(numbers))
        else:
            style = _apply_one(style, number)
    return style


def _plain(part: str) -> list[str]:
    """Write what has colons (ISO 8613-6) in the older way: 4:3 is a curly underline, 4:0 none, and a
    colour of three numbers may have the space of colours before them.
    """
    first, *more = part.split(":")
    if first in {"38", "48"}:
        return [first, "2", *more[-3:]] if more[0] == "2" else [first, *more]
    return ["24"] if part == "4:0" else [first]


def _apply_one(style: tuple[str, ...], number: int) -> tuple[str, ...]:
    if number == 0:
        return ()
    if number in _SET:
        return style if _SET[number] in style else (*style, _SET[number])
    if number in _RESET:
        return tuple(word for word in style if word not in _RESET[number])
    for ground, first in (("fg", 30), ("bg", 40), ("fg", 90), ("bg", 100)):
        if first <= number < first + 8:
            return _coloured(style, ground, str(number - first + (8 if first >= 90 else 0)))
    if number in {39, 49}:
        return _coloured(style, "fg" if number == 39 else "bg", "")
    return style


def _coloured(style: tuple[str, ...], ground: str, colour: str) -> tuple[str, ...]:
    kept = tuple(word for word in style if not word.startswith(f"{ground}-"))
    return (*kept, f"{ground}-{colour}") if colour else kept


def _extended(numbers: list[int]) -> str:
    """Read `5;n` (a palette of 256) or `2;r;g;b` from what follows; nothing where it is neither."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        return _palette(numbers.pop(0))
    if kind == 2 and len(numbers) >= 3:
        red, green, blue = (min(numbers.pop(0), 255) for _ in range(3))
        return f"#{red:02x}{green:02x}{blue:02x}"
    numbers.clear()
    return ""


def _palette(number: int) -> str:
    if number < 16:
        return str(number)
    if number >= 232:
        grey = 8 + 10 * (min(number, 255) - 232)
        return f"#{grey:02x}{grey:02x}{grey:02x}"
    index = number - 16
    red, green, blue = (_STEPS[index // size % 6] for size in (36, 6, 1))
    return f"#{red:02x}{green:02x}{blue:02x}"
