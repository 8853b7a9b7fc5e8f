"""Random edits, kills and cut streams: a reader that only follows the rules ends on what is there.

A short walk in each run; `make soak` takes thousands of steps.
"""

import http.client
import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from livereload_sse.digest import digest
from livereload_sse.sse import Decoder
from tests.serving import LiveServer, serving, wait_until

STEPS = int(os.environ.get("SSE_RELOAD_SOAK_STEPS", "60"))


@dataclass
class Reader:
    """A tab's memory: the last id, and for each URL the content it was told of last."""

    port: int
    last_id: str
    shown: dict[str, str | None] = field(default_factory=dict)
    ended: bool = False
    _connection: http.client.HTTPConnection | None = None

    def follow(self) -> None:
        """Read the stream, and open it anew with the last id each time it ends."""
        while not self.ended:
            try:
                self._read_one_stream()
            except (OSError, http.client.HTTPException, AttributeError):
                time.sleep(0.02)  # the server is away, or the stream was cut under our hands

    def cut(self) -> None:
        """Lose the connection, as a network does."""
        connection = self._connection
        sock = connection.sock if connection else None
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it was lost already

    def _read_one_stream(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self._connection = connection
        with closing(connection):
            connection.request("GET", f"/__sse-reload/events?visible=1&after={self.last_id}")
            answer = connection.getresponse()
            decoder = Decoder()
            while not self.ended and (chunk := answer.read1()):
                for event in decoder.feed(chunk):
                    self._hear(event.name, event.data, event.last_event_id)

    def _hear(self, name: str, data: str, event_id: str) -> None:
        if name == "reload":
            self.shown.clear()  # a tab would load everything anew
            self.shown["*"] = event_id
        else:
            for change in json.loads(data)["changes"]:
                self.shown[change["url"]] = change.get("digest")
        self.last_id = event_id


class Walk:
    """One random walk over a folder of pages, and what a reader must know in the end."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.count = 0

    def step(self) -> None:
        action = self.random.choice(
            [self.write, self.write, self.replace, self.write_in_halves, self.touch, self.make]
        )
        action()

    def some_page(self) -> Path:
        return self.random.choice(sorted(self.root.rglob("*.html")))

    def text(self) -> str:
        self.count += 1
        return (
            f"<!doctype html><title>{self.count}</title>{'x' * self.random.randrange(3000)}</html>"
        )

    def write(self) -> None:
        self.some_page().write_text(self.text())

    def replace(self) -> None:
        page = self.some_page()
        beside = page.with_name(f".{page.name}.tmp")
        beside.write_text(self.text())
        beside.replace(page)

    def write_in_halves(self) -> None:
        text = self.text()
        with self.some_page().open("w") as file:
            file.write(text[: len(text) // 2])
            file.flush()
            time.sleep(self.random.random() * 0.02)
            file.write(text[len(text) // 2 :])

    def touch(self) -> None:
        self.some_page().touch()

    def make(self) -> None:
        folder = self.root / f"f{self.random.randrange(20)}" / f"g{self.random.randrange(3)}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.random.randrange(5)}.html").write_text(self.text())

    def truth(self) -> dict[str, str]:
        """URL → digest of what is on disk now."""
        return {
            "/" + page.relative_to(self.root).as_posix().removesuffix(".html"): digest(
                page.read_bytes()
            )
            for page in self.root.rglob("*.html")
        }


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_reader_ends_on_what_is_there_whatever_happens_on_the_way(
    tmp_path: Path, seed: int
) -> None:
    for number in range(5):
        (tmp_path / f"page{number}.html").write_text("<title>0</title>")
    walk = Walk(tmp_path, seed)
    with ExitStack() as stack:
        server = stack.enter_context(serving(tmp_path))
        reader = Reader(server.port, server.status()["last_id"])
        before = walk.truth()
        thread = threading.Thread(target=reader.follow, daemon=True)
        thread.start()
        for number in range(STEPS):
            walk.step()
            happen(walk.random, number, reader)
            if walk.random.random() < 0.05:
                server = restart(server, walk, stack)
            time.sleep(walk.random.random() * 0.03)
        unknown = expect(reader, walk, before)
        try:
            wait_until(lambda: not unknown(), 20)
        finally:
            reader.ended = True
            reader.cut()
            thread.join(25)

        assert unknown() == {}


def happen(chance: random.Random, _number: int, reader: Reader) -> None:
    """Now and then the connection is lost."""
    if chance.random() < 0.1:
        reader.cut()


def restart(server: LiveServer, walk: Walk, stack: ExitStack) -> LiveServer:
    """Kill the server without warning, edit meanwhile, and start it again on the same port."""
    server.end(signal.SIGKILL)
    for _ in range(walk.random.randrange(3)):
        walk.step()
    return stack.enter_context(serving(walk.root, port=server.port))


def expect(reader: Reader, walk: Walk, before: dict[str, str]) -> Callable[[], dict[str, str]]:
    """Name what the reader does not know yet: pages that differ from when it began."""

    def unknown() -> dict[str, str]:
        if "*" in reader.shown:
            return {url: d for url, d in walk.truth().items() if reader.shown.get(url, d) != d}
        return {
            url: content
            for url, content in walk.truth().items()
            if reader.shown.get(url, before.get(url)) != content
        }

    return unknown
