"""One Starlette app in a process of its own, as it is and with live reload around it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from livereload_sse import LiveReload
from tests.benchmarks.wrk import FETCH, NAVIGATION

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

PAGE_SIZE = 5000
PIECES = 5
PIECE_DELAY = 0.1
"""Seconds between two pieces of the page that is written slowly."""

BARE, DISABLED, ENABLED = "bare", "not enabled", "enabled"


@dataclass(frozen=True, slots=True)
class Asking:
    """One kind of request to the app."""

    name: str
    path: str
    headers: Mapping[str, str] = field(hash=False)


PAGE = Asking("page", "/", NAVIGATION)
FETCHED = Asking("JSON, by a page's script", "/items", FETCH)
BY_TOOL = Asking("JSON, by a tool", "/items", {"Accept": "*/*"})


def make_app() -> "ASGIApp":
    """A page of 5000 bytes, JSON that is written anew each time, and a page that comes in pieces."""
    text = page_text()
    items = [{"id": number, "name": f"item {number}", "done": False} for number in range(20)]

    async def page(_request: "Request") -> "Response":
        return HTMLResponse(text)

    async def listing(_request: "Request") -> "Response":
        return JSONResponse({"items": items})

    async def slow(_request: "Request") -> "Response":
        return StreamingResponse(written_slowly(), media_type="text/html")

    return Starlette(routes=[Route("/", page), Route("/items", listing), Route("/slow", slow)])


def page_text() -> str:
    start = "<!doctype html>\n<html><head><title>t</title></head><body>\n"
    end = "</body></html>\n"
    body = "<p>A line of text, as pages have many.</p>\n" * PAGE_SIZE
    return start + body[: PAGE_SIZE - len(start + end)] + end


async def written_slowly() -> AsyncIterator[str]:
    """A page whose pieces say when they were written, in nanoseconds since 1970."""
    yield f"<!doctype html><html><head><title>t</title></head><body><p>@{time.time_ns()}@</p>\n"
    for _ in range(PIECES - 1):
        await asyncio.sleep(PIECE_DELAY)
        yield f"<p>@{time.time_ns()}@</p>\n"
    yield "</body></html>"


WRAPPED: dict[str, Callable[["ASGIApp"], "ASGIApp"]] = {
    BARE: lambda app: app,
    DISABLED: lambda app: LiveReload(app, enabled=False),
    ENABLED: lambda app: LiveReload(app, enabled=True),
}


@contextmanager
def serving(name: str, folder: str | Path) -> Iterator[int]:
    """Serve one of `WRAPPED`, started in a folder; yields its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        port: int = listener.getsockname()[1]
        number = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.apps", name, str(number)],
            pass_fds=[number],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def serve(name: str, number: str) -> None:
    """Be the server: take the listener over from the process that measures."""
    config = uvicorn.Config(
        WRAPPED[name](make_app()),
        http="httptools",
        loop="uvloop",
        log_level="warning",
        access_log=False,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(number))])


if __name__ == "__main__":
    serve(*sys.argv[1:])
