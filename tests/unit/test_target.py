"""How a person names the server that a proxy stands in front of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.errors import TargetError
from livereload_sse.web.target import Target, parse_target

LOCAL = Target("http", "localhost", 5000)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("5000", LOCAL),
        (":5000", LOCAL),
        (" 5000\n", LOCAL),
        ("localhost:5000", LOCAL),
        ("LocalHost:5000", LOCAL),
        ("http://localhost:5000", LOCAL),
        ("http://localhost:5000/", LOCAL),
        ("HTTP://LOCALHOST:5000", LOCAL),
        ("127.0.0.1:5000", Target("http", "127.0.0.1", 5000)),
        ("[::1]:5000", Target("http", "[::1]", 5000)),
        ("http://[::1]:5000/", Target("http", "[::1]", 5000)),
        ("http://box.lan", Target("http", "box.lan", 80)),
        ("https://example.com", Target("https", "example.com", 443)),
        ("https://example.com:8443", Target("https", "example.com", 8443)),
        ("my_app:80", Target("http", "my_app", 80)),
    ],
)
def test_a_port_a_host_with_a_port_and_a_url_are_targets(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("0.0.0.0:5000", Target("http", "127.0.0.1", 5000)),
        ("http://[::]:5000", Target("http", "[::1]", 5000)),
    ],
)
def test_what_servers_print_that_listen_everywhere_is_this_machine(
    text: str, target: Target
) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "flask",
        "localhost",
        "localhost:",
        "http://",
        "http://localhost:",
        "0",
        "localhost:0",
        "65536",
        "-5000",
        "localhost:http",
        "::1",
        "[::1",
        "http://[localhost]:5000",
        "ftp://localhost:21",
        "ws://localhost:5000",
        "file:///etc/passwd",
        "http://user@localhost:5000",
        "http://user:secret@localhost:5000",
        "http://localhost:5000@evil.test",
        "local host:5000",
        "http://localhost:5000\r\nX: 1",
        "http://localhost\\@evil.test:80",
        "http://evil.test%2f:80",
        "http://ex,ample:80",
        "\u0665\u0660\u0660\u0660",
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(TargetError) as raised:
        parse_target(text)

    assert raised.value.where == text
    assert "sse-reload proxy 5000" in raised.value.hint
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    "text",
    ["http://localhost:5000/app", "localhost:5000/app", "http://localhost:5000?a", "5000/#a"],
)
def test_a_path_is_refused_as_the_whole_server_is_shown(text: str) -> None:
    with pytest.raises(TargetError) as raised:
        parse_target(text)

    assert "path" in raised.value.what or text == "5000/#a"


@given(st.text(max_size=30))
def test_no_text_is_anything_but_a_target_or_an_error_of_ours(text: str) -> None:
    try:
        target = parse_target(text)
    except TargetError:
        return
    assert 0 < target.port < 65536
    assert parse_target(target.origin) == target


@pytest.mark.parametrize(
    ("target", "authority", "origin"),
    [
        (LOCAL, "localhost:5000", "http://localhost:5000"),
        (Target("http", "a.test", 80), "a.test", "http://a.test"),
        (Target("https", "a.test", 443), "a.test", "https://a.test"),
        (Target("https", "a.test", 80), "a.test:80", "https://a.test:80"),
        (Target("http", "[::1]", 443), "[::1]:443", "http://[::1]:443"),
    ],
)
def test_the_port_of_the_scheme_is_left_out_as_browsers_do(
    target: Target, authority: str, origin: str
) -> None:
    assert (target.authority, target.origin) == (authority, origin)


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("[::1]", True),
        ("192.168.0.4", False),
        ("[2001:db8::1]", False),
        ("localhost.example.com", False),
        ("notlocalhost", False),
        ("127.0.0.1.example.com", False),
    ],
)
def test_only_this_machine_is_local(host: str, is_local: bool) -> None:  # noqa: FBT001 - a table
    assert Target("http", host, 80).is_local is is_local


def test_a_socket_wants_an_address_without_brackets() -> None:
    assert Target("http", "[::1]", 80).address == "::1"
