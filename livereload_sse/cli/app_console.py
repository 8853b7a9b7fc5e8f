"""The user's app on the terminal: what it prints, and a line when it goes away and comes back.

Knows what is said of an app and when. Refuses to know how it is run, and how it is asked.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from livereload_sse.cli import app_lines
from livereload_sse.cli.app_lines import PREFIX, AppLines

if TYPE_CHECKING:
    from livereload_sse.build.results import Finished
    from livereload_sse.terminal.live import LiveRegion


class AppConsole:
    """Says what becomes of an app.

    `stamped` prints a line with the time, `plain` one without. A line that the app has begun and not
    ended, a progress bar say, is drawn in `region`, and printed when it has ended. `quiet` leaves out
    what we say of the app as long as it lives; what it says itself is never left out, since a
    person's own `print` is what they look for.
    """

    def __init__(
        self,
        region: "LiveRegion | None",
        *,
        stamped: Callable[[str], None],
        plain: Callable[[str], None],
        quiet: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._region = region
        self._stamped = stamped
        self._quiet = quiet
        self._is_drawn = False
        self._has_answered = False
        self._lines = AppLines(plain, clock=clock)

    def output(self, text: str) -> None:
        """Take what the app prints, in pieces as they come: decoded, colours still in it."""
        self._lines.feed(text)

    def restarting(self, files: Sequence[str]) -> None:
        """Say that it is ended and started again because of these files; none: it was asked for."""
        *named, what = app_lines.restart_line(files).rsplit(" → ", 1)
        self._tell("".join(f"{_bold(name)} {_dim('→')} " for name in named) + what)

    def died(self, finished: "Finished") -> None:
        """Say that it has ended by itself."""
        self._lines.flush()
        self._stamped(click.style(app_lines.died_line(finished), fg="red", bold=True))

    def back(self, duration: float) -> None:
        """Say that it answers, so many seconds after it was started or missed."""
        self._tell(app_lines.back_line(duration, again=self._has_answered))
        self._has_answered = True

    def waiting(self, target: str) -> None:
        """Say that nothing answers at its address."""
        self._tell(click.style(app_lines.waiting_line(target), fg="yellow"))

    def flush(self) -> None:
        """Print what the app has begun and will not end any more: it is gone."""
        self._lines.flush()

    def tick(self) -> None:
        """Show what stands of a line that has not ended: time has passed."""
        pending = self._lines.pending
        if pending and self._region is not None and self._region.draw([pending], _dim_prefix):
            self._is_drawn = True
        elif pending:
            self._lines.tick()
        elif self._is_drawn and self._region is not None:
            self._is_drawn = False
            self._region.clear()  # a bar may erase itself and leave no line

    def _tell(self, line: str) -> None:
        self._lines.flush()
        if not self._quiet:
            self._stamped(line)


def _dim_prefix(_number: int, text: str) -> str:
    return _dim(text[: len(PREFIX)]) + text[len(PREFIX) :]


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _dim(text: str) -> str:
    return click.style(text, dim=True)
