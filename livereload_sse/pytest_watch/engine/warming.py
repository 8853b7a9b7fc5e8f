"""Importing ahead in a host: in small steps, so that a run that is asked for need not wait.

Where the host can fork, all is tried first in a process that is thrown away (see `trial`), and the
host imports only what has proved right. Else it imports at once, and says what was wrong with it:
then it must be replaced by one that leaves that out.
"""

import json
import os
import select
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from livereload_sse.pytest_watch.engine.ahead import AHEAD, Environment
from livereload_sse.pytest_watch.engine.channel import Teller
from livereload_sse.pytest_watch.engine.forking import fork
from livereload_sse.pytest_watch.engine.needing import REWRITTEN
from livereload_sse.pytest_watch.engine.trial import Trial
from livereload_sse.pytest_watch.recorder import wrap_imports

TRIAL_TIMEOUT = 60.0
"""Seconds that trying everything may take; numpy and its like need one."""

NICENESS = 10
"""By how much a trial gives way to tests."""

DIED = "ended the process that tried to import it"


class Warming:
    """One request to import ahead. `go_on` is called until it gives a report."""

    def __init__(self, request: Mapping[str, Any], *, hook: Any, line: Teller, tries: bool) -> None:
        # What a module keeps of importing must be what records, later and elsewhere.
        wrap_imports()
        self._request = request
        self._hook = hook
        self._line = line
        self._refused: dict[str, str] = {
            **request["refused"],
            **{name: REWRITTEN for name in request["rewritten"] if not _is_marked(hook, name)},
        }
        self._trial = Trial(hook)
        self._attempt = Attempt(self._wanted(), hook, self._refused) if tries else None
        self._left = None if tries else self._wanted()

    def go_on(self) -> dict[str, Any] | None:
        """Do a little. Returns what has been imported and refused when all is done."""
        if self._attempt is not None:
            verdict = self._attempt.wait(self._line)
            if verdict is not None:
                died = any(verdict[name] == DIED for name in verdict.keys() - self._refused.keys())
                self._refused.update(verdict)
                self._begin_again_or_import(died=died)
            return None
        assert self._left is not None  # noqa: S101 - there is one or the other
        for name, environment in self._left:
            if name not in sys.modules:
                self._trial.take(name, environment)
                return None
        return self._report()

    def give_up(self) -> None:
        """Leave it."""
        if self._attempt is not None:
            self._attempt.end()

    def _begin_again_or_import(self, *, died: bool) -> None:
        """Import what has proved right; what came after a module that is deadly has not been tried."""
        self._attempt = Attempt(self._wanted(), self._hook, self._refused) if died else None
        self._left = None if died else self._wanted()

    def _wanted(self) -> Iterator[tuple[str, Environment]]:
        for environment, names in self._request["groups"]:
            for name in names:
                if name not in self._refused:
                    yield name, environment

    def _report(self) -> dict[str, Any]:
        found = self._trial.wrong()
        imported = self._trial.imported
        AHEAD.modules = tuple(dict.fromkeys([*AHEAD.modules, *imported]))
        start = self._request["start"]
        AHEAD.start = None if start is None else tuple(start)
        AHEAD.later = frozenset(self._request["later"])
        AHEAD.unsteady = frozenset(self._request["unsteady"])
        return {
            "modules": imported,
            "refused": {**self._refused, **found},
            "unsafe": {name: found[name] for name in imported if name in found},
        }


def _is_marked(hook: Any, name: str) -> bool:
    """Say whether pytest's finder would rewrite a module."""
    marked = getattr(hook, "_must_rewrite", ())
    return any(name == one or name.startswith(f"{one}.") for one in marked)


class Attempt:
    """A process that tries to import everything and says what was wrong."""

    def __init__(
        self,
        wanted: Iterator[tuple[str, Environment]],
        hook: Any,
        refused: Mapping[str, str],
    ) -> None:
        from livereload_sse.pytest_watch.engine.lifeline import Lifeline  # noqa: PLC0415 - POSIX only

        self._reading, writing = os.pipe()
        self._lifeline = Lifeline()
        self._heard = bytearray()
        self._pid = fork()
        if self._pid == 0:
            os.close(self._reading)
            os.setpgid(0, 0)
            self._lifeline.hang_on()
            _try(list(wanted), Trial(hook, refused), writing)
        os.close(writing)
        self._lifeline.keep()

    def wait(self, line: Teller) -> dict[str, str] | None:
        """Wait for the verdict, or for something else to do: then there is none yet."""
        ready, _, _ = select.select([self._reading, line.fileno()], [], [], TRIAL_TIMEOUT)
        if line.fileno() in ready:
            return None
        chunk = os.read(self._reading, 65536) if ready else b""
        self._heard += chunk
        return None if chunk else self.end()

    def end(self) -> dict[str, str]:
        """End it, and give what it has found."""
        os.close(self._reading)
        with suppress(ProcessLookupError, PermissionError):  # it may have ended
            os.killpg(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._lifeline.let_go()
        *whole, _ = bytes(self._heard).split(b"\n")
        found: dict[str, str] = {}
        for line in whole:
            found = json.loads(line)
        return found


def _try(wanted: list[tuple[str, Environment]], trial: Trial, writing: int) -> NoReturn:
    """Import everything, say what was wrong, and end. What kills this process is wrong, too: so the
    name is said before.
    """
    try:
        os.nice(NICENESS)
        for name, environment in wanted:
            if name not in sys.modules:
                _write(writing, {name: DIED})
                trial.take(name, environment)
        _write(writing, trial.wrong())
    finally:
        os._exit(0)


def _write(writing: int, found: Mapping[str, str]) -> None:
    with open(writing, "wb", closefd=False) as pipe:
        pipe.write(json.dumps(found).encode() + b"\n")
