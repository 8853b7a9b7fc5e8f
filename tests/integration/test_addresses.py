import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from livereload_sse.addresses import PORTS_TRIED, lan_address, listen, url_of
from livereload_sse.errors import AddressError
from livereload_sse.settings import DEFAULT_PORT


@contextmanager
def taken(host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """A port that another program listens on."""
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((host, port))
        other.listen()
        yield other.getsockname()[1]


def free_port() -> int:
    with taken() as port:
        return port


def test_localhost_listens_on_every_loopback_address() -> None:
    with closing(listen("localhost", 0)) as listener:
        hosts = {one.getsockname()[0] for one in listener.sockets}
        ports = {one.getsockname()[1] for one in listener.sockets}

    assert "127.0.0.1" in hosts
    assert hosts <= {"127.0.0.1", "::1"}
    assert ports == {listener.port}


def test_an_address_means_only_itself() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        assert [one.getsockname()[0] for one in listener.sockets] == ["127.0.0.1"]


def test_a_taken_default_port_makes_way_for_the_next_free_one() -> None:
    # If somebody else's server has the port already, that is just as good.
    with (
        suppress(OSError),
        taken(port=DEFAULT_PORT),
        closing(listen("localhost", None)) as listener,
    ):
        assert listener.port > DEFAULT_PORT
    with closing(listen("localhost", None)) as first, closing(listen("localhost", None)) as second:
        assert DEFAULT_PORT <= first.port < second.port < DEFAULT_PORT + PORTS_TRIED


def test_a_taken_explicit_port_is_an_error() -> None:
    with taken() as port, pytest.raises(AddressError) as caught:
        listen("127.0.0.1", port)

    assert str(caught.value) == (
        f"Port {port} is in use: 127.0.0.1\nStop the other server, or let sse-reload choose a free port: --port 0"
    )
    assert caught.value.exit_code == 1


def test_a_port_taken_on_ipv6_alone_is_taken() -> None:
    try:
        other = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with closing(other), pytest.raises(AddressError, match="is in use"):
        listen("localhost", other.getsockname()[1])


def test_a_failed_try_gives_its_sockets_back() -> None:
    with taken() as port, pytest.raises(AddressError):
        listen("localhost", port)
    with closing(listen("localhost", port)) as listener:
        assert listener.port == port


def test_an_address_of_another_machine_is_an_error() -> None:
    with pytest.raises(AddressError) as caught:
        listen("192.0.2.1", 0)

    assert str(caught.value) == (
        "This machine cannot listen on that address: 192.0.2.1\n"
        "Use --host localhost, an address of this machine, or 0.0.0.0 for all of them."
    )


@pytest.mark.parametrize(
    ("host", "port", "scheme", "url"),
    [
        ("localhost", 8000, "http", "http://localhost:8000/"),
        ("::1", 8000, "http", "http://[::1]:8000/"),
        ("dev.test", 80, "http", "http://dev.test/"),
        ("dev.test", 443, "https", "https://dev.test/"),
    ],
)
def test_addresses_are_written_as_a_person_types_them(
    host: str, port: int, scheme: str, url: str
) -> None:
    assert url_of(host, port, scheme=scheme) == url


def test_the_address_for_the_network_is_not_a_loopback_one() -> None:
    address = lan_address()

    assert address is None or not address.startswith("127.")
