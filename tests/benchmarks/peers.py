"""The programs we compare with, installed from npm into a folder beside the user's other caches."""

import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

PACKAGES = ("vite@8", "browser-sync@3")


@dataclass(frozen=True, slots=True)
class Peer:
    """A server and how it is started on a folder and a port."""

    name: str
    words: tuple[str, ...]

    def command(self, folder: Path, port: int) -> list[str]:
        return [word.format(folder=folder, port=port) for word in self.words]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    """Whether a whole page comes from there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        return answer.status == 200 and b"</html>" in answer.read()
    except OSError:
        return False
    finally:
        connection.close()


def as_installed() -> dict[str, str]:
    """The environment of a user, whose installed packages are compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def running(peer: Peer, folder: Path) -> Iterator[str]:
    """Run a server until the context ends; yields its address once it answers."""
    port = free_port()
    process = subprocess.Popen(
        peer.command(folder, port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=as_installed(),
    )
    try:
        deadline = time.monotonic() + 30
        while not answers(port):
            if time.monotonic() > deadline:
                raise AssertionError(f"{peer.name} did not answer")
            time.sleep(0.001)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)


def find_peers() -> list[Peer]:
    """Install vite and browser-sync if npm is there; without it there is nothing to compare."""
    if shutil.which("npm") is None:
        return []
    folder = user_cache_path("sse-reload-benchmarks", ensure_exists=True)
    modules = folder / "node_modules"
    if not all((modules / package.split("@")[0]).is_dir() for package in PACKAGES):
        quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder))
        subprocess.run(["npm", "install", *quiet, *PACKAGES], check=True, stdout=subprocess.DEVNULL)
    return [
        Peer(
            "vite",
            (
                *("node", str(modules / "vite/bin/vite.js"), "{folder}"),
                *("--host", "127.0.0.1", "--port", "{port}", "--strictPort"),
            ),
        ),
        Peer(
            "browser-sync",
            (
                *(
                    "node",
                    str(modules / "browser-sync/dist/bin.js"),
                    "start",
                    "--server",
                    "{folder}",
                ),
                *("--files", "{folder}", "--port", "{port}", "--host", "127.0.0.1"),
                *("--no-open", "--no-ui", "--no-notify"),
            ),
        ),
    ]
