"""An application in Litestar."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from litestar import Litestar, MediaType, Response, WebSocket, get, websocket
from litestar.background_tasks import BackgroundTask
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.response import Stream, Template
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from livereload_sse import LiveReload

go_on = asyncio.Event()


@get("/")
async def page() -> Template:
    return Template("page.html")


@get("/json")
async def api() -> dict[str, str]:
    return {"path": "/json"}


@get("/slow")
async def slow() -> Stream:
    async def pieces() -> AsyncIterator[str]:
        yield "<html><head></head><body>first"
        await go_on.wait()
        yield " second"

    return Stream(pieces(), media_type=MediaType.HTML)


@get("/go")
async def go() -> dict[str, str]:
    go_on.set()
    return {}


@get("/fail")
async def fail() -> None:
    raise ZeroDivisionError("the view has failed")


@get("/later", media_type=MediaType.HTML)
async def later() -> Response[str]:
    return Response("<p>later", background=BackgroundTask(Path("done").write_text, "done"))


@get("/mark")
async def mark() -> dict[str, str]:
    await app.publish("mark")
    return {}


@websocket("/echo")
async def echo(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


inner = Litestar(
    [
        page,
        api,
        slow,
        go,
        fail,
        later,
        mark,
        echo,
        create_static_files_router(path="/static", directories=["static"]),
    ],
    debug=os.environ.get("APP_DEBUG", "1") == "1",
    template_config=TemplateConfig(directory=Path("templates"), engine=JinjaTemplateEngine),
)
app = LiveReload(inner, static={"/static": "static"}, grace=10)
