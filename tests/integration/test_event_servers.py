"""Streams in other people's servers: event by event, given back, and no hindrance to the end."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from h2.exceptions import ProtocolError

from livereload_sse.sse import Decoder
from tests.integration.app_servers import AppServer
from tests.integration.event_serving import TIMEOUT, reading
from tests.serving import free_port, wait_until

APP = """
import asyncio, threading, time
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from livereload_sse.sse import Broadcaster, EventEndpoint, EventStream

broadcaster = Broadcaster()
counts = {"began": 0, "closed": 0}


async def items():
    counts["began"] += 1
    try:
        for number in range(100_000):
            yield "item", number
            await asyncio.sleep(0.02)
    finally:
        counts["closed"] += 1


def plain_items():
    counts["began"] += 1
    try:
        for number in range(100_000):
            yield "item", number
            time.sleep(0.02)
    finally:
        counts["closed"] += 1


def stuck_items():
    yield "item", 0
    threading.Event().wait()


async def status(request):
    threads = [one.name for one in threading.enumerate()].count("sse-items")
    open_ = counts["began"] - counts["closed"]
    return JSONResponse({"open": broadcaster.subscriptions + open_, "threads": threads})


async def publish(request):
    broadcaster.publish("item", int(request.query_params["data"]))
    return JSONResponse(None)


async def stream(request):
    return EventStream(globals()[request.path_params["name"]]())


app = Starlette(routes=[
    Route("/status", status),
    Route("/publish", publish),
    Route("/events", EventEndpoint(broadcaster)),
    Route("/{name}", stream),
])
"""

UVICORN = "uvicorn app:app --port PORT"
HYPERCORN = "hypercorn app:app --bind 127.0.0.1:PORT"
GRANIAN = "granian --interface asgi --host 127.0.0.1 --port PORT app:app"

SERVERS = [
    (f"{UVICORN} --http httptools", signal.SIGINT),
    (f"{UVICORN} --http h11 --loop asyncio", signal.SIGTERM),
    (HYPERCORN, signal.SIGINT),  # as for SIGTERM, its parent process tells its workers nothing
    (GRANIAN, signal.SIGINT),
    (GRANIAN, signal.SIGTERM),
]

PROMPT = 2.5
"""Seconds within which a server with open streams ends. About 0.3; one that waits for a stream goes
on for three seconds (Hypercorn), or for ever."""


@dataclass
class Server(AppServer):
    """A server's process, by plain HTTP or by TLS."""

    tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def ask(self, path: str) -> Any:
        # Certificates of the world, which take long to read, are not wanted here.
        verify = self.tls or False
        return httpx.get(self.url + path, verify=verify, timeout=TIMEOUT).json()

    def answers(self) -> bool:
        with suppress(httpx.TransportError):
            return bool(self.ask("/status"))
        assert self.process.poll() is None, self.output()
        return False

    def wait_for(self, **wanted: int) -> None:
        wait_until(lambda: self.ask("/status") == wanted, TIMEOUT, lambda: str(self.ask("/status")))

    def assert_ends(self, number: signal.Signals) -> None:
        """It was asked to end, and does so soon and quietly."""
        code, took = self.wait()
        assert code in (0, -number), self.output()
        assert took < PROMPT
        assert "Traceback" not in self.output()
        assert "ERROR" not in self.output().upper()


@contextmanager
def started(folder: Path, command: str, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run `python -m COMMAND` until the context ends; whatever is left of it then is killed."""
    (folder / "app.py").write_text(APP)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", *command.replace("PORT", str(port)).split()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
    )
    server = Server(port, process, tls=tls)
    reader = threading.Thread(target=server.read_lines, daemon=True)
    reader.start()
    try:
        wait_until(server.answers, 20, "it answers")
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize(("command", "number"), SERVERS)
def test_streams_arrive_are_given_back_and_do_not_delay_the_end(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    with started(tmp_path, command) as server:
        with ExitStack() as stack:
            events, items, plain = (
                stack.enter_context(reading(server.url + path))
                for path in ("/events", "/items", "/plain_items")
            )
            events.until(b"id: ")
            for each in range(3):
                server.ask(f"/publish?data={each}")
                assert (events.next().data, items.next().data) == (str(each), str(each))
                assert plain.next().data == str(each)
            server.wait_for(open=3, threads=1)
        server.wait_for(open=0, threads=0)

        with ExitStack() as stack:
            paths = ("/events", "/items", "/plain_items")
            streams = [stack.enter_context(reading(server.url + path)) for path in paths]
            server.wait_for(open=3, threads=1)
            server.ask_to_end(number)
            server.assert_ends(number)
            for stream in streams:
                rest = stream.rest()  # a stream that was cut would raise
                assert "end" not in [event.name for event in rest]


def test_a_generator_that_waits_for_ever_in_its_thread_does_not_hold_up_the_end(
    tmp_path: Path,
) -> None:
    with (
        started(tmp_path, UVICORN) as server,
        reading(f"{server.url}/stuck_items") as stream,
    ):
        stream.next()
        server.ask_to_end(signal.SIGINT)
        server.assert_ends(signal.SIGINT)
        assert stream.rest() == []


# HTTP/2


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    """Writes the server's certificate; gives what its readers trust."""
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(tmp_path / "cert.pem", append=number > 0)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


SECURE = [
    (f"{HYPERCORN} --certfile cert.pem --keyfile key.pem", signal.SIGINT, ()),
    # It announces the end before the streams have ended, which this client takes for the end.
    (
        f"{GRANIAN} --ssl-certificate cert.pem --ssl-keyfile key.pem",
        signal.SIGTERM,
        (ProtocolError,),
    ),
]


@pytest.mark.parametrize(("command", "number", "errors"), SECURE)
async def test_twenty_streams_share_one_connection(
    tmp_path: Path,
    tls: ssl.SSLContext,
    command: str,
    number: signal.Signals,
    errors: tuple[type[Exception], ...],
) -> None:
    with started(tmp_path, command, tls) as server:
        async with client_of(server) as client, AsyncExitStack() as stack:
            streams = [await open_stream(stack, client) for _ in range(20)]
            for each in range(3):
                await client.get("/publish", params={"data": each})
                async with asyncio.timeout(TIMEOUT):
                    assert [await stream.next() for stream in streams] == [str(each)] * 20
        await asyncio.to_thread(server.wait_for, open=0, threads=0)

        async with client_of(server) as client, AsyncExitStack() as stack:
            streams = [await open_stream(stack, client) for _ in range(20)]
            server.ask_to_end(number)
            async with asyncio.timeout(TIMEOUT):
                for stream in streams:
                    with suppress(*errors):
                        await stream.read_to_the_end()
        await asyncio.to_thread(server.assert_ends, number)


def client_of(server: Server) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=1)
    verify = server.tls or False
    return httpx.AsyncClient(
        base_url=server.url, http2=True, verify=verify, limits=limits, timeout=TIMEOUT
    )


class Stream:
    """One of many on a connection."""

    def __init__(self, answer: httpx.Response) -> None:
        self._chunks = answer.aiter_raw()
        self._decoder = Decoder()
        self._there: list[str] = []

    async def next(self) -> str:
        while not self._there:
            chunk = await anext(self._chunks)
            self._there += [event.data for event in self._decoder.feed(chunk)]
        return self._there.pop(0)

    async def opened(self) -> None:
        while not self._decoder.last_event_id:
            self._decoder.feed(await anext(self._chunks))

    async def read_to_the_end(self) -> None:
        async for _ in self._chunks:
            pass


async def open_stream(stack: AsyncExitStack, client: httpx.AsyncClient) -> Stream:
    answer = await stack.enter_async_context(client.stream("GET", "/events"))
    assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
    stream = Stream(answer)
    await stream.opened()
    return stream
