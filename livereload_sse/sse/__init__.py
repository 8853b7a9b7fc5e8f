"""One-way streams of events for any ASGI application.

Knows events, readers and the wire. Refuses to know files, HTML and reloads.
"""

from livereload_sse.sse.broadcaster import Broadcaster, Subscription
from livereload_sse.sse.decoder import Decoder, ReceivedEvent
from livereload_sse.sse.events import Event, EventId, encode_comment, encode_id, encode_retry
from livereload_sse.sse.history import EncodedEvent, Gap, History
from livereload_sse.sse.stream import EventStream

__all__ = [
    "Broadcaster",
    "Decoder",
    "EncodedEvent",
    "Event",
    "EventId",
    "EventStream",
    "Gap",
    "History",
    "ReceivedEvent",
    "Subscription",
    "encode_comment",
    "encode_id",
    "encode_retry",
]
