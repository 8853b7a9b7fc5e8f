"""`EventEndpoint`: who may read what, from where on, and what is said to all others."""

import asyncio
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from livereload_sse.errors import InvalidEventError
from livereload_sse.sse import Broadcaster, Decoder, Event, EventEndpoint, Limits, Overflow
from tests.asgi import Answered, ask
from tests.integration.event_serving import TIMEOUT, reading, served
from tests.serving import wait_until


@dataclass
class Heard:
    """An answer, and what a browser makes of it."""

    answered: Answered
    told: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.told = [(one.name, one.data) for one in Decoder().feed(self.answered.body)]
        self.status = self.answered.status
        self.headers = self.answered.headers


async def get(
    app: ASGIApp,
    broadcaster: Broadcaster,
    path: str = "/",
    *,
    method: str = "GET",
    query: str = "",
    **headers: str,
) -> Heard:
    """Ask once, and hear what there is until the broadcaster lets go of its readers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    words: dict[str, Any] = {"method": method, "headers": named, "query_string": query.encode()}
    asking = asyncio.create_task(ask(app, path, **words))
    for _ in range(10):  # it is open by then, or was refused
        await asyncio.sleep(0)
    broadcaster.hang_up()
    heard = Heard(await asyncio.wait_for(asking, TIMEOUT))
    assert broadcaster.subscriptions == 0
    return heard


def publish(broadcaster: Broadcaster, *data: Any, channel: str = "") -> str:
    for each in data:
        broadcaster.publish("x", each, channel=channel)
    return str(broadcaster.last_id)


# Requests


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_it_answers_with_the_stream(method: str) -> None:
    broadcaster = Broadcaster()
    app = EventEndpoint(broadcaster, on_connect=9, retry=3, heartbeat=60)
    publish(broadcaster, 1)
    heard = await get(app, broadcaster, method=method)

    assert (heard.status, heard.told) == (200, [("x", "1")])
    assert heard.headers["content-type"] == "text/event-stream"
    assert heard.answered.body.startswith(b"retry: 3000\n\n")


async def test_head_is_answered_with_headers_alone() -> None:
    broadcaster = Broadcaster()
    heard = await get(EventEndpoint(broadcaster), broadcaster, method="HEAD")

    assert (heard.status, heard.answered.body) == (200, b"")
    assert heard.headers["content-type"] == "text/event-stream"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "get"])
async def test_any_other_method_is_told_which_there_are(method: str) -> None:
    broadcaster = Broadcaster()
    heard = await get(EventEndpoint(broadcaster), broadcaster, method=method)

    assert (heard.status, heard.headers["allow"]) == (405, "GET, HEAD, POST")
    assert int(heard.headers["content-length"]) == len(heard.answered.body) > 0


# From where on


async def test_it_goes_on_after_the_header_before_the_query() -> None:
    broadcaster = Broadcaster()
    first = publish(broadcaster, 1)
    second = publish(broadcaster, 2)
    publish(broadcaster, 3)
    app = EventEndpoint(broadcaster)

    by_query = await get(app, broadcaster, query=f"after={first}")
    by_both = await get(app, broadcaster, query=f"after={first}", last_event_id=second)

    assert by_query.told == [("x", "2"), ("x", "3")]
    assert by_both.told == [("x", "3")]


@pytest.mark.parametrize("unreadable", ["end", "null", "1-0-0", "9" * 10_000, "\ufffd"])
@pytest.mark.parametrize("where", ["header", "query"])
async def test_an_id_that_cannot_be_read_is_a_loss_and_never_an_error(
    unreadable: str, where: str
) -> None:
    broadcaster = Broadcaster(loss=("lost", 1))
    publish(broadcaster, 1)
    app = EventEndpoint(broadcaster)
    if where == "header":
        heard = await get(app, broadcaster, last_event_id=unreadable)
    else:
        heard = await get(app, broadcaster, query=f"after={unreadable}")

    assert (heard.status, heard.told) == (200, [("lost", "1")])


async def test_a_new_reader_is_told_what_on_connect_says() -> None:
    broadcaster = Broadcaster()
    seen = publish(broadcaster, 1)
    publish(broadcaster, 2, 3)
    asked: list[Sequence[str]] = []

    def state(channels: Sequence[str]) -> list[tuple[str, Any] | Event]:
        asked.append(channels)
        return [("state", 6), Event("ready", "yes")]

    nothing = await get(EventEndpoint(broadcaster), broadcaster)
    last = await get(EventEndpoint(broadcaster, on_connect=2), broadcaster)
    app = EventEndpoint(broadcaster, on_connect=state)
    whole = await get(app, broadcaster)
    resumed = await get(app, broadcaster, last_event_id=seen)
    gap = await get(app, broadcaster, last_event_id="1-0")

    assert nothing.told == []
    assert last.told == [("x", "2"), ("x", "3")]
    assert whole.told == gap.told == [("state", "6"), ("ready", "yes")]
    assert resumed.told == [("x", "2"), ("x", "3")]
    assert asked == [("",), ("",)]


async def test_who_has_heard_the_end_is_answered_204() -> None:
    broadcaster = Broadcaster()
    seen = publish(broadcaster, 1)
    end = str(broadcaster.end(data=7).id)
    app = EventEndpoint(broadcaster)

    before = await get(app, broadcaster, last_event_id=seen)
    after = await get(app, broadcaster, last_event_id=end)

    assert before.told == [("end", "7")]
    assert before.answered.messages[-1]["more_body"] is False
    assert (after.status, after.answered.body) == (204, b"")
    assert "content-type" not in after.headers


# Who may read what


async def test_the_request_decides_about_the_channels_by_a_function_alone() -> None:
    broadcaster = Broadcaster()
    publish(broadcaster, "mine", channel="job-1")
    publish(broadcaster, "all's", channel="news")
    publish(broadcaster, "another's", channel="job-2")

    def channels(scope: Any) -> list[str]:
        return ["news", f"job-{scope['path_params']['job']}"]

    endpoint = EventEndpoint(broadcaster, channels=channels, on_connect=9)
    app = Starlette(routes=[Route("/jobs/{job}", endpoint)])
    heard = await get(app, broadcaster, "/jobs/1", query="channel=job-2&channels=job-2")

    assert heard.told == [("x", '"mine"'), ("x", '"all\'s"')]


@pytest.mark.parametrize(
    "channels", [("ab",), ["ab"], "ab", lambda _: "ab", lambda _: iter(["ab"])]
)
async def test_one_channel_is_one_channel_however_it_is_given(channels: Any) -> None:
    broadcaster = Broadcaster()
    for channel in ("a", "b", "ab", ""):
        publish(broadcaster, channel, channel=channel)
    app = EventEndpoint(broadcaster, channels=channels, on_connect=9)

    assert (await get(app, broadcaster)).told == [("x", '"ab"')]


async def no_channels(_: Any) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize("channels", [(), lambda _: [], lambda _: None, no_channels])
async def test_who_has_no_channel_does_not_get_the_unnamed_one(channels: Any) -> None:
    broadcaster = Broadcaster()
    publish(broadcaster, "secret")
    app = EventEndpoint(broadcaster, channels=channels, on_connect=9)

    assert (await get(app, broadcaster)).status == 403


async def aye(scope: Any, channels: Sequence[str]) -> bool:
    await asyncio.sleep(0)
    return scope["path"] == "/" and channels == ("a", "b")


@pytest.mark.parametrize(
    "authorize", [aye, lambda _, channels: channels == ("a", "b"), lambda *_: "a user of ours"]
)
async def test_who_is_authorized_reads(authorize: Any) -> None:
    broadcaster = Broadcaster()
    app = EventEndpoint(broadcaster, channels=["a", "b"], authorize=authorize)

    assert (await get(app, broadcaster)).status == 200


async def nay(*_: Any) -> bool:
    await asyncio.sleep(0)
    return False


@pytest.mark.parametrize("said", [False, None, 0, "", nay])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_who_is_not_authorized_is_403_before_anything_is_opened(
    said: Any, method: str
) -> None:
    broadcaster, asked = Broadcaster(limit=0), list[Sequence[str]]()
    app = EventEndpoint(
        broadcaster,
        authorize=said if callable(said) else lambda *_: said,
        on_connect=asked.append,
    )
    heard = await get(app, broadcaster, method=method)

    assert (heard.status, asked) == (403, [])
    assert b"not read" in heard.answered.body


async def test_what_authorize_raises_is_the_applications_to_answer() -> None:
    broadcaster = Broadcaster()

    def authorize(*_: Any) -> bool:
        raise HTTPException(401, headers={"www-authenticate": "Bearer"})

    async def fail(*_: Any) -> bool:
        raise LookupError("no such user")

    app = Starlette(routes=[Route("/", EventEndpoint(broadcaster, authorize=authorize))])
    heard = await get(app, broadcaster)
    with pytest.raises(LookupError):
        await ask(EventEndpoint(broadcaster, authorize=fail))

    assert (heard.status, heard.headers["www-authenticate"]) == (401, "Bearer")
    assert broadcaster.subscriptions == 0


# Bounds


@pytest.mark.parametrize(
    "broadcaster",
    [
        Broadcaster(limit=0),
        Broadcaster(channels={"": Limits(readers=0)}),
    ],
)
async def test_where_all_places_are_taken_it_is_503_and_worth_coming_back(
    broadcaster: Broadcaster,
) -> None:
    heard = await get(EventEndpoint(broadcaster), broadcaster)

    assert (heard.status, heard.headers["retry-after"]) == (503, "5")
    assert heard.answered.body == b"too many open streams\n"


async def test_so_it_is_where_no_channel_gives_way_to_a_new_one() -> None:
    broadcaster = Broadcaster(max_channels=1)
    with broadcaster_reader(broadcaster, "other"):
        refused = await ask(EventEndpoint(broadcaster))

    assert (refused.status, refused.body) == (503, b"too many channels\n")


async def test_the_limit_of_one_channel_leaves_the_others_open() -> None:
    broadcaster = Broadcaster(channels={"few": Limits(readers=1)})
    few, many = (EventEndpoint(broadcaster, channels=[name]) for name in ("few", "many"))
    with broadcaster_reader(broadcaster, "few"):
        refused = await ask(few)
        asking = asyncio.create_task(ask(many))
        await asyncio.sleep(0)
        broadcaster.hang_up()
        answered = await asyncio.wait_for(asking, TIMEOUT)

    assert (refused.status, answered.status) == (503, 200)


@contextmanager
def broadcaster_reader(broadcaster: Broadcaster, channel: str) -> Iterator[None]:
    subscription = broadcaster.subscribe(channel)
    yield
    subscription.close()


async def test_a_state_that_cannot_be_told_is_the_applications_fault_and_no_503() -> None:
    broadcaster = Broadcaster()
    answered = Answered()

    with pytest.raises(InvalidEventError):
        await ask(
            EventEndpoint(broadcaster, on_connect=lambda _: [("x", object())]), answered=answered
        )

    assert (answered.messages, broadcaster.subscriptions) == ([], 0)


# On a socket


@dataclass
class Site:
    broadcaster: Broadcaster
    url: str
    port: int


PAD = "." * 200_000


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    broadcaster = Broadcaster(history=40, loss=("lost", None))
    routes = [
        Route(
            f"/{overflow.name.lower()}",
            EventEndpoint(broadcaster, overflow=overflow, max_lag=20, send_timeout=60),
        )
        for overflow in Overflow
    ]
    state = EventEndpoint(broadcaster, on_connect=lambda _: [("state", "all")], send_timeout=60)
    dropped = EventEndpoint(broadcaster, send_timeout=0.1, heartbeat=0.01)
    app = FastAPI()
    app.mount("/fastapi", EventEndpoint(broadcaster))
    more = [Route("/route", EventEndpoint(broadcaster)), Route("/state", state)]
    app.router.routes += [*routes, *more, Mount("/dropped", dropped)]
    with served(app) as url:
        yield Site(broadcaster, url, httpx.URL(url).port or 0)


class Stuck:
    """A reader that does not read until it is told to, with little room in its socket."""

    def __init__(self, site: Site, path: str) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(TIMEOUT)
        self._socket.connect(("127.0.0.1", site.port))
        before = site.broadcaster.subscriptions
        # HTTP/1.0: without chunks, what comes is the stream itself.
        self._socket.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        wait_until(lambda: site.broadcaster.subscriptions > before, TIMEOUT)
        self._decoder = Decoder()
        self._read_head()

    def _read_head(self) -> None:
        head = b""
        while not head.endswith(b": still here\n\n"):
            head += self._socket.recv(1)

    def read_until(self, wanted: str) -> list[str]:
        """What is heard up to this, or to the end: the numbers of events, and names of others."""
        heard: list[str] = []
        while wanted not in heard:
            chunk = self._socket.recv(1_000_000)
            if not chunk:
                return [*heard, "ended"]
            heard += [
                str(json.loads(event.data)[0]) if event.name == "x" else event.name
                for event in self._decoder.feed(chunk)
            ]
        return heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def stuck(site: Site, request: pytest.FixtureRequest) -> Iterator[Stuck]:
    one = Stuck(site, request.param)
    yield one
    one.close()
    wait_until(lambda: site.broadcaster.subscriptions == 0, TIMEOUT)


def flood(site: Site) -> list[str]:
    """More than sockets hold, and more than the reader may be behind: twelve megabytes."""
    for number in range(60):
        site.broadcaster.publish("x", [number, PAD])
    return [str(number) for number in range(60)]


@pytest.mark.parametrize(
    ("stuck", "word"),
    [("/latest", "lost"), ("/state", "state"), ("/disconnect", "ended")],
    indirect=["stuck"],
)
def test_a_reader_that_did_not_read_hears_one_word_and_goes_on_live_or_is_gone(
    site: Site, stuck: Stuck, word: str
) -> None:
    if word == "state":
        assert stuck.read_until(word) == [word]
    numbers = flood(site)
    *before, last = stuck.read_until(word)
    site.broadcaster.publish("x", ["live"])
    after = stuck.read_until("live") if word != "ended" else []

    assert before == numbers[: len(before)]
    assert 0 < len(before) < 40
    assert last == word
    assert after in ([], ["live"])


@pytest.mark.parametrize("stuck", ["/oldest"], indirect=True)
def test_with_the_oldest_it_goes_on_with_what_is_held_and_hears_nothing_of_it(
    site: Site, stuck: Stuck
) -> None:
    numbers = flood(site)
    site.broadcaster.publish("x", ["live"])
    heard = stuck.read_until("live")

    assert heard[-20:] == [*numbers[-19:], "live"]
    assert heard[:-20] == numbers[: len(heard) - 20]
    assert 0 < len(heard) - 20 < 40


@pytest.mark.parametrize("stuck", ["/dropped/"], indirect=True)
def test_one_that_never_reads_is_dropped_and_another_hears_everything(
    site: Site, stuck: Stuck
) -> None:
    with reading(f"{site.url}/route") as other:
        other.until(b"id: ")
        numbers = []
        for number in range(60):
            site.broadcaster.publish("x", [number, PAD])
            numbers.append(json.loads(other.next().data)[0])
        wait_until(lambda: site.broadcaster.subscriptions == 1, TIMEOUT / 2)

    assert numbers == list(range(60))
    assert stuck.read_until("never")[-1] == "ended"


def test_a_quiet_one_has_a_heart(site: Site) -> None:
    with reading(f"{site.url}/dropped/") as stream:
        stream.until(b": still here\n\n: still here\n\n")
    wait_until(lambda: site.broadcaster.subscriptions == 0, TIMEOUT)


@pytest.mark.parametrize("path", ["/fastapi/", "/route", "/latest"])
def test_it_is_mounted_or_a_route(site: Site, path: str) -> None:
    with reading(site.url + path) as stream:
        stream.until(b"id: ")
        site.broadcaster.publish("x", "told")
        assert stream.next().data == '"told"'
    wait_until(lambda: site.broadcaster.subscriptions == 0, TIMEOUT)
