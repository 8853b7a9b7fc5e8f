"""One-way streams of events for any ASGI application.

Knows events, readers and the wire. Refuses to know files, HTML and reloads.
"""

from typing import TYPE_CHECKING, Any

from livereload_sse.sse.broadcaster import Broadcaster
from livereload_sse.sse.decoder import Decoder, ReceivedEvent
from livereload_sse.sse.encoding import encode_json
from livereload_sse.sse.endpoint import EventEndpoint
from livereload_sse.sse.events import Event, EventId, encode_comment, encode_id, encode_retry
from livereload_sse.sse.fanout import Limits
from livereload_sse.sse.history import EncodedEvent, Gap
from livereload_sse.sse.requests import last_event_id
from livereload_sse.sse.stream import Stream
from livereload_sse.sse.subscription import Subscription
from livereload_sse.sse.terms import Overflow

if TYPE_CHECKING:
    from livereload_sse.sse.browser import CLIENT_PATH, client_script
    from livereload_sse.sse.response import EventStream
    from livereload_sse.sse.typed import EventTypes

__all__ = [
    "CLIENT_PATH",
    "Broadcaster",
    "Decoder",
    "EncodedEvent",
    "Event",
    "EventEndpoint",
    "EventId",
    "EventStream",
    "EventTypes",
    "Gap",
    "Limits",
    "Overflow",
    "ReceivedEvent",
    "Stream",
    "Subscription",
    "client_script",
    "encode_comment",
    "encode_id",
    "encode_json",
    "encode_retry",
    "last_event_id",
]

_LATER = {
    "CLIENT_PATH": "browser",
    "EventStream": "response",
    "EventTypes": "typed",
    "client_script": "browser",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: `EventStream` brings Starlette, which most of us never need."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see above

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
