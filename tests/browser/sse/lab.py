"""A server whose streams are cut, refused and ended at will; everything else about it is real."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from livereload_sse.sse import (
    Broadcaster,
    EventEndpoint,
    EventStream,
    client_script,
    last_event_id,
)
from livereload_sse.sse import Event as StreamEvent

FOLDER = Path(__file__).parent
RETRY = 0.05
PATIENCE = 20.0
"""Seconds that a cut waits for its moment."""


@dataclass(frozen=True)
class Cut:
    """Let so many bytes through, and close the connection in the middle of whatever it is.

    `when`: not before this is set. A browser may throw away what it has not handed on when it hears
    of the end, so whoever wants something to be read has to wait for that.
    """

    bytes: int
    when: Event | None = None


@dataclass(frozen=True)
class Refuse:
    """Answer with a status, and with a media type if it is given."""

    status: int
    media_type: str = "text/plain"


@dataclass(frozen=True)
class Asked:
    """What a request said."""

    method: str
    last_id: str
    query: str
    body: str


@dataclass
class Lab:
    """Streams by name: each is a channel, and has plans for its next requests.

    `open` counts those that are being answered.
    """

    broadcaster: Broadcaster = field(default_factory=Broadcaster)
    plans: dict[str, list[Cut | Refuse]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    open: Counter[str] = field(default_factory=Counter)

    def publish(self, name: str, *numbers: int) -> None:
        for number in numbers:
            self.broadcaster.publish("number", number, channel=name)

    def app(self) -> Starlette:
        events = EventEndpoint(
            self.broadcaster, channels=_find_channels, authorize=_authorize, retry=RETRY
        )
        return Starlette(
            routes=[
                Route("/client.html", lambda _: FileResponse(FOLDER / "client.html")),
                Route("/other.html", lambda _: HTMLResponse("<title>elsewhere</title>")),
                Route("/sse-client.js", client_script),
                Route("/events/{name}", Troubled(self, lambda _: events)),
                Route("/counted/{name}", Troubled(self, _count)),
            ]
        )


def _find_channels(scope: Any) -> list[str]:
    return [scope["path_params"]["name"]]


def _authorize(scope: Any, channels: Any) -> bool:
    return "secret" not in channels or (b"authorization", b"Bearer sesame") in scope["headers"]


def _count(request: Request) -> Response:
    """Count from the place that the request names to the number that its body names."""

    async def numbers() -> AsyncIterator[StreamEvent]:
        until = int(await request.body())
        for number in range(int(last_event_id(request) or -1) + 1, until):
            yield StreamEvent("number", str(number), str(number))

    return EventStream(numbers(), retry=RETRY)


class Troubled:
    """An ASGI application in trouble, as the plans for it say."""

    def __init__(self, lab: Lab, make: Callable[[Request], Any]) -> None:
        self._lab, self._make = lab, make

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        name = request.path_params["name"]
        body = (await request.body()).decode()
        last_id = request.headers.get("last-event-id", "")
        self._lab.asked[name].append(Asked(request.method, last_id, request.url.query, body))
        plans = self._lab.plans[name]
        plan = plans.pop(0) if plans else None
        if isinstance(plan, Refuse):
            answer = Response(b"", plan.status, media_type=plan.media_type)
            await answer(scope, receive, send)
        else:
            self._lab.open[name] += 1
            try:
                app = self._make(request)
                await app(scope, receive, _cutting(send, plan) if plan else send)
            finally:
                self._lab.open[name] -= 1


def _cutting(send: Any, plan: Cut) -> Any:
    """A `send` that fails in the middle: the server then closes what is not complete."""
    left = plan.bytes

    async def send_some(message: Any) -> None:
        nonlocal left
        if message["type"] == "http.response.body":
            body = message["body"][:left]
            left -= len(body)
            await send({"type": "http.response.body", "body": body, "more_body": True})
            if left == 0:
                if plan.when is not None:
                    await asyncio.to_thread(plan.when.wait, PATIENCE)
                raise ConnectionResetError
        else:
            await send(message)

    return send_some
