"""Lines made of pieces that mean something, and how they are folded to a width.

Pure. Knows columns. Refuses to know colours: what a tone looks like is the screen's affair.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from livereload_sse.terminal.columns import width_of

Tone = Literal[
    "plain", "quiet", "strong", "good", "bad", "careful", "PASS", "FAIL", "STOP", "PART", "NONE"
]
"""What a span means. Those in capitals are badges."""

SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line that means one thing."""

    text: str
    tone: Tone = "plain"


Line = tuple[Span, ...]


def text_of(line: Line) -> str:
    """Give what a line says."""
    return "".join(span.text for span in line)


def indented(line: Line, columns: int) -> Line:
    """Let a line begin so many columns further in."""
    return (Span(" " * columns), *line)


def joined(parts: Sequence[Line], width: int) -> list[Line]:
    """Set parts beside each other with a dot between them, and on a new line where they do not fit."""
    rows: list[Line] = []
    for part in chain.from_iterable(_broken(part, width) for part in parts):
        together = (*rows[-1], Span(SEPARATOR, "quiet"), *part) if rows else part
        if rows and width_of(text_of(together)) <= width:
            rows[-1] = together
        else:
            rows.append(part)
    return rows


def wrapped(text: str, width: int) -> list[str]:
    """Break a text between words; a word that is wider than a line is broken where the line ends."""
    if text and width_of(text) <= width:
        return [text]
    rows: list[str] = []
    for word in chain.from_iterable(_pieces(word, max(1, width)) for word in text.split()):
        if rows and width_of(rows[-1]) + 1 + width_of(word) <= width:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows


def _broken(part: Line, width: int) -> list[Line]:
    """Break a part that is wider than a line: of one tone between words, else between its spans."""
    if width_of(text_of(part)) <= width:
        return [part]
    if len(part) == 1:
        return [(Span(row, part[0].tone),) for row in wrapped(part[0].text, width)]
    rows: list[Line] = [()]
    for span in part:
        if rows[-1] and width_of(text_of((*rows[-1], span))) > width:
            rows.append(())
        if rows[-1] or span.text.strip(" ,"):  # no line begins with a comma
            rows[-1] = (*rows[-1], span)
    return rows


def _pieces(word: str, width: int) -> Iterator[str]:
    piece = ""
    for sign in word:
        if piece and width_of(piece + sign) > width:
            yield piece
            piece = ""
        piece += sign
    yield piece
