"""An instrument panel for the machine that it runs on: one stream, many tabs, one sampler.

Settings are read from the environment: DASHBOARD_INTERVAL (seconds from sample to sample),
DASHBOARD_CPU (per cent at which the processor is a warning), DASHBOARD_STREAMS (how many may be
open), DASHBOARD_PORTS (ports to ask, `host:port` with commas) and DASHBOARD_LOAD (seconds).
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from time import time
from typing import Any

from board import Levels, LiveBoard
from events import EVENTS, Board
from load import Load
from machine import describe
from panel import Panel
from services import parse_ports
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from livereload_sse.sse import (
    Broadcaster,
    EventEndpoint,
    EventTypes,
    Limits,
    Overflow,
    client_script,
)

STATIC = Path(__file__).parent / "static"
INTERVAL = float(os.environ.get("DASHBOARD_INTERVAL", "1"))
CPU = float(os.environ.get("DASHBOARD_CPU", "80"))
STREAMS = int(os.environ.get("DASHBOARD_STREAMS", "100"))
PORTS = os.environ.get("DASHBOARD_PORTS", "localhost:22,localhost:5432,localhost:6379")
LOAD = float(os.environ.get("DASHBOARD_LOAD", "12"))

NEWS = ("alert", "notification")

# Of samples, which come two events at a time, a minute is kept; of news much more.
broadcaster = Broadcaster(
    encode=EventTypes(EVENTS),
    limit=STREAMS,
    channels={"live": Limits(history=120), "news": Limits(history=1000)},
)


def publish(name: str, data: Any) -> None:
    """Tell all tabs."""
    broadcaster.publish(name, data, channel="news" if name in NEWS else "live")


machine = describe()
board = LiveBoard(publish, machine, interval=INTERVAL, levels=Levels(cpu=CPU))
panel = Panel(
    board,
    interval=INTERVAL,
    ports=parse_ports(PORTS),
    count_tabs=lambda: broadcaster.subscriptions,
    limit=STREAMS,
    booted=machine["since"],
)
load = Load(LOAD)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Measure as long as the server runs."""
    async with broadcaster, load, asyncio.TaskGroup() as tasks:
        measuring = tasks.create_task(panel.run())
        yield
        measuring.cancel()


def greet(_: object) -> Iterable[tuple[str, Board]]:
    """Tell a tab that has just come all there is, before anything new."""
    panel.sampler.wake()
    return [("board", board.state(time()))]


events = EventEndpoint(
    broadcaster,
    channels=("live", "news"),
    on_connect=greet,
    # Who reads too slowly needs no old samples: it is shown the board as it is now.
    overflow=Overflow.LATEST,
    max_lag=30,
    retry=1.0,
)
news = EventEndpoint(broadcaster, channels=("news",), on_connect=10)


async def start_load(request: Request) -> Response:
    """Keep the machine busy for some seconds."""
    if not is_own(request):
        return Response(status_code=403)
    if not (count := await load.start()):
        return Response("One is running.", 409)
    board.note(time(), f"Load: {count} processes for {LOAD:.0f} s.")
    return JSONResponse({"processes": count, "seconds": LOAD}, 202)


async def acknowledge(request: Request) -> Response:
    """Note that somebody has seen an alert; all tabs are told."""
    if not is_own(request):
        return Response(status_code=403)
    return Response(status_code=204 if board.acknowledge(request.path_params["id"]) else 404)


def is_own(request: Request) -> bool:
    """Whether it comes from this machine, and from no other site's page."""
    here = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    return here and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


async def index(_: Request) -> Response:
    """Answer with the page; what it shows comes by the stream."""
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


app = Starlette(
    lifespan=lifespan,
    # Another name that leads here is no reason to show the machine to its pages (DNS rebinding).
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])],
    routes=[
        Route("/", index),
        Route("/events", events),
        Route("/news", news),
        Route("/load", start_load, methods=["POST"]),
        Route("/alerts/{id}/acknowledge", acknowledge, methods=["POST"]),
        Route("/sse-client.js", client_script),
        Mount("/static", StaticFiles(directory=STATIC)),
    ],
)
