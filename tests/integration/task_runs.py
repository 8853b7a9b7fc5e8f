"""Runs of the task feed whose readers are cut off, many times and anywhere, and come back.

A run is a job of the example `tasks` without its processes: 47 events, told by the example's own
`Feed` over a real uvicorn in a process of its own. Real commands would take a second each and add
nothing to the question, which is what arrives. The reader is a plain socket that goes away after so
many bytes, wherever in an event that is, and comes back with the last id that it has seen whole.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h11
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples.tasks.runner.events import TYPES
from examples.tasks.runner.feed import HISTORY, Feed, channel_of
from examples.tasks.runner.problems import Place
from livereload_sse.sse import Broadcaster, Decoder, Event, EventEndpoint, EventTypes, Limits
from tests.serving import free_port, wait_until

EVENTS = 47
STEPS = ("clone", "lint", "test", "build")
LINES = EVENTS - 2 * len(STEPS) - 1 - 2  # two problems, and the end
AT_ONCE = 20


class Recorder(Broadcaster):
    """Writes down what is told, and when, before any reader can have it."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**words)
        self.record: dict[str, list[tuple[str, str, str, float]]] = {}

    def publish(self, name: str, data: Any = None, *, channel: str = "", **words: Any) -> Event:
        return self._note(super().publish(name, data, channel=channel, **words), channel)

    def end(self, *, channel: str = "", name: str = "end", data: Any = None) -> Event:
        return self._note(super().end(channel=channel, name=name, data=data), channel)

    def _note(self, event: Event, channel: str) -> Event:
        told = (str(event.id), event.name, event.data, time.monotonic())
        self.record.setdefault(channel, []).append(told)
        return event


async def run_job(feed: Feed, seed: int) -> None:
    """Tell 47 events: some at once, some after a moment, as programs print."""
    chance = random.Random(seed)
    for number, step in enumerate(STEPS):
        feed.begin(step)
        for line in range(number, LINES, len(STEPS)):
            await asyncio.sleep(chance.choice((0, 0, 0.001, 0.002, 0.008)))
            feed.say(step, f"{line} of {seed}: {'é█' * chance.randrange(40)}")
        if step in {"lint", "test"}:
            feed.complain(step, Place("src/lamps/rhythm.py", seed, "does not add up"))
        feed.finish(step, "done", code=0, seconds=0.1)
    feed.end("done", seconds=0.4)


def make_app() -> Starlette:
    """Start runs, stream them as the example does, and tell what was told."""
    broadcaster = Recorder(
        channels={"job-*": Limits(history=HISTORY)}, encode=EventTypes(TYPES), limit=10_000
    )
    tasks = set()

    async def start(request: Request) -> Response:
        run = request.path_params["run"]
        task = asyncio.create_task(run_job(Feed(broadcaster, run), int(run)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return Response(status_code=202)

    def tell(request: Request) -> Response:
        return JSONResponse(broadcaster.record.pop(channel_of(request.path_params["run"])))

    endpoint = EventEndpoint(
        broadcaster,
        channels=lambda scope: [channel_of(scope["path_params"]["run"])],
        on_connect=HISTORY,
    )
    return Starlette(
        routes=[
            Route("/{run}", start, methods=["POST"]),
            Route("/{run}/events", endpoint),
            Route("/{run}/record", tell),
        ]
    )


@contextmanager
def serving_runs() -> Iterator[int]:
    """Run the server; yields its port."""
    port = free_port()
    command = (sys.executable, "-m", "uvicorn", "--factory", f"{__name__}:make_app")
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _is_open(port, process), 30, "uvicorn answers")
        yield port
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait(10)


def _is_open(port: int, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, f"uvicorn ended with {process.returncode}"
    return asyncio.run(_can_connect(port))


async def _can_connect(port: int) -> bool:
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()
        return True
    return False


@dataclass
class Reader:
    """What one reader has got: each event with its id, and when it was whole."""

    run: str
    got: list[tuple[str, str, str, float]] = field(default_factory=list)
    last_id: str = ""
    returns: list[float] = field(default_factory=list)
    cuts: int = 0
    inside: int = 0  # cuts that fell into an event
    status: int = 0

    async def read(self, port: int, size: int | None) -> None:
        """Connect, and read to the end, or so many bytes of what the socket brings."""
        self.returns.append(time.monotonic())
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            connection = h11.Connection(h11.CLIENT)
            writer.write(connection.send(self._request(port)) or b"")
            decoder = Decoder(last_event_id=self.last_id)
            tail = b""
            while size is None or size > 0:
                chunk = await reader.read(65_536 if size is None else min(size, 65_536))
                size = None if size is None else size - len(chunk)
                tail = self._take(connection, decoder, chunk, tail)
                if not chunk:
                    return
            self.cuts += 1
            self.inside += bool(tail) and not tail.endswith(b"\n\n")
        finally:
            writer.transport.abort()

    def _request(self, port: int) -> h11.Request:
        headers = [("host", f"127.0.0.1:{port}"), ("connection", "close")]
        if self.last_id:
            headers.append(("last-event-id", self.last_id))
        return h11.Request(method="GET", target=f"/{self.run}/events", headers=headers)

    def _take(
        self, connection: h11.Connection, decoder: Decoder, chunk: bytes, tail: bytes
    ) -> bytes:
        """Note the events that these bytes complete; returns the end of the stream so far."""
        connection.receive_data(chunk)
        now = time.monotonic()
        while not isinstance(one := connection.next_event(), type(h11.NEED_DATA)):
            if isinstance(one, h11.Response):
                self.status = one.status_code
            elif isinstance(one, h11.Data):
                tail = (tail + bytes(one.data))[-2:]
                self.got += [(e.last_event_id, e.name, e.data, now) for e in decoder.feed(one.data)]
            else:
                break
        self.last_id = decoder.last_event_id
        return tail


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run. `replays`: seconds from each return to the last event missed until then."""

    told: int
    lost: int
    doubled: int
    is_equal: bool
    cuts: int
    inside: int
    replays: Sequence[float]
    afterwards: int  # the status for a reader that comes back once all is over


async def follow_run(port: int, seed: int) -> Run:
    """Start a run and read it, being cut one to five times."""
    chance = random.Random(seed)
    reader = Reader(str(seed))
    await _ask(port, "POST", f"/{seed}")
    for _ in range(chance.randint(1, 5)):
        await reader.read(port, round(chance.triangular(1, 6000, 900)))
        await asyncio.sleep(chance.choice((0, 0.005, 0.02, 0.05)))
    while not reader.got or reader.got[-1][1] != "job-finished":
        await reader.read(port, None)
    told = json.loads(await _ask(port, "GET", f"/{seed}/record"))
    replays = list(_replays(told, reader))
    await reader.read(port, None)
    return judge(told, reader, replays)


def judge(told: Sequence[Sequence[Any]], reader: Reader, replays: Sequence[float]) -> Run:
    """Compare what was told with what has come."""
    ids = Counter(one[0] for one in reader.got)
    return Run(
        told=len(told),
        lost=sum(one[0] not in ids for one in told),
        doubled=sum(count - 1 for count in ids.values()),
        is_equal=[tuple(one[:3]) for one in told] == [one[:3] for one in reader.got],
        cuts=reader.cuts,
        inside=reader.inside,
        replays=replays,
        afterwards=reader.status,
    )


def _replays(told: Sequence[Sequence[Any]], reader: Reader) -> Iterator[float]:
    """Both processes read one clock: `time.monotonic` is the machine's.

    A connection that was cut before its last missed event came has no time of its own: the next
    one's begins later, and has that event to bring, too.
    """
    came = {one[0]: one[3] for one in reader.got}
    for began, cut in zip(reader.returns[1:], [*reader.returns[2:], float("inf")], strict=True):
        missed = [one[0] for one in told if one[3] < began and came.get(one[0], began) >= began]
        if missed and missed[-1] in came and came[missed[-1]] < cut:
            yield came[missed[-1]] - began


async def _ask(port: int, method: str, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] in {b"200", b"202"}, answer
    return body


async def follow_runs(port: int, seeds: Sequence[int]) -> list[Run]:
    """Follow so many runs, some at the same time."""
    room = asyncio.Semaphore(AT_ONCE)

    async def follow(seed: int) -> Run:
        async with room:
            return await follow_run(port, seed)

    return await asyncio.gather(*map(follow, seeds))
