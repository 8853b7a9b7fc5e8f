"""The headers of a request and of an answer that go through a proxy.

Pure. Knows which fields belong to one connection only (RFC 9110, 7.6.1), what tells a server who has
asked, and what a target says of its own address. Refuses to know bodies: an address in a page stays
what it is. Names are in lower case throughout; values are bytes, in whatever encoding.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from livereload_sse.web.proxy_cookies import own_cookie
from livereload_sse.web.route import Route
from livereload_sse.web.target import LOOPBACK, Target

Field = tuple[bytes, bytes]

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"http2-settings",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_REPLACED = frozenset(
    {
        b"expect",
        b"forwarded",
        b"host",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-forwarded-server",
        b"x-real-ip",
    }
)
"""Fields that we write ourselves, or that nobody in front of us may write: we trust no one there.
The server we run in has answered `Expect` already."""

_NEVER_NAMED = frozenset({b"", b"authorization", b"content-length", b"cookie", b"host"})
"""What `Connection` cannot take away: a request without it would be another request."""

_NOT_OURS = frozenset({b"alt-svc", b"strict-transport-security"})
"""What a browser would remember of our address for longer than we are there."""

_COMPARED = frozenset({b"destination", b"origin", b"referer"})
"""Addresses in a request that a target compares with its own."""

_LOCATIONS = frozenset(
    {b"content-location", b"hx-redirect", b"location", b"sourcemap", b"x-sourcemap"}
)
"""Fields of an answer whose value is one address."""

_LINK = re.compile(rb"<([^<>]*)>")
# WHATWG HTML, "shared declarative refresh steps": seconds, a separator, perhaps `url=`, perhaps a quote.
_REFRESH = re.compile(
    rb"""([\s\d.]*[;,\s]\s*(?:url\s*=\s*)?["']?)(.*)""", re.IGNORECASE | re.DOTALL
)


def request_fields(fields: Iterable[Field], route: Route) -> list[Field]:
    """Write the fields of a request for the target.

    A body whose length is not known beforehand has no `content-length` in them.
    """
    given = list(fields)
    gone = _HOP_BY_HOP | _REPLACED | _named_by_connection(given) | _untrue_length(given)
    host = route.host if route.target.is_local else route.target.authority.encode()
    return [
        (b"host", host),
        *((name, _as_its_own(name, value, route)) for name, value in given if name not in gone),
        (b"x-forwarded-for", route.peer.encode()),
        (b"x-forwarded-host", route.host),
        (b"x-forwarded-proto", route.scheme.encode()),
    ]


def _as_its_own(name: bytes, value: bytes, route: Route) -> bytes:
    """A target elsewhere is called by its own name, and compares where a request comes from."""
    if route.target.is_local or name not in _COMPARED:
        return value
    own = route.own.encode()
    return route.target.origin.encode() + value[len(own) :] if _is_below(value, own) else value


def response_fields(fields: Iterable[Field], route: Route, *, status: int = 200) -> list[Field]:
    """Write the fields of an answer for the browser: what names the target names us instead."""
    given = [(name.lower(), value) for name, value in fields]
    gone = _HOP_BY_HOP | _NOT_OURS | _named_by_connection(given) | _untrue_length(given)
    if status in (204, 304):  # a length that nothing follows: servers take it for a promise
        gone |= {b"content-length"}
    return [(name, _translated(name, value, route)) for name, value in given if name not in gone]


def _translated(name: bytes, value: bytes, route: Route) -> bytes:
    if name in _LOCATIONS:
        return _moved(value, route)
    if name == b"set-cookie":
        return own_cookie(value, route)
    if name == b"link":
        return _LINK.sub(lambda link: b"<%b>" % _moved(link[1], route), value)
    if name == b"refresh":
        found = _REFRESH.fullmatch(value)
        return found[1] + _moved(found[2], route) if found else value
    if name == b"access-control-allow-origin":
        return _moved(value, route)
    return value


def _moved(url: bytes, route: Route) -> bytes:
    """Lead to us what would lead past us."""
    for name in _names(route):
        if _is_below(url, name):
            return route.own.encode() + url[len(name) :]
    return url


def _names(route: Route) -> Iterator[bytes]:
    """How a target writes its own origin: with the scheme's port or without it, with the scheme or
    without it, by any name of this machine; or by ours, with the scheme that it is asked by itself.
    """
    target = route.target
    for host in LOOPBACK if target.host in LOOPBACK else (target.host,):
        one = Target(target.scheme, host, target.port)
        for authority in dict.fromkeys((one.authority, f"{host}:{target.port}")):
            yield f"{target.scheme}://{authority}".encode()
            yield f"//{authority}".encode()
    yield b"http://" + route.host
    yield b"https://" + route.host


def _is_below(url: bytes, origin: bytes) -> bool:
    begins = url[: len(origin)].lower() == origin.lower()
    return begins and url[len(origin) : len(origin) + 1] in (b"", b"/", b"?", b"#", b'"', b"'")


def _untrue_length(fields: Sequence[Field]) -> frozenset[bytes]:
    """Beside a Transfer-Encoding a length says nothing (RFC 9112, 6.3)."""
    is_coded = any(name == b"transfer-encoding" for name, _ in fields)
    return frozenset({b"content-length"}) if is_coded else frozenset()


def _named_by_connection(fields: Iterable[Field]) -> set[bytes]:
    return {
        option.strip().lower()
        for name, value in fields
        if name == b"connection"
        for option in value.split(b",")
    } - _NEVER_NAMED
