"""An ASGI application that hands each request to one server, and its answer back.

Knows how bodies flow both ways without being held, and what it means when the other side is not
there, leaves, or breaks off. Refuses to know why a target is away, and what a page is.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from livereload_sse.web.answers import text_answer
from livereload_sse.web.gate import UnansweredError
from livereload_sse.web.proxy_headers import Field, request_fields, response_fields
from livereload_sse.web.route import Route, route_of

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientResponse, ClientSession
    from multidict import CIMultiDict
    from starlette.types import ASGIApp, Receive, Scope, Send

    from livereload_sse.web.target import Target

LOOP_HEADER = b"x-sse-reload-proxy"
"""Says that a request has gone through us, so that a target which is ourselves is noticed."""

HANG_UP_TIMEOUT = 1.0
"""Seconds in which a connection that we have ended is gone."""

LOOK_INTERVAL = 0.25
"""Seconds between two looks whether the connection still stands by which a body is sent."""

HEAD_DELAY = 0.01
"""Seconds that the head of a request waits for the body. What comes at once and is malformed has been
refused by then, and the target sees nothing of it.
"""

_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that may be asked again (RFC 9110, 9.2.2): nothing is different when they come twice."""


class Proxy:
    """ASGI application for http scopes. `name` is this run's own, to find ourselves as our target.

    Raises `UnansweredError` when nobody has taken a request: then it may be asked again.
    """

    def __init__(self, target: "Target", client: "ClientSession", *, name: str) -> None:
        self._target = target
        self._client = client
        self._mark = mark_of(name)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if self._mark in scope["headers"]:
            await text_answer(508, "This proxy is its own target.")(scope, receive, send)
            return
        if scope["method"] == "CONNECT":
            await text_answer(501, "This proxy has one target only.")(scope, receive, send)
            return
        exchange = Exchange(self._client, route_of(scope, self._target), self._mark)
        await exchange.run(scope, receive, send)


def mark_of(name: str) -> Field:
    """The field by which we know our own requests. The name itself may be a secret."""
    return LOOP_HEADER, hashlib.sha256(name.encode()).hexdigest()[:16].encode()


def as_headers(fields: list[Field]) -> "CIMultiDict[str]":
    """Write fields as the client takes them."""
    from multidict import CIMultiDict  # noqa: PLC0415 - comes with aiohttp, an extra

    from livereload_sse.web.raw_request import as_text  # noqa: PLC0415 - needs aiohttp

    return CIMultiDict((name.decode("latin-1"), as_text(value)) for name, value in fields)


class Exchange:
    """One request and its answer."""

    def __init__(self, client: "ClientSession", route: Route, mark: Field) -> None:
        self._client = client
        self._route = route
        self._mark = mark
        self._taken = asyncio.Event()  # nobody reads the request's body any more
        self._has_read = False
        self._has_left = False
        self._begun = False

    async def run(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Ask and answer, until either side leaves."""
        asking = asyncio.ensure_future(self._ask(scope, receive, send))
        leaving = asyncio.ensure_future(self._wait_for_leaving(receive))
        try:
            done, _ = await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (asking, leaving):
                task.cancel()
            await asyncio.gather(asking, leaving, return_exceptions=True)
        instead = asking.result() if asking in done else None
        if instead is not None:
            await instead(scope, receive, send)

    async def _ask(self, scope: "Scope", receive: "Receive", send: "Send") -> "ASGIApp | None":
        """Hand the request on; returns what is answered instead, if it could not be."""
        from aiohttp import ClientError  # noqa: PLC0415 - an extra

        try:
            async with self._request(scope, receive) as response:
                if not 200 <= response.status < 600:
                    return text_answer(502, f"The app's server has answered {response.status}.")
                await self._answer(response, send)
        except (ClientError, ConnectionError, TimeoutError) as error:
            return None if self._has_left else self._find_instead(error, scope, send)
        except ValueError as error:  # what our server lets pass, and no request may carry
            return text_answer(400, f"This request cannot be passed on: {error}")
        return None

    def _find_instead(self, error: Exception, scope: "Scope", send: "Send") -> "ASGIApp":
        """Say what a browser gets when there is no answer, or half of one."""
        from aiohttp import (  # noqa: PLC0415 - an extra
            ClientConnectorError,
            ClientResponseError,
            ClientSSLError,
        )

        # What stands between us and the browser may hold the beginning back.
        if getattr(send, "begun", self._begun):
            return hang_up
        if isinstance(error, ClientSSLError):
            return text_answer(502, f"{error}\nTo show it all the same: --insecure")
        if isinstance(error, ClientResponseError):
            return text_answer(
                502, f"What the app's server has answered is no HTTP: {error.message}"
            )
        is_safe = isinstance(error, ClientConnectorError) or scope["method"] in _REPEATABLE
        if is_safe and not self._has_read:
            raise UnansweredError(str(error)) from error
        return text_answer(
            502,
            "The app's server has broken off while it had this request, which may have been carried"
            " out.",
        )

    def _request(
        self, scope: "Scope", receive: "Receive"
    ) -> "AbstractAsyncContextManager[ClientResponse]":
        from yarl import URL  # noqa: PLC0415 - comes with aiohttp, an extra

        fields = [*request_fields(scope["headers"], self._route), self._mark]
        has_body = any(
            name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]
        )
        if not has_body:
            self._taken.set()
        return self._client.request(
            scope["method"],
            URL(self._route.target.origin + target_of(scope), encoded=True),
            headers=as_headers(fields),
            data=Body(self._read_body(receive)) if has_body else None,
            allow_redirects=False,
        )

    async def _read_body(self, receive: "Receive") -> AsyncIterator[bytes]:
        first = asyncio.ensure_future(receive())
        try:
            if not (await asyncio.wait({first}, timeout=HEAD_DELAY))[0]:
                yield b""  # the client holds the head back until the body has begun
            message = await first
            while True:
                if message["type"] == "http.disconnect":
                    self._has_left = True
                    raise ConnectionResetError("the browser has left")
                if message.get("body"):
                    self._has_read = True
                    yield message["body"]
                if not message.get("more_body", False):
                    return
                message = await receive()
        finally:
            first.cancel()
            self._taken.set()

    async def _answer(self, response: "ClientResponse", send: "Send") -> None:
        status = response.status
        headers = response_fields(response.raw_headers, self._route, status=status)
        self._begun = True
        await send({"type": "http.response.start", "status": status, "headers": headers})
        async for piece in response.content.iter_any():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _wait_for_leaving(self, receive: "Receive") -> None:
        connection = connection_of(receive)
        while not self._taken.is_set():
            # Only one may receive. While the target does not go on reading, nobody does.
            if connection is not None and connection.is_closing():
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_INTERVAL):
                    await self._taken.wait()
        while (await receive())["type"] != "http.disconnect":
            pass


class Body:
    """A request's body, which can be read once: a client that tries again must not send the rest."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces: AsyncIterator[bytes] | None = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        pieces, self._pieces = self._pieces, None
        if pieces is None:
            raise ConnectionResetError("the body has been sent already")
        return pieces


def connection_of(receive: "Receive") -> asyncio.Transport | None:
    """Find the browser's connection, as it can be found in uvicorn."""
    found: asyncio.Transport | None = getattr(getattr(receive, "__self__", None), "transport", None)
    return found


async def hang_up(_scope: "Scope", receive: "Receive", _send: "Send") -> None:
    """End a connection in the middle of an answer, so that nobody takes the half for the whole.

    ASGI has no way to say so. An application that returns early is cut off by its server, which
    calls that an error in the log; here it is none. So the connection is closed by ourselves where it
    can be found, and left to the server elsewhere.
    """
    connection = connection_of(receive)
    if connection is None:
        return
    connection.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(HANG_UP_TIMEOUT):
            while (await receive())["type"] != "http.disconnect":
                pass


def target_of(scope: "Scope") -> str:
    """The path and query of a request, byte for byte as the browser wrote them."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path
