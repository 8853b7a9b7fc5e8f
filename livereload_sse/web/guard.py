"""Who may ask: the decision taken before anything else looks at a request.

Knows the headers by which a browser says where a request comes from, and what a page of another
origin could do to a server on loopback: reach it by a rebound DNS name, listen to its stream, read
its files as scripts. Refuses to know what is served. The decision is pure; `Guard` carries it out.
A header is believed when it is there; its absence proves nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livereload_sse.errors import InvalidHostError
from livereload_sse.web.answers import HTML, Answer, text_answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

Address = tuple[str, int | None]
"""Where a connection arrived, as ASGI's `scope["server"]` has it: address and port."""

INTERNAL_PREFIX = "/__sse-reload"
"""Where everything internal lives, at the server's root."""

REMEMBERED = 256
"""Accepted Host values kept for the fast path; any name below .localhost is one, so it is bounded."""

_JUDGED = frozenset(
    {b"host", b"origin", b"referer", b"sec-fetch-site", b"sec-fetch-mode", b"accept"}
)
_SOCKET_SCHEMES = {"ws": "http", "wss": "https"}
_OWN_SITES = frozenset({b"same-origin", b"none"})
_HOST = re.compile(
    r"(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_LONGEST_HOST = 253 + len(":65535")


@dataclass(frozen=True, slots=True)
class Verdict:
    """May this request go on? 200: yes; 400: it is malformed; 403: it is foreign.

    `reason` is one line for the answer; `host` is the name to allow, when that is what is missing.
    """

    status: int = 200
    reason: str = ""
    host: str = ""


ALLOWED = Verdict()
_MALFORMED_PATH = Verdict(400, "A request path starts with a slash.")
_MALFORMED_HOST = Verdict(400, "A request needs exactly one well-formed Host header.")
_FOREIGN_ORIGIN = Verdict(
    403,
    "Only this server's own pages may use this address: the request's Origin is not the origin "
    "its Host names. A proxy in front must pass the Host header on unchanged.",
)
_FOREIGN_SITE = Verdict(403, "Only this server's own pages may use this address.")
_FOREIGN_USE = Verdict(
    403, "A page of another origin may link to this address, but not load it as a part of itself."
)


class Hosts:
    """The names by which this server may be called: the defence against DNS rebinding.

    Its own names are localhost, *.localhost, 127.0.0.1, [::1], `bound` (what it was told to listen
    on) and the very address a connection arrived at: no stranger can make a browser send an address
    as Host without connecting to that address. They count with the port the connection arrived at,
    or without a port, as proxies that listen on 80 or 443 leave it out.

    `allow` adds names: "example.dev" and "*.example.dev" (its subdomains, not itself) with any
    port, because a tunnel or proxy chooses that; "example.dev:8443" with this port only. Raises
    `InvalidHostError` for anything else.
    """

    def __init__(self, allow: Iterable[str] = (), *, bound: str = "localhost") -> None:
        patterns = [_parse_pattern(pattern) for pattern in allow]
        self._exact = frozenset(text for text in patterns if not text.startswith("*"))
        self._endings = tuple(text[1:] for text in patterns if text.startswith("*"))
        self._own = frozenset({"localhost", "127.0.0.1", "[::1]", _bracketed(bound.lower())})
        self._accepted: set[tuple[bytes, Address | None]] = set()

    def judge(self, value: bytes, server: Address | None) -> Verdict:
        """Decide about a Host header that came over a connection to `server`."""
        if (value, server) in self._accepted:
            return ALLOWED
        verdict = self._judge_anew(value, server)
        if verdict is ALLOWED and len(self._accepted) < REMEMBERED:
            self._accepted.add((value, server))
        return verdict

    def names(self, origin: bytes) -> bool:
        """Say whether the user has named the host of an origin: then its pages may use the app.

        Only a whole name counts: below `*.tunnel.example` are the pages of strangers, too.
        """
        found = parse_host(origin.lower().partition(b"://")[2])
        if found is None:
            return False
        name, port = found
        return name in self._exact or f"{name}:{port}" in self._exact

    def _judge_anew(self, value: bytes, server: Address | None) -> Verdict:
        found = parse_host(value)
        if found is None:
            return _MALFORMED_HOST
        name, port = found
        if self._is_own(name, port, server) or self._is_allowed(name, port):
            return ALLOWED
        shown = name if port is None else f"{name}:{port}"
        # A name of ours is known already: it is the port that has to be allowed.
        missing = shown if self._is_own(name, None, server) else name
        return Verdict(
            403, f"{shown} is not a name of this server: --allow-host {missing}", missing
        )

    def _is_own(self, name: str, port: int | None, server: Address | None) -> bool:
        address, own_port = server or ("", None)
        if own_port is not None and port not in (None, own_port):
            return False
        return (
            name in self._own
            or name.endswith(".localhost")
            # A socket for both families writes an IPv4 address as ::ffff:192.0.2.1.
            or name == _bracketed(address.removeprefix("::ffff:"))
        )

    def _is_allowed(self, name: str, port: int | None) -> bool:
        with_port = f"{name}:{port}"
        return (
            name in self._exact
            or with_port in self._exact
            or name.endswith(self._endings)
            or with_port.endswith(self._endings)
        )


def parse_host(value: bytes) -> tuple[str, int | None] | None:
    """Split a Host header (RFC 9110, 7.2) into its lower-case name and its port.

    Stricter than the grammar: letters, digits, "-", "_" and "." or a bracketed address; no empty
    port, no user, no percent-encoding. A browser sends nothing else. None when it is malformed.
    """
    if len(value) > _LONGEST_HOST or not value.isascii():
        return None
    match = _HOST.fullmatch(value.decode("ascii").lower())
    if match is None:
        return None
    port = int(match["port"]) if match["port"] else None
    return None if port is not None and not 0 < port < 2**16 else (match["name"], port)


def _parse_pattern(pattern: str) -> str:
    """The pattern as it will be compared: lower case, an international name in its ASCII form."""
    try:
        text = pattern.strip().encode("ascii" if pattern.isascii() else "idna").lower()
    except UnicodeError:
        text = b""
    if parse_host(text.removeprefix(b"*.")) is None:
        raise InvalidHostError(
            "Not a host name",
            where=pattern,
            hint="Give a name without scheme and path: --allow-host example.dev, or *.example.dev",
        )
    return text.decode("ascii")


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def decide(
    headers: Iterable[tuple[bytes, bytes]],
    *,
    path: str,
    hosts: Hosts,
    scheme: str = "http",
    server: Address | None = None,
    is_app: bool = False,
) -> Verdict:
    """Decide about one request by its decoded path, its headers (names in lower case), the scheme
    it came by and the address it came to. `is_app`: an application stands behind this, which front
    ends of other origins may use whose hosts the user has named.

    The method does not matter: what another origin may not cause, it may not cause by any method.
    """
    if not path.startswith("/"):
        return _MALFORMED_PATH  # "*", and a whole URL where a parser leaves one in the path
    found = _collect(headers)
    host = found.get(b"host", b"")
    verdict = hosts.judge(host, server)
    if verdict is not ALLOWED:
        return verdict
    # A proxy that ends TLS speaks http to us, and the browser behind it says https.
    origins = (
        _SOCKET_SCHEMES.get(scheme, scheme).encode() + b"://" + host.lower(),
        b"https://" + host.lower(),
    )
    if is_internal(path):
        return _decide_internal(found, origins)
    if scheme in _SOCKET_SCHEMES:
        return _decide_socket(found, origins, hosts)
    return ALLOWED if is_app and _is_named(found, hosts) else _decide_file(found, origins)


def is_internal(path: str) -> bool:
    """Say whether a decoded path is one of ours."""
    return path.startswith(INTERNAL_PREFIX) and path[len(INTERNAL_PREFIX) :][:1] in ("", "/")


def _collect(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Pick what is judged. A repeated header becomes a list, which nothing below accepts."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _JUDGED:
            found[name] = found[name] + b"," + value if name in found else value
    return found


def _decide_internal(found: dict[bytes, bytes], origins: tuple[bytes, ...]) -> Verdict:
    """Own pages only. An EventSource to its own origin sends no Origin, so absence says nothing;
    "null" (a sandbox, a local file) and another port ("same-site") are foreign.
    """
    origin = found.get(b"origin")
    if origin is not None and origin.lower() not in origins:
        return _FOREIGN_ORIGIN
    if found.get(b"sec-fetch-site", b"none") not in _OWN_SITES:
        return _FOREIGN_SITE
    return ALLOWED


def _is_named(found: dict[bytes, bytes], hosts: Hosts) -> bool:
    """The request comes from a page whose host the user has named: their front end, on its port."""
    origin = found.get(b"origin")
    return origin is not None and hosts.names(origin)


def _decide_socket(
    found: dict[bytes, bytes], origins: tuple[bytes, bytes], hosts: Hosts
) -> Verdict:
    """A WebSocket may be opened by any page, without asking first (RFC 6455, 10.2), and browsers
    always say whose page it is.
    """
    origin = found.get(b"origin")
    own = origin is None or origin.lower() in origins or hosts.names(origin)
    return ALLOWED if own else _FOREIGN_ORIGIN


def _decide_file(found: dict[bytes, bytes], origins: tuple[bytes, ...]) -> Verdict:
    """Links from anywhere, parts of a page for own pages only: `<script src>` of another origin
    would run our files in its own context and read what they define.
    """
    site = found.get(b"sec-fetch-site")
    if site is None:
        return _decide_without_metadata(found, origins)
    if site in _OWN_SITES or found.get(b"sec-fetch-mode") == b"navigate":
        return ALLOWED
    return _FOREIGN_USE


def _decide_without_metadata(found: dict[bytes, bytes], origins: tuple[bytes, ...]) -> Verdict:
    """Browsers send no Sec-Fetch-* to plain http on names other than localhost.

    Then Origin and Referer speak. A link also has a foreign Referer, but asks for HTML, which a
    script, style or image element never does. A page that hides its Referer gets an answer, and
    the browser withholds it because of Cross-Origin-Resource-Policy.
    """
    origin, referer = found.get(b"origin"), found.get(b"referer")
    if origin is not None:
        return ALLOWED if origin.lower() in origins else _FOREIGN_USE
    if referer is None or b"text/html" in found.get(b"accept", b""):
        return ALLOWED
    from_us = b"/".join(referer.lower().split(b"/", 3)[:3]) in origins
    return ALLOWED if from_us else _FOREIGN_USE


class Guard:
    """ASGI middleware in front of everything: what `decide` refuses, `app` never sees.

    `page` makes the HTML for a browser that called us by a foreign name, from that name (which it
    must escape); without it, and for clients that do not ask for HTML, the answer is one line of
    text. WebSockets are refused unless `sockets` says that `app` speaks them.
    """

    def __init__(
        self,
        app: "ASGIApp",
        *,
        hosts: Hosts,
        page: Callable[[str], bytes] | None = None,
        sockets: bool = False,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._page = page
        self._sockets = sockets

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand the request on, or answer it."""
        if scope["type"] == "http":
            verdict = self._decide(scope)
            app = self._app if verdict is ALLOWED else self._refusal(verdict, scope)
            await app(scope, receive, send)
        elif scope["type"] == "lifespan" or (
            self._sockets and not is_internal(scope["path"]) and self._decide(scope) is ALLOWED
        ):
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # RFC 6455, 7.4.1: policy

    def _decide(self, scope: "Scope") -> Verdict:
        server = scope.get("server")
        return decide(
            scope["headers"],
            path=scope["path"],
            hosts=self._hosts,
            scheme=scope["scheme"],
            # Granian gives the port as text; a Unix socket has none.
            server=server and (server[0], server[1] and int(server[1])),
            is_app=self._sockets,
        )

    def _refusal(self, verdict: Verdict, scope: "Scope") -> Answer:
        if verdict.host and self._page is not None and _asks_for_html(scope):
            return Answer(verdict.status, self._page(verdict.host), type=HTML)
        return text_answer(verdict.status, verdict.reason)


def _asks_for_html(scope: "Scope") -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])
