"""How Redis is spoken to, and how a connection that is to be made is described."""

from typing import Any

import pytest

from livereload_sse.errors import BrokerError, InvalidBrokerError
from livereload_sse.sse.redis.address import parse_address
from livereload_sse.sse.redis.connecting import Link, check_address, encode


def make(url: str) -> Any:
    return Link(parse_address(url), timeout=3.0)._connection


def test_a_command_is_its_words_with_their_lengths_in_bytes() -> None:
    assert encode(("SET", b"\r\n", "ü", 12)) == (
        b"*4\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$2\r\n\xc3\xbc\r\n$2\r\n12\r\n"
    )


def test_a_connection_waits_as_long_as_we_say_and_does_not_try_again_by_itself() -> None:
    connection = make("redis://h/2?socket_timeout=1&retry_on_timeout=1&health_check_interval=9")
    assert connection.socket_timeout is None
    assert connection.health_check_interval == 0
    assert connection.retry._retries == 0
    assert connection.socket_connect_timeout == 3.0
    assert (connection.protocol, connection.db) == (2, 2)


def test_what_the_url_says_of_tls_and_the_user_is_kept() -> None:
    connection = make("rediss://me:p%40ss@h:7/?ssl_ca_certs=/ca.pem&ssl_cert_reqs=required")
    assert (connection.host, connection.port) == ("h", 7)
    assert (connection.username, connection.password) == ("me", "p@ss")
    assert connection.ca_certs == "/ca.pem"


def test_a_word_that_no_connection_takes_is_refused() -> None:
    with pytest.raises(InvalidBrokerError, match="its query has 'colour'"):
        check_address(parse_address("redis://h?colour=red"))


async def test_nothing_can_be_asked_of_a_link_that_is_not_open() -> None:
    link = Link(parse_address("redis://h"), timeout=1)
    with pytest.raises(BrokerError, match="the connection to Redis is closed: redis://h:6379"):
        await link.ask("PING")
    await link.close()
