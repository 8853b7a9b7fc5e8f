"""An ASGI application asked without a server: one request in, the messages of its answer out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

NAVIGATION = {
    "host": "localhost:8000",
    "accept": "text/html,application/xhtml+xml",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}
"""What a browser sends when somebody goes to a page."""


@dataclass
class Answered:
    """What an application has sent."""

    messages: list[Message] = field(default_factory=list)

    @property
    def start(self) -> Message:
        return next(one for one in self.messages if one["type"] == "http.response.start")

    @property
    def status(self) -> int:
        return int(self.start["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.start["headers"]}

    @property
    def pieces(self) -> list[bytes]:
        return [one["body"] for one in self.messages if one["type"] == "http.response.body"]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


def make_scope(
    path: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] = NAVIGATION,
    root_path: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Write the scope of a request as uvicorn does."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": root_path + path,
        "raw_path": (root_path + path).encode(),
        "query_string": b"",
        "root_path": root_path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        **more,
    }


async def ask(
    app: App,
    path: str = "/",
    *,
    body: Sequence[bytes] = (b"",),
    answered: Answered | None = None,
    **words: Any,
) -> Answered:
    """Ask an application; what it has sent before it failed is in `answered`."""
    answered = answered or Answered()
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(body) - 1}
        for number, piece in enumerate(body)
    ]

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()
        raise AssertionError("nobody leaves here")

    async def send(message: Message) -> None:
        answered.messages.append(message)

    await app(make_scope(path, **words), receive, send)
    return answered


def answering(
    *pieces: bytes, status: int = 200, seen: list[Any] | None = None, **headers: str
) -> App:
    """An application that always says the same, in these pieces; `seen` gets its scopes."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if seen is not None:
            seen.append(scope)
        fields = [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        for number, piece in enumerate(pieces or (b"",)):
            more = number < len(pieces) - 1
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    return app
