"""The example of images, run as its README says, and used as a program would use it."""

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from tests.browser.example_apps import EXAMPLES, Example, running_app
from tests.serving import LiveServer, wait_until

IMAGES = Example("images", 0, ("", ""), ("", ""), ("", ""), "", "")
SMALL = {"width": 160, "height": 100}
ENDLESS = {"width": 1500, "height": 1000}  # as far as a test is concerned


@contextmanager
def running_studio() -> Iterator[LiveServer]:
    with running_app(IMAGES, EXAMPLES / "images") as server:
        yield server


@dataclass
class Studio:
    """The server, as a program uses it."""

    server: LiveServer
    asked: list[str] = field(default_factory=list)

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        request = urllib.request.Request(
            self.server.url.rstrip("/") + path,
            body if body is None or isinstance(body, bytes) else json.dumps(body).encode(),
            {"Content-Type": "application/json", **headers},
            method=method,
        )
        return urllib.request.urlopen(request, timeout=30)

    def ask(self, seed: int, **order: Any) -> str:
        """Ask for a picture; gives its address."""
        with self.request("POST", "/images", {"seed": seed, **SMALL, **order}) as answer:
            assert answer.status == 202
            self.asked.append(answer.headers["Location"])
        return self.asked[-1]

    def how_is(self, url: str) -> dict[str, Any]:
        with self.request("GET", url) as answer:
            return cast("dict[str, Any]", json.load(answer))

    def read(self, path: str) -> bytes:
        with self.request("GET", path) as answer:
            return cast("bytes", answer.read())

    def cancel(self, url: str) -> int:
        """Stop a picture; gives the status of the answer."""
        try:
            with self.request("DELETE", url) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def wait_for(self, url: str, phase: str, percent: int = 0) -> dict[str, Any]:
        def is_there() -> bool:
            state = self.how_is(url)
            return (state["phase"], int(state["percent"]) >= percent) == (phase, True)

        wait_until(is_there, 60, f"{url} is {phase}")
        return self.how_is(url)

    def occupy(self, seed: int) -> str:
        """Keep a painter with a picture, and its process from taking time of the test."""
        url = self.ask(seed, **ENDLESS)
        os.kill(self.worker_of(url), signal.SIGSTOP)
        return url

    def worker_of(self, url: str) -> int:
        """The process that draws a picture, once it draws."""
        return int(self.wait_for(url, "rendering", percent=1)["worker"])
