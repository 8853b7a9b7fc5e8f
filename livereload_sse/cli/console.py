"""The terminal: the one place that prints.

Knows colour, `NO_COLOR`, pipes, width and encodings. Refuses to know where the facts come from.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from livereload_sse import __version__, lines
from livereload_sse.terminal.columns import width_of

if TYPE_CHECKING:
    from livereload_sse.build.news import News
    from livereload_sse.cli.app_console import AppConsole
    from livereload_sse.cli.build_console import BuildConsole
    from livereload_sse.terminal.live import LiveRegion
    from livereload_sse.updates import Update

T = TypeVar("T")

_PLAINER = str.maketrans({"→": "->", "➜": ">", "│": "|", "·": "-", "…": "..."})
_INDENT = " " * len("00:00:00  ")


class Console:
    """Prints facts to a terminal or a pipe; colour only where a person sees it.

    `verbose` also prints requests, `quiet` prints only the address and what goes wrong.
    """

    def __init__(
        self,
        *,
        out: TextIO | None = None,
        err: TextIO | None = None,
        verbose: bool = False,
        quiet: bool = False,
        now: Callable[[], time.struct_time] = time.localtime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._now = now
        self._clock = clock
        self.verbose = verbose
        self.quiet = quiet
        self._has_banner = False
        self._make_room: Callable[[], None] = lambda: None
        self._ticks: list[Callable[[], None]] = []
        self._early: list[Callable[[], None]] = []

    @property
    def is_terminal(self) -> bool:
        """Whether a person looks at it."""
        return self._out.isatty()

    def banner(
        self, what: str, url: str, others: Sequence[str], *, keys: bool, facts: Sequence[str] = ()
    ) -> None:
        """Say what is served and where, with addresses that can be clicked; `facts` say how."""
        self._print_banner(what, url, others, keys=keys, facts=facts)
        self._has_banner = True
        for say in self._early:
            say()
        self._early.clear()

    def _print_banner(
        self, what: str, url: str, others: Sequence[str], *, keys: bool, facts: Sequence[str]
    ) -> None:
        if self.quiet or not self.is_terminal:
            self._say(f"Serving {what} at {url}")
            for fact in () if self.quiet else facts:
                self._say(fact)
            for other in others:
                self._say(f"On your network at {other}")
            return
        self._say("")
        self._say(f"  {_bold('sse-reload')} {_dim(__version__)}  {_dim('serving')} {what}")
        for fact in facts:
            self._say(f"  {_dim(fact)}")
        self._say("")
        self.addresses(url, others)
        self._say("")
        for line in lines.hint_lines(keys=keys, width=shutil.get_terminal_size().columns):
            self._say(_dim(line))
        self._say("")

    def addresses(self, url: str, others: Sequence[str]) -> None:
        """List the addresses a person can open."""
        self._say(f"  {_coloured('➜', 'green')}  {_bold(_coloured(url, 'cyan'))}")
        for other in others:
            self._say(f"     {_coloured(other, 'cyan')} {_dim('on your network')}")

    def update(self, update: "Update") -> None:
        """Print the one line of one change."""
        if update.built is not None:
            self.builds.built(update, update.built)
            return
        if self.quiet:
            return
        files = lines.files_phrase(update.files)
        outcome = lines.outcome_phrase(update)
        between = " " if self._fits(f"{files} → {outcome}") else f"\n{_INDENT}"
        shown = outcome if update.tabs else _dim(outcome)
        self._stamped(f"{_bold(files)}{between}{_dim('→')} {shown}")

    def news(self, news: "News") -> None:
        """Print what happens to a build; before the banner stands, it is kept."""
        self._below_banner(self.builds.news)(news)

    @cached_property
    def builds(self) -> "BuildConsole":
        """What prints of builds; only where there are some it is needed at all."""
        from livereload_sse.cli.build_console import BuildConsole  # noqa: PLC0415 - see above

        console = BuildConsole(
            self._region,
            stamped=self._stamped,
            plain=self._say,
            verbose=self.verbose,
            quiet=self.quiet,
            clock=self._clock,
        )
        self._ticks.append(console.tick)
        return console

    @cached_property
    def app(self) -> "AppConsole":
        """What prints of the user's app; only where we run one, or stand in front of one."""
        from livereload_sse.cli.app_console import AppConsole  # noqa: PLC0415 - see above

        console = AppConsole(
            self._region,
            stamped=self._below_banner(self._stamped),
            plain=self._below_banner(self._say),
            quiet=self.quiet,
            clock=self._clock,
        )
        self._ticks.append(console.tick)
        return console

    @cached_property
    def _region(self) -> "LiveRegion | None":
        """Where lines are drawn that are not final; None where nobody looks, or nothing can be."""
        from livereload_sse.terminal.live import LiveRegion  # noqa: PLC0415 - see above

        if self.quiet or not self.is_terminal:
            return None
        region = LiveRegion(self._out)
        self._make_room = region.clear
        return region

    @property
    def has_more(self) -> bool:
        """Whether there is something to follow, so that `tick` has to be called."""
        return bool(self._ticks)

    def tick(self) -> None:
        """Draw anew what is not final: time has passed. Called several times a second."""
        for tick in self._ticks:
            tick()

    def give_way(self) -> None:
        """Take away what is drawn: the terminal goes to somebody else; the next tick draws again."""
        self._make_room()

    def request(self, method: str, path: str, status: int, duration: float) -> None:
        """Print one request, when asked to."""
        if self.verbose and not self.quiet:
            self._stamped(_dim(f"{method} {path} {status} {lines.milliseconds(duration)}"))

    def say(self, text: str) -> None:
        """Print a line about what the program does."""
        if not self.quiet:
            self._stamped(text)

    def notice(self, text: str) -> None:
        """Print a line that matters although nothing failed."""
        self._stamped(_coloured(text, "yellow"))

    def help(self, *, rebuild: str = "") -> None:
        """List the keys; `rebuild` is what `b` does, if it does something."""
        for line in ("", *lines.help_lines(rebuild=rebuild), ""):
            self._say(line)

    def error(self, text: str) -> None:
        """Print an error: what happened and where, then what to do."""
        self._make_room()
        first, *rest = text.splitlines()
        _print(f"{click.style('Error:', fg='red', bold=True)} {first}", self._err)
        for line in rest:
            _print(line, self._err)

    def data(self, text: str) -> None:
        """Print a line that another program may read: never styled, never stamped."""
        _print(text, self._out)

    def _below_banner(self, say: Callable[[T], None]) -> Callable[[T], None]:
        """Keep what is said before the banner stands, and say it then."""

        def say_below(what: T) -> None:
            if self._has_banner:
                say(what)
            else:
                self._early.append(partial(say, what))

        return say_below

    def _fits(self, text: str) -> bool:
        """Whether a stamped line stays one line; in a pipe there is no width."""
        width = shutil.get_terminal_size().columns
        return not self.is_terminal or len(_INDENT) + width_of(text) <= width

    def _stamped(self, text: str) -> None:
        self._say(f"{_dim(time.strftime('%H:%M:%S', self._now()))}  {text}")

    def _say(self, text: str) -> None:
        """Print; when whoever read has gone (`| head`), the program goes on unheard."""
        self._make_room()
        try:
            _print(text, self._out)
        except BrokenPipeError:
            self._out = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as we live


def _print(text: str, stream: TextIO) -> None:
    """Print one line, without colour where NO_COLOR is set (no-color.org) or no person looks."""
    colour = False if os.environ.get("NO_COLOR") else None
    click.echo(_encodable(text, stream), file=stream, color=colour)


def _encodable(text: str, stream: TextIO) -> str:
    """Spell what this stream cannot show: our own signs in ASCII, all else as escapes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAINER)
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _dim(text: str) -> str:
    return click.style(text, dim=True)


def _coloured(text: str, colour: str) -> str:
    return click.style(text, fg=colour)
