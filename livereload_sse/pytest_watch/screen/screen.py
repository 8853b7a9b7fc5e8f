"""What we print around pytest's own output, and the lines that stand below it while we wait.

Knows when something may be drawn, and that a run's process prints on the same terminal. Refuses to
know why a run begins and what a key does: it is told.
"""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from livereload_sse.lines import printable
from livereload_sse.pytest_watch.screen.bindings import Action, Bindings
from livereload_sse.pytest_watch.screen.footer import footer, title
from livereload_sse.pytest_watch.screen.lines import STAMP, header, hints, stamped, switched_line
from livereload_sse.pytest_watch.screen.painting import typed_lines
from livereload_sse.pytest_watch.screen.printing import Printer
from livereload_sse.pytest_watch.screen.signs import Bell, Title
from livereload_sse.pytest_watch.screen.spans import Line, Span, Tone, indented, text_of, wrapped
from livereload_sse.pytest_watch.screen.standing import NOTHING_ON, Mode, Standing, verdict_of
from livereload_sse.pytest_watch.screen.typeahead import Typeahead
from livereload_sse.terminal.live import LiveRegion

TICK_INTERVAL = 0.5
"""Seconds between looks at whether what stands at the bottom has to be drawn again."""

SHORTEST_LINE = 60
"""Columns of a line that is folded rather than cut on a terminal that is narrower."""

_UNFOLDED = 100_000
"""Columns of what is no terminal: whoever reads it folds it."""


class Screen:
    """The terminal around the runs; plain lines where `out` is no terminal.

    `clears`: the screen is cleared before each run but the first; what stood there can be scrolled
    back to. `bell`: it rings when the tests turn from good to bad, or back. `name` is the project's,
    for the window's title; with none the title is left alone. `colour` None means where a person
    looks and NO_COLOR is not set. `size` gives columns and rows.

    `clears` can be changed at any time, and `keys`, too: whether keys are read, so that hints name
    them.
    """

    def __init__(
        self,
        out: TextIO | None = None,
        *,
        bindings: Bindings | None = None,
        clears: bool = False,
        bell: bool = False,
        name: str = "",
        colour: bool | None = None,
        now: Callable[[], time.struct_time] = time.localtime,
        size: Callable[[], tuple[int, int]] = shutil.get_terminal_size,
    ) -> None:
        out = out or sys.stdout
        self.clears = clears
        self.keys = True
        self._name = printable(name)
        self._now = now
        self._size = size
        self._bindings = bindings or Bindings()
        self._printer = Printer(out, colour=colour)
        self._region = LiveRegion(out, width=lambda: size()[0], height=lambda: size()[1])
        self._title = Title(self._printer.write) if self.is_terminal and name else None
        self._bell = Bell(self._printer.write) if self.is_terminal and bell else None
        self._footer: tuple[Standing, Mode] | None = None
        self._typed: Typeahead | None = None
        self._drawn_size = (0, 0)
        self._is_running = self._has_run = self._is_lent = False
        self._ends_blank = self._is_in_line = False
        self._kept: list[Line] = []  # said while the terminal was somebody else's

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks at it."""
        return self._printer.is_terminal

    @property
    def room(self) -> int:
        """The columns beside the time for a text that shall be one line; at least so many that it
        says something in two. 0: there is no end to them.
        """
        return max(self._width - STAMP, SHORTEST_LINE) if self.is_terminal else 0

    def opening(self) -> None:
        """Say, before the first run, that it will not be the last."""
        words = f" · {hints(self._bindings, keys=self.keys)}"
        self._above(
            [(Span(f"sse-reload watches {self._name or 'the tests'}"), Span(words, "quiet"))]
        )

    def begin_run(
        self, line: str, *, reason: str = "", mode: Mode = NOTHING_ON, goes_on: bool = False
    ) -> None:
        """Say why a run begins; from now on its process prints.

        `line` is `src/cart.py → 4 of 312 tests: test_cart (imports it)`, or without the last part;
        that and `reason` move to lines of their own where they do not fit. An empty one says nothing.
        Nothing is cleared for one that goes on with the run before.
        """
        self._region.clear()
        self._footer = self._typed = None
        is_cleared = self.clears and self._has_run and self.is_terminal and not goes_on
        if is_cleared:
            self._scroll_away()
        if line:
            at = self._at()
            rows = header(line, at=at, width=self._width, reason=reason, mode=mode)
            self._print([(), *rows] if self._has_run and not is_cleared else rows)
        self._is_running = self._has_run = True
        self._entitle(f"running · {self._name}")

    def end_run(self) -> None:
        """Take the terminal back: the run's process prints no more."""
        if self._is_running and self.is_terminal:
            self._fresh_line()
        elif self._is_running:
            self._is_in_line = True  # perhaps
        self._is_running = self._ends_blank = False

    def waiting(self, standing: Standing, mode: Mode = NOTHING_ON) -> None:
        """Show how things stand below all else, until the next run. Rings, and sets the title."""
        is_new = self._footer != (standing, mode)
        self._footer = standing, mode
        self._entitle(title(standing, self._name))
        if self._bell:
            self._bell.hear(verdict_of(standing))
        if self.is_terminal:
            self.redraw()
        elif is_new:
            self._above(self._footer_lines())

    def note(self, text: str, tone: Tone = "plain") -> None:
        """Print a line with the time, also while a run prints."""
        self._above(stamped(text, at=self._at(), width=self._width, tone=tone))

    def switched(self, action: Action, mode: Mode) -> None:
        """Say what a key has switched while a run prints; else what stands below says it."""
        if self._is_running:
            self.note(switched_line(action, mode))

    def error(self, text: str) -> None:
        """Print an error of ours: what happened and where, then what to do."""
        first, *rest = text.splitlines() or [""]
        lines: list[Line] = [(Span("Error:", "bad"), Span(f" {first}"))]
        self._above([*lines, *((Span(line),) for line in rest)])

    def block(self, lines: Sequence[str]) -> None:
        """Print some lines as they are, with room around them: chains of reasons, say."""
        rows = [indented((Span(row),), 2) for line in lines for row in self._hanging(line)]
        self._above([(), *rows, ()])

    def help(self, mode: Mode = NOTHING_ON, *, without: Collection[Action] = ()) -> None:
        """List the keys; `without` are those that cannot do anything here."""
        rows = self._bindings.help_lines(self._width - 1, on=mode.on, without=without)
        self._above([(), *rows, ()])

    def typing(self, typeahead: Typeahead | None) -> None:
        """Draw a filter being typed; None: that is over. A run that prints must be held meanwhile."""
        if typeahead is None:
            self._region.clear()
        elif self._typed is None and self._is_running:
            self._fresh_line()
        self._typed = typeahead
        self.redraw()

    def redraw(self) -> None:
        """Draw again what stands at the bottom: the size has changed, or we are in front again."""
        if self._is_lent or not self.is_terminal:
            return
        lines = [self._printer.writable(line) for line in self._bottom()]
        if lines:
            self._drawn_size = self._size()
            self._region.draw(
                [text_of(line) for line in lines],
                lambda number, text: self._printer.styled(lines[number], text),
            )

    def tick(self) -> None:
        """Draw again if that has become due: a new size, or a terminal that was the shell's."""
        if self._drawn_size != self._size() or not self._region.is_drawn:
            self.redraw()

    def give_way(self) -> None:
        """Take away what is drawn: the shell gets the terminal; the next tick in front draws again."""
        self._region.clear()

    def lend(self) -> None:
        """Draw and say nothing until `take_back`: a debugger has the terminal."""
        self._region.clear()
        self._is_lent = True

    def take_back(self) -> None:
        """Say what was not said meanwhile, and draw again."""
        self._is_lent = False
        kept, self._kept = self._kept, []
        self._above(kept)

    def close(self) -> None:
        """Leave the terminal as it was found."""
        self._region.clear()
        self._footer = self._typed = None
        if self._title:
            self._title.give_back()

    def _bottom(self) -> list[Line]:
        """Make what stands at the bottom now; of too many lines the first and the last."""
        rows = max(1, self._size()[1] - 1)
        if self._typed is not None:
            lines = typed_lines(self._typed, self._width, rows)
            lines = [(), *lines] if len(lines) < rows else lines
        else:
            lines = [] if self._is_running else self._footer_lines()
        if lines and (self._ends_blank or len(lines) > rows):
            del lines[0]  # the blank one
        return [*lines[:1], *lines[1:][max(0, len(lines) - rows) :]]

    def _footer_lines(self) -> list[Line]:
        if self._footer is None:
            return []
        standing, mode = self._footer
        return [(), *footer(standing, mode, self._bindings, width=self._width - 1, keys=self.keys)]

    def _above(self, lines: Sequence[Line]) -> None:
        """Print lines above what stands at the bottom, or below what a run has printed so far."""
        if self._is_lent:
            self._kept += lines
            return
        self._region.clear()
        if lines and self._is_running and self._typed is None:
            self._fresh_line()
        self._print(lines)
        self.redraw()

    def _print(self, lines: Sequence[Line]) -> None:
        """Print lines, and of blank ones no two after each other."""
        if self._is_in_line and lines and lines[0]:
            self._fresh_line()  # a blank line does as well
        self._is_in_line = self._is_in_line and not lines
        for line in lines:
            if line or not self._ends_blank:
                self._printer.print(line)
            self._ends_blank = not line

    def _entitle(self, text: str) -> None:
        if self._title:
            self._title.say(self._printer.spelt(text))

    def _hanging(self, line: str) -> list[str]:
        first, *rest = wrapped(line, max(1, self._width - 5)) or [""]
        return [first, *(f"  {row}" for row in rest)]

    def _fresh_line(self) -> None:
        """Begin a line if a run's process has left the cursor in one, or in a colour.

        So many blanks do not leave a line in which they begin at the left; in any other they wrap.
        """
        if self.is_terminal:
            blanks = " " * (self._printer.columns(self._width) - 1)
            self._printer.write(f"\x1b[0m{blanks}\r")
        else:
            self._printer.write("\n")

    def _scroll_away(self) -> None:
        """Clear the screen so that all that stood on it, and no more, can be scrolled back to."""
        rows = max(1, self._size()[1])
        self._printer.write("\n" * (rows - 1) + "\x1b[H\x1b[J")

    def _at(self) -> str:
        return time.strftime("%H:%M:%S", self._now())

    @property
    def _width(self) -> int:
        return self._size()[0] if self.is_terminal else _UNFOLDED


@contextmanager
def following_size(screen: Screen) -> Iterator[None]:
    """Draw again when the terminal changes its size, and when we have come back to the front.

    Used inside the event loop, in the main thread. Where there is no signal for a new size, or for
    having come to the front, it is seen within `TICK_INTERVAL`.
    """
    if not screen.is_terminal:
        yield
        return
    with _on_new_size(screen.redraw), _ticking(screen.tick):
        yield


@contextmanager
def _on_new_size(redraw: Callable[[], None]) -> Iterator[None]:
    if sys.platform == "win32":
        yield
    else:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGWINCH, redraw)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGWINCH)


@contextmanager
def _ticking(tick: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def go_on() -> None:
        nonlocal timer
        tick()
        timer = loop.call_later(TICK_INTERVAL, go_on)

    timer = loop.call_later(TICK_INTERVAL, go_on)
    try:
        yield
    finally:
        timer.cancel()
