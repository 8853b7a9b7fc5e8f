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
from livereload_sse.pytest_watch.bindings import Action, Bindings
from livereload_sse.pytest_watch.footer import footer, title
from livereload_sse.pytest_watch.lines import header, hints, stamped
from livereload_sse.pytest_watch.painting import typed_lines
from livereload_sse.pytest_watch.printing import Printer
from livereload_sse.pytest_watch.signs import Bell, Title
from livereload_sse.pytest_watch.spans import Line, Span, Tone, text_of
from livereload_sse.pytest_watch.standing import NOTHING_ON, Mode, Standing, verdict_of
from livereload_sse.pytest_watch.typeahead import Typeahead
from livereload_sse.terminal.columns import spelt
from livereload_sse.terminal.foreground import is_in_front
from livereload_sse.terminal.live import LiveRegion

_UNFOLDED = 100_000
"""Columns of what is no terminal: whoever reads it folds it."""


class Screen:
    """The terminal around the runs; plain lines where `out` is no terminal.

    `keys`: keys are read, so that hints name them. `clears`: the screen is cleared before each run
    but the first; what stood there can be scrolled back to. `bell`: it rings when the tests turn from
    good to bad, or back. `name` is the project's, for the window's title; with none the title is left
    alone. `colour` None means where a person looks and NO_COLOR is not set.
    """

    def __init__(
        self,
        out: TextIO | None = None,
        *,
        bindings: Bindings | None = None,
        keys: bool = True,
        clears: bool = False,
        bell: bool = False,
        name: str = "",
        colour: bool | None = None,
        now: Callable[[], time.struct_time] = time.localtime,
        size: Callable[[], tuple[int, int]] = shutil.get_terminal_size,
        is_ours: Callable[[TextIO], bool] = is_in_front,
    ) -> None:
        out = out or sys.stdout
        self.clears = clears
        self._keys = keys
        self._name = printable(name)
        self._now = now
        self._size = size
        self._bindings = bindings or Bindings()
        self._printer = Printer(out, colour=colour)
        self._region = LiveRegion(
            out, width=lambda: size()[0], height=lambda: size()[1], is_ours=is_ours
        )
        self._title = Title(self._printer.write) if self.is_terminal and name else None
        self._bell = Bell(self._printer.write) if self.is_terminal and bell else None
        self._footer: tuple[Standing, Mode] | None = None
        self._typed: Typeahead | None = None
        self._drawn_size = (0, 0)
        self._is_running = self._has_run = self._is_lent = False
        self._kept: list[Line] = []  # said while the terminal was somebody else's

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks at it."""
        return self._printer.is_terminal

    def opening(self) -> None:
        """Say, before the first run, that it will not be the last."""
        words = f" · {hints(self._bindings, keys=self._keys)}"
        self._say((Span(f"sse-reload watches {self._name or 'the tests'}"), Span(words, "quiet")))

    def begin_run(self, line: str, *, reason: str = "", mode: Mode = NOTHING_ON) -> None:
        """Say why a run begins; from now on its process prints.

        `line` is `src/cart.py → 4 of 312 tests: test_cart (imports it)`, or without the last part;
        that and `reason` move to lines of their own where they do not fit. An empty one says nothing.
        """
        self._region.clear()
        self._footer = None
        if self.clears and self._has_run and self.is_terminal:
            self._scroll_away()
        for row in header(line, at=self._at(), width=self._width, reason=reason, mode=mode):
            self._say(row)
        self._is_running = self._has_run = True
        if self._title:
            self._title.say(f"running · {self._name}")

    def end_run(self) -> None:
        """Take the terminal back: the run's process prints no more."""
        self._is_running = False
        if self.is_terminal:
            self._printer.write("\x1b[0m")

    def waiting(self, standing: Standing, mode: Mode = NOTHING_ON) -> None:
        """Show how things stand below all else, until the next run. Rings, and sets the title."""
        is_new = self._footer != (standing, mode)
        self._footer = standing, mode
        if self._title:
            self._title.say(title(standing, self._name))
        if self._bell:
            self._bell.hear(verdict_of(standing))
        if self.is_terminal:
            self.redraw()
        elif is_new:
            for line in self._footer_lines():
                self._say(line)

    def note(self, text: str, tone: Tone = "plain") -> None:
        """Print a line with the time, also while a run prints."""
        stamp, *words = stamped(text, self._at())
        toned = words if tone == "plain" else [Span(text, tone)]
        self._above([(stamp, *toned)])

    def error(self, text: str) -> None:
        """Print an error of ours: what happened and where, then what to do."""
        first, *rest = text.splitlines() or [""]
        lines: list[Line] = [(Span("Error:", "bad"), Span(f" {first}"))]
        self._above([*lines, *((Span(line),) for line in rest)])

    def block(self, lines: Sequence[str]) -> None:
        """Print some lines as they are, with room around them: chains of reasons, say."""
        self._above([(), *((Span(f"  {line}"),) for line in lines), ()])

    def help(self, mode: Mode = NOTHING_ON, *, without: Collection[Action] = ()) -> None:
        """List the keys; `without` are those that cannot do anything here."""
        width = self._width - 1
        rows = self._bindings.help_lines(width, on=mode.on, without=without)
        self._above([(), *((Span(row),) for row in rows), ()])

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
            texts = [text_of(line) for line in lines]
            self._region.draw(texts, lambda number, text: self._styled(lines, texts, number, text))

    def tick(self) -> None:
        """Draw again if that has become due: a new size, or a terminal that was not ours."""
        if self._drawn_size != self._size() or not self._region.is_drawn:
            self.redraw()

    def give_way(self) -> None:
        """Take away what is drawn; nothing is until `come_back`: a debugger, or the shell, has it."""
        self._region.clear()
        self._is_lent = True

    def come_back(self) -> None:
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
