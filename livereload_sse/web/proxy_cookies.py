"""Cookies that a server sets, made ours by the proxy in front of it.

Pure. Knows what keeps a browser from taking one: a domain that is not ours, and `Secure` where we are
not. Refuses to keep any, and to look into their values.
"""

from typing import TYPE_CHECKING

from livereload_sse.web.guard import parse_host

if TYPE_CHECKING:
    from livereload_sse.web.route import Route


def own_cookie(cookie: bytes, route: "Route") -> bytes:
    """Write the value of a `Set-Cookie` so that a browser takes it from us."""
    pair, *attributes = (part.strip() for part in cookie.split(b";"))
    named = {_read_attribute(part)[0] for part in attributes}
    must_be_secure = pair.lower().startswith((b"__host-", b"__secure-")) or b"partitioned" in named
    loses_secure = route.scheme == "http" and route.target.scheme == "https" and not must_be_secure
    kept = [part for part in attributes if not _is_foreign(part, route, loses_secure=loses_secure)]
    return b"; ".join([pair, *kept])


def _is_foreign(attribute: bytes, route: "Route", *, loses_secure: bool) -> bool:
    name, value = _read_attribute(attribute)
    if name == b"domain":
        domain = value.lstrip(b".").decode("latin-1")
        own = (parse_host(route.host) or ("", None))[0]
        return not (own == domain or own.endswith(f".{domain}"))
    # A cookie for other sites has to be secure (RFC 6265bis, 5.7).
    return loses_secure and (name == b"secure" or (name, value) == (b"samesite", b"none"))


def _read_attribute(attribute: bytes) -> tuple[bytes, bytes]:
    name, _, value = attribute.partition(b"=")
    return name.strip().lower(), value.strip().lower()
