"""Those who listen to the bell of the deployment example, as a browser with sse-client.js does."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from livereload_sse.sse import Decoder, ReceivedEvent
from tests.integration.bell_serving import NO_TLS, PATIENCE, Bell
from tests.integration.proxies import Proxy
from tests.patience import Patience

COMMENT = re.compile(rb"^:", re.MULTILINE)


@dataclass
class Listener:
    """Somebody who listens, as a browser with sse-client.js does: comes back with the last id.

    `statuses` are the answers that were no streams, `ended` counts the streams that ended as they
    should, `cut` those that broke off.
    """

    url: str
    client: httpx.AsyncClient
    events: list[ReceivedEvent] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    version: str = ""
    own_port: int = 0
    comments: int = 0
    asked: int = 0
    opened: int = 0
    ended: int = 0
    cut: int = 0
    is_open: bool = False
    last_id: str = ""
    returns: bool = True
    may_return: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def strokes(self) -> list[int]:
        """What was struck, in the order in which it was heard."""
        return [json.loads(event.data)["strokes"] for event in self.events if event.name == "bell"]

    async def live(self) -> None:
        """Listen until cancelled, or, where it is not to return, until the stream is over."""
        self.may_return.set()
        while True:
            try:
                await self._listen()
            except httpx.TransportError:
                self.cut += self.is_open
            self.is_open = False
            if not self.returns:
                return
            await asyncio.sleep(0.1)
            await self.may_return.wait()

    async def _listen(self) -> None:
        headers = {"accept": "text/event-stream", "accept-encoding": "gzip"}
        if self.last_id:
            headers["last-event-id"] = self.last_id
        self.asked += 1
        async with self.client.stream("GET", self.url, headers=headers) as answer:
            if answer.status_code != httpx.codes.OK:
                self.statuses.append(answer.status_code)
                return
            self.headers, self.version = answer.headers, answer.http_version
            connection = answer.extensions["network_stream"]
            self.own_port = connection.get_extra_info("client_addr")[1]
            self.opened += 1
            decoder = Decoder(last_event_id=self.last_id)
            async for chunk in answer.aiter_bytes():
                self.is_open = True
                self.comments += len(COMMENT.findall(chunk))
                self.events += decoder.feed(chunk)
                self.last_id = decoder.last_event_id
        self.ended += 1


@asynccontextmanager
async def listeners(
    proxy: Proxy, count: int = 1, *, http2: bool = False, returns: bool = True
) -> AsyncIterator[list[Listener]]:
    """So many who listen through a proxy, until the context ends."""
    context = proxy.certificate.context
    async with listeners_of(
        f"{proxy.url}/events", count, context, http2=http2, returns=returns
    ) as listening:
        yield listening


@asynccontextmanager
async def listeners_of(
    url: str,
    count: int = 1,
    context: ssl.SSLContext = NO_TLS,
    *,
    http2: bool = False,
    returns: bool = True,
) -> AsyncIterator[list[Listener]]:
    """So many who listen to one address, with one client; what was struck before is left out."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        verify=context, http2=http2, timeout=PATIENCE, limits=limits
    ) as client:
        listening = [Listener(url, client, returns=returns) for _ in range(count)]
        tasks = [asyncio.create_task(one.live()) for one in listening]
        try:
            await until(lambda: all(one.is_open for one in listening), "all listen")
            for one in listening:
                one.events.clear()
            yield listening
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def strike_all(app: Bell, *strokes: int) -> None:
    for number in strokes:
        await asyncio.to_thread(app.strike, number)


async def hear_one_by_one(app: Bell, listener: Listener) -> None:
    """Strike eight times, each time only when the one before has been heard."""
    for number in range(1, 9):
        await strike_all(app, number)
        await until(lambda: len(listener.events) >= number, f"{number} is heard", 5)  # noqa: B023 - called at once
    assert listener.strokes == list(range(1, 9))


async def until(
    is_true: Callable[[], object],
    what: str,
    timeout: float = PATIENCE,  # noqa: ASYNC109 - it says what did not come
) -> None:
    """Wait for something while the event loop goes on."""
    patience = Patience(timeout)
    while not is_true():
        assert not patience.is_over(), f"not within {timeout} s: {what}"
        await asyncio.sleep(0.01)
