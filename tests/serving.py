"""A real server for tests: `python -m livereload_sse serve` in a process of its own."""

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.patience import Patience

START_TIMEOUT = 15.0


@dataclass
class LiveServer:
    """A running server: its address, its process, and what it has printed so far."""

    url: str
    root: Path
    process: "subprocess.Popen[str]"
    printed: list[str] = field(default_factory=list)
    _lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def get(self, path: str = "/") -> str:
        with urllib.request.urlopen(self.url.rstrip("/") + path, timeout=10) as answer:
            return str(answer.read().decode())

    def status(self) -> dict[str, Any]:
        """What the server says of itself."""
        return cast("dict[str, Any]", json.loads(self.get_internal("status")))

    def get_internal(self, path: str) -> str:
        with urllib.request.urlopen(
            f"http://localhost:{self.port}/__sse-reload/{path}", timeout=10
        ) as answer:
            return str(answer.read().decode())

    def wait_for_tabs(self, count: int, timeout: float = 10.0) -> None:
        """Wait until so many tabs hold a stream."""
        wait_until(lambda: self.status()["tabs"] == count, timeout, f"{count} tabs have a stream")

    def wait_for_line(self, wanted: str | re.Pattern[str], timeout: float = 10.0) -> str:
        """Wait for a printed line that matches, looking only at lines not waited for before."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=min(left, 0.1))
            except queue.Empty:
                if self.process.poll() is not None and self._lines.empty():
                    break
                continue
            if re.search(wanted, line):
                return line
        raise AssertionError(f"{wanted!r} was not printed; printed: {self.printed}")

    def end(self, number: int = signal.SIGINT, timeout: float = 10.0) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout)

    def read_lines(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line.rstrip("\n"))
            self._lines.put(line.rstrip("\n"))


def wait_until(
    is_true: Callable[[], object], timeout: float = 10.0, what: str | Callable[[], str] = "it"
) -> None:
    """Wait for something that only asking can tell. `what` is said, or asked, when it does not come."""
    patience = Patience(timeout)
    while not is_true():
        if patience.is_over():
            waited_for = what if isinstance(what, str) else what()
            raise AssertionError(f"not within {timeout} s: {waited_for}")
        time.sleep(0.01)


@contextmanager
def serving(
    root: Path,
    *options: str,
    port: int = 0,
    cwd: Path | None = None,
) -> Iterator[LiveServer]:
    """Serve `root` until the context ends; the process is killed if it does not end by itself."""
    with running("serve", root, *options, port=port, cwd=cwd or root.parent) as server:
        yield server


@contextmanager
def previewing(project: Path, *options: str, port: int = 0) -> Iterator[LiveServer]:
    """Preview `project`; goes on once its first build is shown, or has failed."""
    with running("preview", project, *options, port=port, cwd=project) as server:
        wait_until(
            lambda: (
                json.loads(server.get_internal("build"))["event"]
                in {"build-succeeded", "build-failed"}
            ),
            30,
            "the first build is over",
        )
        yield server


@contextmanager
def proxying(
    project: Path, target: str | int, *options: str, command: Sequence[str] = (), port: int = 0
) -> Iterator[LiveServer]:
    """Stand in front of `target`, from the folder `project`; `command` starts it."""
    words = [*options, *(("--", *command) if command else ())]
    with running("proxy", str(target), *words, port=port, cwd=project) as server:
        yield server


def free_port() -> int:
    """Find a port that nobody listens on, for a server that has to be told one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(
    command: str, root: Path | str, *options: str, port: int = 0, cwd: Path
) -> Iterator[LiveServer]:
    """Run one of the commands that serve; `root` is its argument."""
    words = [
        sys.executable,
        "-m",
        "livereload_sse",
        command,
        str(root),
        "--port",
        str(port),
        *options,
    ]
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
    )
    server = LiveServer("", Path(root), process)
    reader = threading.Thread(target=server.read_lines, daemon=True)
    reader.start()
    try:
        line = server.wait_for_line(r" at (https?://\S+)", START_TIMEOUT)
        server.url = line.rsplit(" at ", 1)[1].strip()
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()
