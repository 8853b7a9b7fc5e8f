"""The answer of an ASGI application in another thread's event loop, for a WSGI server.

Knows two threads and one answer between them: the server's, which waits and writes, and the loop's,
which goes on with others meanwhile. Each message waits until the server has taken it, so a peer that
reads slowly is felt. Refuses to know what is answered.
"""

import asyncio
import contextlib
import math
import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from livereload_sse.web.environ import ENVIRON, make_scope, write_headers, write_status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from starlette.types import ASGIApp, Message, Scope


BODY_LIMIT = 2 * 1024 * 1024
"""Bytes of a request's body that are read: more than anything of ours takes, so that it can refuse."""

LOOK_INTERVAL = 1.0
"""Seconds between two looks at whether the peer of a quiet stream is still there."""

SINGLE_DURATION = 0.05
"""Seconds that a stream lasts where the server has one thread, which nobody may keep."""

AWAITED_DURATION = 1.0
"""Seconds that a stream lasts in a thread that the end of the process waits for."""


def answer_across(
    app: "ASGIApp",
    loop: asyncio.AbstractEventLoop,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
) -> "Answering":
    """Begin to answer a request; returns once its status is known. Raises what `app` raises."""
    answering = Answering(loop, make_scope(environ), _read_body(environ))
    answering.begin(app, start_response)
    return answering


class Answering:
    """One answer on its way. Iterate, then `close`: the iterable that WSGI wants."""

    def __init__(self, loop: asyncio.AbstractEventLoop, scope: "Scope", body: bytes) -> None:
        self._loop = loop
        self._scope = scope
        self._body: bytes | None = body
        self._peer: socket.socket | None = scope[ENVIRON].get("werkzeug.socket")
        self._deadline = math.inf
        self._is_over = False
        self._messages: queue.SimpleQueue[_Told | _End] = queue.SimpleQueue()
        self._untaken: _Told | None = None
        self._gone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self, app: "ASGIApp", start_response: "StartResponse") -> None:
        """Start the application, and wait for the beginning of its answer."""
        self._in_loop(partial(self._start, app))
        told = self._next()
        if told is None:  # the session ends just now
            start_response(write_status(503), [("retry-after", "1"), ("content-length", "0")])
            return
        headers = write_headers(told.message)
        if _is_stream(headers):
            is_single = not self._scope[ENVIRON]["wsgi.multithread"]
            self._deadline = time.monotonic() + _find_duration(is_single=is_single)
        start_response(write_status(told.message["status"]), headers)

    def __iter__(self) -> "Iterator[bytes]":
        while (told := self._next()) is not None:
            if body := told.message.get("body", b""):
                yield body
            if not told.message.get("more_body", False):
                return

    def close(self) -> None:
        """The server has read enough: the application is told that its peer has left."""
        self._in_loop(self._leave)

    def _next(self) -> "_Told | None":
        """Wait for a message; None at the end. The one before it has been written by now."""
        if self._untaken is not None:
            self._in_loop(self._untaken.take)
        self._untaken = None
        if self._is_over:
            return None
        told = self._wait()
        if isinstance(told, _End):
            self._is_over = True
            if told.error is not None:
                raise told.error
            return None
        self._untaken = told
        return told

    def _wait(self) -> "_Told | _End":
        while True:
            left = max(0.0, self._deadline - time.monotonic())
            try:
                return self._messages.get(timeout=min(left, LOOK_INTERVAL))
            except queue.Empty:
                if left <= LOOK_INTERVAL or self._loop.is_closed() or _has_left(self._peer):
                    return _End()

    def _in_loop(self, function: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and all its answers with it
            self._loop.call_soon_threadsafe(function)

    # What follows runs in the loop's thread.

    def _start(self, app: "ASGIApp") -> None:
        self._task = self._loop.create_task(self._run(app))
        self._task.add_done_callback(self._finish)

    async def _run(self, app: "ASGIApp") -> None:
        await app(self._scope, self._receive, self._send)

    def _finish(self, task: "asyncio.Task[None]") -> None:
        self._messages.put(_End(None if task.cancelled() else task.exception()))

    def _leave(self) -> None:
        self._gone.set()
        if self._task is not None:
            self._task.cancel()

    async def _receive(self) -> "Message":
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: "Message") -> None:
        told = _Told(message)
        self._messages.put(told)
        await told.taken.wait()


class _Told:
    """A message, and whether the server has taken it."""

    def __init__(self, message: "Message") -> None:
        self.message = message
        self.taken = asyncio.Event()

    def take(self) -> None:
        self.taken.set()


class _End:
    """Nothing follows; `error` is what the application failed with."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def _read_body(environ: "WSGIEnvironment") -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if environ.get("wsgi.input_terminated"):
        return bytes(environ["wsgi.input"].read(BODY_LIMIT))
    wanted = min(int(length), BODY_LIMIT) if length.isdecimal() else 0
    return bytes(environ["wsgi.input"].read(wanted)) if wanted else b""


def _find_duration(*, is_single: bool) -> float:
    """How long a stream may keep the thread that asks. A browser is back half a second after it has
    ended, and misses nothing.

    Servers for development have threads that end with the process. Others wait for theirs, when
    they are told to end and when they load new code.
    """
    if is_single:
        return SINGLE_DURATION
    return math.inf if threading.current_thread().daemon else AWAITED_DURATION


def _is_stream(headers: list[tuple[str, str]]) -> bool:
    return dict(headers).get("content-type", "").startswith("text/event-stream")


def _has_left(peer: socket.socket | None) -> bool:
    """Look whether the other end has closed. Where a server does not show its connection, or it is
    encrypted, the next heartbeat finds that out.
    """
    if peer is None:
        return False
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(peer, selectors.EVENT_READ)
            return bool(selector.select(0)) and peer.recv(1, socket.MSG_PEEK) == b""
    except ValueError:  # TLS cannot be looked into; a closed socket has no number
        return peer.fileno() == -1
    except OSError:
        return True
