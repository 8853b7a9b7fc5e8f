"""A command that is kept running: one that watches its sources and writes the site by itself.

Knows its start, its death and what it prints. Refuses to know what it writes.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from livereload_sse.build.ansi import strip
from livereload_sse.build.command import (
    LINGER_TIMEOUT,
    Command,
    Output,
    end_group,
    read_in_thread,
    start_process,
    wait_within,
)
from livereload_sse.build.results import Ending, Finished, Say

FIRST_DELAY = 0.5
LONGEST_DELAY = 10.0
"""Seconds before a command that died is started again; doubled with each death, up to the second."""

HEALTHY = 10.0
"""Seconds after which a command has lived long enough to be started again soon."""

_KEEPER = Path(__file__).with_name("keeper.py")
_TERM_TIMEOUT = 3.0  # more than the keeper gives the command


class Child:
    """Keeps a command running for as long as `run` is.

    `say` is told what it prints, `on_exit` how it ended each time. `on_done` is called when a line
    matches `done`: the command says that it has written all there is.
    """

    def __init__(
        self,
        command: Command,
        *,
        say: Say,
        on_exit: Callable[[Finished], None],
        done: re.Pattern[str] | None = None,
        on_done: Callable[[], None] = lambda: None,
    ) -> None:
        self._command = kept(command)
        self._shown = command.shown()
        self._say = say
        self._on_exit = on_exit
        self._done = done
        self._on_done = on_done
        self._line = ""
        self._restart = asyncio.Event()

    def restart(self) -> None:
        """End it and start it again."""
        self._restart.set()

    async def run(self) -> None:
        """Start it, and again whenever it ends, until cancelled; then it is ended first."""
        delay = FIRST_DELAY
        while True:
            self._restart.clear()
            finished = await self._run_once()
            if finished is None:
                continue
            self._on_exit(finished)
            delay = FIRST_DELAY if finished.duration > HEALTHY else delay
            await wait_within(delay, self._restart)
            delay = min(2 * delay, LONGEST_DELAY)

    async def _run_once(self) -> Finished | None:
        """Run it to its end; None when it was ended to be started again."""
        began = time.monotonic()
        output = Output(self._hear)
        reading, writing = os.pipe()
        try:
            process = await start_process(self._command, writing, stdin=asyncio.subprocess.PIPE)
        except OSError as error:
            os.close(reading)
            output.feed(f"{self._shown}: {error.strerror or error}\n".encode())
            return Finished(Ending.NOT_STARTED, None, time.monotonic() - began, output.text)
        finally:
            os.close(writing)
        read = read_in_thread(reading, output.feed)
        try:
            ended = await self._wait(process)
        finally:
            await end_group(process, term_timeout=_TERM_TIMEOUT)
        if not ended:
            return None
        await wait_within(LINGER_TIMEOUT, read)
        output.trim()
        duration = time.monotonic() - began
        return Finished(Ending.EXITED, process.returncode, duration, output.text)

    async def _wait(self, process: asyncio.subprocess.Process) -> bool:
        """Wait for its end, or for the wish to restart it; True when it ended by itself."""
        ending = asyncio.ensure_future(process.wait())
        wish = asyncio.ensure_future(self._restart.wait())
        try:
            await asyncio.wait({ending, wish}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wish.cancel()
        return ending.done()

    def _hear(self, text: str) -> None:
        self._say(text)
        if self._done is None:
            return
        *lines, self._line = (self._line + text).split("\n")
        self._line = self._line[-4096:]
        if any(self._done.search(strip(line)) for line in lines):
            self._on_done()


def kept(command: Command) -> Command:
    """Have a command end when we die, even by SIGKILL. On Windows it may outlive that."""
    if sys.platform == "win32":
        return command
    words = ("/bin/sh", "-c", command.words) if isinstance(command.words, str) else command.words
    keeper = (sys.executable, "-I", str(_KEEPER))
    return Command((*keeper, *words), command.folder, command.environment)
