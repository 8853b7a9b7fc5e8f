"""The tests' end of the line between them and the process that watches.

Knows sockets, and that each thing said is one line of JSON. Everything blocks here, and nothing needs
a thread. Refuses to know what is said. The other end is in `line`.
"""

import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from livereload_sse.pytest_watch.messages import Message, encode

FROM_ENVIRONMENT = "SSE_RELOAD_TEST_HOST"
"""The environment variable that says where the other end is: `fd:5`, or `port:50123:secret`."""


class Teller:
    """The tests' end. Says nothing in the processes that a test forks: only one may write here."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._process = os.getpid()
        self._heard = bytearray()
        self._lock = threading.RLock()  # threads of a test write files, those of xdist hear of it
        self.is_open = True

    def tell(self, message: Message) -> None:
        """Send one message; waits while the other end is busy."""
        if self.is_mine:
            self._send(encode(message))

    def say(self, what: Mapping[str, Any]) -> None:
        """Send what is no `Message`: the host's own words. What a killed run left unfinished before
        it is made a line of its own.
        """
        self._send(b"\n" + json.dumps(what).encode() + b"\n")

    def listen(self) -> dict[str, Any] | None:
        """Wait for one line; None when the other end has gone."""
        while b"\n" not in self._heard:
            chunk = self._receive()
            if not chunk:
                return None
            self._heard += chunk
        line, _, rest = bytes(self._heard).partition(b"\n")
        self._heard[:] = rest
        return json.loads(line)  # type: ignore[no-any-return]  # a line of ours

    def has_word(self) -> bool:
        """Say whether `listen` would return at once."""
        return b"\n" in self._heard or bool(select.select([self._end], [], [], 0)[0])

    @property
    def is_mine(self) -> bool:
        """Whether this is the process that speaks here, and none that a test has forked."""
        return os.getpid() == self._process

    def belongs_to_me(self) -> None:
        """Speak in this process from now on: it has been forked to do so."""
        self._process = os.getpid()

    def fileno(self) -> int:
        """Name the descriptor, for whoever waits for the other end to go."""
        return self._end.fileno()

    def _receive(self) -> bytes:
        try:
            return self._end.recv(65536)
        except ConnectionResetError:
            return b""  # gone with something unread: gone

    def _send(self, line: bytes) -> None:
        try:
            with _undisturbed(), self._lock:
                self._end.sendall(line)
        except OSError:
            # The process that watched has ended. The run goes on to its own end: its output is still
            # somebody's, and teardown matters.
            self.is_open = False


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C wait: it would leave half a line, and spoil the next one."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def find_teller(environment: MutableMapping[str, str]) -> Teller:
    """Join the line that whoever started this process has named, and leave no trace of that: neither
    tests nor what they start shall find it. Raises OSError when the other end has gone.
    """
    way, _, rest = environment.pop(FROM_ENVIRONMENT).partition(":")
    if way == "fd":
        end = socket.socket(fileno=int(rest))
        end.set_inheritable(False)
        return Teller(end)
    port, _, secret = rest.partition(":")
    end = socket.create_connection(("127.0.0.1", int(port)))
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    end.sendall(secret.encode() + b"\n")
    return Teller(end)
