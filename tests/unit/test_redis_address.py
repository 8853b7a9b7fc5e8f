"""A URL of a Redis is understood, or refused without a word of what may be a password."""

import pytest

from livereload_sse.errors import InvalidBrokerError, MissingExtraError
from livereload_sse.sse import Broadcaster
from livereload_sse.sse import redis as package
from livereload_sse.sse.redis.address import parse_address


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost", "redis://localhost:6379"),
        ("redis://", "redis://localhost:6379"),
        ("redis://example.org:7000/3", "redis://example.org:7000/3"),
        ("rediss://user:secret@example.org/", "rediss://example.org:6379"),
        ("redis://:secret@[::1]:7000", "redis://[::1]:7000"),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock"),
        ("unix://user:secret@/run/redis.sock", "unix:///run/redis.sock"),
        ("REDIS://localhost?ssl_ca_certs=secret", "redis://localhost:6379"),
    ],
)
def test_what_is_shown_of_a_url_has_no_secret(url: str, shown: str) -> None:
    address = parse_address(url)
    assert address.shown == shown
    assert "secret" not in repr(address)


def test_the_prefix_is_ours_and_the_rest_of_the_query_is_handed_on() -> None:
    address = parse_address("rediss://u:p%40@h:1/2?prefix=mine&ssl_ca_certs=%2Fca.pem&a=")
    assert address.prefix == "mine"
    assert address.url == "rediss://u:p%40@h:1/2?ssl_ca_certs=%2Fca.pem&a="


def test_a_prefix_that_is_given_goes_before_that_of_the_url() -> None:
    assert parse_address("redis://h?prefix=a").prefix == "a"
    assert parse_address("redis://h?prefix=a", prefix="b").prefix == "b"
    assert parse_address("redis://h").prefix == "sse"


@pytest.mark.parametrize("prefix", ["", "a b", "{a}", "a\n", "x" * 101])
def test_a_prefix_is_a_word(prefix: str) -> None:
    with pytest.raises(InvalidBrokerError, match="not a prefix for keys"):
        parse_address("redis://h", prefix=prefix)


@pytest.mark.parametrize(
    ("url", "where", "hint"),
    [
        ("localhost:6379", "scheme 'localhost'", "redis://"),
        ("", "it has no scheme", "redis://"),
        ("http://h", "scheme 'http'", "rediss:// (TLS)"),
        ("redis://:secret/1@h", "its port is not a number", "/ is %2F"),
        ("redis://h:port", "its port is not a number", "percent-encoded"),
        ("redis://h:99999", "its port is not a number up to 65535", "percent-encoded"),
        ("redis://:sec#ret@h", "it has a # in it", "%23"),
        ("redis://h/name", "its database is not a number", "redis://localhost:6379/0"),
        ("redis://[::1", "its host cannot be read", "[ ]"),
        ("unix://", "it names no socket", "unix:///run/redis"),
        ("unix:///", "it names no socket", "unix:///run/redis"),
    ],
)
def test_a_url_that_is_wrong_says_what_is(url: str, where: str, hint: str) -> None:
    with pytest.raises(InvalidBrokerError) as caught:
        parse_address(url)
    assert caught.value.what == "not the URL of a Redis"
    assert where in caught.value.where
    assert hint in caught.value.hint
    assert "sec" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_query_that_redis_py_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidBrokerError, match="'ssl_ca_cert'"):
        Broadcaster.from_url("rediss://h?ssl_ca_cert=x")
    with pytest.raises(InvalidBrokerError, match="Invalid value for 'socket_connect_timeout'"):
        Broadcaster.from_url("redis://h?socket_connect_timeout=x")


def test_without_redis_py_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'livereload-sse\[redis\]'"):
        Broadcaster.from_url("redis://h")
