"""Talking to a server that runs already: which one is meant, and how to reach it.

Knows the state files and plain HTTP. Refuses to know what is said.
"""

import http.client
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

from livereload_sse.errors import NotRunningError, UsageError
from livereload_sse.running import RunningServer, running_servers, runtime_folder

ROOT = "/__sse-reload"
"""Where a server's own addresses begin."""


def find_server(url: str | None) -> RunningServer:
    """Find the server that `url` names, or the only one there is.

    Raises `NotRunningError` when there is none, `UsageError` when the choice is open.
    """
    servers = running_servers(runtime_folder())
    if url is not None:
        return _named(url, servers)
    if not servers:
        raise NotRunningError(
            "No server is running",
            hint="Start one: sse-reload serve DIRECTORY, or name one: http://localhost:8000/",
        )
    if len(servers) > 1:
        raise UsageError(
            "Several servers are running",
            where=", ".join(server.url for server in servers),
            hint="Name the one you mean.",
        )
    return servers[0]


def _named(url: str, servers: Sequence[RunningServer]) -> RunningServer:
    wanted = _origin(url)
    for server in servers:
        if _origin(server.url) == wanted:
            return server
    raise NotRunningError(
        "No server of yours runs there",
        where=url,
        hint=f"Running: {', '.join(server.url for server in servers) or 'none'}.",
    )


def _origin(url: str) -> tuple[str, str, int]:
    """Reduce an address to scheme, host and port; all loopback names are one host."""
    parts = urlsplit(url if "//" in url else f"http://{url}")
    try:
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError):
        raise UsageError(
            "Not an address", where=url, hint="Write it as http://localhost:8000/"
        ) from None
    host = (parts.hostname or "").lower()
    return parts.scheme, "localhost" if host in ("127.0.0.1", "::1") else host, port


def connect(server: RunningServer, *, timeout: float | None) -> http.client.HTTPConnection:
    """Open a connection; a TLS server's own certificate is trusted, for this server only."""
    scheme, host, port = _origin(server.url)
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=timeout)
    context = ssl.create_default_context(cafile=server.certificate)
    # The certificate itself is pinned: its name may be anything, and its issuer unknown.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)


@contextmanager
def answered(
    server: RunningServer,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    timeout: float | None = 10.0,
) -> Iterator[http.client.HTTPResponse]:
    """Send one request to one of the server's own addresses; the answer can be read within.

    Raises `NotRunningError` when nobody answers, or with the server's own words when it refuses.
    """
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    with closing(connect(server, timeout=timeout)) as connection:
        try:
            connection.request(method, ROOT + path, body=body, headers=headers)
            answer = connection.getresponse()
        except OSError as error:
            raise NotRunningError(
                f"The server does not answer ({error})",
                where=server.url,
                hint="Start it again: sse-reload serve DIRECTORY",
            ) from None
        if answer.status >= 300:
            said = answer.read(400).decode("utf-8", "replace").strip()
            raise NotRunningError(
                f"The server refused ({answer.status})", where=server.url, hint=said
            )
        yield answer
