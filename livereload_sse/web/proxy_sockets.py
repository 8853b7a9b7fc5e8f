"""An ASGI application that joins each WebSocket with one of the target's.

Knows messages, subprotocols and the ways in which a WebSocket ends. Refuses to know what is said.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from livereload_sse.web.proxy import route_of, target_of
from livereload_sse.web.proxy_headers import request_fields

if TYPE_CHECKING:
    from aiohttp import ClientSession, ClientWebSocketResponse
    from starlette.types import Receive, Scope, Send

    from livereload_sse.web.target import Target

_OF_THE_HANDSHAKE = frozenset(
    {
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"sec-websocket-extensions",
        b"sec-websocket-protocol",
    }
)
"""Fields of a WebSocket's own handshake (RFC 6455, 4): each of the two connections has its own."""

_GOING_AWAY, _ABNORMAL, _BAD_GATEWAY = 1001, 1006, 1014
_UNSENDABLE = frozenset({1005, 1006, 1015})
"""Codes that only say how a connection ended (RFC 6455, 7.4.1), and may not be sent."""


class SocketProxy:
    """ASGI application for websocket scopes."""

    def __init__(self, target: "Target", client: "ClientSession") -> None:
        self._target = target
        self._client = client

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Join one WebSocket."""
        from aiohttp import ClientError, WSServerHandshakeError  # noqa: PLC0415 - an extra

        await receive()  # websocket.connect
        try:
            socket = await self._connect(scope)
        except WSServerHandshakeError as error:
            await _refuse(scope, send, error.status)
            return
        except (ClientError, OSError, TimeoutError):
            await _refuse(scope, send, 502)
            return
        async with socket:
            await send({"type": "websocket.accept", "subprotocol": socket.protocol})
            await _join(socket, receive, send)

    async def _connect(self, scope: "Scope") -> "ClientWebSocketResponse":
        from yarl import URL  # noqa: PLC0415 - comes with aiohttp

        fields = request_fields(scope["headers"], route_of(scope, self._target))
        return await self._client.ws_connect(
            URL(self._target.origin + target_of(scope), encoded=True),
            protocols=scope.get("subprotocols", ()),
            headers=[
                (name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
                for name, value in fields
                if name not in _OF_THE_HANDSHAKE
            ],
            max_msg_size=0,
            autoping=True,
        )


async def _refuse(scope: "Scope", send: "Send", status: int) -> None:
    """Answer the handshake with a status, where the server can; else it says 403."""
    if "websocket.http.response" in (scope.get("extensions") or {}):
        await send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": _BAD_GATEWAY})


async def _join(socket: "ClientWebSocketResponse", receive: "Receive", send: "Send") -> None:
    """Hand messages both ways until one side ends."""
    ways = {
        asyncio.ensure_future(_send_out(socket, receive)),
        asyncio.ensure_future(_bring_in(socket, send)),
    }
    _, others = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    await asyncio.gather(*ways, return_exceptions=True)


async def _send_out(socket: "ClientWebSocketResponse", receive: "Receive") -> None:
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            code = message.get("code", _GOING_AWAY)
            reason = (message.get("reason") or "").encode()
            await socket.close(code=_GOING_AWAY if code in _UNSENDABLE else code, message=reason)
            return
        if message.get("bytes") is not None:
            await socket.send_bytes(message["bytes"])
        else:
            await socket.send_str(message["text"])


async def _bring_in(socket: "ClientWebSocketResponse", send: "Send") -> None:
    from aiohttp import WSMsgType  # noqa: PLC0415 - an extra

    reason: Any = ""
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await send({"type": "websocket.send", "text": message.data})
        elif message.type is WSMsgType.BINARY:
            await send({"type": "websocket.send", "bytes": message.data})
    code = socket.close_code
    if code is None or code in _UNSENDABLE:
        code = _GOING_AWAY
    await send({"type": "websocket.close", "code": code, "reason": reason})
