"""Who asks whom, where a proxy stands between them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

    from livereload_sse.web.target import Target


@dataclass(frozen=True, slots=True)
class Route:
    """Who asks whom: `own` is the origin by which the browser calls us, `host` its Host header,
    `scheme` http or https, `peer` the browser's address.
    """

    target: "Target"
    own: str
    host: bytes
    scheme: str
    peer: str


def route_of(scope: "Scope", target: "Target") -> Route:
    """Read a request, of a page or of a WebSocket, for who asks whom."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    scheme = str(scope["scheme"]).replace("ws", "http")  # of a WebSocket: ws, wss
    peer = (scope.get("client") or ("unknown", 0))[0]
    own = f"{scheme}://{host.decode('latin-1')}"
    return Route(target, own, host, scheme, peer)
