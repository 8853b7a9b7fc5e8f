"""Builds that `mkdocs serve` does itself: its own builder is called, and what it has made is copied.

Knows MkDocs by what it is handed: a function, a configuration, a logger. Refuses to import it.
"""

import asyncio
import logging
import shutil
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.build.mkdocs.told import problem_from
from livereload_sse.build.mkdocs.worker.problems import problem_of, problem_of_record
from livereload_sse.build.results import OUTPUT_LIMIT, Ending, Finished

if TYPE_CHECKING:
    from collections.abc import Callable

    from livereload_sse.build.results import Problem, Say


class CalledBuilder:
    """A `Builder` that calls MkDocs' own, in a thread, and copies what it has made.

    MkDocs has built once before it serves: the first build is that one.
    """

    def __init__(self, builder: "Callable[..., Any]", root: Path, config: Any) -> None:
        self._builder = builder
        self._root = root
        self._config = config
        self._is_first = True

    async def build(
        self,
        output: Path,
        changed: frozenset[Path],  # noqa: ARG002 - MkDocs builds everything
        say: "Say",
    ) -> Finished:
        """Build, and copy the site into `output`. A thread cannot be ended: cancelling waits."""
        loop = asyncio.get_running_loop()
        calling = asyncio.ensure_future(
            asyncio.to_thread(self._call, output, lambda text: call_in(loop, lambda: say(text)))
        )
        try:
            return await asyncio.shield(calling)
        except asyncio.CancelledError:
            await asyncio.wait([calling])
            raise

    async def close(self) -> None:
        """Nothing runs between two builds."""

    def _call(self, output: Path, say: "Say") -> Finished:
        began = time.monotonic()
        hearing = Hearing(say, self._config)
        first, self._is_first = self._is_first, False
        with hearing:
            succeeded = first or hearing.survives(self._builder)
        if succeeded:
            shutil.copytree(self._root, output, dirs_exist_ok=True)
        return Finished(
            Ending.EXITED,
            0 if succeeded else 1,
            time.monotonic() - began,
            hearing.text,
            tuple(hearing.problems),
        )


class Hearing(logging.Handler):
    """Hears what one build logs, and what ends it."""

    def __init__(self, say: "Say", config: Any) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(levelname)-8s-  %(message)s\n"))
        self.terminator = ""
        self.text = ""
        self.problems: list[Problem] = []
        self._say = say
        self._config = config.config_file_path
        self._docs = config.docs_dir
        # The module of a configuration tells MkDocs from ProperDocs, and so do their loggers.
        self._logger = logging.getLogger(type(config).__module__.partition(".")[0])

    def __enter__(self) -> Self:
        """Begin to hear."""
        self._logger.addHandler(self)
        return self

    def __exit__(self, *exception: object) -> None:
        """Hear no more."""
        self._logger.removeHandler(self)

    def survives(self, build: "Callable[..., Any]") -> bool:
        """Run a build; False when something has ended it, which is kept as a problem."""
        try:
            build()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - hooks and plugins raise anything
            problem = problem_of(error, self._config, self._docs)
            if problem is not None:
                self._trace("".join(traceback.format_exception(error)))
                self.problems = [one for one in self.problems if str(error) not in one.message]
                self.problems.append(problem_from(problem))
            return False
        return True

    def _trace(self, text: str) -> None:
        """Print where it was raised, as MkDocs does, and keep it."""
        sys.stderr.write(text)
        self._keep(text)

    def _keep(self, text: str) -> None:
        self.text = (self.text + text)[-OUTPUT_LIMIT:]
        self._say(text)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record as output and, if it complains, as a problem."""
        line = self.format(record)
        self._keep(line)
        if record.levelno >= logging.WARNING:
            self.problems.append(problem_from(problem_of_record(record, self._config, self._docs)))


def call_in(loop: asyncio.AbstractEventLoop, function: "Callable[[], object]") -> None:
    """Have something called in the loop; one that has ended needs nothing any more."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function)
