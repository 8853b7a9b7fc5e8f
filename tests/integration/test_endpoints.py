import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message

from livereload_sse.sse import Broadcaster, Decoder, Event, EventId, Gap, ReceivedEvent
from livereload_sse.web.assets import Client
from livereload_sse.web.endpoints import Ack, Endpoints

NOW = 1_800_000_000_000
TOKEN = "the-token-of-this-run"
CLIENT = Client({"main.js": b"export {}"}, "0123456789abcdef")


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[ReceivedEvent]:
        return Decoder().feed(self.body)


@dataclass
class Server:
    """The endpoints, with everything they need faked but the broadcaster."""

    broadcaster: Broadcaster = field(default_factory=lambda: Broadcaster(clock=lambda: NOW))
    acks: list[Ack] = field(default_factory=list)
    asked: list[tuple[EventId, Gap]] = field(default_factory=list)
    tabs: list[int] = field(default_factory=list)
    missed: Sequence[Event] = ()
    meanwhile: Callable[[], object] = lambda: None
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.app = Endpoints(
            broadcaster=self.broadcaster,
            catch_up=self.catch_up,
            on_ack=self.acks.append,
            on_tabs=self.tabs.append,
            status=lambda: {"root": "/site", "streams": self.broadcaster.subscriptions},
            token=TOKEN,
            publish=self.publish,
            client=CLIENT,
        )

    async def catch_up(self, after: EventId, gap: Gap) -> Sequence[Event]:
        self.asked.append((after, gap))
        self.meanwhile()
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self.missed

    def publish(self, name: str, data: Any, channel: str) -> EventId:
        event = self.broadcaster.publish(name, data, channel=channel)
        assert event.id is not None
        return event.id

    async def ask(self, method: str, path: str, *, body: bytes = b"", **headers: str) -> Reply:
        """One request, to its end; a stream ends because the broadcaster is closed."""
        sent: list[Message] = []
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": f"/__sse-reload{path}",
            "query_string": query.encode(),
            "headers": [
                (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
            ],
        }

        async def send(message: Message) -> None:
            sent.append(message)
            if message.get("more_body"):
                self.broadcaster.close()

        await asyncio.wait_for(self.app(scope, receive_once(body), send), 5)
        names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], names, b"".join(part["body"] for part in sent[1:]))


def receive_once(body: bytes) -> Callable[[], Awaitable[Message]]:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    return receive


def make_ack(**changes: object) -> bytes:
    return json.dumps(
        {"id": f"{NOW}-1", "action": "reload", "milliseconds": 12.5, **changes}
    ).encode()


async def post_event(server: Server, body: bytes | dict[str, object], **headers: str) -> Reply:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    known = {"authorization": f"Bearer {TOKEN}", "content_type": "application/json"}
    return await server.ask("POST", "/publish", body=sent, **{**known, **headers})


# All of them


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/status", 200),
        ("HEAD", "/status", 200),
        ("GET", "/events", 200),
        ("GET", "/", 307),
        ("GET", "", 307),
        ("GET", "/source", 404),
        ("POST", "/nothing", 404),
        ("GET", "/events/", 404),
        ("GET", "/ack", 405),
        ("POST", "/events", 405),
        ("OPTIONS", "/publish", 405),
        ("POST", "/ack", 400),
        ("POST", "/publish", 401),
    ],
)
async def test_every_answer_is_kept_from_caches_and_other_origins(
    method: str, path: str, status: int
) -> None:
    reply = await Server().ask(method, path)

    assert reply.status == status
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/ack", "POST"), ("/publish", "POST"), ("/events", "GET, HEAD"), ("/status", "GET, HEAD")],
)
async def test_a_wrong_method_is_told_the_right_ones(path: str, allowed: str) -> None:
    reply = await Server().ask("DELETE", path)

    assert reply.status == 405
    assert reply.headers["allow"] == allowed


async def test_the_client_is_served() -> None:
    reply = await Server().ask("GET", "/client/0123456789abcdef/main.js")

    assert reply.body == b"export {}"
    assert "immutable" in reply.headers["cache-control"]


async def test_the_status_is_json() -> None:
    reply = await Server().ask("GET", "/status")

    assert reply.headers["content-type"] == "application/json"
    assert json.loads(reply.body) == {"root": "/site", "streams": 0}


# The stream


async def test_a_new_stream_hears_what_comes() -> None:
    server = Server()
    server.broadcaster.publish("change", "before")

    reply = await server.ask("GET", "/events")

    assert reply.headers["content-type"] == "text/event-stream"
    assert reply.events == []
    assert f"id: {server.broadcaster.last_id}\n".encode() in reply.body


async def test_a_stream_is_told_what_came_after_the_pages_id() -> None:
    server = Server()
    first = server.broadcaster.publish("change", 1)
    server.broadcaster.publish("change", 2)

    reply = await server.ask("GET", f"/events?after={first.id}")

    assert [event.data for event in reply.events] == ["2"]


async def test_the_header_of_a_reconnection_wins_over_the_address() -> None:
    server = Server()
    first = server.broadcaster.publish("change", 1)
    second = server.broadcaster.publish("change", 2)
    server.broadcaster.publish("change", 3)

    reply = await server.ask("GET", f"/events?after={first.id}", last_event_id=str(second.id))

    assert [event.data for event in reply.events] == ["3"]


async def test_an_empty_header_leaves_it_to_the_address() -> None:
    server = Server()
    first = server.broadcaster.publish("change", 1)
    server.broadcaster.publish("change", 2)

    reply = await server.ask("GET", f"/events?after={first.id}", last_event_id="")

    assert [event.data for event in reply.events] == ["2"]


async def test_a_stream_hears_the_channels_it_names() -> None:
    server = Server()
    start = server.broadcaster.last_id
    for channel in ("", "builds", "tests & more", "others"):
        server.broadcaster.publish("told", channel, channel=channel)

    reply = await server.ask("GET", f"/events?after={start}&channel=builds&channel=tests+%26+more")

    assert [event.data for event in reply.events] == ['"builds"', '"tests & more"']


async def test_too_many_channels_are_refused() -> None:
    reply = await Server().ask("GET", "/events?" + "channel=a&" * 40)

    assert reply.status == 400


@pytest.mark.parametrize("after", ["nonsense", "1", "-1-0", "1-0-0", "%00", "%FF", "9" * 50 + "-0"])
async def test_an_unreadable_id_starts_the_tab_over(after: str) -> None:
    server = Server()

    reply = await server.ask("GET", f"/events?after={after}")

    assert [event.name for event in reply.events] == ["reload"]
    assert "reason" in json.loads(reply.events[0].data)
    assert reply.events[0].last_event_id == str(server.broadcaster.last_id)
    assert server.asked == []


async def test_a_gap_is_filled_with_what_was_missed() -> None:
    server = Server(missed=[Event("change", "first"), Event("change", "second")])

    reply = await server.ask("GET", "/events?after=1000-0")

    assert server.asked == [(EventId(1000, 0), Gap.BEFORE)]
    assert [event.data for event in reply.events] == ["first", "second"]
    assert reply.events[-1].last_event_id == str(server.broadcaster.last_id)


async def test_an_id_from_the_future_is_a_gap_too() -> None:
    server = Server(missed=[Event("reload", "{}")])

    reply = await server.ask("GET", f"/events?after={NOW + 1}-0")

    assert server.asked == [(EventId(NOW + 1, 0), Gap.FUTURE)]
    assert [event.name for event in reply.events] == ["reload"]


async def test_until_the_missed_has_arrived_the_reader_keeps_its_old_id() -> None:
    server = Server(missed=[Event("change", "missed")])

    reply = await server.ask("GET", "/events?after=1000-0")
    opening, _, rest = reply.body.partition(b"event: change")
    cut, whole = Decoder(), Decoder()
    cut.feed(opening)
    whole.feed(opening + b"event: change" + rest)

    assert cut.last_event_id == "1000-0"
    assert whole.last_event_id == str(server.broadcaster.last_id)


async def test_a_gap_in_which_nothing_happened_moves_the_reader_on() -> None:
    server = Server(missed=[])

    reply = await server.ask("GET", "/events?after=1000-0")

    assert reply.events == []
    assert f"id: {server.broadcaster.last_id}\n".encode() in reply.body


async def test_what_is_published_while_catching_up_follows_it() -> None:
    server = Server(missed=[Event("change", "missed")])
    server.meanwhile = lambda: server.broadcaster.publish("change", "live")

    reply = await server.ask("GET", "/events?after=1000-0")

    assert [event.data for event in reply.events] == ["missed", '"live"']


async def test_an_error_while_catching_up_gives_the_place_back() -> None:
    server = Server(failure=OSError("the disk is gone"))

    with pytest.raises(OSError, match="gone"):
        await server.ask("GET", "/events?after=1000-0")

    assert server.broadcaster.subscriptions == 0


async def test_head_asks_the_stream_for_nothing_and_keeps_no_place() -> None:
    server = Server()

    reply = await server.ask("HEAD", "/events?after=1000-0")

    assert reply.headers["content-type"] == "text/event-stream"
    assert (reply.body, server.asked, server.broadcaster.subscriptions) == (b"", [], 0)


async def test_the_stream_over_the_limit_is_told_why() -> None:
    server = Server(Broadcaster(limit=1))
    server.broadcaster.subscribe()

    reply = await server.ask("GET", "/events")

    assert reply.status == 503
    assert b"too many open streams" in reply.body
    assert reply.body.count(b"\n") == 1
    assert reply.headers["retry-after"] == "5"


async def test_a_reader_that_is_a_tab_is_counted_while_it_listens() -> None:
    server = Server()

    await server.ask("GET", "/events?tab=1")

    assert server.tabs == [1, -1]


async def test_a_reader_that_is_no_tab_is_not_counted() -> None:
    server = Server()

    await server.ask("GET", "/events")
    await server.ask("GET", "/events?tab=2")
    await server.ask("HEAD", "/events?tab=1")

    assert server.tabs == []


async def test_a_tab_that_is_refused_is_not_counted() -> None:
    server = Server(Broadcaster(limit=0))

    await server.ask("GET", "/events?tab=1")

    assert server.tabs == []


async def test_a_tab_whose_stream_breaks_is_not_counted_any_longer() -> None:
    server = Server()

    async def send(_message: Message) -> None:
        raise RuntimeError("the server broke")

    scope = {"type": "http", "method": "GET", "path": "/__sse-reload/events", "headers": []}
    with pytest.raises(RuntimeError, match="broke"):
        await server.app({**scope, "query_string": b"tab=1"}, receive_once(b""), send)

    assert server.tabs == [1, -1]


# Acknowledgements


async def test_an_acknowledgement_is_handed_on() -> None:
    server = Server()

    reply = await server.ask("POST", "/ack", body=make_ack())

    assert (reply.status, reply.body) == (204, b"")
    assert server.acks == [Ack(EventId(NOW, 1), "reload", 12.5)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        make_ack(id=7),
        make_ack(id="nonsense"),
        make_ack(action=None),
        make_ack(action=""),
        make_ack(action="\x1b[2J"),
        make_ack(action="line\nline"),
        make_ack(action="reload\n"),
        make_ack(action="x" * 33),
        make_ack(milliseconds="12"),
        make_ack(milliseconds=True),
        make_ack(milliseconds=-1),
        make_ack(milliseconds=10**400),
        make_ack().replace(b"12.5", b"1e999"),
        make_ack().replace(b"12.5", b"NaN"),
    ],
)
async def test_a_malformed_acknowledgement_is_refused_in_one_line(body: bytes) -> None:
    server = Server()

    reply = await server.ask("POST", "/ack", body=body)

    assert reply.status == 400
    assert reply.body.count(b"\n") == 1
    assert server.acks == []


async def test_a_huge_acknowledgement_is_refused() -> None:
    reply = await Server().ask("POST", "/ack", body=b" " * 70_000 + make_ack())

    assert reply.status == 413


# Publishing


async def test_a_tool_with_the_token_publishes() -> None:
    server = Server()
    start = server.broadcaster.last_id

    reply = await post_event(server, {"event": "deploy", "data": {"to": "é"}, "channel": "ops"})
    told = (await server.ask("GET", f"/events?after={start}&channel=ops")).events

    assert json.loads(reply.body) == {"id": str(server.broadcaster.last_id)}
    assert [(event.name, event.data) for event in told] == [("deploy", '{"to":"é"}')]


async def test_data_and_channel_may_be_left_out() -> None:
    server = Server()
    start = server.broadcaster.last_id

    await post_event(server, {"event": "ping"})

    assert [event.data for event in (await server.ask("GET", f"/events?after={start}")).events] == [
        "null"
    ]


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer  {TOKEN}",
        f"Bearer {TOKEN.upper()}",
        "Bearer ünïcode",
    ],
)
async def test_nobody_publishes_without_the_token(authorization: str) -> None:
    server = Server()
    before = server.broadcaster.last_id

    reply = await post_event(server, {"event": "deploy"}, authorization=authorization)

    assert reply.status == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert server.broadcaster.last_id == before


async def test_the_scheme_of_the_token_may_be_written_in_any_case() -> None:
    reply = await post_event(Server(), {"event": "deploy"}, authorization=f"bearer {TOKEN}")

    assert reply.status == 200


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]
)
async def test_what_a_form_could_send_is_not_json(content_type: str) -> None:
    reply = await post_event(Server(), {"event": "deploy"}, content_type=content_type)

    assert reply.status == 415


async def test_a_charset_does_not_stop_json_from_being_json() -> None:
    reply = await post_event(
        Server(), {"event": "deploy"}, content_type="Application/JSON; charset=utf-8"
    )

    assert reply.status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        {},
        {"event": ""},
        {"event": 7},
        {"event": "forged\ndata: x"},
        {"event": "nul\0"},
        {"event": "half \ud800"},
        {"event": "deploy", "channel": 7},
        b'{"event": "deploy", "data": Infinity}',
    ],
)
async def test_an_event_the_wire_cannot_carry_is_refused_in_one_line(
    body: bytes | dict[str, object],
) -> None:
    server = Server()
    before = server.broadcaster.last_id

    reply = await post_event(server, body)

    assert reply.status == 400
    assert reply.body.count(b"\n") == 1
    assert server.broadcaster.last_id == before


async def test_a_huge_event_is_refused() -> None:
    reply = await post_event(Server(), {"event": "deploy", "data": "x" * 1024 * 1024})

    assert reply.status == 413


def test_an_empty_token_is_refused_at_the_start() -> None:
    server = Server()

    with pytest.raises(ValueError, match="token"):
        Endpoints(
            broadcaster=server.broadcaster,
            catch_up=server.catch_up,
            on_ack=server.acks.append,
            status=dict,
            token="",
            publish=server.publish,
            client=CLIENT,
        )


async def test_a_peer_that_leaves_in_the_middle_of_its_body_is_not_answered() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/__sse-reload/ack", "headers": []}
    await Server().app(scope, receive, send)
