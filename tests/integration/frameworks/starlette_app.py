"""An application in Starlette, with middleware of both kinds inside it."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.websockets import WebSocket

from livereload_sse import LiveReload

templates = Jinja2Templates("templates")
go_on = asyncio.Event()


async def page(request: Request) -> Response:
    return templates.TemplateResponse(request, "page.html")


async def api(request: Request) -> Response:
    return JSONResponse({"path": request.url.path})


async def slow(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        yield "<html><head></head><body>first"
        await go_on.wait()
        yield " second"

    return StreamingResponse(pieces(), media_type="text/html")


async def go(_request: Request) -> Response:
    go_on.set()
    return JSONResponse({})


async def fail(_request: Request) -> Response:
    raise ZeroDivisionError("the view has failed")


async def later(_request: Request) -> Response:
    return HTMLResponse("<p>later", background=BackgroundTask(Path("done").write_text, "done"))


async def mark(_request: Request) -> Response:
    await app.publish("mark")
    return JSONResponse({})


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


class Stamp(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["x-stamp"] = "here"
        return response


inner = Starlette(
    debug=os.environ.get("APP_DEBUG", "1") == "1",
    routes=[
        Route("/", page),
        Route("/json", api),
        Route("/slow", slow),
        Route("/go", go),
        Route("/fail", fail),
        Route("/later", later),
        Route("/mark", mark),
        WebSocketRoute("/echo", echo),
        Mount("/static", StaticFiles(directory="static")),
    ],
    middleware=[Middleware(Stamp), Middleware(GZipMiddleware, minimum_size=10)],
)
app = LiveReload(inner, grace=10)
