"""An application in FastAPI; live reload is one of its middleware."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import BackgroundTasks, FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from livereload_sse import LiveReload

inner = FastAPI(debug=os.environ.get("APP_DEBUG", "1") == "1")
inner.mount("/static", StaticFiles(directory="static"))
templates = Jinja2Templates("templates")
go_on = asyncio.Event()


@inner.get("/")
def page(request: Request) -> Response:
    return templates.TemplateResponse(request, "page.html")


@inner.get("/json")
def api() -> dict[str, str]:
    return {"path": "/json"}


@inner.get("/slow")
async def slow() -> StreamingResponse:
    async def pieces() -> AsyncIterator[str]:
        yield "<html><head></head><body>first"
        await go_on.wait()
        yield " second"

    return StreamingResponse(pieces(), media_type="text/html")


@inner.get("/go")
async def go() -> dict[str, str]:
    go_on.set()
    return {}


@inner.get("/fail")
def fail() -> None:
    raise ZeroDivisionError("the view has failed")


@inner.get("/later")
def later(tasks: BackgroundTasks) -> HTMLResponse:
    tasks.add_task(Path("done").write_text, "done")
    return HTMLResponse("<p>later")


@inner.get("/mark")
async def mark() -> dict[str, str]:
    await app.publish("mark")
    return {}


@inner.websocket("/echo")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


app = LiveReload(inner, grace=10)
