"""How long until the last reader of all processes has an event that one of them has published.

Beside ours on Redis: the floor (each process is told by itself, and has its readers in memory), and
sse-starlette on Redis's pub/sub, with one connection per reader as it is often seen, and with one
per process and a queue per reader as its examples have it without Redis. Every kind has its own
processes; rounds are interleaved. Run it with
`python -m tests.benchmarks.redis_fan_out [readers per process] [rounds]`.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from livereload_sse.sse import Broadcaster, EventEndpoint
from tests.benchmarks.fan_out import TIMEOUT, Crowd, connect, get, raise_file_limit, status
from tests.benchmarks.table import Row, print_rows
from tests.integration.redis_serving import running_redis

PROCESSES: Final = 4
ROUNDS: Final = 20
PAYLOAD: Final = {"changes": [{"kind": "modified", "url": "/about", "digest": "0123456789abcdef"}]}
MODULE: Final = "tests.benchmarks.redis_fan_out"

PEER: Final = """
import asyncio, json, resource, socket, sys, time
from contextlib import asynccontextmanager
import redis.asyncio, uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

KIND, FD, URL, PAYLOAD = sys.argv[1], int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
client = redis.asyncio.from_url(URL, max_connections=20_000)
queues = set()

def event(data):
    return ServerSentEvent(data=data.decode(), event="change")

async def listen():
    async with client.pubsub() as pubsub:
        await pubsub.subscribe(KIND)
        async for message in pubsub.listen():
            if message["type"] == "message":
                for queue in queues:
                    queue.put_nowait(message["data"])

async def from_queue():
    queue = asyncio.Queue()
    queues.add(queue)
    try:
        yield ServerSentEvent(comment="id: ready")
        while True:
            yield event(await queue.get())
    finally:
        queues.discard(queue)

async def from_connection():
    async with client.pubsub() as pubsub:
        await pubsub.subscribe(KIND)
        yield ServerSentEvent(comment="id: ready")
        async for message in pubsub.listen():
            if message["type"] == "message":
                yield event(message["data"])

async def events(request):
    return EventSourceResponse(from_queue() if KIND == "queues" else from_connection())

async def publish(request):
    await client.publish(KIND, json.dumps(PAYLOAD))
    return JSONResponse({})

async def status(request):
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[1])
    cpu, memory = time.process_time(), pages * resource.getpagesize()
    return JSONResponse({"cpu": cpu, "memory": memory})

@asynccontextmanager
async def lifespan(app):
    task = asyncio.create_task(listen()) if KIND == "queues" else None
    yield

_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
routes = [Route("/events", events), Route("/publish", publish), Route("/status", status)]
app = Starlette(routes=routes, lifespan=lifespan)
options = uvicorn.Config(app, http="httptools", loop="uvloop", log_level="error", access_log=False)
uvicorn.Server(options).run(sockets=[socket.socket(fileno=FD)])
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to do it. words: starts one process; is_told_apart: each process is told by itself."""

    name: str
    words: Sequence[str]
    is_told_apart: bool = False


class Crowds(Crowd):
    """The readers of several processes, on one selector."""

    def __init__(self, ports: Sequence[int], size: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._size = size * len(ports)
        for port in ports:
            for _ in range(size):
                self._selector.register(connect(port), selectors.EVENT_READ)
        self._wait_for(b"id: ")


class Group:
    """The processes of one kind, their readers, and what was measured of them."""

    def __init__(self, kind: Kind, ports: Sequence[int], readers: int) -> None:
        self.kind = kind
        self.latencies: list[float] = []
        self._ports = ports
        self._readers = readers
        before = self._ask_all("memory")
        self._crowd = Crowds(ports, readers)
        self.memory = (self._ask_all("memory") - before) / (readers * len(ports)) / 1024
        self._cpu = self._ask_all("cpu")

    def tell(self) -> None:
        """Publish once, and wait for the last reader."""
        told = self._ports if self.kind.is_told_apart else self._ports[:1]
        clients = [socket.create_connection(("127.0.0.1", port), TIMEOUT) for port in told]
        told_at = time.monotonic()
        for client in clients:
            client.sendall(b"GET /publish HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        self.latencies.append(self._crowd.hear(told_at) * 1e3)
        for client in clients:
            client.close()

    def rows(self) -> list[Row]:
        events = self._readers * len(self._ports) * len(self.latencies)
        cpu = (self._ask_all("cpu") - self._cpu) / events * 1e6
        return [
            Row(self.kind.name, self.latencies[1:], "ms"),
            Row("    CPU per reader and event", [cpu], "us"),
            Row("    memory per reader", [self.memory], "KiB"),
        ]

    def _ask_all(self, name: str) -> float:
        told = (get(f"http://127.0.0.1:{port}", "/status") for port in self._ports)
        return sum(float(one[name]) for one in told)


def find_kinds(python: Path) -> list[Kind]:
    ours, peer = (sys.executable, "-m", MODULE, "serve"), (str(python), "-c", PEER)
    return [
        Kind("in memory, the floor", (*ours, "memory"), is_told_apart=True),
        Kind("ours on Redis", (*ours, "redis")),
        Kind("sse-starlette, one pub/sub per process", (*peer, "queues")),
        Kind("sse-starlette, one pub/sub per reader", (*peer, "connections")),
    ]


def install_peer() -> Path:
    """Make an environment with the peer on first use; returns its Python."""
    folder = Path(gettempdir()) / "sse-reload-benchmark-sse-starlette"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        wanted = ("sse-starlette", "redis", "uvicorn", "httptools", "uvloop")
        subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
        (folder / "complete").touch()
    return python


@contextmanager
def running(kind: Kind, url: str) -> Iterator[list[int]]:
    """Run the processes of a kind; gives their ports once they answer."""
    children, ports = [], []
    try:
        for _ in range(PROCESSES):
            with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
                words = [*kind.words, str(listener.fileno()), url, json.dumps(PAYLOAD)]
                children.append(subprocess.Popen(words, pass_fds=[listener.fileno()]))
                ports.append(listener.getsockname()[1])
        for port in ports:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=TIMEOUT).close()
        yield ports
    finally:
        for child in children:
            child.kill()
            child.wait(10)


def measure(readers: int, rounds: int = ROUNDS) -> list[Row]:
    """Have each kind publish once in each round, in turn."""
    with running_redis("--maxclients", "20000") as redis, ExitStack() as stack:
        kinds = find_kinds(install_peer())
        groups = [
            Group(one, stack.enter_context(running(one, redis.url)), readers) for one in kinds
        ]
        for _ in range(rounds + 1):  # the first one warms up
            for group in groups:
                group.tell()
        return [row for group in groups for row in group.rows()]


def serve(kind: str, listener: socket.socket, url: str) -> None:
    """Be one process of ours."""
    raise_file_limit()
    broadcaster = Broadcaster.from_url("memory://" if kind == "memory" else url, limit=20_000)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with broadcaster:
            yield

    async def publish(_: Any) -> JSONResponse:
        broadcaster.publish("change", PAYLOAD)
        return JSONResponse({})

    async def tell_status(_: Any) -> JSONResponse:
        return JSONResponse(status(broadcaster))

    routes = [
        Route("/events", EventEndpoint(broadcaster)),
        Route("/publish", publish),
        Route("/status", tell_status),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    options = uvicorn.Config(
        app, http="httptools", loop="uvloop", log_level="error", access_log=False
    )
    uvicorn.Server(options).run(sockets=[listener])


def main() -> None:
    """Print the table, or be one of its processes."""
    raise_file_limit()
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], socket.socket(fileno=int(sys.argv[3])), sys.argv[4])
        return
    readers, rounds = (*map(int, sys.argv[1:3]), *(1000, ROUNDS)[len(sys.argv) - 1 :])
    title = f"One event until the last reader, {PROCESSES} processes with {readers} readers each"
    print_rows(title, measure(readers, rounds))


if __name__ == "__main__":
    main()
