from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from livereload_sse.errors import InvalidHostError
from livereload_sse.web.guard import (
    ALLOWED,
    REMEMBERED,
    Guard,
    Hosts,
    Verdict,
    decide,
    is_internal,
    parse_host,
)

SERVER = ("127.0.0.1", 8000)
STREAM = "/__sse-reload/events"


def judge(
    host: str, hosts: Hosts | None = None, server: tuple[str, int | None] | None = SERVER
) -> int:
    return (hosts or Hosts()).judge(host.encode(), server).status


def ask(path: str = "/app.js", *, host: str = "localhost:8000", **more: str) -> Verdict:
    headers = [(b"host", host.encode())]
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    return decide(headers, path=path, hosts=Hosts(["dev.test"]), server=SERVER)


# Host


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8000",
        "LocalHost:8000",
        "app.localhost:8000",
        "a.b.localhost:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "localhost",
    ],
)
def test_the_servers_own_names_are_known(host: str) -> None:
    assert judge(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.test:8000",
        "localhost.evil.test:8000",
        "evillocalhost:8000",
        "localhost.:8000",
        "192.168.1.7:8000",
        "0.0.0.0:8000",
        "127.0.0.2:8000",
        "127.1:8000",
        "2130706433:8000",
        "[::ffff:127.0.0.1]:8000",
        "localhost:8001",
        "localhost:80",
    ],
)
def test_any_other_name_is_foreign(host: str) -> None:
    assert judge(host) == 403


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:999999",
        "localhost:80a",
        "localhost:8000:8000",
        "localhost:8000,localhost:8000",
        "localhost:8000/",
        "user@localhost:8000",
        "localhost:8000@evil.test",
        "local host",
        "localhost\t",
        "localhost%00",
        "..",
        ".localhost",
        "a..b",
        "[::1",
        "::1",
        "[::1]8000",
        "[fe80::1%25eth0]",
        "[]",
        "<script>",
        "\0",
        "ĺocalhost",
        "localhost:\uff18",
        "a" * 300,
    ],
)
def test_a_malformed_host_is_refused_as_such(host: str) -> None:
    assert judge(host) == 400


def test_the_address_a_connection_arrived_at_is_a_name_of_the_server() -> None:
    assert judge("192.168.1.7:8000", server=("192.168.1.7", 8000)) == 200
    assert judge("192.168.1.7:8000", server=("::ffff:192.168.1.7", 8000)) == 200
    assert judge("[fd00::7]:8000", server=("fd00::7", 8000)) == 200


def test_an_accepted_name_is_remembered_for_its_own_address_only() -> None:
    hosts = Hosts()

    assert judge("192.168.1.7:8000", hosts, ("192.168.1.7", 8000)) == 200
    assert judge("192.168.1.7:8000", hosts, ("127.0.0.1", 8000)) == 403


def test_the_bound_host_is_a_name_of_the_server() -> None:
    assert judge("box.lan:8000", Hosts(bound="Box.lan")) == 200
    assert judge("[fd00::7]:8000", Hosts(bound="fd00::7")) == 200


def test_behind_a_unix_socket_the_port_says_nothing() -> None:
    assert judge("localhost:3000", server=("/run/site.sock", None)) == 200
    assert judge("localhost:3000", server=None) == 200
    assert judge("evil.test", server=("/run/site.sock", None)) == 403


def test_an_allowed_name_counts_with_any_port() -> None:
    hosts = Hosts(["Example.dev"])

    assert judge("example.dev", hosts) == 200
    assert judge("example.dev:3000", hosts) == 200
    assert judge("sub.example.dev", hosts) == 403


def test_an_allowed_name_with_a_port_counts_with_that_port() -> None:
    hosts = Hosts(["localhost:3000"])

    assert judge("localhost:3000", hosts) == 200
    assert judge("localhost:3001", hosts) == 403
    assert judge("app.localhost:3000", hosts) == 403


def test_a_star_stands_for_subdomains_and_not_for_the_domain() -> None:
    hosts = Hosts(["*.example.dev"])

    assert judge("a.example.dev", hosts) == 200
    assert judge("a.b.example.dev:3000", hosts) == 200
    assert judge("example.dev", hosts) == 403
    assert judge("evilexample.dev", hosts) == 403


def test_a_star_may_be_kept_to_one_port() -> None:
    hosts = Hosts(["*.example.dev:8443"])

    assert judge("a.example.dev:8443", hosts) == 200
    assert judge("a.example.dev:8444", hosts) == 403
    assert judge("a.example.dev", hosts) == 403


def test_an_international_name_is_allowed_by_its_ascii_form() -> None:
    assert judge("xn--bcher-kva.example", Hosts(["bücher.example"])) == 200


@pytest.mark.parametrize(
    "pattern",
    ["", "*", "*.", "a.*.b", "https://example.dev", "example.dev/", "a b", "::1", "ü" * 300],
)
def test_a_pattern_that_is_no_name_is_refused_with_the_flag(pattern: str) -> None:
    with pytest.raises(InvalidHostError, match="--allow-host"):
        Hosts([pattern])


def test_the_refusal_names_what_to_allow() -> None:
    assert Hosts().judge(b"evil.test:8000", SERVER).host == "evil.test"
    assert Hosts().judge(b"localhost:3000", SERVER).host == "localhost:3000"
    assert "--allow-host evil.test" in Hosts().judge(b"EVIL.test", SERVER).reason


def test_what_the_refusal_names_is_enough_when_allowed() -> None:
    for host in (b"evil.test:1", b"localhost:3000", b"app.localhost:3000"):
        missing = Hosts().judge(host, SERVER).host

        assert Hosts([missing]).judge(host, SERVER) is ALLOWED


def test_remembered_names_are_bounded() -> None:
    hosts = Hosts()

    for number in range(REMEMBERED + 100):
        assert judge(f"a{number}.localhost", hosts) == 200
    assert len(hosts._accepted) == REMEMBERED


@given(st.binary(max_size=80))
def test_no_host_header_breaks_the_parser(value: bytes) -> None:
    found = parse_host(value)

    assert found is None or found[0].encode() in value.lower()


@given(st.text(alphabet="localhst.:@[]/0123 ,%", max_size=20))
def test_a_host_that_is_let_through_is_one_of_the_own_names(value: str) -> None:
    if judge(value) == 200:
        name = value.lower().removesuffix(":8000")
        assert name in ("localhost", "127.0.0.1", "[::1]") or name.endswith(".localhost")


def test_exactly_one_host_header_is_needed() -> None:
    twice = [(b"host", b"localhost:8000"), (b"host", b"localhost:8000")]

    assert decide([], path="/", hosts=Hosts(), server=SERVER).status == 400
    assert decide(twice, path="/", hosts=Hosts(), server=SERVER).status == 400


def test_a_path_must_be_a_path() -> None:
    assert ask("*").status == 400
    assert ask("http://localhost:8000/").status == 400
    assert ask("").status == 400


# Internal addresses


def test_internal_is_what_lies_below_the_prefix_and_the_prefix_itself() -> None:
    assert is_internal("/__sse-reload")
    assert is_internal("/__sse-reload/")
    assert is_internal("/__sse-reload/events")
    assert not is_internal("/__sse-reloaded")
    assert not is_internal("/a/__sse-reload/events")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:8000"},
        {"origin": "HTTP://LOCALHOST:8000"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "http://localhost:8000"},
    ],
)
def test_own_pages_may_listen(headers: dict[str, str]) -> None:
    assert ask(STREAM, **headers) is ALLOWED


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://evil.test"},
        {"origin": "http://localhost:9000"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "http://localhost:8000.evil.test"},
        {"origin": "http://localhost:8000/"},
        {"origin": "ftp://localhost:8000"},
        {"origin": "http://localhost"},
        {"origin": "\0garbage"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
        {"sec_fetch_site": ""},
        {"sec_fetch_site": "anything-new"},
        {"sec_fetch_site": "same-origin", "origin": "http://evil.test"},
        {"sec_fetch_site": "cross-site", "origin": "http://localhost:8000"},
    ],
)
def test_nobody_else_may_listen(headers: dict[str, str]) -> None:
    assert ask(STREAM, **headers).status == 403


def test_a_repeated_origin_is_foreign() -> None:
    headers = [(b"host", b"localhost:8000"), *[(b"origin", b"http://localhost:8000")] * 2]

    assert decide(headers, path=STREAM, hosts=Hosts(), server=SERVER).status == 403


def test_a_proxy_that_ends_tls_does_not_make_its_own_pages_foreign() -> None:
    assert ask(STREAM, host="dev.test", origin="https://dev.test") is ALLOWED


def test_a_plain_page_is_foreign_to_a_tls_server() -> None:
    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://localhost:8000")]

    verdict = decide(headers, path=STREAM, hosts=Hosts(), scheme="https", server=SERVER)

    assert verdict.status == 403


# Files


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "none", "sec_fetch_mode": "navigate"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "navigate"},
        {"referer": "http://localhost:8000/page?a=b"},
        {"referer": "http://localhost:8000"},
        {"origin": "http://localhost:8000"},
        {"referer": "https://search.test/", "accept": "text/html,*/*;q=0.8"},
    ],
)
def test_files_are_for_own_pages_and_for_links_from_anywhere(headers: dict[str, str]) -> None:
    assert ask(**headers) is ALLOWED


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "cors"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "", "sec_fetch_mode": "no-cors"},
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": "http://evil.test", "accept": "text/html"},
        {"referer": "http://evil.test/"},
        {"referer": "http://evil.test/", "accept": "*/*"},
        {"referer": "http://localhost:8000.evil.test/"},
        {"referer": "http://localhost:8000@evil.test/"},
        {"referer": "garbage"},
    ],
)
def test_files_are_no_parts_of_foreign_pages(headers: dict[str, str]) -> None:
    assert ask(**headers).status == 403


header_values = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [b"null", b"cross-site", b"same-origin", b"http://[", b"http://localhost:8000"]
    ),
)
names = st.sampled_from(
    [b"host", b"origin", b"referer", b"accept", b"sec-fetch-site", b"sec-fetch-mode", b"other"]
)


@given(st.lists(st.tuples(names, header_values), max_size=8), st.text(max_size=30))
def test_every_request_gets_a_verdict(headers: list[tuple[bytes, bytes]], path: str) -> None:
    verdict = decide(headers, path=path, hosts=Hosts(), server=SERVER)

    assert verdict.status in (200, 400, 403)


# The middleware


async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "reached"})


async def run(guard: Guard, **scope: object) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nothing is to be read")

    async def send(message: Message) -> None:
        sent.append(message)

    defaults = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": []}
    await guard({**defaults, "server": SERVER, **scope}, receive, send)
    return sent


# An application behind us


def ask_app(
    path: str = "/api", *, scheme: str = "http", allow: Sequence[str] = (), **more: str
) -> int:
    headers = [(b"host", b"localhost:8000")]
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    hosts = Hosts(allow)
    return decide(headers, path=path, hosts=hosts, scheme=scheme, server=SERVER, is_app=True).status


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_own_pages_may_open_a_websocket_and_so_may_what_is_no_browser(scheme: str) -> None:
    own = f"{'https' if scheme == 'wss' else 'http'}://localhost:8000"

    assert ask_app(scheme=scheme, origin=own) == 200
    assert ask_app(scheme=scheme) == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.test", "null", "http://localhost:5173", "http://localhost:8000.evil.test", ""],
)
def test_no_foreign_page_may_open_a_websocket(origin: str) -> None:
    assert ask_app(scheme="ws", origin=origin) == 403


def test_a_front_end_that_is_named_may_use_the_app() -> None:
    origin, allow = "http://localhost:5173", ["localhost:5173"]
    fetch = {"origin": origin, "sec_fetch_site": "same-site", "sec_fetch_mode": "cors"}

    assert ask_app(**fetch) == 403
    assert ask_app(allow=allow, **fetch) == 200
    assert ask_app(allow=allow, scheme="ws", origin=origin) == 200


def test_a_front_end_that_is_named_may_not_listen() -> None:
    allow, origin = ["localhost:5173"], "http://localhost:5173"

    assert ask_app(STREAM, allow=allow, origin=origin) == 403


def test_a_wildcard_names_no_front_end() -> None:
    assert ask_app(allow=["*.tunnel.test"], origin="https://a.tunnel.test") == 403


def test_where_files_are_served_a_name_is_no_leave_to_take_them() -> None:
    headers = [(b"host", b"localhost:8000"), (b"origin", b"http://dev.test")]

    verdict = decide(headers, path="/app.js", hosts=Hosts(["dev.test"]), server=SERVER)

    assert verdict.status == 403


async def test_a_websocket_reaches_an_app_that_speaks_them() -> None:
    reached: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        reached.append(scope["path"])

    async def send(message: Message) -> None:
        reached.append(message["type"])

    guard = Guard(app, hosts=Hosts(), sockets=True)
    for path, host in [("/a", b"localhost"), ("/b", b"evil.test"), (STREAM, b"localhost")]:
        scope = {
            "type": "websocket",
            "path": path,
            "scheme": "ws",
            "headers": [(b"host", host)],
            "server": SERVER,
        }
        await guard(scope, None, send)  # type: ignore[arg-type]  # nothing is received

    assert reached == ["/a", "websocket.close", "websocket.close"]


async def test_what_is_allowed_reaches_the_application() -> None:
    sent = await run(Guard(inner, hosts=Hosts()), headers=[(b"host", b"localhost:8000")])

    assert sent == [{"type": "reached"}]


async def test_what_is_refused_never_reaches_the_application() -> None:
    sent = await run(Guard(inner, hosts=Hosts()), headers=[(b"host", b"evil.test")])

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 403
    assert (b"cache-control", b"no-store") in sent[0]["headers"]
    assert b"--allow-host evil.test" in sent[1]["body"]


async def test_a_browser_gets_the_page_for_a_foreign_name() -> None:
    headers = [(b"host", b"evil.test:8000"), (b"accept", b"text/html,*/*")]
    guard = Guard(inner, hosts=Hosts(), page=lambda host: f"<p>{host}</p>".encode())

    start, body = await run(guard, headers=headers)

    assert (b"content-type", b"text/html; charset=utf-8") in start["headers"]
    assert body["body"] == b"<p>evil.test</p>"


async def test_head_is_refused_without_a_body() -> None:
    sent = await run(Guard(inner, hosts=Hosts()), method="HEAD")

    assert sent[0]["status"] == 400
    assert sent[1]["body"] == b""


@pytest.mark.parametrize("host", [b"localhost:8000", b"evil.test"])
async def test_a_websocket_is_closed_before_it_opens(host: bytes) -> None:
    sent = await run(Guard(inner, hosts=Hosts()), type="websocket", headers=[(b"host", host)])

    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_the_lifespan_passes() -> None:
    assert await run(Guard(inner, hosts=Hosts()), type="lifespan") == [{"type": "reached"}]


async def test_a_port_may_be_told_as_text() -> None:
    """As Granian does."""
    sent = await run(
        Guard(inner, hosts=Hosts()),
        headers=[(b"host", b"127.0.0.1:8000")],
        server=("127.0.0.1", "8000"),
    )

    assert sent == [{"type": "reached"}]
