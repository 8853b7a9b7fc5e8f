"""One run of a command: started, listened to, and ended with everything that it has started.

Knows processes and what they print. Refuses to know what the command makes, and when to run it.
"""

import asyncio
import codecs
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livereload_sse.build.results import OUTPUT_LIMIT, Ending, Finished, Say

TERM_TIMEOUT = 2.0
"""Seconds between the word to end (SIGTERM) and the end (SIGKILL)."""

LINGER_TIMEOUT = 0.3
"""Seconds that are waited, after a command has ended, for what its own children still print."""

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
_COLUMNS = "100"
_CUT = "… the beginning was left out\n"


@dataclass(frozen=True, slots=True)
class Command:
    """What is run, and where.

    `words` as a string go through the system's shell, as the user typed them; a tuple never does.
    `environment` is added to our own.
    """

    words: tuple[str, ...] | str
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> str:
        """Write it as a person would type it."""
        if isinstance(self.words, str):
            return self.words
        on_windows = sys.platform == "win32"
        return subprocess.list2cmdline(self.words) if on_windows else shlex.join(self.words)


class Output:
    """What a run prints: bytes become text, which is told piece by piece and kept up to a limit."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._cut = False

    @property
    def text(self) -> str:
        """What is kept of it."""
        return _CUT + self._text if self._cut else self._text

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Take the next bytes, however they are cut."""
        text = self._decoder.decode(data, final)
        if not text:
            return
        self._text += text
        if len(self._text) > 2 * OUTPUT_LIMIT:  # rarely, as each cut copies what is kept
            self.trim()
        self._say(text)

    def trim(self) -> None:
        """Keep the last `OUTPUT_LIMIT` characters, from the beginning of a line."""
        if len(self._text) > OUTPUT_LIMIT:
            self._text = self._text[-OUTPUT_LIMIT:].partition("\n")[2]
            self._cut = True


async def run_command(
    command: Command,
    *,
    say: Say = lambda _text: None,
    term_timeout: float = TERM_TIMEOUT,
) -> Finished:
    """Run a command to its end. When the call is cancelled, the command and all that it has started
    are ended first: asked to (SIGTERM), and made to after `term_timeout` seconds.
    """
    began = time.monotonic()
    output = Output(say)
    try:
        process, read = await _spawn(command, output.feed)
    except OSError as error:
        output.feed(f"{command.shown()}: {error.strerror or error}\n".encode())
        return Finished(Ending.NOT_STARTED, None, time.monotonic() - began, output.text)
    try:
        await process.wait()
        await wait_within(LINGER_TIMEOUT, read)
    finally:
        await end_group(process, term_timeout=term_timeout)
        # A process that has left the group may hold the pipe open for ever.
        await wait_within(LINGER_TIMEOUT, read)
    output.feed(b"", final=True)
    output.trim()
    return Finished(Ending.EXITED, process.returncode, time.monotonic() - began, output.text)


async def wait_within(timeout: float, event: asyncio.Event) -> None:  # noqa: ASYNC109 - its point
    """Wait for an event, but not for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await event.wait()


def child_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Our environment, with what makes programs print at once, and in colour unless the user said
    otherwise (no-color.org, bixense.com/clicolors): a pipe is not a terminal to them.
    """
    coloured = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1"}
    return {
        **os.environ,
        **({} if os.environ.get("NO_COLOR") else coloured),
        "COLUMNS": _COLUMNS,
        "PYTHONUNBUFFERED": "1",
        **more,
    }


async def _spawn(
    command: Command, feed: Callable[[bytes], None]
) -> tuple[asyncio.subprocess.Process, asyncio.Event]:
    """Start a command as the head of a group of its own: so it can be ended with all that it has
    started, and a Ctrl-C in the terminal is for us alone. Raises `OSError`.

    The pipe is ours: asyncio's would make the command's end wait for everybody who holds it open.
    """
    reading, writing = os.pipe()
    try:
        process = await start_process(command, writing)
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return process, read_in_thread(reading, feed)


async def start_process(
    command: Command, output: int, *, stdin: int = asyncio.subprocess.DEVNULL
) -> asyncio.subprocess.Process:
    """Start a command that prints into a file descriptor. Raises `OSError`."""
    start: dict[str, Any] = {
        "stdin": stdin,
        "stdout": output,
        "stderr": asyncio.subprocess.STDOUT,
        "cwd": command.folder,
        "env": child_environment(command.environment),
        **own_group(),
    }
    if isinstance(command.words, str):
        return await asyncio.create_subprocess_shell(command.words, **start)
    return await asyncio.create_subprocess_exec(*command.words, **start)


def read_in_thread(descriptor: int, feed: Callable[[bytes], None]) -> asyncio.Event:
    """Have everything that comes from a pipe handed to the event loop; the event says that it ended.

    A thread does that on every system, and nobody needs to stop it: it ends with the last writer.
    """
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def hand_over(function: Callable[..., None], *arguments: bytes) -> None:
        with suppress(RuntimeError):  # the loop has ended before the last writer
            loop.call_soon_threadsafe(function, *arguments)

    def read() -> None:
        with os.fdopen(descriptor, "rb", buffering=0) as pipe:
            while data := pipe.read(64 * 1024):
                hand_over(feed, data)
        hand_over(ended.set)

    threading.Thread(target=read, name="sse-reload output", daemon=True).start()
    return ended


def own_group() -> dict[str, Any]:
    """What starts a process in a group of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


async def end_group(
    process: asyncio.subprocess.Process, *, term_timeout: float = TERM_TIMEOUT
) -> None:
    """End a process and its group: asked to first, made to after `term_timeout` seconds."""
    if not _signal_group(process.pid, signal.SIGTERM):
        await process.wait()
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(term_timeout):
            await process.wait()
            while _signal_group(process.pid, 0):  # noqa: ASYNC110 - nobody tells when a group is gone
                await asyncio.sleep(0.01)
            return
    _signal_group(process.pid, _KILL)
    await process.wait()


def _signal_group(leader: int, number: int) -> bool:
    """Send a signal to a group (0 only asks); False when nobody is left in it.

    Windows has neither groups nor gentle signals: the whole tree below the process is ended there.
    """
    if sys.platform == "win32":
        if number == 0:
            return False
        words = ["taskkill", "/T", "/F", "/PID", str(leader)]
        ended = subprocess.run(words, capture_output=True, check=False)  # noqa: S603 - our words, the system's program
        return ended.returncode == 0
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of a group whose last member waits to be reaped
        return False
    return True
