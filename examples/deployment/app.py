"""A ship's bell: whoever strikes it, everybody hears it. The app that this folder puts behind proxies.

What depends on where it runs comes from the environment:
BROADCAST_URL: memory:// for one worker, redis://… for several
HEARTBEAT: seconds between two comments of a quiet stream
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from livereload_sse.sse import Broadcaster, EventEndpoint, client_script

HERE = Path(__file__).parent
STROKES = range(1, 9)  # a watch has eight bells
STORE_TIMEOUT = 2.0  # seconds that whoever strikes waits to know that it is kept

broadcaster = Broadcaster.from_url(os.environ.get("BROADCAST_URL", "memory://"))


async def page(_request: Request) -> Response:
    """The bell, and what was heard of it."""
    return FileResponse(HERE / "bell.html")


async def strike(request: Request) -> Response:
    """Strike the bell, for everybody."""
    word = request.query_params.get("strokes", "1")
    if word not in map(str, STROKES):
        return PlainTextResponse("strokes: a number from 1 to 8\n", status_code=422)
    broadcaster.publish("bell", {"strokes": int(word)})
    try:
        async with asyncio.timeout(STORE_TIMEOUT):
            await broadcaster.flush()  # whoever struck it knows that it was heard
    except TimeoutError:
        return Response(status_code=202)  # Redis is away: it will be heard once that is back
    return Response(status_code=204)


async def live(_request: Request) -> Response:
    """For the liveness probe: this process answers. It asks nobody else, and opens no stream."""
    return PlainTextResponse("alive\n")


async def ready(_request: Request) -> Response:
    """For the readiness probe and the curious: may requests come here?"""
    if broadcaster.closed:
        return PlainTextResponse("ending\n", status_code=503)
    return JSONResponse({"streams": broadcaster.subscriptions, "process": os.getpid()})


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Connect to Redis, where that is used; end what is open at the end."""
    async with broadcaster:
        yield


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", page),
        Route("/sse-client.js", client_script),
        Route(
            "/events",
            EventEndpoint(
                broadcaster,
                on_connect=8,  # who comes new hears the last eight
                heartbeat=float(os.environ.get("HEARTBEAT", "15")),
            ),
        ),
        Route("/bell", strike, methods=["POST"]),
        Route("/health/live", live),
        Route("/health/ready", ready),
    ],
)
