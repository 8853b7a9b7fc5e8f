"""Small, whole HTTP answers: a status, a few headers, some bytes.

Knows how an ASGI server wants them sent, and what every answer of ours that is not a page carries.
Refuses to know files, hosts and streams.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
FETCHING = "GET, HEAD"
"""The `Allow` of what can only be read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, and at the same time the ASGI application that sends it.

    Not stored by any cache unless `cache` says so, not readable from another origin
    (Cross-Origin-Resource-Policy), and never guessed to be of another type (nosniff). HEAD gets the
    headers of GET without the bytes.
    """

    status: int
    body: bytes = b""
    type: str = TEXT
    cache: str = "no-store"
    headers: Mapping[str, str] | None = None

    def encoded_headers(self) -> list[tuple[bytes, bytes]]:
        """Write the headers as ASGI wants them: lower-case names, all bytes."""
        fields = {
            "cache-control": self.cache,
            "cross-origin-resource-policy": "same-origin",
            "x-content-type-options": "nosniff",
            **(self.headers or {}),
        }
        if self.status != 204:  # RFC 9110, 8.6: no Content-Length where there is no content
            fields |= {"content-type": self.type, "content-length": str(len(self.body))}
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]

    async def __call__(self, scope: "Scope", _receive: "Receive", send: "Send") -> None:
        """Send it. The request's body, if there is one, is left to the server to discard."""
        headers = self.encoded_headers()
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body})


def text_answer(status: int, line: str, **headers: str) -> Answer:
    """Say one line of plain text; `retry_after="5"` adds a header `retry-after: 5`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, f"{line}\n".encode(), headers=named)


def json_answer(value: object, *, status: int = 200) -> Answer:
    """Say a JSON value."""
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), type=JSON)


def redirect_answer(location: str) -> Answer:
    """Send the browser elsewhere on this server for this once (307: same method, not remembered)."""
    return Answer(307, headers={"location": location})


class RefusedError(Exception):
    """A request that gets `answer` instead of what it asked for."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


def refuse(status: int, line: str, **headers: str) -> NoReturn:
    """Raise `RefusedError` with one line of text; `headers` as for `text_answer`."""
    raise RefusedError(text_answer(status, line, **headers))
