"""A stream read by hand, and the command line run to its end."""

import subprocess
import sys
import urllib.request
from typing import Self

from livereload_sse.sse import Decoder, ReceivedEvent
from tests.serving import LiveServer


class Reader:
    """A stream read by hand."""

    def __init__(self, server: LiveServer, query: str = "visible=1", **headers: str) -> None:
        request = urllib.request.Request(
            f"http://localhost:{server.port}/__sse-reload/events?{query}", headers=headers
        )
        self._answer = urllib.request.urlopen(request, timeout=10)
        self._decoder = Decoder()
        self._events: list[ReceivedEvent] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._answer.close()

    def next_event(self) -> ReceivedEvent:
        while not self._events:
            chunk = self._answer.read1()
            if not chunk:
                raise EOFError
            self._events += self._decoder.feed(chunk)
        return self._events.pop(0)

    def read_to_end(self) -> None:
        while self._answer.read1():
            pass


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run `sse-reload` with these words."""
    return subprocess.run(
        [sys.executable, "-m", "livereload_sse", *words],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
