"""The builder for generators in Python: the next build's process has imported the generator already.

Starting a Python generator is a fifth of a small rebuild, and always the same. So one process of
the project's Python stands by, with everything installed that the last build has used, and waits.
Each build has a process of its own, so nothing of an earlier one is left in it: a generator kept in
memory would not see that its configuration, or a module of the project, is different now.

Knows that process. Refuses to know what is built.
"""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.build.command import (
    Command,
    Output,
    end_group,
    read_in_thread,
    run_command,
    start_process,
    wait_within,
)
from livereload_sse.build.keeper import LINGER_TIMEOUT
from livereload_sse.build.plans import Plan
from livereload_sse.build.results import Ending, Finished, Say
from livereload_sse.build.standby_script import NOT_CLEAN
from livereload_sse.build.tasks import to_the_end

SCRIPT = Path(__file__).with_name("standby_script.py")

_IMPORT_FAILED = re.compile(r"\b(ImportError|ModuleNotFoundError|circular import)\b")

_PLACES = ("lib*/python3*/*-packages", "local/lib/python3*/*-packages", "Lib/site-packages")

Signature = Mapping[Path, int]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A process that stands by: what it prints can be read from `reading`; `installed` is what was
    installed when it was started.
    """

    process: asyncio.subprocess.Process
    reading: int
    installed: Signature


class StandbyBuilder:
    """Runs the module of a plan anew for each build, in a process that stood by; see
    `results.Builder`.
    """

    def __init__(self, plan: Plan, *, cache: Path) -> None:
        assert is_possible(plan)  # noqa: S101 - who makes it has asked
        self._plan = plan
        self._cache = cache
        self._learned = cache / "imported.json"
        self._next: asyncio.Task[_Waiting] | None = None
        self._given_up: Signature | None = None

    async def build(self, output: Path, _changed: frozenset[Path], say: Say) -> Finished:
        """Build into the folder `output`."""
        command = self._plan.command(output=output, cache=self._cache)
        waiting = await self._take()
        try:
            finished = await self._run(waiting, command, say) if waiting else None
            if finished is None or _is_about_imports(finished):
                finished = await self._run_alone(command, say)
        finally:
            if self._given_up is None:
                self._next = asyncio.create_task(self._start())
        return finished

    async def close(self) -> None:
        """End the process that stands by. May be called twice."""
        task, self._next = self._next, None
        if task is not None:
            await to_the_end(_drop(task))

    async def _take(self) -> _Waiting | None:
        """Take the process that stands by, or start one; None where a plain run is better."""
        task, self._next = self._next, None
        now = installed_at(self._python)
        if self._given_up == now:
            return None
        self._given_up = None
        if task is None:
            task = asyncio.create_task(self._start())
        try:
            waiting = await asyncio.shield(task)
        except OSError:
            return None
        except asyncio.CancelledError:
            await to_the_end(_drop(task))
            raise
        if waiting.installed == now:
            return waiting
        await to_the_end(_drop(task))
        return await self._start()

    async def _start(self) -> _Waiting:
        """Start a process that stands by. Raises `OSError`."""
        words = (str(self._python), str(SCRIPT), str(self._learned))
        command = self._plan.command(output=self._cache, cache=self._cache)
        installed = installed_at(self._python)
        reading, writing = os.pipe()
        try:
            process = await start_process(
                Command(words, command.folder, command.environment),
                writing,
                stdin=asyncio.subprocess.PIPE,
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        return _Waiting(process, reading, installed)

    async def _run(self, waiting: _Waiting, command: Command, say: Say) -> Finished | None:
        """Have a process do what it has stood by for; None when it had ended before."""
        began, output = time.monotonic(), Output(say)
        read = read_in_thread(waiting.reading, output.feed)
        process = waiting.process
        try:
            _tell(process, {"module": command.words[2], "words": command.words[3:]})
            await process.wait()
            await wait_within(LINGER_TIMEOUT, read)
        finally:
            await to_the_end(end_group(process))
            output.close()
        code = process.returncode
        if not output.text and (code == NOT_CLEAN or (code is not None and code < 0)):
            return None
        return Finished(Ending.EXITED, process.returncode, time.monotonic() - began, output.text)

    async def _run_alone(self, command: Command, say: Say) -> Finished:
        """Run without anything imported ahead: when that works, it was the reason for what did not."""
        finished = await run_command(command, say=say)
        if finished.succeeded:
            self._given_up = installed_at(self._python)
        return finished

    @property
    def _python(self) -> Path:
        return Path(self._plan.words[0])


def is_possible(plan: Plan) -> bool:
    """Whether a plan runs a module in Python, once for each build: `python -m module …`."""
    is_module = isinstance(plan.words, tuple) and plan.words[1:2] == ("-m",)
    return is_module and plan.way in {"fresh", "in-place"} and sys.platform != "win32"


def installed_at(python: Path) -> Signature:
    """Look when something was last installed where a Python finds it, as far as its path tells."""
    prefix = python.parent.parent
    places = [prefix / "pyvenv.cfg", *(one for pattern in _PLACES for one in prefix.glob(pattern))]
    found = {}
    for place in places:
        with suppress(OSError):
            found[place] = place.stat().st_mtime_ns
    return found


def _is_about_imports(finished: Finished) -> bool:
    return not finished.succeeded and bool(_IMPORT_FAILED.search(finished.output))


def _tell(process: asyncio.subprocess.Process, request: Mapping[str, object]) -> None:
    assert process.stdin is not None  # noqa: S101 - it was started with a pipe
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.close()


async def _drop(task: "asyncio.Task[_Waiting]") -> None:
    with suppress(OSError):
        waiting = await task
        os.close(waiting.reading)
        await _end(waiting.process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process that stands by: it does so when its input ends."""
    assert process.stdin is not None  # noqa: S101 - as above
    process.stdin.close()
    await end_group(process)
