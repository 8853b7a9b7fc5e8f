"""`EventStream` as the response of Starlette's and FastAPI's endpoints, on a real uvicorn."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx
import pytest
from fastapi import BackgroundTasks, Body, FastAPI
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from livereload_sse.sse import Broadcaster, Event, EventStream, last_event_id
from tests.asgi import ask
from tests.integration.event_serving import TIMEOUT, reading, served
from tests.logs import hearing
from tests.serving import wait_until


@dataclass
class Site:
    """What the endpoints share with the tests. `url` is that of one of the two frameworks' apps."""

    broadcaster: Broadcaster = field(default_factory=Broadcaster)
    seen: list[str] = field(default_factory=list)
    url: str = ""

    async def ticks(self) -> AsyncIterator[tuple[str, int]]:
        try:
            for number in range(100_000):
                yield "tick", number
                await asyncio.sleep(0.01)
        finally:
            self.seen.append("closed")

    def plain_ticks(self) -> Iterator[tuple[str, int]]:
        try:
            for number in range(100_000):
                yield "tick", number
                time.sleep(0.01)
        finally:
            self.seen.append(f"closed in {threading.current_thread().name}")

    async def words(self, text: str, after: str) -> AsyncIterator[Event]:
        self.seen.append(f"after {after!r}")
        for number, word in enumerate(text.split()):
            if not after or number > int(after):
                yield Event("token", word, str(number))

    async def failing(self, error: Exception) -> AsyncIterator[str]:
        yield "before"
        raise error

    def wait_for(self, wanted: str) -> None:
        wait_until(lambda: wanted in self.seen, TIMEOUT, lambda: f"{wanted} in {self.seen}")


ERRORS = [LookupError("its own"), ConnectionError("to a model"), TimeoutError("of a model")]


def make_starlette(site: Site) -> Starlette:
    async def subscription(request: Request) -> EventStream:
        return EventStream(site.broadcaster.subscribe(after=last_event_id(request)))

    def subscription_in_thread(request: Request) -> EventStream:
        site.seen.append(threading.current_thread().name)
        return EventStream(site.broadcaster.subscribe(after=last_event_id(request)))

    async def answer(request: Request) -> EventStream:
        prompt = (await request.json())["prompt"]
        return EventStream(site.words(prompt, last_event_id(request)))

    async def ticks(_: Request) -> EventStream:
        return EventStream(site.ticks())

    def plain_ticks(_: Request) -> EventStream:
        return EventStream(site.plain_ticks())

    async def adorned(_: Request) -> EventStream:
        background = BackgroundTask(site.seen.append, "background")
        headers = {
            "X-Room": "hall",
            "Cache-Control": "private",
            "content-type": "text/event-stream",
        }
        stream = EventStream(
            iter("ab"), headers=headers, background=background, status_code=201, end="over"
        )
        stream.set_cookie("seen", "1")
        return stream

    async def failing(request: Request) -> EventStream:
        return EventStream(site.failing(ERRORS[int(request.query_params["error"])]))

    return Starlette(
        routes=[
            Route("/subscription", subscription),
            Route("/thread", subscription_in_thread),
            Route("/answer", answer, methods=["POST"]),
            Route("/ticks", ticks),
            Route("/plain-ticks", plain_ticks),
            Route("/adorned", adorned),
            Route("/failing", failing),
        ],
    )


def make_fastapi(site: Site) -> FastAPI:
    app = FastAPI()

    @app.get("/subscription")
    async def subscription(request: Request) -> EventStream:
        return EventStream(site.broadcaster.subscribe(after=last_event_id(request)))

    @app.get("/thread")
    def subscription_in_thread(request: Request) -> EventStream:
        site.seen.append(threading.current_thread().name)
        return EventStream(site.broadcaster.subscribe(after=last_event_id(request)))

    @app.post("/answer")
    async def answer(request: Request, prompt: Annotated[str, Body(embed=True)]) -> EventStream:
        return EventStream(site.words(prompt, last_event_id(request)))

    @app.get("/ticks")
    async def ticks() -> EventStream:
        return EventStream(site.ticks())

    @app.get("/plain-ticks")
    def plain_ticks() -> EventStream:
        return EventStream(site.plain_ticks())

    @app.get("/adorned")
    def adorned(background: BackgroundTasks) -> EventStream:
        background.add_task(site.seen.append, "background")
        headers = {"X-Room": "hall", "Cache-Control": "private"}
        stream = EventStream(iter("ab"), headers=headers, status_code=201, end="over")
        stream.set_cookie("seen", "1")
        return stream

    @app.get("/failing")
    async def failing(error: int) -> EventStream:
        return EventStream(site.failing(ERRORS[error]))

    return app


@pytest.fixture(scope="module", params=["starlette", "fastapi"])
def running(request: pytest.FixtureRequest) -> Iterator[Site]:
    site = Site()
    app = make_starlette(site) if request.param == "starlette" else make_fastapi(site)
    with served(app) as url:
        site.url = url
        yield site


@pytest.fixture
def site(running: Site) -> Site:
    running.seen.clear()
    return running


@pytest.mark.parametrize("path", ["/subscription", "/thread"])
def test_what_a_thread_publishes_arrives_at_once_and_leaving_gives_the_place_back(
    site: Site, path: str
) -> None:
    with reading(site.url + path) as stream:
        stream.until(b"id: ")
        for number in range(3):
            site.broadcaster.publish("count", number)
            assert stream.next().data == str(number)
        there = site.broadcaster.subscriptions

    wait_until(lambda: site.broadcaster.subscriptions == 0, TIMEOUT)
    assert there == 1
    assert stream.answer.headers["content-type"] == "text/event-stream"
    assert site.seen == ([] if path == "/subscription" else [site.seen[0]])
    assert "event-server" not in site.seen


def test_who_comes_back_by_header_or_query_hears_what_was_missed(site: Site) -> None:
    seen = site.broadcaster.publish("count", 1).id
    site.broadcaster.publish("count", 2)

    with reading(f"{site.url}/subscription", last_event_id=str(seen)) as stream:
        assert stream.next().data == "2"
    with reading(f"{site.url}/subscription", params={"after": str(seen)}) as stream:
        assert stream.next().data == "2"
    wait_until(lambda: site.broadcaster.subscriptions == 0, TIMEOUT)


def test_a_post_with_a_body_is_answered_by_its_tokens_and_an_end(site: Site) -> None:
    with reading(f"{site.url}/answer", "POST", json={"prompt": "one two"}) as stream:
        told = [(event.name, event.data) for event in stream.rest()]

    assert told == [("token", "one"), ("token", "two"), ("end", "")]
    assert stream.wire.startswith(b"retry: 2000\n\n: still here\n\nevent: token\nid: 0\n")


def test_a_generator_with_ids_goes_on_behind_the_one_that_was_heard(site: Site) -> None:
    body = {"prompt": "one two three"}
    with reading(f"{site.url}/answer", "POST", json=body, last_event_id="1") as stream:
        told = [event.data for event in stream.rest()]

    assert told == ["three", ""]


def test_who_has_heard_the_end_is_answered_204_and_nothing_runs_again(site: Site) -> None:
    with reading(f"{site.url}/answer", "POST", json={"prompt": "one"}) as stream:
        stream.rest()
    site.seen.clear()
    with reading(
        f"{site.url}/answer",
        "POST",
        json={"prompt": "one"},
        last_event_id=stream.decoder.last_event_id,
    ) as again:
        rest = again.rest()

    assert (again.answer.status_code, rest, again.wire) == (204, [], b"")
    assert "content-length" not in again.answer.headers
    assert "content-type" not in again.answer.headers
    assert site.seen == []


@pytest.mark.parametrize(
    ("path", "closed"), [("/ticks", "closed"), ("/plain-ticks", "closed in sse-items")]
)
def test_a_generator_is_closed_when_its_reader_leaves(site: Site, path: str, closed: str) -> None:
    with reading(site.url + path) as stream:
        told = [(event.name, event.data) for event in (stream.next(), stream.next())]

    site.wait_for(closed)
    assert told == [("tick", "0"), ("tick", "1")]


def test_headers_cookies_status_and_what_is_done_afterwards_are_the_endpoints(site: Site) -> None:
    with reading(f"{site.url}/adorned") as stream:
        told = [event.name for event in stream.rest()]
    headers = stream.answer.headers

    assert (told, stream.answer.status_code) == (["message", "message", "over"], 201)
    assert headers["x-room"] == "hall"
    assert headers.get_list("cache-control") == ["private"]
    assert headers.get_list("content-type") == ["text/event-stream"]
    assert headers["x-accel-buffering"] == "no"
    assert headers["set-cookie"].startswith("seen=1;")
    site.wait_for("background")


def test_they_are_those_of_a_204_as_well(site: Site) -> None:
    with reading(f"{site.url}/adorned", last_event_id="end") as stream:
        stream.rest()

    assert stream.answer.status_code == 204
    assert stream.answer.headers["x-room"] == "hall"
    assert stream.answer.headers["set-cookie"].startswith("seen=1;")
    assert stream.answer.headers.get_list("cache-control") == ["private"]
    site.wait_for("background")


@pytest.mark.parametrize("number", range(3))
def test_an_exception_cuts_the_stream_and_is_the_servers_to_log(
    site: Site, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        hearing(caplog),
        reading(f"{site.url}/failing", params={"error": number}) as stream,
    ):
        first = stream.next().data
        with pytest.raises(httpx.RemoteProtocolError):  # no final chunk: it is not complete
            stream.rest()
        wait_until(lambda: str(ERRORS[number]) in caplog.text, TIMEOUT)

    assert first == '"before"'


# Around it


async def hello(_: Request) -> Response:
    return Response("hello")


class Adding(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        answer = await call_next(request)
        answer.headers["x-added"] = "yes"
        return answer


@pytest.mark.parametrize("path", ["/ticks", "/plain-ticks", "/subscription"])
def test_middleware_that_pipes_answers_neither_holds_events_back_nor_hides_who_left(
    path: str,
) -> None:
    site = Site()
    inner = make_starlette(site)
    app = Starlette(
        routes=inner.routes, middleware=[Middleware(Adding), Middleware(GZipMiddleware)]
    )
    with served(app) as url, reading(url + path, headers={"accept-encoding": "gzip"}) as stream:
        if path == "/subscription":
            stream.until(b"id: ")
            site.broadcaster.publish("tick", 0)
        assert stream.next().data == "0"
        assert stream.answer.headers["x-added"] == "yes"
        stream.answer.close()
        if path == "/subscription":
            wait_until(lambda: site.broadcaster.subscriptions == 0, TIMEOUT)
        else:
            wait_until(lambda: site.seen, TIMEOUT)


def test_starlettes_test_client_reads_one_that_ends() -> None:
    site = Site()
    with TestClient(make_starlette(site)) as client:
        answer = client.post("/answer", json={"prompt": "one"})

    assert answer.text.endswith("data: one\n\nevent: end\nid: end\ndata: \n\n")


@pytest.mark.parametrize("source", [[], (1, 2), "text", {"a": 1}, None, range(3)])
def test_what_is_no_source_is_refused_at_once(source: Any) -> None:
    with pytest.raises(TypeError, match="Subscription or an iterator"):
        EventStream(source)


async def test_as_an_application_it_writes_what_was_asked_for() -> None:
    stream = EventStream(
        iter([{"n": 1}]),
        retry=0.5,
        first=[Event("hello", "you")],
        encode=lambda name, data: f"{name}{data}",
        end="",
    )

    answer = await ask(stream)

    assert answer.body == (
        b"retry: 500\n\n: still here\n\nevent: hello\ndata: you\n\ndata: {'n': 1}\n\n"
    )
    assert answer.messages[-1]["more_body"] is False


async def test_without_an_end_of_ours_an_id_that_reads_like_it_is_the_generators_own() -> None:
    answer = await ask(EventStream(iter("a"), end=""), headers={"last-event-id": "end"})

    assert (answer.status, answer.body.count(b'data: "a"\n')) == (200, 1)


async def test_head_begins_nothing_and_leaves_nothing() -> None:
    site = Site()
    generator = await ask(EventStream(site.words("one", "")), method="HEAD")
    subscription = await ask(EventStream(site.broadcaster.subscribe()), method="HEAD")

    assert (generator.status, generator.body, site.seen) == (200, b"", [])
    assert (subscription.body, site.broadcaster.subscriptions) == (b"", 0)


async def test_a_quiet_generator_has_a_heart() -> None:
    async def quiet() -> AsyncIterator[str]:
        await asyncio.sleep(0.05)
        yield "at last"

    answer = await ask(EventStream(quiet(), heartbeat=0.005))

    assert answer.body.count(b": still here\n\n") > 2
    assert answer.body.count(b"at last") == 1
