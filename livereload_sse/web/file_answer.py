"""The answer that carries a file: whole, a part of it, or the word that it has not changed.

Knows HTTP (RFC 9110) and how an ASGI server wants it sent. Refuses to know which file a URL means.
"""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.web.answers import text_answer
from livereload_sse.web.contents import Content
from livereload_sse.web.disk import open_file
from livereload_sse.web.injection import TAG_HEADERS
from livereload_sse.web.ranges import Part, find_part, is_current, may_resume

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

_CONDITIONAL = frozenset({b"if-none-match", b"if-range", b"range"})
_CHUNK_SIZE = 256 * 1024
_EVERY_ANSWER = [
    (b"cache-control", b"no-cache"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
]
_VARY = (b"vary", b", ".join(sorted(TAG_HEADERS)))


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """One version of one file, with our tag in it if it is a page; an ASGI application.

    Made by `answer_file`. `size` is that of the whole body in bytes, the tag included.
    """

    path: Path
    root: Path
    content: Content
    tag: bytes
    status: int
    size: int
    etag: bytes
    headers: Headers

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Send what the request asks for: all of it, one part, 304 or 416."""
        asked = {name: value for name, value in scope["headers"] if name in _CONDITIONAL}
        if scope["method"] == "HEAD":
            asked.pop(b"range", None)  # RFC 9110, 14.2: defined for GET only
        whole = self.status, self.headers.copy(), Part(0, self.size)
        status, headers, part = self._choose(asked) if asked and self.status == 200 else whole
        start = {"type": "http.response.start", "status": status, "headers": headers}
        if part is None or scope["method"] == "HEAD":
            await send(start)
            await send({"type": "http.response.body", "body": b""})
        elif self.content.raw is None:
            await self._stream(start, part, (scope, receive, send))
        else:
            await send(start)
            await send({"type": "http.response.body", "body": self._body(part)})

    def _body(self, part: Part) -> bytes:
        raw, place = self.content.raw or b"", self.content.place
        if self.tag and place:
            view = memoryview(raw)
            raw = b"".join((view[: place.offset], self.tag, view[place.offset :]))
        return raw if len(part) == len(raw) else raw[part.start : part.stop]

    def _choose(self, asked: Mapping[bytes, bytes]) -> tuple[int, Headers, Part | None]:
        if b"if-none-match" in asked and is_current(asked[b"if-none-match"], self.etag):
            kept = [pair for pair in self.headers if not pair[0].startswith(b"content-")]
            return 304, kept, None
        part: Part | str = "whole"
        if b"range" in asked and may_resume(asked.get(b"if-range"), self.etag):
            part = find_part(asked[b"range"], self.size)
        if part == "unsatisfiable":
            return 416, self._measured(b"0", b"bytes */%d" % self.size), None
        if isinstance(part, Part):
            return 206, self._measured(b"%d" % len(part), part.content_range(self.size)), part
        return 200, self.headers.copy(), Part(0, self.size)

    def _measured(self, length: bytes, content_range: bytes) -> Headers:
        headers = [pair for pair in self.headers if pair[0] != b"content-length"]
        return [*headers, (b"content-length", length), (b"content-range", content_range)]

    async def _stream(
        self, start: dict[str, object], part: Part, asgi: tuple["Scope", "Receive", "Send"]
    ) -> None:
        """Read a large file as fast as the browser takes it, from one descriptor: one version.

        If the file is cut short meanwhile, so is the answer: the server closes the connection,
        which tells the browser what a made-up rest would hide.
        """
        scope, receive, send = asgi
        try:
            file = os.fdopen(open_file(self.path, root=self.root), "rb", buffering=0)
        except OSError:
            await text_answer(404, "The file has just been removed.")(scope, receive, send)
            return
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await send(start)
            for piece in self._pieces(part):
                if not await _send_piece(file, piece, send, gone):
                    return
            await send({"type": "http.response.body", "body": b""})
        finally:
            file.close()
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone

    def _pieces(self, part: Part) -> Iterator[bytes | Part]:
        """Lay out a part of the body as bytes and as parts of the file."""
        offset = self.content.place.offset if self.content.place else 0
        length = len(self.tag)
        yield Part(part.start, min(part.stop, offset))
        yield self.tag[max(part.start - offset, 0) : max(part.stop - offset, 0)]
        yield Part(max(part.start - length, offset), part.stop - length)


async def _disconnected(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_piece(
    file: FileIO, piece: bytes | Part, send: "Send", gone: "asyncio.Future[None]"
) -> bool:
    """Send a piece; say whether all of it went out to somebody who is still there."""
    if isinstance(piece, bytes):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        return True
    at = piece.start
    while at < piece.stop:
        chunk = await asyncio.to_thread(_read_at, file, at, min(_CHUNK_SIZE, piece.stop - at))
        if not chunk or gone.done():
            return False
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        at += len(chunk)
    return True


def _read_at(file: FileIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def answer_file(
    path: Path,
    content: Content,
    *,
    root: Path,
    tag: bytes = b"",
    event_id: str = "",
    status: int = 200,
) -> FileAnswer:
    """Make the answer for a version of a file.

    `tag` goes into a page and is ignored for anything else. `event_id` names the last event before
    the file was read; it is part of a tagged page's ETag, because a 304 that confirmed a page with
    an old id would have the tab catch up from there for ever. Parts and 304 only with status 200.
    """
    tag = content.place.encode(tag) if content.place else b""
    size = content.size + len(tag)
    etag = _make_etag(content, event_id if tag else "")
    headers = [
        (b"content-type", content.type.encode()),
        (b"content-length", b"%d" % size),
        *_EVERY_ANSWER,
        *([(b"etag", etag), (b"accept-ranges", b"bytes")] if status == 200 else []),
        *([_VARY] if content.place else []),
    ]
    return FileAnswer(path, root, content, tag, status, size, etag, headers)


def _make_etag(content: Content, event_id: str) -> bytes:
    """Strong where the content has been hashed, weak where only its times and size are known."""
    weak = content.raw is None
    version = "-".join(f"{part:x}" for part in content.signature) if weak else content.digest
    opaque = f"{version}-{event_id}" if event_id else version
    return f'{"W/" if weak else ""}"{opaque}"'.encode()
