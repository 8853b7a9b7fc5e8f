"""An application in Quart."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from quart import Quart, Response, current_app, render_template, websocket

from livereload_sse import LiveReload

inner = Quart(__name__)
inner.debug = os.environ.get("APP_DEBUG", "1") == "1"


go_on = asyncio.Event()


@inner.get("/")
async def page() -> str:
    return await render_template("page.html")


@inner.get("/json")
async def api() -> dict[str, str]:
    return {"path": "/json"}


@inner.get("/slow")
async def slow() -> Response:
    async def pieces() -> AsyncIterator[str]:
        yield "<html><head></head><body>first"
        await go_on.wait()
        yield " second"

    return Response(pieces(), mimetype="text/html")


@inner.get("/go")
async def go() -> dict[str, str]:
    go_on.set()
    return {}


@inner.get("/fail")
async def fail() -> str:
    raise ZeroDivisionError("the view has failed")


@inner.get("/later")
async def later() -> str:
    current_app.add_background_task(Path("done").write_text, "done")
    return "<p>later"


@inner.get("/mark")
async def mark() -> dict[str, str]:
    await app.publish("mark")
    return {}


@inner.websocket("/echo")
async def echo() -> None:
    await websocket.send(await websocket.receive())


app = LiveReload(inner, grace=10)
