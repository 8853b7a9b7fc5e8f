"""How long until the last of many readers has an event, and what a reader costs the server.

The server (uvicorn, httptools, uvloop) and the readers (plain sockets) are processes of their own,
so that the one's work is not counted as the other's. Run it with
`python -m tests.benchmarks.fan_out [readers]`.
"""

import asyncio
import json
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

from livereload_sse.sse import Broadcaster, Event, EventStream
from tests.benchmarks.table import Row, print_rows

ROUNDS = 30
AIMS = {
    "last reader, median ms": "aim: ≤ 25",
    "server CPU per reader and event, us": "aim: ≤ 20",
    "memory per reader, KiB": "aim: ≤ 12",
}
CHURN = 10_000
SOURCES = {
    "subscribers": "/events",
    "generators": "/items",
    "generators in threads": "/plain-items",
}
LEFT_OVER = ("tasks", "files", "threads", "readers")
OPEN: list[int] = []
"""One for each generator that has begun and is not closed, in the server's process."""
TIMEOUT = 60.0
PAYLOAD = {"changes": [{"kind": "modified", "url": "/about", "digest": "0123456789abcdef"}]}


def measure(readers: int = 1000, rounds: int = ROUNDS, churn: int = CHURN) -> dict[str, float]:
    """Return milliseconds to the last reader, server microseconds and KiB per reader, and leaks."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.fan_out",
            "serve",
            str(listener.fileno()),
        ]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()])
        port = listener.getsockname()[1]
    try:
        url = f"http://127.0.0.1:{port}"
        return measure_fan_out(url, port, readers, rounds) | measure_churn(url, port, churn)
    finally:
        server.terminate()
        server.wait(10)


def measure_fan_out(url: str, port: int, readers: int, rounds: int) -> dict[str, float]:
    run_churn(port, 200)
    before = get(url, "/status")
    crowd = Crowd(port, readers)
    full = get(url, "/status")
    latencies = [crowd.hear(get(url, "/publish")["told_at"]) for _ in range(rounds)]
    told = get(url, "/status")
    crowd.leave()
    events = readers * rounds
    return {
        "readers": readers,
        "last reader, median ms": statistics.median(latencies) * 1e3,
        "last reader, worst ms": max(latencies) * 1e3,
        "server CPU per reader and event, us": (told["cpu"] - full["cpu"]) / events * 1e6,
        "memory per reader, KiB": (full["memory"] - before["memory"]) / readers / 1024,
    }


def measure_churn(url: str, port: int, churn: int) -> dict[str, float]:
    """Count what is left over when as many readers of each kind of source have come and gone."""
    found: dict[str, float] = {}
    for name, path in SOURCES.items():
        run_churn(port, churn // 10, path)
        before = wait_until_left(url)
        run_churn(port, churn, path)
        after = wait_until_left(url)
        found |= {
            f"{churn} {name}, memory KiB": (after["memory"] - before["memory"]) / 1024,
            f"{churn} {name}, left over": sum(after[each] - before[each] for each in LEFT_OVER),
        }
    return found


class Crowd:
    """Many readers in one process, on one selector."""

    def __init__(self, port: int, size: int, path: str = "/events") -> None:
        self._selector = selectors.DefaultSelector()
        self._size = size
        for _ in range(size):
            reader = connect(port, path)
            self._selector.register(reader, selectors.EVENT_READ)
        self._wait_for(b"id: ")

    def hear(self, told_at: float) -> float:
        """Return the seconds from the publishing until the last reader had the event."""
        return self._wait_for(b"event: change") - told_at

    def leave(self) -> None:
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def _wait_for(self, wanted: bytes) -> float:
        waiting, deadline = self._size, time.monotonic() + TIMEOUT
        while waiting and time.monotonic() < deadline:
            for key, _ in self._selector.select(1):
                assert isinstance(key.fileobj, socket.socket)
                waiting -= wanted in key.fileobj.recv(65536)
        if waiting:
            raise TimeoutError(f"{waiting} readers have not heard {wanted!r}")
        return time.monotonic()


def connect(port: int, path: str = "/events") -> socket.socket:
    reader = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return reader


def run_churn(port: int, connections: int, path: str = "/events") -> None:
    """Connect, hear the first words and leave, fifty at a time."""
    for _ in range(connections // 50):
        Crowd(port, 50, path).leave()


def get(url: str, path: str) -> dict[str, Any]:
    with urllib.request.urlopen(url + path, timeout=TIMEOUT) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def wait_until_left(url: str) -> dict[str, Any]:
    deadline = time.monotonic() + TIMEOUT
    while (found := get(url, "/status"))["readers"] and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def serve(listener: socket.socket) -> None:
    """Serve /events, /publish and /status until terminated."""
    raise_file_limit()
    broadcaster = Broadcaster(limit=10_000)

    async def app(
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        source = make_source(scope["path"], broadcaster)
        if source is not None:
            await EventStream(source)(scope, receive, send)
            return
        told = publish(broadcaster) if scope["path"] == "/publish" else status(broadcaster)
        body = json.dumps(told).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    options = uvicorn.Config(
        app, http="httptools", loop="uvloop", log_level="error", access_log=False, lifespan="off"
    )
    uvicorn.Server(options).run(sockets=[listener])


def make_source(path: str, broadcaster: Broadcaster) -> Any:
    """Whatever is streamed at a path, if something is."""
    if path == "/events":
        return broadcaster.subscribe()
    return {"/items": give_items, "/plain-items": give_plain_items}.get(path, lambda: None)()


async def give_items() -> AsyncIterator[Event]:
    """Give one item, and wait for the reader to leave."""
    OPEN.append(1)
    try:
        yield Event("", "item", "1")
        await asyncio.sleep(TIMEOUT)
    finally:
        OPEN.pop()


def give_plain_items() -> Iterator[Event]:
    """Give items for ever, in a thread; the first one has an id."""
    OPEN.append(1)
    try:
        yield Event("", "item", "1")
        while True:
            time.sleep(0.02)
            yield Event("", "item")
    finally:
        OPEN.pop()


def publish(broadcaster: Broadcaster) -> dict[str, float]:
    told_at = time.monotonic()  # one clock for all processes of a machine
    broadcaster.publish("change", PAYLOAD)
    return {"told_at": told_at}


def status(broadcaster: Broadcaster) -> dict[str, float]:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "cpu": time.process_time(),
        "memory": pages * resource.getpagesize(),
        "tasks": len(asyncio.all_tasks()),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "readers": broadcaster.subscriptions + len(OPEN),
    }


def raise_file_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))


def main() -> None:
    """Print the table, or be the server's process of it."""
    raise_file_limit()
    if sys.argv[1:2] == ["serve"]:
        serve(socket.socket(fileno=int(sys.argv[2])))
        return
    found = measure(*map(int, sys.argv[1:2]))
    readers = found.pop("readers")
    rows = [Row(name, [value], unit_of(name), AIMS.get(name, "")) for name, value in found.items()]
    print_rows(f"One event to {readers:.0f} readers", rows)


def unit_of(name: str) -> str:
    """The unit that a name ends with, if any."""
    return next((unit for unit in ("ms", "us", "KiB") if name.endswith(unit)), "")


if __name__ == "__main__":
    main()
