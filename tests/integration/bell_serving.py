"""The app of the deployment example, as a server runs it.

It is a process of its own that can be killed, asked to end, and started again on its port.
"""

import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx

from tests.integration.proxies import EXAMPLE, Certificate
from tests.serving import free_port, wait_until

PATIENCE = 20.0
# For addresses without TLS: httpx would read all authorities of the world for each request.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass
class Bell:
    """The app on one port; `start` and `kill` may be called again and again."""

    port: int
    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    certificate: Certificate | None = None
    printed: list[str] = field(default_factory=list)
    _process: "subprocess.Popen[str] | None" = None
    _reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", *self.words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=EXAMPLE,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **self.environment},
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        wait_until(self._is_ready, PATIENCE, lambda: f"it is ready; printed: {self.printed}")

    def kill(self) -> None:
        """End it, and all processes that it has started, as a machine does that loses its power."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._wait(PATIENCE)

    def end(self, timeout: float = PATIENCE) -> int:
        """Ask the process that was started to end; returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._wait(timeout)

    def _wait(self, timeout: float) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        assert self._reader is not None
        code = self._process.wait(timeout)
        self._reader.join(5)
        self._process.stdout.close()
        self._process = None
        return code

    def streams(self) -> int:
        """How many streams are open, as the app itself knows."""
        return int(self._ask("GET", "/health/ready").json()["streams"])

    def strike(self, strokes: int = 1) -> None:
        """Strike the bell, without a proxy between."""
        self._ask("POST", f"/bell?strokes={strokes}").raise_for_status()

    def wait_for_streams(self, count: int, timeout: float = PATIENCE) -> None:
        wait_until(lambda: self.streams() == count, timeout, f"{count} streams are open")

    @property
    def url(self) -> str:
        return f"http{'s' if self.certificate else ''}://127.0.0.1:{self.port}"

    def _ask(self, method: str, path: str) -> httpx.Response:
        known = self.certificate.context if self.certificate else NO_TLS
        return httpx.request(method, f"{self.url}{path}", verify=known)

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.printed
        with suppress(httpx.TransportError):
            return self._ask("GET", "/health/ready").is_success
        return False

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.printed.append(line.rstrip("\n"))


@contextmanager
def bell(*options: str, **environment: str) -> Iterator[Bell]:
    """Run the app with uvicorn until the context ends; whatever a test did to it, nothing is left."""
    words = ("uvicorn", "app:app", "--port", "PORT", *options)
    with bell_by(*words, environment=environment) as app:
        yield app


@contextmanager
def bell_by(
    *words: str,
    certificate: Certificate | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Bell]:
    """Run the app with `python -m WORDS`, in which PORT becomes a free port.

    certificate: the one that these words make the server use
    """
    port = free_port()
    named = [word.replace("PORT", str(port)) for word in words]
    app = Bell(port, named, environment or {}, certificate)
    try:
        app.start()
        yield app
    finally:
        if app._process is not None:
            app.kill()
