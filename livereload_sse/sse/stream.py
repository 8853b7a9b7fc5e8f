"""How a source of events becomes the answer to one request, for any ASGI server.

Knows headers, the opening block, heartbeats, and when to stop. Refuses to know paths, query
strings, who may connect, and how to catch up after a gap: its caller does.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from livereload_sse.errors import (
    BrokerError,
    LiveReloadError,
    TooManyChannelsError,
    TooManyStreamsError,
)
from livereload_sse.sse.events import Event, EventId, encode_comment, encode_id, encode_retry
from livereload_sse.sse.history import EncodedEvent

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = Sequence[tuple[bytes, bytes]]

# No Connection (HTTP/2 forbids it) and no CORS (streams are for our own origin). The accelerator
# header is nginx's: it would buffer the stream.
HEADERS: Final = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)
UNAVAILABLE: Final = (BrokerError, TooManyChannelsError, TooManyStreamsError)
"""What is no fault of the request, and may be over when the reader comes back."""

_HEARTBEAT: Final = encode_comment("still here")


class Source(Protocol):
    """What a stream carries: a `Subscription`, or what stands in for one."""

    @property
    def position(self) -> EventId | None:
        """The id to come back with if nothing more is read, if there is one."""

    @property
    def is_over(self) -> bool:
        """Whether the reader has had everything before it came."""

    @property
    def ended(self) -> bool:
        """Will `take` never again return anything?"""

    async def ready(self) -> None:
        """Wait until `position` and `is_over` are known."""

    def take(self) -> Sequence[EncodedEvent]:
        """Return what is there, without waiting."""

    def wait(self) -> Awaitable[None]:
        """Return what is done when it is worth looking again."""

    def wake(self) -> None:
        """Let the reader look again."""

    def let_go(self) -> None:
        """End with what is there."""

    async def aclose(self) -> None:
        """Give everything back."""


class Stream:
    """An ASGI response that lasts until the reader leaves or the source ends.

    first: what the caller tells before everything else, such as the catch-up after a gap
    position: the id that the reader shall come back with if the stream is cut before `first`
        arrived; default: the source's own
    retry: seconds after which a browser that lost the stream comes back
    heartbeat: seconds between comments, which keep proxies from closing a quiet stream
    send_timeout: seconds that one write may wait for a reader that does not read
    return_delay: seconds after which the reader of a stream that ends from here comes back, where
        that is not `retry`
    status, headers: of the answer

    Serves one request and closes the source at its end, however it ends. A reader that does not
    take a write within `send_timeout` is dropped without the final empty body. A source that has
    nothing for this reader and never will is answered 204, which keeps an EventSource away (WHATWG
    HTML, "reestablish the connection").
    """

    __slots__ = (
        "_farewell",
        "_first",
        "_gone",
        "_headers",
        "_heartbeat",
        "_heartbeat_due",
        "_limit",
        "_loop",
        "_next_heartbeat",
        "_position",
        "_retry",
        "_send_timeout",
        "_sending_since",
        "_source",
        "_status",
        "_timer",
    )

    def __init__(  # noqa: PLR0913 - given by name
        self,
        source: Source,
        *,
        first: Sequence[Event] = (),
        position: EventId | None = None,
        retry: float = 0.5,
        heartbeat: float = 15.0,
        send_timeout: float = 10.0,
        return_delay: float | None = None,
        status: int = 200,
        headers: Headers = HEADERS,
    ) -> None:
        self._source = source
        self._first = first
        self._position = position
        self._retry = retry
        self._heartbeat = heartbeat
        self._send_timeout = send_timeout
        self._farewell = b"" if return_delay is None else encode_retry(return_delay)
        self._status = status
        self._headers = headers
        self._gone = False
        self._heartbeat_due = False
        self._next_heartbeat = 0.0  # in the event loop's time, as all moments here
        self._sending_since: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the stream, and HEAD with its headers."""
        try:
            if await self._is_wanted(scope, partial(_deliver, send)):
                await self._run(receive, send)
        except _LeftError:
            return  # there is nobody left to tell
        finally:
            await self._source.aclose()

    async def _is_wanted(self, scope: Scope, send: Send) -> bool:
        """Answer what is not answered with a stream."""
        if scope["method"] == "HEAD":
            await send(self._start())
            await send(_body(b"", more=False))
            return False
        try:
            await self._source.ready()
        except UNAVAILABLE as error:
            await refuse_for_now(send, error)
            return False
        if self._source.is_over:
            await self._refuse_for_good(send)
            return False
        return True

    async def _run(self, receive: Receive, send: Send) -> None:
        """Write while somebody else watches for the disconnect, which only `receive` tells."""
        self._loop = asyncio.get_running_loop()
        self._next_heartbeat = self._loop.time() + self._heartbeat
        watching = self._loop.create_task(self._watch(receive))
        try:
            async with asyncio.timeout(None) as self._limit:
                self._tick()
                await self._write(send)
        except TimeoutError as error:
            if not self._limit.expired():
                raise  # the source's own
            raise _LeftError from error
        finally:
            self._timer.cancel()
            watching.cancel()
            await asyncio.wait((watching,))
        if not watching.cancelled():
            watching.result()  # a receive() that failed is the server's bug: let it be seen

    async def _watch(self, receive: Receive) -> None:
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._gone = True
            self._source.wake()

    async def _write(self, send: Send) -> None:
        await self._send(send, self._start())
        pending = self._encode_opening()
        while not self._gone:
            pending += [event.wire for event in self._source.take()]
            if self._heartbeat_due:
                self._heartbeat_due = False
                pending.append(_HEARTBEAT)
            if pending:
                await self._send(send, _body(b"".join(pending), more=True))
                pending = []
            elif self._source.ended:
                await self._send(send, _body(self._farewell, more=False))
                return
            else:
                await self._source.wait()

    async def _refuse_for_good(self, send: Send) -> None:
        """Answer 204 with the headers of a stream: without those of CORS, say, it were none."""
        headers = [pair for pair in self._headers if pair[0].lower() != b"content-type"]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send(_body(b"", more=False))

    async def _send(self, send: Send, message: Message) -> None:
        self._sending_since = self._loop.time()
        try:
            await send(message)
        except OSError as error:
            raise _LeftError from error
        self._sending_since = None

    def _tick(self) -> None:
        """Ask for a heartbeat when one is due, and give up on a write that takes too long.

        A timer for each write would cost more than the write. This one looks at least once in
        every `send_timeout`, so it sees a long write before its time is over and is then exact.
        """
        now = self._loop.time()
        started = now if self._sending_since is None else self._sending_since
        if now >= started + self._send_timeout:
            self._limit.reschedule(now)
            return
        if now >= self._next_heartbeat:
            self._heartbeat_due = True
            self._next_heartbeat = now + self._heartbeat
            self._source.wake()
        upcoming = min(self._next_heartbeat, started + self._send_timeout)
        self._timer = self._loop.call_at(upcoming, self._tick)

    def _start(self) -> Message:
        return {
            "type": "http.response.start",
            "status": self._status,
            "headers": list(self._headers),
        }

    def _encode_opening(self) -> list[bytes]:
        """Encode what every stream begins with, in an order in which a cut loses nothing.

        The source's position may only be told once everything before it has been: where there is a
        catch-up, it follows it.
        """
        opening = [encode_retry(self._retry), _HEARTBEAT]
        if self._position is not None:
            opening.append(encode_id(self._position))
        opening += [event.encode() for event in self._first]
        position = self._source.position
        if position is not None and (self._first or self._position is None):
            opening.append(encode_id(position))
        return opening


def _body(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


class _LeftError(Exception):
    """The reader is gone, or does not read."""


async def _deliver(send: Send, message: Message) -> None:
    try:
        await send(message)
    except OSError as error:  # ASGI 2.4 servers say so
        raise _LeftError from error


async def refuse_for_now(send: Send, error: LiveReloadError) -> None:
    """Answer 503, without what only the server's own people should read: addresses and names."""
    await refuse(send, 503, f"{error.what}\n", headers=((b"retry-after", b"5"),))


async def refuse(send: Send, status: int, text: str = "", *, headers: Headers = ()) -> None:
    """Answer with a few words instead of a stream."""
    body = text.encode()
    own = [(b"cache-control", b"no-store"), *headers]
    if body:
        own.append((b"content-type", b"text/plain; charset=utf-8"))
    own.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send(_body(body, more=False))


async def only_http(scope: Scope, send: Send, name: str) -> bool:
    """Say whether a connection speaks HTTP; a WebSocket is refused before it is accepted, which is 403.

    Raises RuntimeError for anything else, as ASGI wants it of an application without a lifespan.
    `name` says who does not speak it.
    """
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return False
    if scope["type"] != "http":
        raise RuntimeError(f"{name} answers http, not {scope['type']}")
    return True
