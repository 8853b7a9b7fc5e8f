"""One worker process: started, asked, listened to, ended.

Knows the lines of the worker's `wire`. Refuses to know what is asked, and when.
"""

import asyncio
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.build.command import (
    Output,
    child_environment,
    end_group,
    own_group,
    read_in_thread,
    wait_within,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WORKER = Path(__file__).parent / "worker"

FAREWELL_TIMEOUT = 1.0
"""Seconds in which a worker may let its plugins clean up."""

MARK_TIMEOUT = 1.0
"""Seconds that are waited for the end of an answer's output once the answer is there."""

LONGEST_LINE = 256 * 1024 * 1024
"""Bytes of one answer: a few pages, or the names of all assets."""

_MARK = re.compile(rb"\0(\d+)\0")
_MARK_LENGTH = 32


class WorkerGoneError(Exception):
    """The process has ended where an answer was due. `code` is what it ended with."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class WorkerProcess:
    """A worker that has been started; it does one thing at a time.

    `printed` is the reading end of the pipe into which it prints.
    """

    def __init__(self, process: asyncio.subprocess.Process, printed: int) -> None:
        self._process = process
        self._heard: Callable[[bytes], None] = lambda _data: None
        self._held = b""
        self._marked = 0
        self._news = asyncio.Event()
        self._number = 0
        self._busy = asyncio.Lock()
        self._read = read_in_thread(printed, self._feed)

    @classmethod
    async def start(
        cls, python: Path, package: str, folder: Path, more: "Mapping[str, str]"
    ) -> Self:
        """Start a worker. Raises `OSError` where the interpreter cannot be."""
        reading, writing = os.pipe()
        environment = child_environment(
            {"PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}", **more}
        )
        environment.pop("COLUMNS", None)  # MkDocs would wrap what others are to read
        try:
            process = await asyncio.create_subprocess_exec(
                python,
                WORKER,
                package,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=writing,
                cwd=folder,
                env=environment,
                limit=LONGEST_LINE,
                **own_group(),
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return cls(process, reading)

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.returncode is None

    async def ask(
        self, do: str, request: "Mapping[str, Any]", printed: Output | None = None
    ) -> "Mapping[str, Any]":
        """Ask, and wait for the answer; what is printed meanwhile goes to `printed`.

        Raises `WorkerGoneError`. When the call is cancelled, the worker goes on: end it.
        """
        async with self._busy:
            self._number += 1
            self._heard = printed.feed if printed else _ignore
            try:
                return await self._asked({"id": self._number, "do": do, **request})
            except (ConnectionError, asyncio.IncompleteReadError):
                await wait_within(FAREWELL_TIMEOUT, self._read)
                with suppress(TimeoutError):
                    async with asyncio.timeout(FAREWELL_TIMEOUT):
                        await self._process.wait()
                raise WorkerGoneError(self._process.returncode) from None
            finally:
                self._heard = _ignore

    async def close(self) -> None:
        """Let it end by itself, or end it."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_TIMEOUT):
                await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """End it now, with all that it has started."""
        await end_group(self._process, term_timeout=FAREWELL_TIMEOUT)
        await wait_within(FAREWELL_TIMEOUT, self._read)

    async def _asked(self, request: "Mapping[str, Any]") -> "Mapping[str, Any]":
        assert self._process.stdin is not None  # noqa: S101 - both were asked for
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        await self._process.stdin.drain()
        answer: Mapping[str, Any] = {"id": 0}
        while answer["id"] < request["id"]:  # older ones were asked for by whoever gave up waiting
            answer = json.loads(await self._process.stdout.readuntil(b"\n"))
        with suppress(TimeoutError):
            async with asyncio.timeout(MARK_TIMEOUT):
                while self._marked < request["id"]:
                    self._news.clear()
                    await self._news.wait()
        return answer

    def _feed(self, data: bytes) -> None:
        """Hand on what is printed, without the marks; half a mark at the end waits for its rest."""
        data, self._held = self._held + data, b""
        start = 0
        for found in _MARK.finditer(data):
            self._heard(data[start : found.start()])
            start, self._marked = found.end(), int(found[1])
            self._heard = _ignore
        rest = data[start:]
        cut = rest.rfind(b"\0", max(0, len(rest) - _MARK_LENGTH))
        if cut >= 0:
            rest, self._held = rest[:cut], rest[cut:]
        self._heard(rest)
        self._news.set()


def _ignore(_data: bytes) -> None:
    """Nobody has asked for this."""
