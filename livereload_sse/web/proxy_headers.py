"""The headers of a request and of an answer that go through a proxy.

Pure. Knows which fields belong to one connection only (RFC 9110, 7.6.1), what tells a server who has
asked, and what a target says of its own address. Names are in lower case throughout.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from livereload_sse.web.target import Target

Field = tuple[bytes, bytes]

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authentication-info",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
    }
)
_REPLACED = frozenset(
    {
        b"host",
        b"expect",
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
    }
    | {b"x-forwarded-port", b"x-forwarded-prefix", b"x-forwarded-server", b"x-real-ip"}
)
"""Fields that we write ourselves, or that nobody in front of us may write: we trust no one there.
The server we run in has answered `Expect` already."""

_NOT_OURS = frozenset({b"strict-transport-security", b"alt-svc"})
"""What a browser would remember of our address for longer than we are there."""

_LOCATIONS = frozenset({b"location", b"content-location"})


@dataclass(frozen=True, slots=True)
class Route:
    """Who asks whom: `own` is the origin by which the browser calls us, `peer` its address."""

    target: Target
    own: str
    host: bytes
    scheme: str
    peer: str


def request_fields(fields: Iterable[Field], route: Route) -> list[Field]:
    """Write the fields of a request for the target."""
    given = list(fields)
    gone = _HOP_BY_HOP | _REPLACED | _named_by_connection(given)
    kept = [(name, _own_names(name, value, route)) for name, value in given if name not in gone]
    if any(name == b"transfer-encoding" for name, _ in given):
        kept = [field for field in kept if field[0] != b"content-length"]  # RFC 9112, 6.3
    host = route.host if route.target.is_local else route.target.authority.encode()
    return [
        (b"host", host),
        *kept,
        (b"x-forwarded-for", route.peer.encode()),
        (b"x-forwarded-host", route.host),
        (b"x-forwarded-proto", route.scheme.encode()),
    ]


def _own_names(name: bytes, value: bytes, route: Route) -> bytes:
    """A target elsewhere is called by its own name, and compares where a request comes from."""
    if route.target.is_local or name not in (b"origin", b"referer"):
        return value
    own, target = route.own.encode(), route.target.origin.encode()
    return target + value[len(own) :] if _is_below(value, own) else value


def response_fields(fields: Iterable[Field], route: Route) -> list[Field]:
    """Write the fields of an answer for the browser: what names the target names us instead."""
    given = [(name.lower(), value) for name, value in fields]
    gone = _HOP_BY_HOP | _NOT_OURS | _named_by_connection(given)
    return [(name, _translated(name, value, route)) for name, value in given if name not in gone]


def _translated(name: bytes, value: bytes, route: Route) -> bytes:
    if name in _LOCATIONS:
        return _moved(value, route)
    if name == b"set-cookie":
        return _own_cookie(value, route)
    if name == b"refresh":
        delay, found, url = value.partition(b"=")
        return delay + found + _moved(url, route) if found else value
    if name == b"access-control-allow-origin" and value == route.target.origin.encode():
        return route.own.encode()
    return value


def _moved(url: bytes, route: Route) -> bytes:
    """Lead to us what would lead past us."""
    for name in _names(route.target):
        if _is_below(url, name):
            return route.own.encode() + url[len(name) :]
    return url


def _names(target: Target) -> Iterator[bytes]:
    """How a target writes its own origin: some write the scheme's port, some no scheme."""
    with_port = f"{target.host}:{target.port}"
    for authority in dict.fromkeys((target.authority, with_port)):
        yield f"{target.scheme}://{authority}".encode()
        yield f"//{authority}".encode()


def _is_below(url: bytes, origin: bytes) -> bool:
    begins = url[: len(origin)].lower() == origin.lower()
    return begins and url[len(origin) : len(origin) + 1] in (b"", b"/", b"?", b"#")


def _own_cookie(cookie: bytes, route: Route) -> bytes:
    """Make a cookie of the target's ours: one of its domain, or for https, we could not set."""
    pair, *attributes = (part.strip() for part in cookie.split(b";"))
    named = {part.partition(b"=")[0].strip().lower() for part in attributes}
    must_be_secure = pair.lower().startswith((b"__host-", b"__secure-")) or b"partitioned" in named
    loses_secure = route.scheme == "http" and route.target.scheme == "https" and not must_be_secure
    kept = [part for part in attributes if not _is_foreign(part, route, loses_secure=loses_secure)]
    return b"; ".join([pair, *kept])


def _is_foreign(attribute: bytes, route: Route, *, loses_secure: bool) -> bool:
    name, _, value = (part.strip().lower() for part in attribute.partition(b"="))
    if name == b"domain":
        domain = value.lstrip(b".").decode("latin-1")
        own = route.own.partition("://")[2].rpartition(":")[0] or route.own.partition("://")[2]
        return not (own == domain or own.endswith(f".{domain}"))
    # A cookie for other sites has to be secure (RFC 6265bis, 5.7).
    return loses_secure and (name == b"secure" or (name == b"samesite" and value == b"none"))


def _named_by_connection(fields: Iterable[Field]) -> set[bytes]:
    return {
        option.strip().lower()
        for name, value in fields
        if name == b"connection"
        for option in value.split(b",")
    } - {b"", b"close", b"keep-alive", b"host", b"content-length", b"cookie", b"authorization"}
