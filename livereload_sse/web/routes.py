"""Requests by their address: each has the methods that it takes, and finds its answer or is refused.

Knows how a request is refused, and what shows that it comes from somebody who was given a token.
Refuses to know what is asked for, and who is let in at all: a `Guard` stands in front.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from livereload_sse.web.answers import JSON, RefusedError, refuse
from livereload_sse.web.bodies import PeerGoneError, read_object

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

BODY_TIMEOUT = 10.0
"""Seconds within which a body has to arrive."""

Find = Callable[["Scope", "Receive"], Awaitable["ASGIApp"]]
"""Finds the answer to a request. Raises `RefusedError`, or `PeerGoneError` where nobody waits for it."""


class Routes:
    """ASGI application: answers http requests.

    table: path → the methods it takes, as an Allow header has them, and what finds its answer
    otherwise: what answers any other path; refuses, where nothing does
    """

    def __init__(
        self, table: Mapping[str, tuple[str, Find]], *, otherwise: "Callable[[str], ASGIApp]"
    ) -> None:
        self._table = table
        self._otherwise = otherwise

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        try:
            answer = await self._find_answer(scope, receive)
        except RefusedError as refused:
            answer = refused.answer
        except PeerGoneError:
            return
        await answer(scope, receive, send)

    async def _find_answer(self, scope: "Scope", receive: "Receive") -> "ASGIApp":
        if scope["path"] not in self._table:
            return self._otherwise(scope["path"])
        allowed, find = self._table[scope["path"]]
        if scope["method"] not in allowed.split(", "):
            refuse(405, f"This address takes {allowed}.", allow=allowed)
        return await find(scope, receive)


async def read_trusted(
    scope: "Scope", receive: "Receive", *, token: str, limit: int
) -> dict[str, Any]:
    """Read the JSON object that somebody sends who has the token; `limit` in bytes.

    Raises `RefusedError` for anybody else, and for any other body.
    """
    scheme, _, given = find_header(scope, b"authorization").partition(" ")
    if not secrets.compare_digest(f"{scheme.lower()} {given}".encode(), f"bearer {token}".encode()):
        refuse(401, "This needs the token of this run.", www_authenticate="Bearer")
    # No form of another origin can send this type without asking first (a CORS preflight).
    if find_header(scope, b"content-type").partition(";")[0].strip().lower() != JSON:
        refuse(415, f"The body must be JSON: Content-Type: {JSON}")
    return await read_object(receive, limit=limit, timeout=BODY_TIMEOUT)


def find_header(scope: "Scope", wanted: bytes) -> str:
    """Give the first header of that name, or nothing."""
    values = (value for name, value in scope["headers"] if name == wanted)
    return next(values, b"").decode("utf-8", "replace")
