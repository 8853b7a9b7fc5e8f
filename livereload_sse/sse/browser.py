"""The browser's half of a stream, as a file and as an ASGI application.

Knows where `sse-client.js` is, and how a browser keeps a script that may change with the next
release: it asks each time, and gets it only when it is another one. Refuses to know at which
address it is served.
"""

import re
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Final

from livereload_sse.sse.stream import Receive, Scope, Send, only_http

CLIENT_PATH: Final = Path(__file__).with_name("sse-client.js")
"""The module that pages import; its types are in `sse-client.d.ts`, beside it."""

_ENTITY_TAG: Final = re.compile(rb'(?:W/)?("[^"]*")')


class ClientScript:
    """An ASGI application that answers every GET and HEAD with one script.

    path: the file, which is read once, at the first request
    """

    def __init__(self, path: Path = CLIENT_PATH) -> None:
        self._path = path

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer with the script, 304 if the browser has it, or 405."""
        if not await only_http(scope, send, "ClientScript"):
            return
        method = scope["method"]
        if method not in {"GET", "HEAD"}:
            await _send(send, 405, {b"allow": b"GET, HEAD", b"content-length": b"0"})
        elif self._is_known(scope):
            await _send(send, 304, self._validators)
        else:
            headers = self._validators | {
                b"content-type": b"text/javascript; charset=utf-8",
                b"content-length": b"%d" % len(self._body),
                b"x-content-type-options": b"nosniff",
            }
            await _send(send, 200, headers, b"" if method == "HEAD" else self._body)

    @cached_property
    def _body(self) -> bytes:
        return self._path.read_bytes()

    @cached_property
    def _validators(self) -> dict[bytes, bytes]:
        """What makes a browser ask each time; a digest, because times lie where files are copied."""
        digest = blake2b(self._body, digest_size=12).hexdigest()
        return {b"etag": f'"{digest}"'.encode(), b"cache-control": b"no-cache"}

    def _is_known(self, scope: Scope) -> bool:
        """Compare as RFC 9110, 13.1.2 says: any of the tags, weak ones too, or `*`."""
        fields = [value for name, value in scope["headers"] if name == b"if-none-match"]
        known = b", ".join(fields).strip()
        return known == b"*" or self._validators[b"etag"] in _ENTITY_TAG.findall(known)


async def _send(send: Send, status: int, headers: dict[bytes, bytes], body: bytes = b"") -> None:
    start = {"type": "http.response.start", "status": status, "headers": list(headers.items())}
    await send(start)
    await send({"type": "http.response.body", "body": body})


client_script: Final = ClientScript()
"""Serves `sse-client.js`: `Route("/sse-client.js", client_script)`."""
