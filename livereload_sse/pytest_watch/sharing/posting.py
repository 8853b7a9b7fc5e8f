"""One event, posted to one server: as much of HTTP as that takes, without a thread.

Knows sockets and the first line of an answer. Refuses to know which server, and what is said.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ROOT = "/__sse-reload"
"""Where a server's own addresses begin, below the path at which it is mounted."""

LONGEST_LINE = 8 * 1024
"""Bytes of a status line, at most."""


class RefusedError(Exception):
    """The server has answered, and does not want what it was told."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server takes events.

    `url` has scheme, host, port and the path at which the server is mounted; `certificate` is the
    path of the one that a TLS server has, to be trusted for this address only.
    """

    url: str
    token: str
    certificate: str | None = None


async def post(address: Address, name: str, data: Mapping[str, Any]) -> None:
    """Publish an event. Raises OSError when nobody answers, `RefusedError` when it is not wanted."""
    parts = urlsplit(address.url)
    context = _context(address) if parts.scheme == "https" else None
    host, port = parts.hostname or "", parts.port or (443 if context else 80)
    # An address that is a number needs no resolver, which would need a thread.
    number = "127.0.0.1" if host == "localhost" else host
    reader, writer = await asyncio.open_connection(
        number,
        port,
        ssl=context,
        limit=LONGEST_LINE,
        server_hostname=host if context else None,
    )
    try:
        writer.write(_request(parts.netloc, parts.path, address.token, name, data))
        await writer.drain()
        _check(await _first_line(reader))
    finally:
        writer.close()


def _context(address: Address) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=address.certificate)
    # The certificate itself is pinned: its name may be anything, and its issuer unknown.
    context.check_hostname = address.certificate is None
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _request(host: str, mount: str, token: str, name: str, data: Mapping[str, Any]) -> bytes:
    body = json.dumps({"event": name, "data": data}).encode()
    head = (
        f"POST {mount.rstrip('/')}{ROOT}/publish HTTP/1.1\r\n"
        f"Host: {host}\r\n"
        f"Authorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


async def _first_line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:
        return b""  # no server of ours has such a long one


def _check(line: bytes) -> None:
    """Look at `HTTP/1.1 200 OK`."""
    if not line:
        raise ConnectionResetError("closed without an answer")
    version, _, rest = line.decode("latin-1").partition(" ")
    if not version.startswith("HTTP/") or not rest.startswith("2"):
        raise RefusedError(line[:80].decode("latin-1").strip())
