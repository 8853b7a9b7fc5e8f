"""An ASGI application that hands each request to one server, and its answer back.

Knows how bodies flow both ways without being held, and what it means when the other side is not
there, leaves, or breaks off. Refuses to know why a target is away, and what a page is.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from livereload_sse.web.answers import text_answer
from livereload_sse.web.gate import UnansweredError
from livereload_sse.web.proxy_headers import Route, request_fields, response_fields

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientResponse, ClientSession
    from starlette.types import ASGIApp, Receive, Scope, Send

    from livereload_sse.web.target import Target

_BODYLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that may be asked again when they have a body of no bytes (RFC 9110, 9.2.2)."""

LOOP_HEADER = b"x-sse-reload-proxy"
"""Says that a request has gone through us, so that a target which is ourselves is noticed."""


class Proxy:
    """ASGI application for http scopes. `name` is this run's own, to find ourselves as our target.

    Raises `UnansweredError` when nobody has taken a request: then it may be asked again.
    """

    def __init__(self, target: "Target", client: "ClientSession", *, name: str) -> None:
        self._target = target
        self._client = client
        self._name = name.encode()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        if any(field == (LOOP_HEADER, self._name) for field in scope["headers"]):
            await text_answer(508, "This proxy is its own target.")(scope, receive, send)
            return
        exchange = Exchange(self._client, route_of(scope, self._target), self._name)
        await exchange.run(scope, receive, send)


def route_of(scope: "Scope", target: "Target") -> Route:
    """Say who asks whom."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    scheme = str(scope["scheme"]).replace("ws", "http")  # of a WebSocket: ws, wss
    peer = (scope.get("client") or ("unknown", 0))[0]
    own = f"{scheme}://{host.decode('latin-1')}"
    return Route(target, own, host, scheme, peer)


class Exchange:
    """One request and its answer."""

    def __init__(self, client: "ClientSession", route: Route, name: bytes) -> None:
        self._client = client
        self._route = route
        self._name = name
        self._taken = asyncio.Event()  # the whole request body has been read
        self._has_read = False
        self._begun = False

    async def run(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Ask and answer, until either side leaves."""
        asking = asyncio.ensure_future(self._ask(scope, receive, send))
        leaving = asyncio.ensure_future(self._wait_for_leaving(receive))
        try:
            await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                answer = asking.result()
                if answer is not None:
                    await answer(scope, receive, send)
        finally:
            for task in (asking, leaving):
                task.cancel()
            await asyncio.gather(asking, leaving, return_exceptions=True)

    async def _ask(self, scope: "Scope", receive: "Receive", send: "Send") -> "ASGIApp | None":
        """Hand the request on; returns what is answered instead, if it could not be."""
        from aiohttp import ClientConnectorError, ClientError  # noqa: PLC0415 - an extra

        try:
            async with self._request(scope, receive) as response:
                await self._answer(response, scope, send)
        except ClientConnectorError as error:
            raise UnansweredError(str(error)) from error
        except (ClientError, ConnectionError, TimeoutError) as error:
            if self._begun:
                return None  # the answer ends without its end, which the browser sees as a cut
            if scope["method"] in _BODYLESS and not self._has_read:
                raise UnansweredError(str(error)) from error
            return text_answer(
                502,
                "The app's server has broken off while it had this request, which may have been"
                " carried out.",
            )
        return None

    def _request(
        self, scope: "Scope", receive: "Receive"
    ) -> "AbstractAsyncContextManager[ClientResponse]":
        from multidict import CIMultiDict  # noqa: PLC0415 - comes with aiohttp
        from yarl import URL  # noqa: PLC0415 - comes with aiohttp

        headers = CIMultiDict(
            (name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
            for name, value in request_fields(scope["headers"], self._route)
        )
        headers.add(LOOP_HEADER.decode(), self._name.decode())  # beside those of others
        has_body = any(
            name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]
        )
        if not has_body:
            self._taken.set()
        url = URL(self._route.target.origin + target_of(scope), encoded=True)
        return self._client.request(
            scope["method"],
            url,
            headers=headers,
            data=self._read_body(receive) if has_body else None,
            allow_redirects=False,
        )

    async def _read_body(self, receive: "Receive") -> AsyncIterator[bytes]:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError("the browser has left")
            if message.get("body"):
                self._has_read = True
                yield message["body"]
            if not message.get("more_body", False):
                break
        self._taken.set()

    async def _answer(self, response: "ClientResponse", scope: "Scope", send: "Send") -> None:
        headers = response_fields(response.raw_headers, self._route)
        self._begun = True
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if scope["method"] != "HEAD":
            async for piece in response.content.iter_any():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _wait_for_leaving(self, receive: "Receive") -> None:
        await self._taken.wait()
        while (await receive())["type"] != "http.disconnect":
            pass


def target_of(scope: "Scope") -> str:
    """The path and query of a request, byte for byte as the browser wrote them."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path
