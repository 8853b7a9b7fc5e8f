"""Streams behind a real uvicorn, in a thread of this process, and readers on sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from livereload_sse.sse import Decoder, ReceivedEvent
from tests.serving import wait_until

TIMEOUT = 10.0


@contextmanager
def served(app: Any, **options: Any) -> Iterator[str]:
    """Serve an application until the context ends; gives the address that it is at."""
    words = {"port": 0, "log_config": None, "lifespan": "off", **options}
    server = uvicorn.Server(uvicorn.Config(app, **words))
    thread = threading.Thread(target=server.run, name="event-server")
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(TIMEOUT)
        assert not thread.is_alive(), "a stream is still open"


class Reading:
    """A stream that is being read, as far as was asked for."""

    def __init__(self, answer: httpx.Response, last_event_id: str = "") -> None:
        self.answer = answer
        self.decoder = Decoder(last_event_id=last_event_id)
        self.wire = b""
        self._chunks = answer.iter_raw()
        self._there: list[ReceivedEvent] = []

    def next(self) -> ReceivedEvent:
        """Wait for the next event."""
        while not self._there:
            self._read(next(self._chunks))
        return self._there.pop(0)

    def data(self, count: int) -> list[str]:
        """The data of the next so many events."""
        return [self.next().data for _ in range(count)]

    def rest(self) -> list[ReceivedEvent]:
        """Wait until the server ends it."""
        for chunk in self._chunks:
            self._read(chunk)
        there, self._there = self._there, []
        return there

    def until(self, wanted: bytes) -> None:
        """Wait for bytes that need be no event."""
        while wanted not in self.wire:
            self._read(next(self._chunks))

    def _read(self, chunk: bytes) -> None:
        self.wire += chunk
        self._there += self.decoder.feed(chunk)


@contextmanager
def reading(
    url: str, method: str = "GET", *, last_event_id: str = "", **words: Any
) -> Iterator[Reading]:
    """Read a stream; leaves when the context ends."""
    headers = dict(words.pop("headers", {}))
    if last_event_id:
        headers["last-event-id"] = last_event_id
    # Plain http: reading certificates would take longer than most tests.
    with (
        httpx.Client(timeout=TIMEOUT, verify=False, trust_env=False) as client,  # noqa: S501 - above
        client.stream(method, url, headers=headers, **words) as answer,
    ):
        yield Reading(answer, last_event_id)
