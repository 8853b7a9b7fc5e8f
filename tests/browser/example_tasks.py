"""The task feed, run as its README says, with a branch whose tests wait until they are let go on."""

import json
import re
import urllib.request
import urllib.response
from dataclasses import dataclass
from pathlib import Path

from tests.browser.example_apps import Example
from tests.processes import pid_in
from tests.serving import LiveServer, wait_until

NOWHERE = ("", "")
TASKS = Example("tasks", 0, NOWHERE, NOWHERE, NOWHERE, "", "")

# A test of the sample that stops in the middle until it is let go on, beside a process of its own.
GATE = """\
import os
import pathlib
import subprocess
import sys
import time

import pytest

FOLDER = pathlib.Path({folder!r})


def test_that_waits():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    for name, pid in (("child", child.pid), ("self", os.getpid())):
        (FOLDER / name).write_text(f"{{pid}}\\n")
    while not (FOLDER / "open").exists():
        time.sleep(0.01)
    child.kill()
    child.wait()


@pytest.mark.parametrize("number", range(100))
def test_of_many(number):
    pass
"""


@dataclass(frozen=True)
class Gate:
    """Where the job `gated` waits, and who waits there."""

    folder: Path

    def make_branch(self, project: Path) -> None:
        branch = project / "branches" / "gated"
        (branch / "tests").mkdir(parents=True)
        (branch / "COMMIT").write_text("Wait at a gate\n", "utf-8")
        code = GATE.format(folder=str(self.folder))
        (branch / "tests" / "test_gate.py").write_text(code, "utf-8")

    def wait(self) -> list[int]:
        """Wait until somebody waits there; returns the two processes."""
        return [pid_in(self.folder / name) for name in ("child", "self")]

    def open(self) -> None:
        (self.folder / "open").touch()

    def close(self) -> None:
        for file in self.folder.iterdir():
            file.unlink()


@dataclass(frozen=True)
class Tasks:
    """The example, running, and what a program may ask it."""

    server: LiveServer
    gate: Gate

    def start(self, branch: str) -> str:
        """Start a job; returns its address."""
        with self.post(f"jobs?branch={branch}") as answer:
            return self.server.url.rstrip("/") + str(answer.headers["Location"])

    def post(self, path: str, **headers: str) -> "urllib.response.addinfourl":
        request = urllib.request.Request(self.server.url + path, method="POST", headers=headers)
        answer: urllib.response.addinfourl = urllib.request.urlopen(request, timeout=10)
        return answer

    def state(self, job: str) -> str:
        rows = json.loads(self.server.get("/jobs"))["rows"]
        return next(str(row["state"]) for row in rows if job.endswith(row["id"]))

    def states(self) -> set[str]:
        return {row["state"] for row in json.loads(self.server.get("/jobs"))["rows"]}

    def wait_for(self, job: str, state: str) -> None:
        wait_until(lambda: self.state(job) == state, 30, f"the job is {state}")

    def log(self, job: str) -> list[str]:
        """The server's own record of what has been printed."""
        return self.server.get(f"/jobs/{job.rsplit('/', 1)[1]}/log").splitlines()

    def asked(self, path: str) -> list[str]:
        """The server's own record of requests for a path: their statuses."""
        wanted = re.compile(rf'"GET {re.escape(path)} HTTP/1.1" (\d+)')
        return [found[1] for line in self.server.printed if (found := wanted.search(line))]
