"""An ASGI application that joins each WebSocket with one of the target's.

Knows messages, subprotocols and the ways in which a WebSocket ends: with a code and a reason, or cut.
Refuses to know what is said.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from livereload_sse.web.proxy import as_headers, mark_of, target_of
from livereload_sse.web.proxy_headers import Field, request_fields, response_fields
from livereload_sse.web.route import route_of

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from aiohttp import ClientSession, ClientWebSocketResponse, WSServerHandshakeError
    from starlette.types import Message, Receive, Scope, Send

    from livereload_sse.web.target import Target

_HANDSHAKE = b"sec-websocket-"
"""How the fields of a handshake begin (RFC 6455, 11.3): each of the two connections has its own."""

_OF_THE_BODY = frozenset({b"content-encoding", b"content-length", b"content-type", b"date"})
"""What would describe the body of a refusal. It is not passed on: nobody can read it."""

CLOSE_TIMEOUT = 1.0
"""Seconds that a target has to answer the end of a WebSocket."""

_NO_CODE, _ABNORMAL = 1005, 1006
_UNSENDABLE = frozenset({_NO_CODE, _ABNORMAL, 1015})
"""Codes that only say how a connection ended (RFC 6455, 7.4.1), and may not be sent."""

_NORMAL, _GOING_AWAY = 1000, 1001


class SocketProxy:
    """ASGI application for websocket scopes. `name` is the one of the `Proxy` beside it.

    The server has to know the extension `websocket.http.response`, as uvicorn does.
    """

    def __init__(self, target: "Target", client: "ClientSession", *, name: str = "") -> None:
        self._target = target
        self._client = client
        self._mark = mark_of(name)
        self._sockets: ClientSession | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Join one WebSocket."""
        from aiohttp import ClientError, WSServerHandshakeError  # noqa: PLC0415 - an extra

        if self._mark in scope["headers"]:
            await _refuse(receive, send, 508)
            return
        await receive()  # websocket.connect
        try:
            socket = await _unless_left(self._connect(scope), receive)
        except WSServerHandshakeError as error:
            await _refuse(receive, send, error.status, self._fields_of(error, scope))
        except (ClientError, OSError, TimeoutError, ValueError):
            await _refuse(receive, send, 502)
        else:
            if socket is not None:
                await self._accept(socket, scope, receive, send)

    async def _connect(self, scope: "Scope") -> "ClientWebSocketResponse":
        from aiohttp import ClientWSTimeout  # noqa: PLC0415 - an extra
        from yarl import URL  # noqa: PLC0415 - comes with aiohttp, an extra

        fields = request_fields(scope["headers"], route_of(scope, self._target))
        kept = [field for field in fields if not field[0].startswith(_HANDSHAKE)]
        self._sockets = self._sockets or make_unled(self._client)
        return await self._sockets.ws_connect(
            URL(self._target.origin + target_of(scope), encoded=True),
            protocols=scope.get("subprotocols", ()),
            headers=as_headers([*kept, self._mark]),
            max_msg_size=0,
            timeout=ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
            autoclose=False,
        )

    async def _accept(
        self, socket: "ClientWebSocketResponse", scope: "Scope", receive: "Receive", send: "Send"
    ) -> None:
        raw = socket._response.raw_headers  # noqa: SLF001 - cookies are set here; no other way
        fields = response_fields(raw, route_of(scope, self._target))
        try:
            await send(
                {
                    "type": "websocket.accept",
                    "subprotocol": socket.protocol,
                    "headers": [field for field in fields if not _is_of_the_handshake(field)],
                }
            )
            await _join(socket, receive, send)
        finally:
            await socket.close(code=_GOING_AWAY)  # unless it has ended already

    def _fields_of(self, error: "WSServerHandshakeError", scope: "Scope") -> list[Field]:
        """What a refusal says of itself."""
        given = [
            (name.encode(), value.encode("utf-8", "surrogateescape"))
            for name, value in (error.headers or {}).items()
        ]
        fields = response_fields(given, route_of(scope, self._target))
        return [field for field in fields if not _is_of_the_handshake(field)]


def make_unled(client: "ClientSession") -> "ClientSession":
    """Make a client on the connections of another one that is not led elsewhere.

    A WebSocket's handshake would follow a redirect to whatever server it names. Here it is an answer.
    It ends with the other one.
    """
    import aiohttp  # noqa: PLC0415 - an extra

    async def refuse(_session: object, _context: object, redirect: Any) -> None:
        answer = redirect.response
        raise aiohttp.WSServerHandshakeError(
            answer.request_info, (), status=answer.status, headers=answer.headers
        )

    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(refuse)
    return aiohttp.ClientSession(
        connector=client.connector,
        connector_owner=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=client.timeout,
        request_class=client._request_class,  # noqa: SLF001 - the same in all
        skip_auto_headers=client.skip_auto_headers,
        trace_configs=[tracing],
    )


def _is_of_the_handshake(field: Field) -> bool:
    return field[0].startswith(_HANDSHAKE) or field[0] in _OF_THE_BODY


async def _refuse(
    receive: "Receive", send: "Send", status: int, fields: Sequence[Field] = ()
) -> None:
    """Answer the handshake with a status, and wait until that has been said: uvicorn takes whoever
    returns before for one that has said nothing.
    """
    is_answer = 200 <= status < 600  # a handshake that went wrong had 101
    start = {"status": status if is_answer else 502, "headers": list(fields)}
    await send({"type": "websocket.http.response.start", **start})
    await send({"type": "websocket.http.response.body", "body": b""})
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_TIMEOUT):
            for _ in ("the refusal", "the connection"):
                await receive()


async def _unless_left(
    connecting: "Coroutine[Any, Any, ClientWebSocketResponse]", receive: "Receive"
) -> "ClientWebSocketResponse | None":
    """Wait for the target; None when the browser has not."""
    standing = asyncio.ensure_future(connecting)
    leaving = asyncio.ensure_future(receive())  # nothing else can come before the handshake ends
    try:
        await asyncio.wait({standing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return standing.result() if standing.done() else None
    finally:
        standing.cancel()
        leaving.cancel()
        await asyncio.gather(standing, leaving, return_exceptions=True)


async def _join(socket: "ClientWebSocketResponse", receive: "Receive", send: "Send") -> None:
    """Hand messages both ways until one side ends."""
    out = asyncio.ensure_future(_send_out(socket, receive))
    back = asyncio.ensure_future(_bring_in(socket, send))
    try:
        await asyncio.wait({out, back}, return_when=asyncio.FIRST_COMPLETED)
        if back.done() and not back.result():
            await out
    finally:
        out.cancel()
        back.cancel()
        await asyncio.gather(out, back, return_exceptions=True)


async def _send_out(socket: "ClientWebSocketResponse", receive: "Receive") -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            await socket.close(code=_code_for_target(message), message=_reason(message))
            return
        if message.get("bytes") is not None:
            await socket.send_bytes(message["bytes"])
        else:
            await socket.send_str(message["text"])


def _code_for_target(message: "Message") -> int:
    """How the browser has ended: with a code, without one, or by leaving, which has no reason."""
    code = int(message.get("code") or _NO_CODE)
    if code not in _UNSENDABLE:
        return code
    return _NORMAL if code == _NO_CODE and message.get("reason") is not None else _GOING_AWAY


def _reason(message: "Message") -> bytes:
    return str(message.get("reason") or "").encode()


async def _bring_in(socket: "ClientWebSocketResponse", send: "Send") -> bool:
    """Hand on what the target says; False when it is we who are ending."""
    from aiohttp import WSMsgType  # noqa: PLC0415 - an extra

    while True:
        message = await socket.receive()
        if message.type is WSMsgType.TEXT:
            await send({"type": "websocket.send", "text": message.data})
        elif message.type is WSMsgType.BINARY:
            await send({"type": "websocket.send", "bytes": message.data})
        elif message.type is WSMsgType.CLOSE:
            code = int(message.data or _NORMAL)
            await send({"type": "websocket.close", "code": code, "reason": message.extra or ""})
            await socket.close(code=code)
            return True
        else:  # cut: as we say nothing, the server cuts the browser's end as well
            return message.type is not WSMsgType.CLOSING
