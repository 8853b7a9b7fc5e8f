"""One ASGI application of a session: guard, internal addresses, static site.

Knows how the parts of `web` stand in front of one another. Refuses to know sockets and the terminal.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livereload_sse import __version__
from livereload_sse.web.assets import packaged_client
from livereload_sse.web.endpoints import Endpoints
from livereload_sse.web.files import StaticSite
from livereload_sse.web.guard import Guard, Hosts, is_internal
from livereload_sse.web.injection import TabOptions, render_tag
from livereload_sse.web.pages import forbidden_host
from livereload_sse.web.site import SiteOptions, Tag
from livereload_sse.web.sources import Sources
from livereload_sse.web.switched import SwitchedSite

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from livereload_sse.session import Session
    from livereload_sse.settings import Settings
    from livereload_sse.web.assets import Client

OnRequest = Callable[[str, str, int, float], None]
"""Called with method, path, status and seconds, when an answer begins."""


def make_application(
    session: "Session",
    settings: "Settings",
    *,
    token: str,
    on_request: OnRequest | None = None,
) -> "ASGIApp":
    """Serve the session's folder, its stream and its client.

    `token` is what `POST publish` must carry. `on_request` is told of each request for a file.
    Raises `InvalidHostError` for a name in `--allow-host` that is none.
    """
    client, sources = packaged_client(), Sources()
    tab = TabOptions(
        update=settings.update, highlight=settings.highlight, builds=session.builds is not None
    )
    tag = make_tag(session, client_digest=client.digest, tab=tab)
    site = _make_site(session, settings, tag=tag, sources=sources)
    endpoints = make_endpoints(session, token=token, client=client, source=sources.look_up)
    watched = site if on_request is None else told(site, on_request)
    return Guard(
        parted(endpoints, watched),
        hosts=Hosts(settings.allow_host, bound=settings.host),
        page=forbidden_host,
    )


def make_tag(session: "Session", *, client_digest: str, tab: TabOptions) -> "Callable[..., bytes]":
    """Fill in what is the same in the tags of all pages; `tab` as long as nothing is known of tests."""
    with_tests = replace(tab, tests=True)

    def tag(page: str, **words: Any) -> bytes:
        options = tab if session.tests.state() is None else with_tests
        return render_tag(page, client_digest=client_digest, tab=options, **words)

    return tag


def make_endpoints(
    session: "Session",
    *,
    token: str,
    client: "Client",
    source: "Callable[[str, str, str], tuple[str, bytes] | None]" = lambda *_wanted: None,
    code: "Callable[[], Awaitable[int]] | None" = None,
) -> Endpoints:
    """Join the internal addresses with a session. `code` and `source` are as `Endpoints` has them."""
    builds = session.builds
    return Endpoints(
        broadcaster=session.broadcaster,
        catch_up=session.catch_up,
        on_ack=session.acknowledge,
        on_tabs=session.count_tabs,
        status=partial(_status, session),
        token=token,
        publish=session.publish,
        client=client,
        source=source,
        build=builds.state if builds else None,
        open_place=builds.open_place if builds else None,
        code=code,
        tests=session.tests.state,
    )


def _make_site(
    session: "Session", settings: "Settings", *, tag: Tag, sources: Sources
) -> "ASGIApp":
    """Serve what the session watches, or whichever folder its last good build has filled."""
    options = SiteOptions(spa=settings.spa, listing=settings.listing, prefix=settings.prefix)
    builds = session.builds
    if builds is None:
        return StaticSite(
            session.root,
            tag=tag,
            last_id=session.last_id_text,
            wait_for=session.watcher.wait_for,
            on_read=session.watcher.remember,
            options=options,
            sources=sources,
        )

    def make(folder: Path) -> StaticSite:
        return StaticSite(
            folder, tag=tag, last_id=session.last_id_text, options=options, sources=sources
        )

    site = SwitchedSite(make, tag=tag, last_id=session.last_id_text, waits_for=builds.command)
    builds.on_site(site.switch, wait=site.wait, fail=site.fail)
    return site


def parted(internal: "ASGIApp", site: "ASGIApp") -> "ASGIApp":
    """Send each request to the one of the two that its path belongs to."""

    async def application(scope: "Scope", receive: "Receive", send: "Send") -> None:
        await (internal if is_internal(scope["path"]) else site)(scope, receive, send)

    return application


def told(app: "ASGIApp", on_request: OnRequest) -> "ASGIApp":
    """Tell of each request when its answer begins."""

    async def application(scope: "Scope", receive: "Receive", send: "Send") -> None:
        began = time.perf_counter()

        async def tell(message: "Message") -> None:
            if message["type"] == "http.response.start":
                on_request(
                    scope["method"], scope["path"], message["status"], time.perf_counter() - began
                )
            await send(message)

        await app(scope, receive, tell)

    return application


def _status(session: "Session") -> dict[str, Any]:
    """What `GET status` shows."""
    watcher = session.watcher
    return {
        "version": __version__,
        "pid": os.getpid(),
        "root": str(session.root),
        **({"build": session.builds.state()} if session.builds else {}),
        "prefix": session.prefix,
        "streams": session.broadcaster.subscriptions,
        "tabs": session.tabs,
        "hidden": session.hidden,
        "last_id": session.last_id_text(),
        "paused": session.paused,
        "polling": watcher.polling,
        "files": watcher.files,
        "folders": watcher.folders,
    }
