"""The HTTP client of the proxy, and what has to be installed for it.

aiohttp is an extra. It passes bytes on as they come, knows WebSockets, and takes ten times as many
requests in a second as the other clients that were measured.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from livereload_sse.errors import MissingExtraError

if TYPE_CHECKING:
    from aiohttp import ClientSession

LONGEST_LINE = 64 * 1024
"""Bytes of a header line: what browsers and servers take is less."""

KEPT_ALIVE = 1.0
"""Seconds that an idle connection is used again: servers close theirs after two, five or fifteen."""


def check_client() -> None:
    """Raise `MissingExtraError` unless what the proxy needs is installed."""
    missing = [name for name in ("aiohttp", "websockets") if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"The proxy needs {' and '.join(missing)}",
            hint="Install the extra: pip install 'livereload-sse[proxy]'",
        )


def make_client(*, verify: bool = True) -> "ClientSession":
    """Make a client that keeps no cookies, follows nothing, decodes nothing and waits for ever.

    `verify`: whether a target's certificate counts. Raises `MissingExtraError`.
    """
    check_client()
    import aiohttp  # noqa: PLC0415 - an extra

    from livereload_sse.web.raw_request import RawRequest  # noqa: PLC0415 - needs aiohttp

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_ALIVE, ssl=verify),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=10.0),
        auto_decompress=False,
        request_class=RawRequest,
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_LINE,
        skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
    )
