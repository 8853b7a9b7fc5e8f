"""The server that a proxy stands in front of: its address, and whether it answers.

Knows how a person names it, and what a TCP connection tells. Refuses to know HTTP.
"""

import asyncio
import ipaddress
import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from livereload_sse.errors import TargetError

CONNECT_TIMEOUT = 2.0
"""Seconds that a connection may take to stand."""

LOOK_INTERVAL = 0.05
"""Seconds between two looks whether somebody listens."""

STAY_TIMEOUT = 0.05
"""Seconds after which a connection that stands is one of the next process: that of one which is
ending may still be accepted, and is cut at once."""

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The names of this machine that mean the same server, as browsers write them."""

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - where a server listens
"""What servers print that listen everywhere, and where that can be reached on every system."""

_PORTS = {"http": 80, "https": 443}
_HINT = "Name the app's server: sse-reload proxy 5000, localhost:5000 or http://localhost:5000"
_HOST = re.compile(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Target:
    """One origin. `host` is written as in a URL, an IPv6 address in brackets."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """What its own Host header says: the scheme's port is left out."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Its origin, as browsers write it."""
        return f"{self.scheme}://{self.authority}"

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine: then it may be called by whatever name we are."""
        name = self.host.strip("[]").lower()
        if name == "localhost" or name.endswith(".localhost"):
            return True
        with suppress(ValueError):
            return ipaddress.ip_address(name).is_loopback
        return False

    @property
    def address(self) -> str:
        """The host as a socket wants it."""
        return self.host.strip("[]")


def parse_target(text: str) -> Target:
    """Read a port, `host:port`, or a URL without a path. Raises `TargetError`."""
    written = text.strip()
    if written.removeprefix(":").isdecimal():
        written = f"http://localhost:{written.removeprefix(':')}"
    elif "://" not in written:
        written = f"http://{written}"
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        raise TargetError("Not an address", where=text, hint=_HINT) from None
    if parts.scheme not in _PORTS:
        raise TargetError("Not an address of a web server", where=text, hint=_HINT)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise TargetError(
            "An address with a path",
            where=text,
            hint=f"Name the server alone: {parts.scheme}://{parts.netloc}",
        )
    host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if not _HOST.fullmatch(host) or port == 0 or ("://" not in text and port is None):
        raise TargetError("Not an address", where=text, hint=_HINT)
    named = host.lower()
    return Target(parts.scheme, _ANYWHERE.get(named, named), port or _PORTS[parts.scheme])


async def answers(target: Target) -> bool:
    """Whether somebody listens there."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(CONNECT_TIMEOUT):
            _, writer = await asyncio.open_connection(target.address, target.port)
        writer.transport.abort()
        return True
    return False


async def wait_until_it_answers(target: Target) -> None:
    """Wait, for ever if need be, until somebody listens there."""
    while not await answers(target):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(LOOK_INTERVAL)


async def wait_until_it_leaves(target: Target, timeout: float) -> bool:  # noqa: ASYNC109 - its point
    """Wait until the process that answers now has ended; True when it has, within `timeout` seconds.

    A connection that says nothing ends with the process that has taken it, even where another one
    (a reloader) keeps the listening socket open all the while.
    """
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            reader, writer = await asyncio.open_connection(target.address, target.port)
    except (OSError, TimeoutError):
        return True
    try:
        async with asyncio.timeout(timeout):
            while await reader.read(4096):
                pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    finally:
        writer.transport.abort()
    return True


async def wait_until_the_next_answers(target: Target) -> None:
    """Wait, for ever if need be, until somebody listens there who is not just ending."""
    while await wait_until_it_leaves(target, STAY_TIMEOUT):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(LOOK_INTERVAL)
