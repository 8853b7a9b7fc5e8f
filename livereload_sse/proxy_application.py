"""One ASGI application in front of another server: guard, internal addresses, gate, tag, proxy.

Knows how the parts of `web` stand in front of one another. Refuses to know sockets and the terminal.
"""

from typing import TYPE_CHECKING

from livereload_sse.application import OnRequest, make_endpoints, make_tag, parted, told
from livereload_sse.web.assets import packaged_client
from livereload_sse.web.fresh import Fresh
from livereload_sse.web.gated import Gated
from livereload_sse.web.guard import Guard, Hosts
from livereload_sse.web.injection import TabOptions
from livereload_sse.web.learning import Learning
from livereload_sse.web.middleware import Tagging
from livereload_sse.web.pages import forbidden_host
from livereload_sse.web.proxy import Proxy
from livereload_sse.web.proxy_sockets import SocketProxy

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from starlette.types import ASGIApp, Receive, Scope, Send

    from livereload_sse.proxy_session import ProxySession
    from livereload_sse.settings import Settings
    from livereload_sse.web.target import Target


def make_proxy_application(
    session: "ProxySession",
    settings: "Settings",
    *,
    target: "Target",
    client: "ClientSession",
    token: str,
    on_request: OnRequest | None = None,
) -> "ASGIApp":
    """Stand in front of a target: its pages, tagged; its WebSockets; and our internal addresses.

    Otherwise as `make_application`.
    """
    ours = packaged_client()
    tab = TabOptions(
        update="reload", highlight=settings.highlight, builds=session.builds is not None
    )
    tag = make_tag(session, client_digest=ours.digest, tab=tab)
    endpoints = make_endpoints(session, token=token, client=ours)
    tagging = Tagging(Proxy(target, client, name=token), tag=tag, last_id=session.last_id_text)
    proxied = Gated(
        Fresh(Learning(tagging, session.provenance), tagging),
        gate=session.gate,
        tag=lambda page, *, kind: tag(page, event_id=session.last_id_text(), kind=kind),
    )
    watched = proxied if on_request is None else told(proxied, on_request)
    return Guard(
        _by_type(parted(endpoints, watched), SocketProxy(target, client, name=token)),
        hosts=Hosts(settings.allow_host, bound=settings.host),
        page=forbidden_host,
        sockets=True,
    )


def _by_type(http: "ASGIApp", socket: "ASGIApp") -> "ASGIApp":
    """Send each WebSocket to one application and all else to the other."""

    async def application(scope: "Scope", receive: "Receive", send: "Send") -> None:
        await (socket if scope["type"] == "websocket" else http)(scope, receive, send)

    return application
