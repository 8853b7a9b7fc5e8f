"""Many streams over one HTTP/2 connection, as a browser with many tabs has them.

httpx can do that, but its streams take turns at reading the connection: one that waits for bytes of
its own keeps others from bytes that have arrived for them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, ResponseReceived, StreamEnded

from livereload_sse.sse import Decoder, ReceivedEvent
from tests.integration.listening import until
from tests.integration.proxies import Certificate

FRAME_HEAD = 9
GOAWAY = 7


@dataclass
class Tab:
    """One stream: the status of its answer, and what it has heard since it was open."""

    status: str = ""
    ended: bool = False
    events: list[ReceivedEvent] = field(default_factory=list)
    decoder: Decoder = field(default_factory=Decoder)


@asynccontextmanager
async def tabs_of_one_browser(
    url: str, certificate: Certificate, count: int
) -> AsyncIterator[list[Tab]]:
    """Open so many streams over one connection, until the context ends."""
    address = httpx.URL(url)
    certificate.context.set_alpn_protocols(["h2"])
    reader, writer = await asyncio.open_connection(
        address.host, address.port, ssl=certificate.context
    )
    connection = _Connection(reader, writer)
    living = asyncio.create_task(connection.live())
    try:
        tabs = [connection.ask(address.netloc.decode(), "/events") for _ in range(count)]
        await until(lambda: all(tab.decoder.last_event_id for tab in tabs), "all streams are open")
        for tab in tabs:
            tab.events.clear()  # what was struck before they came
        yield tabs
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._state = H2Connection(H2Configuration(header_encoding=None))
        self._state.initiate_connection()
        self._tabs: dict[int, Tab] = {}
        self._rest = b""  # the beginning of a frame

    def ask(self, authority: str, path: str) -> Tab:
        number = self._state.get_next_available_stream_id()
        names = {":method": "GET", ":scheme": "https", ":authority": authority, ":path": path}
        self._state.send_headers(number, list(names.items()), end_stream=True)
        self._writer.write(self._state.data_to_send())
        self._tabs[number] = Tab()
        return self._tabs[number]

    async def live(self) -> None:
        while chunk := await self._reader.read(65536):
            for event in self._state.receive_data(self._without_farewells(chunk)):
                self._take(event)
            self._writer.write(self._state.data_to_send())

    def _without_farewells(self, chunk: bytes) -> bytes:
        """Take GOAWAY out: streams that are open end in peace (RFC 9113 §6.8), but not for h2."""
        self._rest += chunk
        frames = b""
        while len(self._rest) >= FRAME_HEAD:
            size = FRAME_HEAD + int.from_bytes(self._rest[:3])
            if len(self._rest) < size:
                break
            frame, self._rest = self._rest[:size], self._rest[size:]
            frames += frame if frame[3] != GOAWAY else b""
        return frames

    def _take(self, event: Event) -> None:
        if isinstance(event, ResponseReceived):
            self._tabs[event.stream_id].status = dict(event.headers)[b":status"].decode()
        elif isinstance(event, DataReceived):
            tab = self._tabs[event.stream_id]
            tab.events += tab.decoder.feed(event.data)
            self._state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            self._tabs[event.stream_id].ended = True
