"""One run of a command: started, listened to, and ended with everything that it has started.

Knows processes and what they print. Refuses to know what the command makes, and when to run it.
"""

import asyncio
import codecs
import io
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

from livereload_sse.build.keeper import (
    KILL_TIMEOUT,
    LINGER_TIMEOUT,
    POLL_INTERVAL,
    TERM_TIMEOUT,
    is_alive,
    signal_group,
)
from livereload_sse.build.results import OUTPUT_LIMIT, Ending, Finished, Say
from livereload_sse.build.tasks import to_the_end

_COLUMNS = "100"
_ENCODING = (
    "utf-8:backslashreplace"  # a name that is no text is printed somehow; nothing fails of it
)
_PIECES = 64  # of 64 KB that may wait for the event loop; who prints more than it takes has to wait
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
    """What a run prints: bytes become text, which is told piece by piece and kept up to a limit.

    Lines end in a newline alone; a carriage return by itself stays, as progress bars use it.
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=False)
        self._text = ""
        self._cut = False
        self._closed = False

    @property
    def text(self) -> str:
        """What is kept of it."""
        return _CUT + self._text if self._cut else self._text

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Take the next bytes, however they are cut."""
        text = self._decoder.decode(data, final).replace("\r\n", "\n")
        if not text or self._closed:
            return
        self._text += text
        if len(self._text) > 2 * OUTPUT_LIMIT:  # rarely, as each cut copies what is kept
            self.trim()
        self._say(text)

    def trim(self) -> None:
        """Keep the last `OUTPUT_LIMIT` characters, from the beginning of a line."""
        if len(self._text) > OUTPUT_LIMIT:
            kept = self._text[-OUTPUT_LIMIT:]
            self._text = kept.partition("\n")[2] or kept
            self._cut = True

    def close(self) -> None:
        """Take the end of it. What comes later, from somebody who was left behind, is not heard."""
        self.feed(b"", final=True)
        self.trim()
        self._closed = True


async def run_command(
    command: Command,
    *,
    say: Say = lambda _text: None,
    timeout: float | None = None,  # noqa: ASYNC109 - it has to end what it has started
    term_timeout: float = TERM_TIMEOUT,
    stdin: bytes | None = None,
    lifeline: bool = False,
) -> Finished:
    """Run a command until it ends, or for `timeout` seconds.

    Then, and when the call is cancelled, the command and all that it has started are ended first:
    asked to (SIGTERM), and made to after `term_timeout` seconds. It reads `stdin`, by default
    nothing; with `lifeline` its input ends only when the call does, or when we die.
    """
    began, output = time.monotonic(), Output(say)
    with_input = lifeline or stdin is not None
    try:
        process, read = await _spawn(command, output.feed, with_input=with_input)
    except OSError as error:
        output.feed(_why_not(command, error).encode())
        return Finished(Ending.NOT_STARTED, None, time.monotonic() - began, output.text)
    ending = Ending.EXITED
    try:
        _give(process, stdin or b"", close=not lifeline)
        async with asyncio.timeout(timeout):
            await process.wait()
        await wait_within(LINGER_TIMEOUT, read)
    except TimeoutError:
        ending = Ending.TIMED_OUT
    finally:
        await to_the_end(_end(process, read, term_timeout))
        output.close()
    exit_code = process.returncode if ending is Ending.EXITED else None
    return Finished(ending, exit_code, time.monotonic() - began, output.text)


async def wait_within(timeout: float, event: asyncio.Event) -> None:  # noqa: ASYNC109 - its point
    """Wait for an event, but not for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await event.wait()


def child_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Our environment, with what makes programs print at once, in UTF-8, and in colour unless the
    user said otherwise (no-color.org, bixense.com/clicolors): a pipe is not a terminal to them.
    """
    coloured = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1"}
    return {
        "PYTHONIOENCODING": _ENCODING,
        **({} if os.environ.get("NO_COLOR") else coloured),
        **os.environ,
        "COLUMNS": _COLUMNS,
        "PYTHONUNBUFFERED": "1",
        **more,
    }


async def _spawn(
    command: Command, feed: Callable[[bytes], None], *, with_input: bool
) -> tuple[asyncio.subprocess.Process, asyncio.Event]:
    """Start a command as the head of a group of its own: so it can be ended with all that it has
    started, and a Ctrl-C in the terminal is for us alone. Raises `OSError`.

    The pipe is ours: asyncio's would make the command's end wait for everybody who holds it open.
    """
    reading, writing = os.pipe()
    stdin = asyncio.subprocess.PIPE if with_input else asyncio.subprocess.DEVNULL
    try:
        process = await start_process(command, writing, stdin=stdin)
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return process, read_in_thread(reading, feed)


def _give(process: asyncio.subprocess.Process, data: bytes, *, close: bool) -> None:
    """Write a command's input; the event loop sees to it as fast as it is read."""
    if process.stdin is not None:
        process.stdin.write(data)
        if close:
            process.stdin.close()


async def _end(
    process: asyncio.subprocess.Process, read: asyncio.Event, term_timeout: float
) -> None:
    await end_group(process, term_timeout=term_timeout)
    # A process that has left the group may hold the pipe open for ever.
    await wait_within(LINGER_TIMEOUT, read)
    if process.stdin is not None:
        process.stdin.close()


def _why_not(command: Command, error: OSError) -> str:
    """Say in one line, which is a report's title, what is in the way of a command and what to do."""
    words = command.words
    name = "The shell" if isinstance(words, str) else words[0]
    why = error.strerror or str(error)
    if not command.folder.is_dir():
        return f"There is no folder to run it in: {command.folder}\n"
    if isinstance(error, FileNotFoundError) and (command.folder / name).is_file():
        return f"{name} cannot be run: its first line (#!) names a program that is not there\n"
    if isinstance(error, FileNotFoundError):
        return f"Command not found: {name} (install it, or write its whole path)\n"
    if isinstance(error, PermissionError):
        return f"{name} may not be run: {why} (make it executable: chmod +x {name})\n"
    return f"{name} cannot be run: {why}\n"


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
    room = threading.Semaphore(_PIECES)

    def take(data: bytes) -> None:
        try:
            feed(data)
        finally:
            room.release()

    def read() -> None:
        # The loop may have ended before the last writer: then there is nobody to hand anything to.
        with os.fdopen(descriptor, "rb", buffering=0) as pipe, suppress(RuntimeError):
            while data := pipe.read(64 * 1024):
                while not room.acquire(timeout=1.0):
                    loop.call_soon_threadsafe(lambda: None)  # raises when it has ended
                loop.call_soon_threadsafe(take, data)
            loop.call_soon_threadsafe(ended.set)

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
    if sys.platform == "win32":  # it has neither groups nor gentle signals
        await _end_tree(process)
        return
    if signal_group(process.pid, signal.SIGTERM) and not await _is_gone(process, term_timeout):
        signal_group(process.pid, signal.SIGKILL)
        await _is_gone(process, KILL_TIMEOUT)
    await process.wait()


async def _is_gone(process: asyncio.subprocess.Process, timeout: float) -> bool:  # noqa: ASYNC109 - its point
    """Wait until nobody is left in a process's group, but not for ever; True when nobody is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await process.wait()
            while is_alive(process.pid):  # noqa: ASYNC110 - nobody tells when the last one goes
                await asyncio.sleep(POLL_INTERVAL)
            return True
    return False


async def _end_tree(process: asyncio.subprocess.Process) -> None:
    """End a process and all below it, as Windows can; below one that has ended, nothing is known."""
    if process.returncode is None:
        nowhere = asyncio.subprocess.DEVNULL
        words = ("taskkill", "/T", "/F", "/PID", str(process.pid))
        ending = await asyncio.create_subprocess_exec(*words, stdout=nowhere, stderr=nowhere)
        await ending.wait()
    await process.wait()
