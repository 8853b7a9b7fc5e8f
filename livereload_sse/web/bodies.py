"""A request's body, as one JSON object, within bounds.

Knows how an ASGI server hands a body over and all the ways in which one can be wrong. Refuses to
know what the object means.
"""

import asyncio
import json
from typing import TYPE_CHECKING, Any, NoReturn

from livereload_sse.web.answers import refuse

if TYPE_CHECKING:
    from starlette.types import Receive


class PeerGoneError(Exception):
    """The peer left in the middle of its request: there is nobody to answer."""


async def read_object(receive: "Receive", *, limit: int, timeout: float) -> dict[str, Any]:  # noqa: ASYNC109 - the caller cannot say 408
    """Read a body of at most `limit` bytes, within `timeout` seconds, that is a JSON object.

    Raises `RefusedError` with 408, 413 or 400, and `PeerGoneError`.
    """
    try:
        async with asyncio.timeout(timeout):
            body = await _read_body(receive, limit=limit)
    except TimeoutError:
        refuse(408, f"The body did not arrive within {timeout:g} seconds.")
    return parse_object(body)


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object in UTF-8 (RFC 8259: nothing else between systems). Raises `RefusedError`."""
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, a number or nesting without end
        refuse(400, "The body is not JSON.")
    if not isinstance(value, dict):
        refuse(400, "The body must be a JSON object.")
    return value


async def _read_body(receive: "Receive", *, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise PeerGoneError
        body += message.get("body", b"")
        if len(body) > limit:
            refuse(413, f"At most {limit} bytes.")
        if not message.get("more_body", False):
            return bytes(body)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is Python's JSON, not a browser's")
