"""What pytest has run, test by test, whoever started it: a plugin that writes it down, and its reader.

The plugin is this very file, copied into a folder of its own so that nothing else of ours can be
imported from there; so it needs nothing but pytest. Each run appends lines to one file.
"""

import json
import os
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

NAME = "written_results"
"""The plugin's name, for `-p`."""

LOG = "SSE_RELOAD_TEST_RESULTS"
"""The environment's variable with the file's path."""


class Writer:
    """Appends what happens in one run, a line each; whole lines, as several runs may share a file."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._say("begins")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._say("uncollected", report.nodeid)
        elif report.nodeid.endswith(".py"):
            self._say("collected", report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = f"{report.when} {report.outcome}"
        if hasattr(report, "wasxfail"):
            outcome += " as expected" if report.skipped else " unexpectedly"
        self._say("result", report.nodeid, outcome)

    def pytest_internalerror(self, excrepr: object) -> None:
        self._say("internal error", str(excrepr)[-2000:])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self._say("ends", str(int(exitstatus)))

    def pytest_unconfigure(self) -> None:
        os.close(self._descriptor)

    def _say(self, *words: str) -> None:
        line = json.dumps([os.getpid(), time.time(), *words])
        os.write(self._descriptor, f"{line}\n".encode())


def pytest_configure(config: pytest.Config) -> None:
    """Write, where it is said into which file; xdist's workers are left to their master."""
    path = os.environ.get(LOG)
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer(path), f"{NAME} writer")


@dataclass
class Run:
    """One run: what its tests did, and whether it came to its end."""

    pid: int
    began: float
    exit_code: int | None = None
    ended: float = 0.0
    results: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Node id → what its setup, call and teardown did."""
    uncollected: set[str] = field(default_factory=set)
    collected: set[str] = field(default_factory=set)
    trouble: str = ""

    @property
    def took(self) -> float:
        """Seconds, from pytest's configuration to its session's end."""
        return self.ended - self.began


@dataclass(frozen=True)
class Results:
    """The file that runs write into, and how they are made to."""

    folder: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "Results":
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(__file__, folder / f"{NAME}.py")
        return cls(folder)

    @property
    def log(self) -> Path:
        return self.folder / "results.jsonl"

    @property
    def environment(self) -> dict[str, str]:
        """What a pytest needs that is started with `-p written_results`."""
        return {"PYTHONPATH": str(self.folder), LOG: str(self.log)}

    def size(self) -> int:
        """How much has been written so far."""
        return self.log.stat().st_size if self.log.exists() else 0

    def runs(self) -> list[Run]:
        """All runs so far, in the order in which they began."""
        return list(_runs(self.log.read_text(encoding="utf-8"))) if self.log.exists() else []

    def ended(self) -> list[Run]:
        return [run for run in self.runs() if run.exit_code is not None]


def _runs(text: str) -> Iterator[Run]:
    runs: dict[int, Run] = {}
    for line in text[: text.rfind("\n") + 1].splitlines():  # the last may be half a line still
        pid, at, what, *words = json.loads(line)
        if what == "begins":
            if pid in runs:
                yield runs[pid]
            runs[pid] = Run(pid, at)
        elif what == "result":
            runs[pid].results[words[0]].append(words[1])
        elif what == "uncollected":
            runs[pid].uncollected.add(words[0])
        elif what == "collected":
            runs[pid].collected.add(words[0])
        elif what == "ends":
            runs[pid].exit_code, runs[pid].ended = int(words[0]), at
        else:
            runs[pid].trouble = words[0]
    yield from runs.values()


def differences(
    wanted: Mapping[str, list[str]], found: Mapping[str, list[str]]
) -> dict[str, tuple[list[str], list[str]]]:
    """Name the tests that did not do the same, and what they did."""
    return {
        test: (wanted.get(test, []), found.get(test, []))
        for test in sorted(wanted.keys() | found.keys())
        if sorted(wanted.get(test, [])) != sorted(found.get(test, []))
    }
