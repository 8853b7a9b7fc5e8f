import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message

from livereload_sse.errors import EditorError
from livereload_sse.sse import Broadcaster, Decoder, Event, EventId, Gap, ReceivedEvent
from livereload_sse.web.acks import Ack
from livereload_sse.web.assets import Client
from livereload_sse.web.endpoints import Endpoints

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

    broadcaster: Broadcaster = field(
        default_factory=lambda: Broadcaster(origin=0, clock=lambda: NOW)
    )
    acks: list[Ack] = field(default_factory=list)
    asked: list[tuple[EventId, Gap]] = field(default_factory=list)
    tabs: list[tuple[int, int]] = field(default_factory=list)
    held: dict[tuple[str, str, str], tuple[str, bytes]] = field(default_factory=dict)
    while_open: Callable[[], Awaitable[object]] | None = None
    missed: Sequence[Event] = ()
    meanwhile: Callable[[], object] = lambda: None
    failure: Exception | None = None
    builds: dict[str, Any] | None = None
    code: Callable[[], Awaitable[int]] | None = None
    tests: dict[str, Any] | None = None
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = Endpoints(
            broadcaster=self.broadcaster,
            catch_up=self.catch_up,
            on_ack=self.acks.append,
            on_tabs=lambda *counts: self.tabs.append(counts),
            source=lambda *wanted: self.held.get(wanted),
            status=lambda: {"root": "/site", "streams": self.broadcaster.subscriptions},
            token=TOKEN,
            publish=self.publish,
            client=CLIENT,
            build=(lambda: self.builds or {}) if self.builds is not None else None,
            open_place=self.open_place if self.builds is not None else None,
            code=self.code,
            tests=lambda: self.tests,
        )

    async def open_place(self, key: str) -> None:
        if key not in {"k1", "k2"}:
            raise EditorError("This place is not known any more", hint="Build again.")
        self.opened.append(key)

    async def catch_up(self, after: EventId, gap: Gap) -> Sequence[Event]:
        self.asked.append((after, gap))
        self.meanwhile()
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self.missed

    def publish(self, name: str, data: Any, channel: str) -> EventId:
        self.broadcaster.publish(name, data, channel=channel)
        return self.broadcaster.last_id

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
            if message.get("more_body") and self.while_open is not None:
                await self.while_open()
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
        ("GET", "/missed", 200),
        ("GET", "/source", 400),
        ("GET", "/source?page=/&digest=00", 404),
        ("GET", "/tabs", 405),
        ("POST", "/tabs", 400),
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
    [
        ("/ack", "POST"),
        ("/events", "GET, HEAD"),
        ("/missed", "GET, HEAD"),
        ("/publish", "POST"),
        ("/source", "GET, HEAD"),
        ("/status", "GET, HEAD"),
        ("/tabs", "POST"),
    ],
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


async def test_an_apps_tabs_come_back_soon_when_their_stream_is_ended() -> None:
    async def find_code() -> int:
        return 1

    of_an_app = await Server(code=find_code).ask("GET", "/events")
    of_a_site = await Server().ask("GET", "/events")

    assert of_an_app.body.endswith(b"retry: 50\n\n")
    assert of_a_site.body.count(b"retry:") == 1


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


async def test_what_was_missed_may_have_an_id_of_its_own() -> None:
    server = Server(missed=[Event("change", "missed", EventId(NOW - 5, 0))])

    reply = await server.ask("GET", "/events?after=1000-0")

    assert reply.events[0].last_event_id == f"{NOW - 5}-0"


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


# What was missed


def as_a_stream_says_it(reply: Reply) -> list[dict[str, str]]:
    events = reply.events
    return [{"name": one.name, "data": one.data, "id": one.last_event_id} for one in events]


def publish_some(server: Server) -> str:
    first = server.broadcaster.publish("change", "1")
    server.broadcaster.publish("custom", {"to": "é\u2028"})
    server.broadcaster.publish("progress", "elsewhere", channel="elsewhere")
    server.broadcaster.publish("change", "x" * 200_000)
    return str(first.id)


@pytest.mark.parametrize("after", ["", "first", "1000-0", f"{NOW + 9}-0", "garbled", "newest"])
@pytest.mark.parametrize(
    "missed", [[], [Event("change", "m")], [Event("change", "m"), Event("custom", "n")]], ids=len
)
async def test_what_was_missed_is_what_a_stream_would_begin_with(
    after: str, missed: Sequence[Event]
) -> None:
    server = Server(missed=missed)
    first = publish_some(server)
    after = {"first": first, "newest": str(server.broadcaster.last_id)}.get(after, after)

    answer = json.loads((await server.ask("GET", f"/missed?after={after}")).body)
    stream = await server.ask("GET", f"/events?after={after}")

    assert answer["events"] == as_a_stream_says_it(stream)
    assert answer["id"] == str(server.broadcaster.last_id)


async def test_the_id_of_the_answer_is_the_newest_of_all_channels() -> None:
    server = Server()
    start = server.broadcaster.last_id
    server.broadcaster.publish("progress", channel="elsewhere")

    answer = json.loads((await server.ask("GET", f"/missed?after={start}")).body)

    assert answer == {"events": [], "id": str(server.broadcaster.last_id)}


async def test_asking_for_what_was_missed_takes_no_place_and_counts_nobody() -> None:
    server = Server(missed=[Event("change", "m")])

    for after in ("", "1000-0", "garbled"):
        await server.ask("GET", f"/missed?visible=1&after={after}")

    assert (server.broadcaster.subscriptions, server.tabs) == (0, [])


async def test_while_every_place_is_taken_nothing_can_be_asked() -> None:
    server = Server(Broadcaster(limit=0))

    assert (await server.ask("GET", "/missed?after=1000-0")).status == 503


# Tabs


async def test_a_reader_that_says_how_many_tabs_it_has_is_counted_while_it_listens() -> None:
    server = Server()

    await server.ask("GET", "/events?reader=r&visible=2&hidden=3")

    assert server.tabs == [(2, 3), (0, 0)]


async def test_a_reader_that_says_nothing_of_tabs_is_not_counted() -> None:
    server = Server()

    await server.ask("GET", "/events")
    await server.ask("GET", "/events?reader=r")
    await server.ask("GET", "/events?hidden=1")
    await server.ask("HEAD", "/events?visible=1")

    assert server.tabs == []


@pytest.mark.parametrize(
    "query", ["visible=-1", "visible=x", "visible=10001", "visible=1&hidden=", "reader=a%20b"]
)
async def test_a_stream_with_malformed_numbers_is_refused(query: str) -> None:
    server = Server()

    assert (await server.ask("GET", f"/events?{query}")).status == 400
    assert (server.tabs, server.broadcaster.subscriptions) == ([], 0)


async def test_a_tab_that_is_refused_is_not_counted() -> None:
    server = Server(Broadcaster(limit=0))

    await server.ask("GET", "/events?visible=1")

    assert server.tabs == []


async def test_a_tab_whose_stream_breaks_is_not_counted_any_longer() -> None:
    server = Server()

    async def send(_message: Message) -> None:
        raise RuntimeError("the server broke")

    scope = {"type": "http", "method": "GET", "path": "/__sse-reload/events", "headers": []}
    with pytest.raises(RuntimeError, match="broke"):
        await server.app({**scope, "query_string": b"visible=1"}, receive_once(b""), send)

    assert server.tabs == [(1, 0), (0, 0)]


async def post_tabs(server: Server, **counts: object) -> Reply:
    return await server.ask("POST", "/tabs", body=json.dumps(counts).encode())


async def test_an_open_reader_may_say_other_numbers() -> None:
    server = Server()
    server.while_open = lambda: post_tabs(server, reader="r", visible=0, hidden=7)

    await server.ask("GET", "/events?reader=r&visible=1")

    assert server.tabs == [(1, 0), (0, 7), (0, 0)]


async def test_a_reader_that_is_not_open_is_ignored() -> None:
    server = Server()

    reply = await post_tabs(server, reader="r", visible=1, hidden=0)

    assert (reply.status, reply.body, server.tabs) == (204, b"", [])


@pytest.mark.parametrize(
    "changes",
    [
        {"reader": 7},
        {"reader": ""},
        {"reader": "x" * 65},
        {"visible": True},
        {"visible": 1.5},
        {"hidden": None},
        {"hidden": 10_001},
    ],
)
async def test_malformed_numbers_are_refused(changes: dict[str, object]) -> None:
    reply = await post_tabs(Server(), **{"reader": "r", "visible": 1, "hidden": 0, **changes})

    assert (reply.status, reply.body.count(b"\n")) == (400, 1)


async def test_a_huge_word_about_tabs_is_refused() -> None:
    assert (await Server().ask("POST", "/tabs", body=b" " * 5000 + b"{}")).status == 413


# What was served


async def test_a_version_that_is_held_is_given_as_bytes_that_nobody_shows_or_runs() -> None:
    server = Server(held={("/a b", "00ff", ""): ("00ff", b"<script>\xff")})

    reply = await server.ask("GET", "/source?page=%2Fa+b&digest=00ff")

    assert (reply.status, reply.body) == (200, b"<script>\xff")
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["etag"] == '"00ff"'


async def test_the_version_before_another_is_named_by_its_own_digest() -> None:
    server = Server(held={("/", "", "00ff"): ("aa", b"old")})

    reply = await server.ask("GET", "/source?page=/&before=00ff")

    assert (reply.body, reply.headers["etag"]) == (b"old", '"aa"')


async def test_a_version_that_is_not_held_is_not_found() -> None:
    assert (await Server().ask("GET", "/source?page=/&digest=00ff")).status == 404


@pytest.mark.parametrize(
    "query",
    ["", "page=/", "digest=00ff", "page=/&digest=", "page=/&digest=XY", "page=/&digest=0&before=0"],
)
async def test_a_malformed_wish_for_a_version_is_refused(query: str) -> None:
    assert (await Server().ask("GET", f"/source?{query}")).status == 400


# Acknowledgements


async def test_an_acknowledgement_is_handed_on() -> None:
    server = Server()

    reply = await server.ask("POST", "/ack", body=make_ack())

    assert (reply.status, reply.body) == (204, b"")
    assert server.acks == [Ack(EventId(NOW, 1), "reload", 12.5)]


async def test_an_acknowledgement_may_say_more() -> None:
    server = Server()

    await server.ask("POST", "/ack", body=make_ack(nodes=3, reason="script changed (line 12)"))

    assert server.acks == [Ack(EventId(NOW, 1), "reload", 12.5, 3, "script changed (line 12)")]


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", make_ack(id="nonsense")])
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


@pytest.mark.parametrize("known", [{"event": "tests-finished", "failed": 2}, None])
async def test_how_the_tests_are_can_be_asked_for(known: dict[str, Any] | None) -> None:
    server = Server(tests=known)

    reply = await server.ask("GET", "/tests")

    assert json.loads(reply.body) == (known or {"event": None})
    assert (await server.ask("POST", "/tests")).status == 405


async def test_the_state_of_the_builds_can_be_asked_for() -> None:
    server = Server(builds={"event": "idle", "run": "r", "build": 0})

    reply = await server.ask("GET", "/build")

    assert json.loads(reply.body) == {"event": "idle", "run": "r", "build": 0}
    assert (await server.ask("POST", "/build")).status == 405


async def test_where_nothing_is_built_there_is_no_state_and_no_place() -> None:
    assert (await Server().ask("GET", "/build")).status == 404
    assert (await Server().ask("POST", "/open", body=b'{"key": "k1"}')).status == 400


async def test_a_place_is_opened_by_its_key() -> None:
    server = Server(builds={})

    reply = await server.ask("POST", "/open", body=b'{"key": "k2"}')

    assert (reply.status, server.opened) == (204, ["k2"])


@pytest.mark.parametrize("body", [b"{}", b'{"key": 1}', b'{"path": "/etc/passwd"}'])
async def test_a_place_can_only_be_named_by_a_key(body: bytes) -> None:
    server = Server(builds={})

    assert (await server.ask("POST", "/open", body=body)).status == 400
    assert server.opened == []


async def test_a_place_that_cannot_be_opened_says_why() -> None:
    reply = await Server(builds={}).ask("POST", "/open", body=b'{"key": "old"}')

    assert reply.status == 422
    assert json.loads(reply.body) == {"error": "This place is not known any more\nBuild again."}
