"""`pytest --watch` in a pseudo-terminal, in a project, with its results written down."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.terminals import Terminal, shell
from tests.processes import is_running
from tests.pytest_results import NAME, Results, Run
from tests.serving import wait_until

# What tests, CI and developers set, and what would change a run or keep it from being watched.
OTHERS = re.compile(
    r"CI|NO_COLOR|FORCE_COLOR|PY_COLORS|PYTEST_.*|COLUMNS|LINES|PYTHON(PATH|DONTWRITEBYTECODE)"
)
PYTEST = (sys.executable, "-m", "pytest")


@dataclass
class Watching:
    """A `pytest --watch`, its screen, and the runs that it has made."""

    screen: Terminal
    results: Results

    def runs(self) -> list[Run]:
        """Those that have come to their end."""
        return self.results.ended()

    def is_running(self) -> bool:
        """Whether a run goes on now; one that was killed does not."""
        return any(run.exit_code is None and is_running(run.pid) for run in self.results.runs())

    def processes(self, name: str, mark: Path) -> list[int]:
        """Find its processes, without the one that holds the terminal for us."""
        return [pid for pid in marked(name, mark) if pid != self.screen.process.pid]

    def wait_for_runs(self, count: int, timeout: float = 60.0) -> Run:
        """Wait until so many have ended; returns the last of them."""
        wait_until(
            lambda: len(self.runs()) >= count or self.screen.process.poll() is not None,
            timeout,
            f"{count} runs have ended:\n{self.screen.text[-3000:]}",
        )
        assert len(self.runs()) >= count, self.screen.text[-3000:]
        return self.runs()[count - 1]


@contextmanager
def watching(
    folder: Path,
    results: Results,
    *options: str,
    command: Sequence[str] = PYTEST,
    path: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Watching]:
    """Run it until the context ends; it is hung up on if it has not ended by itself."""
    words = [*command, "-p", NAME, *options]
    if "livereload_sse.pytest_watch.plugin" not in words:
        words.append("--live-watch")
    # `exec`, so that the signals of the terminal's end reach pytest and no shell in between.
    kept = frozenset(environment or ())
    shell_words = ["exec", "env", *without(but=kept), *_with(results, path), *words]
    line = f"cd {shlex.quote(str(folder))} && {shlex.join(shell_words)}"
    with shell(line, **(environment or {})) as screen:
        yield Watching(screen, results)


def once(
    folder: Path,
    results: Results,
    *options: str,
    command: Sequence[str] = PYTEST,
    path: Sequence[Path] = (),
    timeout: float = 120.0,
) -> Run:
    """Run the tests once, cold, in a process that watches nothing; returns that run."""
    count = len(results.ended())
    words = ["env", *without(), *_with(results, path), *command, "-p", NAME, *options]
    done = subprocess.run(
        words,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    ended = results.ended()
    assert len(ended) == count + 1, done.stdout[-3000:]
    return ended[-1]


def without(*, but: Collection[str] = ()) -> list[str]:
    """Say to `env` what is not to be set, whoever has; `but` these, which are set on purpose."""
    names = [name for name in os.environ if OTHERS.fullmatch(name) and name not in but]
    return [word for name in names for word in ("-u", name)]


def _with(results: Results, path: Sequence[Path]) -> list[str]:
    given = dict(results.environment)
    given["PYTHONPATH"] = os.pathsep.join([given["PYTHONPATH"], *map(str, path)])
    return [f"{name}={value}" for name, value in given.items()]


def left_behind(name: str, mark: Path) -> list[str]:
    """Name the processes that carry a mark in their environment and are still there."""
    return [_command(pid) for pid in marked(name, mark)]


def marked(name: str, mark: Path) -> list[int]:
    """Find the processes that were started with this variable, whoever has started them."""
    wanted = f"{name}={mark}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
        except OSError:
            continue  # it has just ended, or is somebody else's
    return sorted(found)


def zombies(sessions: Collection[int]) -> list[int]:
    """Find the ended processes of these sessions that nobody has waited for."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if state == "Z" and int(session) in sessions:
            found.append(int(path.parent.name))
    return found


def open_files(pids: Sequence[int]) -> list[int]:
    """Count the open descriptors of each process."""
    return [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids]


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return f"{pid}, which has just ended"
    return f"{pid}: {b' '.join(words).decode(errors='replace')}"
