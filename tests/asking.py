"""Asks an ASGI application directly, without a socket, as a browser that goes to an address would."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livereload_sse.watch.tree import Signature
from livereload_sse.web.contents import Clocks, Contents
from livereload_sse.web.files import StaticSite
from livereload_sse.web.injection import PageKind
from livereload_sse.web.site import SiteOptions

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message

PAGE = b"<!doctype html>\n<html><head><title>t</title></head><body>Hi</body></html>\n"

FETCH = {"sec_fetch_mode": "cors", "sec_fetch_dest": "empty"}
"""What a browser sends for a script's `fetch`."""


@dataclass(frozen=True)
class Reply:
    """What came back. Header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


async def ask(
    app: "ASGIApp",
    path: str,
    *,
    method: str = "GET",
    disconnected: asyncio.Event | None = None,
    on_send: Callable[["Message"], None] = lambda _message: None,
    **headers: str,
) -> Reply:
    """Make one request; `if_none_match="x"` adds a header. Checks that the answer is well-formed.

    The browser stays until the event is set; `on_send` sees each message.
    """
    target, _, query = path.partition("?")
    sent: list[Message] = []
    received = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> "Message":
        for message in received:
            return message
        await (disconnected or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message: "Message") -> None:
        await asyncio.sleep(0)
        sent.append(message)
        on_send(message)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "headers": pairs,
    }
    await asyncio.wait_for(app(scope, receive, send), 10)
    return _reply(method, sent)


def _reply(method: str, sent: "list[Message]") -> Reply:
    start, *parts = sent
    assert start["type"] == "http.response.start"
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    assert len(headers) == len(start["headers"]), "a header was sent twice"
    body = b"".join(part.get("body", b"") for part in parts)
    if method == "HEAD" or start["status"] == 304:
        assert body == b""
    elif not parts or not parts[-1].get("more_body"):
        assert int(headers["content-length"]) == len(body)
    return Reply(start["status"], headers, body)


def old(contents: Contents) -> Contents:
    """Make every file look as if it had not been touched for an hour, so that nothing is waited for."""
    clocks = contents._clocks
    contents._clocks = Clocks(wall=lambda: clocks.wall() + 3600, steady=clocks.steady)
    return contents


def tag(page: str, *, event_id: str, digest: str = "", kind: PageKind) -> bytes:
    """A tag that can be read at a glance."""
    return f"<tag {kind} {page} {digest} {event_id}>".encode()


class World:
    """A static site, and all that stands around it."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.root = root
        self.event_id = "1-0"
        self.reads: list[tuple[Path, str]] = []
        self.when_read: Callable[[Path], None] = lambda _path: None
        self.held: asyncio.Future[None] | None = None
        self.asked_to_wait: list[Path] = []
        self._asked = asyncio.Event()
        self.app = StaticSite(
            root,
            tag=tag,
            last_id=lambda: self.event_id,
            wait_for=self._wait_for,
            on_read=self._on_read,
            options=SiteOptions(**options),
        )
        old(self.app._site.contents)

    def _wait_for(self, path: Path) -> asyncio.Future[None] | None:
        self.asked_to_wait.append(path)
        self._asked.set()
        return self.held

    def _on_read(self, path: Path, _signature: Signature, digest: str) -> None:
        self.reads.append((path, digest))
        self.when_read(path)

    async def until_asked(self) -> None:
        """Wait until a request has asked whether to wait, and looked at the disk after that."""
        self._asked.clear()
        await asyncio.wait_for(self._asked.wait(), 10)

    def write(self, name: str, content: bytes | str = PAGE) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    async def ask(self, path: str, **request: Any) -> Reply:
        return await ask(self.app, path, **request)
