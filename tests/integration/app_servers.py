"""Other people's servers in tests, with an application of ours in a folder, and tabs that watch it."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx

from livereload_sse.sse import Decoder
from tests.serving import wait_until

APP = """
import asyncio
from livereload_sse import LiveReload

ANSWER = "{answer}"

async def site(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({{"type": message["type"] + ".complete"}})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"] == "/mark":
        await app.publish("mark")
    if scope["path"] == "/slow":
        print("slow", flush=True)
        await asyncio.sleep(1)
    body = f"<!doctype html><title>app</title><p>{{ANSWER}}</p>".encode()
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    await send({{"type": "http.response.start", "status": 200, "headers": headers}})
    await send({{"type": "http.response.body", "body": body}})

app = LiveReload(site, enabled={enabled}, grace={grace}, broker="{broker}")
"""

PERSON = {"accept": "text/html,*/*;q=0.8"}
"""What a browser says that wants a page."""

PATIENCE = 20.0
_RETRY_DELAY = 0.5
_PAGE = re.compile(
    r'data-id="(?P<id>[^"]*)".*data-code="(?P<code>\d+)".*<p>(?P<shown>.*)</p>', re.DOTALL
)


@dataclass
class Project:
    """The folder of an application."""

    folder: Path

    def write(
        self, answer: str, *, enabled: bool = True, grace: float = 2.0, broker: str = ""
    ) -> None:
        """Save the application, which answers with this word."""
        text = APP.format(answer=answer, enabled=enabled, grace=grace, broker=broker)
        self.replace("app.py", text)

    def replace(self, name: str, text: str) -> None:
        """Save a file as editors do: whole, and with one rename."""
        beside = self.folder / f".{name}.tmp"
        beside.write_text(text)
        beside.replace(self.folder / name)


OVERTAKEN = "[ERROR] Unexpected exit from worker-1"
"""What Granian's parent process says of a worker that has heard Ctrl-C, and ended, before it."""


@dataclass
class AppServer:
    """A server's process, and whatever processes it has started: one group, as in a terminal."""

    port: int
    process: "subprocess.Popen[str]"
    printed: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str = "/") -> str:
        return httpx.get(self.url + path, headers=PERSON, timeout=10).text

    def shows(self, answer: str) -> bool:
        with suppress(httpx.TransportError):
            return f"<p>{answer}</p>" in self.get()
        return False

    def starts(self) -> int:
        """How many processes have been started that answer, as uvicorn says."""
        return self.output().count("Application startup complete")

    def watches(self) -> bool:
        """Whether the process that was started is told of changes by the kernel."""
        infos = Path(f"/proc/{self.process.pid}/fdinfo").iterdir()
        return any("inotify wd" in info.read_text() for info in infos)

    def ask_to_end(self, number: int) -> None:
        """Send a signal; SIGINT as a terminal does: to every process in the foreground."""
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def wait(self, timeout: float = 15.0) -> tuple[int, float]:
        """Wait for the end; returns the exit code and how many seconds it took."""
        began = time.monotonic()
        code = self.process.wait(timeout)
        took = time.monotonic() - began
        return 0 if code == 1 and self._was_overtaken() else code, took

    def _was_overtaken(self) -> bool:
        """Whether Granian takes its worker's end for a failure, as that has heard Ctrl-C first: on a busy
        machine it does so with any app. Its complaint is no longer part of the output then.
        """
        with suppress(AssertionError):
            wait_until(lambda: OVERTAKEN in self.printed, 1)
            self.printed.remove(OVERTAKEN)
            return "[INFO] Stopping worker-1" in self.printed
        return False

    def output(self) -> str:
        return "\n".join(self.printed)

    def read_lines(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line.rstrip("\n"))


@contextmanager
def app_server(
    project: Project, command: str, *, answer: str = "one", port: int = 0
) -> Iterator[AppServer]:
    """Run `python -m COMMAND`, in which PORT becomes a free port, until the context ends.

    Goes on once it gives this answer, and its reloader, if there is one, would notice an edit.
    Whatever is left of the group at the end is killed.
    """
    port = port or _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", *command.replace("PORT", str(port)).split()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=project.folder,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
    )
    server = AppServer(port, process)
    reader = threading.Thread(target=server.read_lines, daemon=True)
    reader.start()
    try:
        wait_until(lambda: server.shows(answer), PATIENCE, "it answers")
        if "--reload" in command and "hypercorn" not in command:
            wait_until(server.watches, PATIENCE, "its reloader has begun to watch")
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Tab:
    """What a tab is to a server: a page, a stream that comes back, and the question for the code.

    `told` holds why it was loaded anew, `events` the other events that it heard; `ended` counts
    streams that were ended as they should, `cut` those that broke off, and `failed` pages that did
    not come.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._id = ""
        self._code = 0
        self.shown = ""
        self.told: list[str] = []
        self.events: list[str] = []
        self.opened = self.ended = self.cut = self.failed = 0
        self.is_open = False

    async def live(self) -> None:
        """Go on until cancelled. Every connection is a new one, so that a pool hides nothing."""
        await self._load()
        while True:
            reason = await self._listen()
            self.is_open = False
            if reason:
                self.told.append(reason)
                await self._load()
            else:
                await asyncio.sleep(_RETRY_DELAY)  # as an EventSource does

    async def _load(self) -> None:
        """Load the page; where it does not come, the person presses a key."""
        while True:
            try:
                async with _connection() as client:
                    text = (await client.get(self._url + "/")).text
                break
            except httpx.TransportError:
                self.failed += 1
                await asyncio.sleep(_RETRY_DELAY)
        found = _PAGE.search(text)
        assert found, text
        self._id, self._code = unescape(found["id"]), int(found["code"])
        self.shown = found["shown"]

    async def _listen(self) -> str:
        """Hold one stream; returns why to load the page anew, nothing when the stream is over."""
        try:
            async with _connection() as client:
                return await self._hear(client)
        except httpx.ConnectError:
            pass  # the server is away, and the browser asks again
        except httpx.TransportError:
            self.cut += 1
        return ""

    async def _hear(self, client: httpx.AsyncClient) -> str:
        address = f"{self._url}/__sse-reload/events?visible=1&after={self._id}"
        async with client.stream("GET", address) as answer:
            assert answer.status_code == 200, answer.status_code
            self.opened += 1
            if await self._has_old_code(client):
                return "code"
            self.is_open = True
            decoder = Decoder(last_event_id=self._id)
            async for chunk in answer.aiter_raw():
                names = [event.name for event in decoder.feed(chunk)]
                self._id = decoder.last_event_id
                self.events += names
                if "reload" in names:
                    return "reload"
            self.ended += 1
        return ""

    async def _has_old_code(self, client: httpx.AsyncClient) -> bool:
        answer = await client.get(f"{self._url}/__sse-reload/code")
        return bool(answer.json()["code"] > self._code)


def _connection() -> httpx.AsyncClient:
    """A new one each time. Without certificates, whose reading would hold up the other tabs."""
    return httpx.AsyncClient(
        headers=PERSON,
        timeout=30,
        verify=False,  # noqa: S501 - plain http
        trust_env=False,
    )


@asynccontextmanager
async def tabs(server: AppServer, count: int = 5) -> AsyncIterator[list[Tab]]:
    """Open so many tabs; goes on once each has its stream."""
    opened = [Tab(server.url) for _ in range(count)]
    tasks = [asyncio.create_task(tab.live()) for tab in opened]
    try:
        await until(lambda: all(tab.is_open for tab in opened), "every tab has its stream")
        yield opened
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


async def until(is_true: Callable[[], object], what: str) -> float:
    """Wait for something while the tabs go on; returns how many seconds that took."""
    began = time.monotonic()
    while not is_true():
        assert time.monotonic() < began + PATIENCE, f"not within {PATIENCE} s: {what}"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def all_heard(server: AppServer, opened: list[Tab]) -> None:
    """Wait until each tab has heard a last event: whatever was told before, it has heard as well."""
    before = [len(tab.events) for tab in opened]
    await until(lambda: all(tab.is_open for tab in opened), "every tab has its stream")
    await asyncio.to_thread(server.get, "/mark")
    await until(
        lambda: all(len(tab.events) > count for tab, count in zip(opened, before, strict=True)),
        "every tab hears the mark",
    )
