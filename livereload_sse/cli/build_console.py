"""Builds on the terminal: one line that follows the build that runs, the end of its output below it,
and one line in the end.

Knows what is said of a build and when. Refuses to know how it is run.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from livereload_sse import lines
from livereload_sse.build.news import Failed, Progressed, Started, Succeeded
from livereload_sse.cli import build_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livereload_sse.build.news import News
    from livereload_sse.build.results import Problem
    from livereload_sse.terminal.live import LiveRegion
    from livereload_sse.updates import Update

SHOWN_LINES = 6
"""Lines of the output that stand below the line of the build."""

PATIENCE = 0.25
"""Seconds after which a build is followed on the terminal."""

LONG = 1.0
"""Seconds after which a build that cannot be followed is worth a line before it has ended."""

_KEPT = 8 * 1024


class BuildConsole:
    """Says what happens to builds.

    `stamped` prints a line with the time, `plain` one without. The build that runs is followed in
    `region`; where there is none (a pipe), or it may not be drawn (in the background), there is a
    line when it takes long and one when it has ended. `verbose` prints the output where nothing is
    followed; `quiet` says only what goes wrong.
    """

    def __init__(
        self,
        region: "LiveRegion | None",
        *,
        stamped: Callable[[str], None],
        plain: Callable[[str], None],
        verbose: bool,
        quiet: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stamped = stamped
        self._plain = plain
        self._region = region
        self._verbose = verbose
        self._quiet = quiet
        self._clock = clock
        self._running: Started | None = None
        self._began = 0.0
        self._was_said = False
        self._fraction: float | None = None
        self._stage = ""
        self._printed = ""
        self._has_site = False

    def news(self, news: "News") -> None:
        """Say what happens to a build."""
        if isinstance(news, Started):
            self._begin(news)
        elif isinstance(news, Progressed):
            self._fraction, self._stage = news.fraction, news.stage
        elif isinstance(news, Succeeded):
            self._succeed(news)
        else:
            self._fail(news)

    def output(self, text: str) -> None:
        """Take what the build prints."""
        self._printed = (self._printed + text)[-_KEPT:]
        if self._verbose and self._region is None:
            for line in build_lines.last_lines(text, 1000):
                self._plain(click.style(f"  {lines.printable(line)}", dim=True))

    def built(self, update: "Update", built: Succeeded) -> None:
        """Say what a build has made and what the tabs did with it."""
        if self._quiet or built.first:
            return
        files, phrase = lines.files_phrase(update.files), build_lines.built_phrase(built)
        outcome = lines.outcome_phrase(update)
        self._stamped(f"{_bold(files)} {_dim('→')} {phrase} · {_dim(outcome)}")
        self._warn(built.warnings)

    def tick(self) -> None:
        """Draw the line of the build that runs anew: time has passed."""
        if self._running is None or self._quiet:
            return
        elapsed = self._clock() - self._began
        is_drawn = elapsed >= PATIENCE and self._draw(elapsed)
        if not (is_drawn or self._was_said) and elapsed >= LONG:
            self._was_said = True
            self._stamped(build_lines.started_line(self._running.command))

    def _draw(self, elapsed: float) -> bool:
        if self._region is None:
            return False
        status = build_lines.running_line(elapsed, fraction=self._guess(elapsed), stage=self._stage)
        below = build_lines.last_lines(self._printed, SHOWN_LINES)
        shown = [status, *(f"  {lines.printable(line)}" for line in below)]
        return self._region.draw(shown, lambda number, text: text if number == 0 else _dim(text))

    def give_way(self) -> None:
        """Something else is about to be printed; the next tick draws again."""
        if self._region is not None:
            self._region.clear()

    def _begin(self, started: Started) -> None:
        self._running, self._began, self._was_said = started, self._clock(), False
        self._fraction, self._stage, self._printed = None, "", ""

    def _guess(self, elapsed: float) -> float | None:
        """How far it is: as it says, else as long as the last ones took."""
        if self._fraction is not None or self._running is None or not self._running.expected:
            return self._fraction
        return min(0.99, elapsed / self._running.expected)

    def _end(self) -> None:
        self._running = None
        self.give_way()

    def _succeed(self, built: Succeeded) -> None:
        self._end()
        self._has_site = True
        if self._quiet:
            return
        if built.first or built.changed <= built.before:  # no tab has anything to say of it
            self._stamped(build_lines.built_phrase(built))
            self._warn(built.warnings)

    def _warn(self, warnings: "Sequence[Problem]") -> None:
        for line in build_lines.warning_lines(warnings):
            self._plain(f"  {click.style('warning', fg='yellow')} {line}")

    def _fail(self, failed: Failed) -> None:
        self._end()
        self._has_site |= failed.shown
        self._stamped(click.style(build_lines.failed_line(failed), fg="red", bold=True))
        title, *places = build_lines.failure_lines(failed)
        self._plain(f"  {_bold(title)}")
        for line in places:
            self._plain(f"  {line}")
        if failed.shown:
            self._warn(failed.report.problems)
        else:
            for line in build_lines.output_lines(failed):
                self._plain(_dim(f"  {lines.printable(line)}"))
        self._plain(f"  {build_lines.advice_line(failed, has_site=self._has_site)}")


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _dim(text: str) -> str:
    return click.style(text, dim=True)
