"""What a request says about where its reader stands.

Knows one header and one field of the query. Refuses to know what the id means.
"""

from typing import Any
from urllib.parse import parse_qs


def last_event_id(request: Any) -> str:
    """Return the id after which the reader wants to go on; "" where it has none.

    `request` is an ASGI scope, or a Starlette request. The header `Last-Event-ID` is set by the
    browser when it comes back by itself, so it is newer than `?after=` in the address, which a page
    has written. Not UTF-8 (WHATWG HTML says it is) is read with U+FFFD, and is nobody's id.
    """
    scope = getattr(request, "scope", request)
    for name, value in scope.get("headers", ()):
        if name.lower() == b"last-event-id" and value:
            return bytes(value).decode("utf-8", "replace")
    query = scope.get("query_string", b"").decode("latin-1")
    try:
        found = parse_qs(query, max_num_fields=100).get("after", [""])
    except ValueError:  # a flood of fields
        return ""
    return str(found[-1])
