"""A WSGI application in this process, on a real server of threads, and what a tab hears of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
from werkzeug.serving import make_server as make_werkzeug

from livereload_sse.sse import Decoder, ReceivedEvent

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


@contextmanager
def werkzeug(app: "WSGIApplication", *, threaded: bool = True) -> Iterator[httpx.Client]:
    """Serve with Flask's server; gives who asks it."""
    yield from _serving(make_werkzeug("127.0.0.1", 0, app, threaded=threaded))


@contextmanager
def waiting(app: "WSGIApplication") -> Iterator[httpx.Client]:
    """Serve with a server that waits for all of its threads before it ends."""
    server: Any = make_werkzeug("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False
    yield from _serving(server)


@contextmanager
def single(app: "WSGIApplication") -> Iterator[httpx.Client]:
    """Serve with the standard library's server, which has one thread."""
    yield from _serving(make_server("127.0.0.1", 0, app, handler_class=_Silent))


class _Silent(WSGIRequestHandler):
    """Prints no line for each request."""

    def log_message(self, *_line: object) -> None: ...


def _serving(server: Any) -> Iterator[httpx.Client]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{server.server_port}",
            timeout=10,
            headers={"connection": "close", "accept": "text/html,*/*;q=0.8"},
        ) as client:
            yield client
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class Stream:
    """A stream of events on a connection of its own."""

    def __init__(
        self, client: httpx.Client, query: str = "visible=1", *, at: str = "", **headers: str
    ) -> None:
        self._socket = socket.create_connection((client.base_url.host, client.base_url.port), 10)
        lines = (f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self._socket.sendall(
            f"GET {at}/__sse-reload/events?{query} HTTP/1.0\r\n"
            f"Host: 127.0.0.1:{client.base_url.port}\r\n{''.join(lines)}\r\n".encode()
        )
        self._decoder = Decoder()
        self._events: list[ReceivedEvent] = []
        try:
            self._read_until(b": still here\n\n")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def next_event(self) -> ReceivedEvent:
        while not self._events:
            received = self._socket.recv(4096)
            if not received:
                raise EOFError
            self._events += self._decoder.feed(received)
        return self._events.pop(0)

    def has_ended(self) -> bool:
        """Read on to the end, as far as there is one."""
        while self._socket.recv(4096):
            pass
        return True

    def close(self) -> None:
        self._socket.close()

    def _read_until(self, wanted: bytes) -> None:
        read = b""
        while not read.endswith(wanted):
            byte = self._socket.recv(1)
            assert byte, read
            read += byte
