"""The HTTP response that carries a subscription, for any ASGI server.

Knows headers, the opening block, heartbeats, and when to stop. Refuses to know paths, query
strings, who may connect, and how to catch up after a gap: its caller does.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final, TypeAlias

from livereload_sse.sse.broadcaster import Subscription
from livereload_sse.sse.events import Event, EventId, encode_comment, encode_id, encode_retry

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

# No Connection (HTTP/2 forbids it) and no CORS (streams are for our own origin). The accelerator
# header is nginx's: it would buffer the stream.
_HEADERS: Final = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)
_HEARTBEAT: Final = encode_comment("still here")


class EventStream:
    """An ASGI response that lasts until the reader leaves or the broadcaster closes.

    first: what the caller tells before everything else, such as the catch-up after a gap
    position: the id that the reader shall come back with if the stream is cut before `first`
        arrived; default: the subscription's own
    retry: seconds after which a browser that lost the stream comes back
    heartbeat_interval: seconds between comments, which keep proxies from closing a quiet stream
    send_timeout: seconds that one write may wait for a reader that does not read
    return_delay: seconds after which the reader of a stream that ends from here comes back, where
        that is not `retry`

    Serves one request and closes the subscription at its end, however it ends. A reader that does
    not take a write within `send_timeout` is dropped without the final empty body.
    """

    __slots__ = (
        "_farewell",
        "_gone",
        "_heartbeat_due",
        "_heartbeat_interval",
        "_limit",
        "_loop",
        "_next_heartbeat",
        "_opening",
        "_send_timeout",
        "_sending_since",
        "_subscription",
        "_timer",
    )

    def __init__(
        self,
        subscription: Subscription,
        *,
        first: Sequence[Event] = (),
        position: EventId | None = None,
        retry: float = 0.5,
        heartbeat_interval: float = 15.0,
        send_timeout: float = 10.0,
        return_delay: float | None = None,
    ) -> None:
        self._subscription = subscription
        self._opening = _encode_opening(subscription, first, position, retry)
        self._heartbeat_interval = heartbeat_interval
        self._send_timeout = send_timeout
        self._farewell = b"" if return_delay is None else encode_retry(return_delay)
        self._gone = False
        self._heartbeat_due = False
        self._next_heartbeat = 0.0  # in the event loop's time, as all moments here
        self._sending_since: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET with the stream and HEAD with its headers."""
        try:
            if scope["method"] == "HEAD":
                await send(_start())
                await send({"type": "http.response.body", "body": b""})
            else:
                await self._run(receive, send)
        except OSError:
            # The peer is gone (ASGI 2.4 servers say so on send), or has not read for send_timeout
            # (TimeoutError). There is nobody left to tell.
            return
        finally:
            self._subscription.close()

    async def _run(self, receive: Receive, send: Send) -> None:
        """Write while somebody else watches for the disconnect, which only `receive` tells."""
        self._loop = asyncio.get_running_loop()
        self._next_heartbeat = self._loop.time() + self._heartbeat_interval
        watching = self._loop.create_task(self._watch(receive))
        try:
            async with asyncio.timeout(None) as self._limit:
                self._tick()
                await self._write(send)
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
            self._subscription.wake()

    async def _write(self, send: Send) -> None:
        await self._send(send, _start())
        pending, self._opening = self._opening, []
        while not self._gone:
            pending += [event.wire for event in self._subscription.take()]
            if self._heartbeat_due:
                self._heartbeat_due = False
                pending.append(_HEARTBEAT)
            if pending:
                await self._send(send, _body(b"".join(pending), more=True))
                pending = []
            elif self._subscription.ended:
                await self._send(send, _body(self._farewell, more=False))
                return
            else:
                await self._subscription.wait()

    async def _send(self, send: Send, message: Message) -> None:
        self._sending_since = self._loop.time()
        await send(message)
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
            self._next_heartbeat = now + self._heartbeat_interval
            self._subscription.wake()
        upcoming = min(self._next_heartbeat, started + self._send_timeout)
        self._timer = self._loop.call_at(upcoming, self._tick)


def _start() -> Message:
    return {"type": "http.response.start", "status": 200, "headers": list(_HEADERS)}


def _body(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _encode_opening(
    subscription: Subscription, first: Sequence[Event], position: EventId | None, retry: float
) -> list[bytes]:
    """Encode what every stream begins with, in an order in which a cut loses nothing.

    The subscription's position may only be told once everything before it has been: where there is
    a catch-up, it follows it.
    """
    opening = [encode_retry(retry), _HEARTBEAT]
    if position is not None:
        opening.append(encode_id(position))
    opening += [event.encode() for event in first]
    if first or position is None:
        opening.append(encode_id(subscription.position))
    return opening
