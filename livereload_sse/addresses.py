"""Where the server listens, and the addresses a person can open.

Knows sockets before anybody accepts on them. Refuses to know HTTP.
"""

import errno
import os
import socket
from contextlib import suppress
from dataclasses import dataclass

from livereload_sse.errors import AddressError
from livereload_sse.settings import DEFAULT_PORT

PORTS_TRIED = 100
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, to warn about it


@dataclass(frozen=True, slots=True)
class Listener:
    """Bound, listening sockets that share one port."""

    sockets: tuple[socket.socket, ...]
    port: int

    def close(self) -> None:
        """Give the port back."""
        for one in self.sockets:
            one.close()


def listen(host: str, port: int | None, *, avoid: int | None = None) -> Listener:
    """Listen on `host`; `port` None means 8000 or the next free one but `avoid`, 0 any free one.

    "localhost" means IPv4 and, where the machine has it, IPv6 on the same port: a browser may try
    either. Raises `AddressError` for a name that is not an address here, a port that may not be
    used, or an explicit port that is taken.
    """
    if port is not None:
        return _listen_or_explain(host, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        if candidate == avoid:
            continue
        with suppress(_PortTakenError):
            return _listen_on(host, candidate)
    return _listen_or_explain(host, 0)


class _PortTakenError(Exception):
    pass


def _listen_or_explain(host: str, port: int) -> Listener:
    try:
        return _listen_on(host, port)
    except _PortTakenError:
        raise AddressError(
            f"Port {port} is in use",
            where=host,
            hint="Stop the other server, or let sse-reload choose a free port: --port 0",
        ) from None


def _listen_on(host: str, port: int) -> Listener:
    addresses = ["127.0.0.1", "::1"] if host == "localhost" else [host]
    sockets: list[socket.socket] = []
    try:
        for address in addresses:
            one = _bind(address, port, required=not sockets)
            if one is not None:
                sockets.append(one)
                port = one.getsockname()[1]
    except BaseException:
        for one in sockets:
            one.close()
        raise
    return Listener(tuple(sockets), port)


def _bind(address: str, port: int, *, required: bool) -> socket.socket | None:
    """Bind one socket; None when this machine lacks an address that is only nice to have."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one: socket.socket | None = None
    try:
        one = socket.socket(family, socket.SOCK_STREAM)
        _set_options(one, family)
        one.bind((address, port))
        one.listen(1024)
    except OSError as error:
        if one is not None:
            one.close()
        if error.errno == errno.EADDRINUSE:
            raise _PortTakenError from None
        if not required:
            return None
        raise _address_error(error, address, port) from None
    one.setblocking(False)
    return one


def _set_options(one: socket.socket, family: int) -> None:
    if os.name == "nt":
        # On Windows SO_REUSEADDR would let two servers share a port, each getting some requests.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        # Elsewhere it only lets a restart take the port back from connections that linger.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)


def _address_error(error: OSError, address: str, port: int) -> AddressError:
    if isinstance(error, PermissionError):
        return AddressError(
            f"Port {port} may not be used by this user",
            where=address,
            hint="Choose one above 1023: --port 8000",
        )
    return AddressError(
        "This machine cannot listen on that address",
        where=address,
        hint="Use --host localhost, an address of this machine, or 0.0.0.0 for all of them.",
    )


def url_of(host: str, port: int, *, scheme: str = "http", path: str = "/") -> str:
    """Write the address as a person types it; the scheme's own port is left out."""
    shown = f"[{host}]" if ":" in host else host
    own_port = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{shown}{'' if port == own_port else f':{port}'}{path}"


def lan_address() -> str | None:
    """Find the IPv4 address by which another machine could reach this one; None without a network.

    It is that of the interface that leads out. Connecting UDP sends nothing, it only routes; asking
    for the machine's own name could take seconds where its DNS does not know it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737: never a real host
        address = str(probe.getsockname()[0])
        return None if address.startswith("127.") else address
    return None
