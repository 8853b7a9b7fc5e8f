"""How many pages a second: our site with its tag, beside Starlette's StaticFiles without one.

Both are served by the same uvicorn (httptools, uvloop) in a process of their own and asked by `wrk`
from another, in turns, so that a busy machine is busy for both. Run with
`python -m tests.benchmarks.throughput [seconds] [rounds]`.
"""

import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.staticfiles import StaticFiles

from livereload_sse.web.files import StaticSite
from livereload_sse.web.injection import render_tag
from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.wrk import ask_many, is_installed

if TYPE_CHECKING:
    from starlette.types import ASGIApp

PAGE_SIZE = 5000
SERVED = {
    "sse-reload, page": ("sse_reload", "/page"),
    "sse-reload, style": ("sse_reload", "/style.css"),
    "Starlette, page": ("starlette", "/page.html"),
}


def sse_reload(root: str) -> "ASGIApp":
    """The static site as the session makes it, but for a watcher."""
    return StaticSite(
        Path(root),
        tag=partial(render_tag, client_digest="0123456789abcdef"),
        last_id=lambda: "1700000000000-0",
        wait_for=lambda _path: None,
        on_read=lambda _path, _signature, _digest: None,
    )


def starlette(root: str) -> "ASGIApp":
    """The usual way to serve a folder."""
    return StaticFiles(directory=root)


APPS = {"sse_reload": sse_reload, "starlette": starlette}


def measure(*, seconds: float = 3, rounds: int = 3) -> dict[str, float]:
    """Return the median requests per second of each of `SERVED`."""
    rates: dict[str, list[float]] = {name: [] for name in SERVED}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        _write_site(Path(folder))
        ports = {
            app: running.enter_context(_serving(app, folder))
            for app in sorted({app for app, _ in SERVED.values()})
        }
        for _ in range(rounds):
            for name, (app, path) in SERVED.items():
                rates[name].append(ask_many(f"http://127.0.0.1:{ports[app]}{path}", seconds))
    return {name: statistics.median(found) for name, found in rates.items()}


def _write_site(root: Path) -> None:
    start = b"<!doctype html>\n<html><head><title>t</title></head><body>\n"
    end = b"</body></html>\n"
    body = b"<p>A line of text, as pages have many.</p>\n" * PAGE_SIZE
    (root / "page.html").write_bytes(start + body[: PAGE_SIZE - len(start + end)] + end)
    (root / "style.css").write_bytes(b"p { margin: 0 }\n" * (PAGE_SIZE // 16))


@contextmanager
def _serving(app: str, root: str) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        port: int = listener.getsockname()[1]
        program = [sys.executable, "-m", "tests.benchmarks.throughput", "serve"]
        number = listener.fileno()
        process = subprocess.Popen([*program, app, root, str(number)], pass_fds=[number])
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def serve(app: str, root: str, number: str) -> None:
    """Be the server: take the listener over from the process that measures."""
    config = uvicorn.Config(
        APPS[app](root), http="httptools", loop="uvloop", lifespan="off", log_level="warning"
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(number))])


def main() -> None:
    """Print a table; with `serve`, be one of the servers."""
    if not is_installed():
        raise SystemExit("wrk is not installed: https://github.com/wg/wrk")
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:])
        return
    seconds, rounds = (int(text) for text in (*sys.argv[1:], "3", "3")[:2])
    rates = measure(seconds=seconds, rounds=rounds)
    ratio = rates["sse-reload, page"] / rates["Starlette, page"]
    print_rows(
        f"Requests per second, a file of {PAGE_SIZE} bytes",
        [
            *(Row(name, [rate], "/s") for name, rate in rates.items()),
            Row("sse-reload ÷ Starlette (pages)", [ratio], "x", "aim: ≥ 10"),
        ],
    )


if __name__ == "__main__":
    main()
