"""The real proxy in front of a target that does, byte for byte, what a test says."""

import asyncio
import logging
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, chdir, nullcontext
from dataclasses import dataclass
from dataclasses import field as kept
from tempfile import TemporaryDirectory

import pytest

from livereload_sse.proxy_application import make_proxy_application
from livereload_sse.proxy_session import ProxySession
from livereload_sse.server import make_server
from livereload_sse.settings import Settings
from livereload_sse.web.client_session import make_client
from livereload_sse.web.target import Target

PATIENCE = 10.0
"""Seconds until something that does not happen counts as never."""

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Peer:
    """One end of a connection. `received` is all that has been read from it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    received: bytes = b""

    async def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))
        async with asyncio.timeout(PATIENCE):
            await self.writer.drain()

    async def read_until(self, end: bytes = b"\r\n\r\n") -> bytes:
        """Read up to some bytes, those included."""
        async with asyncio.timeout(PATIENCE):
            return self._note(await self.reader.readuntil(end))

    async def read(self, count: int) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return self._note(await self.reader.readexactly(count))

    async def read_to_end(self) -> bytes:
        """Read until the other end closes. A connection that was cut ends as well."""
        async with asyncio.timeout(PATIENCE):
            try:
                return self._note(await self.reader.read())
            except ConnectionError:
                return b""

    async def wait_for_end(self) -> None:
        await self.read_to_end()

    def cut(self) -> None:
        """End the connection as a process does that is killed."""
        self.writer.transport.abort()

    def close(self) -> None:
        self.writer.close()

    def _note(self, part: bytes) -> bytes:
        self.received += part
        return part


Answering = Callable[[Peer, bytes], Awaitable[None]]
"""Answers one request, whose head is given. The connection goes on to the next one after that."""


@dataclass
class RawTarget:
    """A server that records what it is sent. `answer` says what becomes of each request."""

    answer: Answering
    port: int = 0
    peers: list[Peer] = kept(default_factory=list)
    heads: list[bytes] = kept(default_factory=list)
    arrived: asyncio.Event = kept(default_factory=asyncio.Event)
    was_asked: asyncio.Event = kept(default_factory=asyncio.Event)

    @property
    def target(self) -> Target:
        return Target("http", "127.0.0.1", self.port)

    @property
    def asked(self) -> list[Peer]:
        """The connections that have been used; others only look whether somebody listens."""
        return [peer for peer in self.peers if peer.received]

    @property
    def received(self) -> bytes:
        return b"".join(peer.received for peer in self.peers)

    async def wait_for_request(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.was_asked.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        self.peers.append(peer)
        self.arrived.set()
        try:
            while True:
                head = peer._note(await reader.readuntil(b"\r\n\r\n"))
                self.heads.append(head)
                self.was_asked.set()
                await self.answer(peer, head)
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            return
        finally:
            writer.close()


async def read_body(peer: Peer, head: bytes) -> None:
    """Read what comes after the head of a request, and nothing that comes after that."""
    lines = head.lower().split(b"\r\n")
    if b"transfer-encoding: chunked" in lines:
        while size := int(await peer.read_until(b"\r\n"), 16):
            await peer.read(size + 2)
        await peer.read(2)
    for length in (
        line.partition(b": ")[2] for line in lines if line.startswith(b"content-length:")
    ):
        await peer.read(int(length))


@asynccontextmanager
async def listening(answer: Answering | bytes = OK) -> AsyncIterator[RawTarget]:
    """Run a target; bytes are what it says to each request."""
    if isinstance(answer, bytes):
        said = answer

        async def answer(peer: Peer, head: bytes) -> None:
            await read_body(peer, head)
            await peer.send(said)

    target = RawTarget(answer)
    running: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(target.serve(reader, writer))
        running.add(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=2**20)
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        server.close()
        for peer in target.peers:
            peer.writer.transport.abort()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@dataclass(frozen=True)
class Front:
    """The proxy: where it listens, and its session."""

    port: int
    session: ProxySession

    @property
    def host(self) -> bytes:
        return f"127.0.0.1:{self.port}".encode()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Peer]:
        """Open a connection to the proxy."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        try:
            yield Peer(reader, writer)
        finally:
            writer.transport.abort()

    def write(self, line: bytes = b"GET / HTTP/1.1", *fields: bytes) -> bytes:
        """Write the head of a request."""
        return b"\r\n".join((line, b"Host: " + self.host, *fields, b"", b""))

    async def ask(
        self, line: bytes = b"GET / HTTP/1.1", *fields: bytes, body: bytes = b""
    ) -> bytes:
        """Make one request on a connection of its own, and return all that comes back."""
        async with self.connected() as peer:
            await peer.send(self.write(line, *fields, b"Connection: close"), body)
            return await peer.read_to_end()


@asynccontextmanager
async def proxying(target: Target, *, parser: str = "httptools") -> AsyncIterator[Front]:
    """Run the proxy as its command does, in this process. An empty folder is watched."""
    with TemporaryDirectory() as folder, chdir(folder):
        async with _proxying(target, parser) as front:
            yield front


@asynccontextmanager
async def _proxying(target: Target, parser: str) -> AsyncIterator[Front]:
    settings = Settings(poll=False)
    session = ProxySession(settings, target)
    listener = socket.create_server(("127.0.0.1", 0))
    async with make_client() as client, session:
        application = make_proxy_application(
            session, settings, target=target, client=client, token="token"
        )
        started = asyncio.Event()
        server = make_server(
            application,
            http=parser,
            ws="websockets-sansio",
            ws_max_size=2**31 - 1,
            date_header=False,
            on_started=started.set,
            on_closing=session.close_streams,
        )
        # The tests' own signals stay theirs, and a proxy may run in any thread.
        server.capture_signals = nullcontext  # type: ignore[assignment, method-assign]  # for this one
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(PATIENCE):
                await started.wait()
            yield Front(listener.getsockname()[1], session)
        finally:
            server.close()
            await serving
            listener.close()


@asynccontextmanager
async def both(answer: Answering | bytes = OK) -> AsyncIterator[tuple[RawTarget, Front]]:
    """A target, and the proxy in front of it."""
    async with listening(answer) as target, proxying(target.target) as front:
        yield target, front


async def stands_still(measure: Callable[[], int]) -> None:
    """Wait until a number has not changed for a while."""
    last, since = -1, asyncio.get_running_loop().time()
    async with asyncio.timeout(PATIENCE):
        while asyncio.get_running_loop().time() - since < 0.3:
            await asyncio.sleep(0.02)
            if measure() != last:
                last, since = measure(), asyncio.get_running_loop().time()


def head_of(answer: bytes) -> str:
    return answer.partition(b"\r\n\r\n")[0].decode("latin-1")


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def field(answer: bytes, name: str) -> str | None:
    """The value of a field in an answer or a request."""
    found = re.search(rf"^{name}: (.*)$", head_of(answer), re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else None


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What servers have found worth logging."""
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
