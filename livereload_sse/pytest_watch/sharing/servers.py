"""Which of this user's running servers show the site of a project.

Knows their state files. Refuses to know HTTP, and what the servers are told.
"""

import os
from collections.abc import Collection
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

from livereload_sse.errors import ServerError
from livereload_sse.pytest_watch.sharing.posting import Address
from livereload_sse.running import RunningServer, apps_folder, running_servers, runtime_folder


def find_addresses(rootdir: Path, urls: Collection[str] = ()) -> frozenset[Address]:
    """Find the servers whose folder is above, in or below `rootdir`, and those that `urls` name.

    Empty where the state files cannot be had: what is nobody's task must not stop anybody's tests.
    """
    try:
        folder = runtime_folder()
        servers = [(one, "") for one in running_servers(folder)]
        apps = [(one, urlsplit(one.url).path) for one in running_servers(apps_folder(folder))]
    except (OSError, ServerError):
        return frozenset()
    wanted = {_origin(urlsplit(url)) for url in urls}
    return frozenset(
        _address(server, mount)
        for server, mount in [*servers, *apps]
        if belongs(Path(server.root), rootdir) or _origin(urlsplit(server.url)) in wanted
    )


def belongs(root: Path, rootdir: Path) -> bool:
    """Whether a server of the folder `root` and tests in `rootdir` are of one project.

    One that shows a whole disk or a home folder shows no project. Links are followed: the two may
    have come there by different ways.
    """
    root, rootdir = Path(os.path.realpath(root)), Path(os.path.realpath(rootdir))
    if root in (Path(os.path.realpath(os.path.expanduser("~"))), Path(root.anchor)):  # noqa: PTH111 - Path.home() raises for who has none
        return root == rootdir
    return root.is_relative_to(rootdir) or rootdir.is_relative_to(root)


def _address(server: RunningServer, mount: str) -> Address:
    """An application may be mounted below a path; another server's own addresses are at its root."""
    parts = urlsplit(server.url)
    url = urlunsplit(SplitResult(parts.scheme, parts.netloc, mount.rstrip("/"), "", ""))
    return Address(url, server.token, server.certificate)


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    """Scheme, host and port; all loopback names are one host."""
    host = parts.hostname or ""
    return parts.scheme, "localhost" if is_loopback(host) else host, parts.port


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is this machine and nobody else can be it."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
