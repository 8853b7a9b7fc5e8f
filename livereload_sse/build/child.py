"""A command that is kept running: one that watches its sources and writes the site by itself.

Knows its start, its death and what it prints. Refuses to know what it writes.
"""

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from livereload_sse.build.ansi import strip
from livereload_sse.build.command import Command, run_command, wait_within
from livereload_sse.build.keeper import NOT_FOUND, NOT_STARTED, TERM_TIMEOUT
from livereload_sse.build.results import Ending, Finished, Say
from livereload_sse.build.tasks import end_task

FIRST_DELAY = 0.5
LONGEST_DELAY = 10.0
"""Seconds before a command that died is started again; doubled with each death, up to the second."""

HEALTHY = 10.0
"""Seconds after which a command has lived long enough to be started again soon."""

LONGEST_LINE = 4096
"""Characters of a line in which the word that all is done is looked for."""

_KEEPER = Path(__file__).with_name("keeper.py")
_KEEPER_TIMEOUT = TERM_TIMEOUT + 1.0  # it must be able to end a command that does not want to


class Backoff:
    """How long to wait before a command is started again that has died."""

    def __init__(self) -> None:
        self._delay = FIRST_DELAY

    def next(self, lived: float) -> float:
        """Give the seconds to wait, of a command that has lived for so many."""
        delay = FIRST_DELAY if lived >= HEALTHY else self._delay
        self._delay = min(2 * delay, LONGEST_DELAY)
        return delay

    def forget(self) -> None:
        """Begin anew: somebody has asked for a start."""
        self._delay = FIRST_DELAY


class Lines:
    """Looks for a pattern in lines that come in pieces, with colours in them."""

    def __init__(self, wanted: re.Pattern[str]) -> None:
        self._wanted = wanted
        self._rest = ""

    def feed(self, text: str) -> bool:
        """Whether a line that ends in this piece matches, as it stands on a terminal then."""
        *lines, rest = (self._rest + text).split("\n")
        self._rest = rest[-LONGEST_LINE:]
        return any(self._wanted.search(strip(line[-LONGEST_LINE:])) for line in lines)


class Child:
    """Keeps a command running for as long as `run` is.

    `say` is told what it prints, `on_exit` how it ended each time, unless we have ended it ourselves,
    `on_start` that the one before is gone and the next one begins. `on_done` is called when a line
    matches `done`: the command says that it has written all there is. `revives`: one that has died
    is started again by and by; otherwise only `restart` does that.
    """

    def __init__(
        self,
        command: Command,
        *,
        say: Say,
        on_exit: Callable[[Finished], None],
        done: re.Pattern[str] | None = None,
        on_done: Callable[[], None] = lambda: None,
        on_start: Callable[[], None] = lambda: None,
        revives: bool = True,
    ) -> None:
        self._on_start = on_start
        self._revives = revives
        self._command = command
        self._say = say
        self._on_exit = on_exit
        self._done = done
        self._on_done = on_done
        self._restart = asyncio.Event()

    def restart(self) -> None:
        """End it and start it again; if it is dead, start it now."""
        self._restart.set()

    async def run(self) -> None:
        """Start it, and again whenever it ends, until cancelled; then it is ended first."""
        backoff = Backoff()
        while True:
            self._restart.clear()
            finished = await self._run_once()
            if finished is not None:
                self._on_exit(finished)
                await self._wait(backoff.next(finished.duration))
            if self._restart.is_set():
                backoff.forget()

    async def _wait(self, delay: float) -> None:
        """Wait until a command that has died is to be started again."""
        if self._revives:
            await wait_within(delay, self._restart)
        else:
            await self._restart.wait()

    async def _run_once(self) -> Finished | None:
        """Run it to its end; None when it was ended to be started again."""
        self._on_start()
        running = asyncio.ensure_future(
            run_command(
                kept(self._command),
                say=self._hearing(),
                term_timeout=_KEEPER_TIMEOUT,
                lifeline=True,
            )
        )
        wish = asyncio.ensure_future(self._restart.wait())
        try:
            await asyncio.wait({running, wish}, return_when=asyncio.FIRST_COMPLETED)
            return self._judge(running.result()) if running.done() else None
        finally:
            wish.cancel()
            await end_task(running)

    def _judge(self, finished: Finished) -> Finished:
        """Say of a program that could not be started just that; a shell is one that could."""
        if isinstance(self._command.words, tuple) and finished.exit_code in {
            NOT_FOUND,
            NOT_STARTED,
        }:
            return replace(finished, ending=Ending.NOT_STARTED, exit_code=None)
        return finished

    def _hearing(self) -> Say:
        lines = Lines(self._done) if self._done is not None else None

        def hear(text: str) -> None:
            self._say(text)
            if lines is not None and lines.feed(text):
                self._on_done()

        return hear


def kept(command: Command) -> Command:
    """Have a command end when we die, even by SIGKILL. On Windows it may outlive that."""
    if sys.platform == "win32":
        return command
    words = ("/bin/sh", "-c", command.words) if isinstance(command.words, str) else command.words
    keeper = (sys.executable, "-I", str(_KEEPER))
    return Command((*keeper, *words), command.folder, command.environment)
