"""One request in the two shapes that Python's servers give it: WSGI's environ, ASGI's scope.

Knows PEP 3333's names and its way to write bytes as text. Refuses to know servers, threads and what
is answered. Pure.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from wsgiref.types import WSGIEnvironment

    from starlette.types import Message, Scope

ENVIRON = "wsgi.environ"
"""Where a scope that was made from an environ keeps it."""

_WITHOUT_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")


def make_scope(environ: "WSGIEnvironment") -> "Scope":
    """Write a request as an ASGI http scope; `path` includes what the application is mounted below."""
    root_path = _as_text(environ.get("SCRIPT_NAME", ""))
    path = _as_bytes(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": environ.get("SERVER_PROTOCOL", "HTTP/1.1").partition("/")[2],
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": path.decode("utf-8", "replace"),
        "raw_path": quote(path, safe="/:@!$&'()*+,;=~").encode("ascii"),
        "query_string": _as_bytes(environ.get("QUERY_STRING", "")),
        "root_path": root_path,
        "headers": _headers(environ),
        "server": _server(environ),
        "extensions": {},
        ENVIRON: environ,
    }


def pick_headers(environ: "Mapping[str, Any]", names: "Iterable[bytes]") -> dict[bytes, bytes]:
    """Pick some of a request's headers, by their names in lower case."""
    found = ((name, environ.get(_key(name))) for name in names)
    return {name: _as_bytes(value) for name, value in found if value is not None}


def narrow(
    environ: "WSGIEnvironment", headers: "Iterable[tuple[bytes, bytes]]"
) -> "WSGIEnvironment":
    """Leave out of an environ the request headers that are no longer among these."""
    kept = {_key(name) for name, _ in headers}
    return {
        key: value
        for key, value in environ.items()
        if key in kept or not (key.startswith("HTTP_") or key in _WITHOUT_PREFIX)
    }


def write_status(code: int) -> str:
    """Write a status as PEP 3333 wants it: `404 Not Found`."""
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:  # an application may use a number that no registry knows
        return f"{code} Unknown"


def write_headers(message: "Message") -> list[tuple[str, str]]:
    """Write the headers of an `http.response.start` as a WSGI server takes them."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]


def read_start(status: str, headers: "Iterable[tuple[str, str]]") -> "Message":
    """Read what an application gave to `start_response` as an `http.response.start`."""
    return {
        "type": "http.response.start",
        "status": int(status.split(" ", 1)[0]),
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ],
    }


def _headers(environ: "Mapping[str, Any]") -> list[tuple[bytes, bytes]]:
    """The request's headers. Servers have joined those that were repeated, and some of them give
    both `CONTENT_TYPE` and `HTTP_CONTENT_TYPE`, or an empty one where there is none.
    """
    plain = [(key, environ[key]) for key in _WITHOUT_PREFIX if environ.get(key)]
    prefixed = [
        (key[5:], value)
        for key, value in environ.items()
        if key.startswith("HTTP_") and key[5:] not in _WITHOUT_PREFIX
    ]
    return [
        (key.lower().replace("_", "-").encode("latin-1"), _as_bytes(value))
        for key, value in (*plain, *prefixed)
    ]


def _key(name: bytes) -> str:
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in _WITHOUT_PREFIX else f"HTTP_{key}"


def _server(environ: "Mapping[str, Any]") -> tuple[str, int] | None:
    """Where the connection arrived. `SERVER_NAME` is a name, or the wildcard a server listens on;
    where the connection can be asked, it knows better.
    """
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        address = connection.getsockname()
        return (address[0], address[1]) if isinstance(address, tuple) else None  # a Unix socket
    port = str(environ.get("SERVER_PORT", ""))
    return (str(environ["SERVER_NAME"]), int(port)) if port.isdecimal() else None


def _as_bytes(text: str) -> bytes:
    """PEP 3333: text in an environ is bytes, each written as the character of that number."""
    return text.encode("latin-1", "replace")


def _as_text(text: str) -> str:
    return _as_bytes(text).decode("utf-8", "replace")
