"""What the user's app prints, as lines with a name before them; and the words for the app itself.

Knows how pieces of output become whole lines in their colours. Refuses to know terminals, and who
prints.
"""

import re
import time
from collections.abc import Callable, Sequence

import click

from livereload_sse.build.ansi import Line, Span, read_lines
from livereload_sse.build.results import Ending, Finished
from livereload_sse.cli.build_lines import exit_phrase, seconds
from livereload_sse.lines import files_phrase, printable

PREFIX = "app │ "

HOLD_TIMEOUT = 0.1
"""Seconds that the beginning of a line waits for its end."""

MOST_HELD = 64 * 1024
"""Characters of one line; a longer one is broken."""

_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]{0,1000}\x1b?|[ -/]*)\Z")
"""The beginning of an escape sequence, or of a link, whose end is in the next piece."""

_CODES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "inverse": "7"}
_RESET = "\x1b[0m"


class AppLines:
    """Makes lines of what an app prints, piece by piece, and has each said.

    A line keeps the colours that the app gave it, and ends without any; the next one begins in the
    colour that the app was in. What moves the cursor or clears the screen is left out: a line that
    is overwritten (a progress bar) is said once, as it stands in the end.

    A line that does not end, a question say, is said after `HOLD_TIMEOUT` when `tick` is called, and
    what follows as a line of its own; each part of one line waits twice as long as the one before, so
    that a row of dots is not a column of them. `clock` is monotonic, in seconds.
    """

    def __init__(
        self, say: Callable[[str], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = say
        self._clock = clock
        self._held = ""
        self._since = 0.0
        self._patience = HOLD_TIMEOUT
        self._style: tuple[str, ...] = ()

    @property
    def pending(self) -> str:
        """The line that has not ended, as it stands now, with its prefix and without colours."""
        line, _style = self._read(_UNFINISHED.sub("", self._held))
        return "" if _is_blank(line) else PREFIX + "".join(span.text for span in line)

    def feed(self, text: str) -> None:
        """Take what was printed next, however it is cut."""
        *whole, rest = (self._held + text).split("\n")
        if whole or not self._held:
            self._since = self._clock()
        for line in whole:
            self._finish(line)
        self._held = rest
        if len(rest) > MOST_HELD:
            self._shorten()

    def tick(self) -> None:
        """Say the beginning of a line whose end has been waited for; but not of a progress bar."""
        if "\r" in self._held or self._clock() - self._since < self._patience:
            return
        patience = self._patience
        if self._say_held():
            self._patience, self._since = 2 * patience, self._clock()

    def flush(self) -> None:
        """Say what is left: nothing follows it."""
        self._say_held()
        self._held, self._style, self._patience = "", (), HOLD_TIMEOUT

    def _say_held(self) -> bool:
        """Say as much as can be understood by now, if a person would see anything of it."""
        ready = _UNFINISHED.sub("", self._held)
        line, style = self._read(ready)
        if _is_blank(line):
            return False
        self._held, self._style = self._held[len(ready) :], style
        self._say(_shown(line))
        return True

    def _finish(self, text: str) -> None:
        """Say a whole line; of one that was said in parts, only what was not said yet."""
        was_begun, self._patience = self._patience > HOLD_TIMEOUT, HOLD_TIMEOUT
        line, self._style = self._read(text)
        if not (was_begun and _is_blank(line)):
            self._say(_shown(line))

    def _shorten(self) -> None:
        """A bar may go on for hours without a new line: what has been overwritten is let go."""
        begun, _, last = self._held.rpartition("\r")
        if begun:
            self._style = self._read(begun)[1]
            self._held = f"\r{last}"
        if len(self._held) > MOST_HELD:
            self._say_held()

    def _read(self, text: str) -> tuple[Line, tuple[str, ...]]:
        """Read one line in the style that the app was in, and say in which style it leaves."""
        # The style of whatever stands on the next line is the one that this line has left.
        line, after = read_lines(f"{_sgr(self._style)}{text}\n.")
        return line, after[0].style


def restart_line(files: Sequence[str]) -> str:
    """Say that the app is restarted, and why."""
    return f"{files_phrase(files)} → restarting the app" if files else "restarting the app"


def died_line(finished: Finished) -> str:
    """Say that the app has ended by itself, and what to do."""
    if finished.ending is Ending.NOT_STARTED:
        return "app could not be started · saving a file tries again"
    how = f"after {seconds(finished.duration)}{exit_phrase(finished.exit_code)}"
    return f"app ended {how} · saving a file starts it again"


def back_line(duration: float, *, again: bool = True) -> str:
    """Say that the app answers, so many seconds after it was started or missed."""
    return f"app answers{' again' if again else ''} after {seconds(duration)}"


def waiting_line(target: str) -> str:
    """Say that nothing answers at the app's address yet."""
    return f"waiting for {printable(target)} to answer"


def _is_blank(line: Line) -> bool:
    return not any(span.text.strip() for span in line)


def _shown(line: Line) -> str:
    """Write a line with its prefix; no spaces at the end of it that nobody sees."""
    if _is_blank(line) and not any(span.style for span in line):
        return click.style(PREFIX.rstrip(), dim=True)
    return click.style(PREFIX, dim=True) + "".join(map(_coloured, line)).rstrip()


def _coloured(span: Span) -> str:
    return f"{_sgr(span.style)}{span.text}{_RESET}" if span.style else span.text


def _sgr(style: Sequence[str]) -> str:
    """Write a style as the escape sequence that sets it (ECMA-48, 8.3.117 SGR)."""
    return f"\x1b[{';'.join(map(_code, style))}m" if style else ""


def _code(word: str) -> str:
    if word in _CODES:
        return _CODES[word]
    ground, colour = word.split("-")
    if colour.startswith("#"):
        red, green, blue = bytes.fromhex(colour[1:])
        return f"{38 if ground == 'fg' else 48};2;{red};{green};{blue}"
    number, first = int(colour), 30 if ground == "fg" else 40
    return str(first + number if number < 8 else first + 60 + number - 8)
