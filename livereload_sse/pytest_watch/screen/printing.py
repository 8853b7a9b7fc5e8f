"""Lines onto a terminal or into a pipe: colours where a person sees them, signs that can be written.

Knows NO_COLOR, encodings and a reader that has gone. Refuses to know what the lines say, and what is
drawn below them.
"""

import os
from pathlib import Path
from typing import TextIO

from livereload_sse.pytest_watch.screen.painting import painted
from livereload_sse.pytest_watch.screen.spans import Line, Span, text_of
from livereload_sse.terminal.columns import spelt


class Printer:
    """Writes lines to `out`; `colour` None means where a person looks and NO_COLOR is not set."""

    def __init__(self, out: TextIO, *, colour: bool | None = None) -> None:
        self.is_terminal = out.isatty()
        self._out = out
        self._colour = colour

    @property
    def has_colours(self) -> bool:
        """Whether lines are coloured (no-color.org)."""
        if self._colour is not None:
            return self._colour
        return self.is_terminal and not os.environ.get("NO_COLOR")

    def columns(self, otherwise: int) -> int:
        """Say how wide the terminal is, whatever COLUMNS says; `otherwise` where nobody knows."""
        try:
            return os.get_terminal_size(self._out.fileno()).columns or otherwise
        except (OSError, ValueError):
            return otherwise

    def print(self, line: Line) -> None:
        """Write one line."""
        line = self.writable(line)
        self.write(f"{self.styled(line, text_of(line))}\n")

    def styled(self, line: Line, text: str) -> str:
        """Colour what is left of a line's text once it has been cut."""
        return painted(line, text) if self.has_colours else text

    def writable(self, line: Line) -> Line:
        """Spell what the encoding cannot carry, span by span."""
        return tuple(Span(self.spelt(span.text), span.tone) for span in line)

    def spelt(self, text: str) -> str:
        """Spell what the encoding cannot carry."""
        return spelt(text, getattr(self._out, "encoding", None) or "utf-8")

    def write(self, text: str) -> None:
        """Write as it is, at once; when whoever read has gone (`| head`), it goes unheard."""
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            self._out = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as we live
