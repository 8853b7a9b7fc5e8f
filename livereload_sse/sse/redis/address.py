"""Where a Redis is, as a URL says it, and what of that may be shown to people.

Knows redis://, rediss:// and unix://, and what is often wrong in them. Refuses to know passwords
otherwise than as a part of the URL that is handed on, and to print one.
"""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from livereload_sse.errors import InvalidBrokerError

PREFIX: Final = "sse"
_SCHEMES: Final = ("redis", "rediss", "unix")
_DATABASE: Final = re.compile(r"(/[0-9]*)?")
# Braces are what Redis Cluster looks for in a key; we put them around the prefix ourselves.
_PREFIX: Final = re.compile(r"[^{}\s\0]{1,100}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Redis is: `url` without what is ours in it, and `shown` without secrets."""

    url: str = field(repr=False)
    shown: str
    prefix: str = PREFIX


def parse_address(url: str, *, prefix: str | None = None) -> Address:
    """Read a URL; `prefix` goes before the one in its query. Raises InvalidBrokerError."""
    parts = _split(url)
    if parts.fragment:
        raise _refuse("it has a # in it", "Write # in a password as %23, and / as %2F.")
    words = parse_qsl(parts.query, keep_blank_values=True)
    own = prefix if prefix is not None else dict(words).get("prefix", PREFIX)
    if not _PREFIX.fullmatch(own):
        raise InvalidBrokerError(
            "not a prefix for keys",
            where=ascii(own[:60]),
            hint="Use one to a hundred characters, without spaces and braces.",
        )
    shown = _show_socket(parts) if parts.scheme == "unix" else _show_server(parts)
    rest = urlencode([(name, value) for name, value in words if name != "prefix"])
    return Address(parts._replace(query=rest).geturl(), shown, own)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that do not match
        raise _refuse("its host cannot be read", "An IPv6 address stands in [ ].") from None
    if parts.scheme not in _SCHEMES:
        raise _refuse(
            f"scheme {parts.scheme!r}" if parts.scheme else "it has no scheme",
            "It begins with redis://, rediss:// (TLS) or unix://.",
        )
    return parts


def _show_server(parts: SplitResult) -> str:
    try:
        port = parts.port or 6379
    except ValueError:
        # Not shown: it may be what follows a / or : in a password.
        raise _refuse(
            "its port is not a number up to 65535",
            "Special characters in a password are percent-encoded: / is %2F, : is %3A, @ is %40.",
        ) from None
    if not _DATABASE.fullmatch(parts.path):
        raise _refuse("its database is not a number", "The path is one: redis://localhost:6379/0.")
    host = parts.hostname or "localhost"
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}:{port}{parts.path.rstrip('/')}"


def _show_socket(parts: SplitResult) -> str:
    if not parts.path.strip("/"):
        raise _refuse("it names no socket", "A socket is a path: unix:///run/redis/redis.sock.")
    return f"unix://{parts.path}"


def _refuse(where: str, hint: str) -> InvalidBrokerError:
    return InvalidBrokerError("not the URL of a Redis", where=where, hint=hint)
