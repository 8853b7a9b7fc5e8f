"""A stream as Starlette and FastAPI want a response to be.

Knows what may be given to an endpoint's `return`. Refuses to know how it is written: `stream` does.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from starlette.background import BackgroundTask
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from livereload_sse.errors import InvalidSettingError
from livereload_sse.sse.checks import check_seconds
from livereload_sse.sse.encoding import Encode, encode_json
from livereload_sse.sse.ending import ended_with_process
from livereload_sse.sse.events import Event
from livereload_sse.sse.pulled import END_ID, Pulled
from livereload_sse.sse.requests import last_event_id
from livereload_sse.sse.stream import HEADERS, Stream
from livereload_sse.sse.subscription import Subscription

# Token and field value of RFC 9110, §5.1 and §5.5.
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*")


class EventStream(Response):
    """A response that streams events until its source ends, or its reader leaves.

    source: a `Subscription`; or an iterator or generator, async or not, of events: each item an
        `Event`, `(name, payload)`, or any other payload. One that is not async runs in a
        thread of its own
    retry: seconds after which a browser that lost the stream comes back
    heartbeat: seconds between comments, which keep proxies from closing a quiet stream
    send_timeout: seconds that one write may wait for a reader that does not read; then it is dropped
    end: names the event that follows an iterator's last item; "": none. A browser that comes back
        having heard it is answered 204, and stays away
    encode: makes the text of an iterator's payloads; default: compact JSON
    first: events to tell before everything else

    It cleans up when the reader leaves: the subscription, or the generator, is closed. It ends when
    the process is asked to end, in any server, so that it delays neither Ctrl-C nor a restart.
    Raises TypeError for a source that is none of these.
    """

    def __init__(  # noqa: PLR0913 - given by name
        self,
        source: Subscription | AsyncIterator[Any] | Iterator[Any],
        *,
        retry: float = 2.0,
        heartbeat: float = 15.0,
        send_timeout: float = 10.0,
        end: str = "end",
        encode: Encode = encode_json,
        first: Sequence[Event] = (),
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        background: BackgroundTask | None = None,
    ) -> None:
        if not isinstance(source, Subscription | AsyncIterator | Iterator):
            raise TypeError(
                f"EventStream needs a Subscription or an iterator of events, not {source!r:.60}"
            )
        try:
            check_seconds(retry=retry, heartbeat=heartbeat, send_timeout=send_timeout)
            self.raw_headers = _make_headers(headers or {})
        except BaseException:
            if isinstance(source, Subscription):
                source.close()  # nobody else will: it was made for this response
            raise
        self.status_code = status_code
        self.background = background
        self._source = source
        self._end = end
        self._encode = encode
        self._words: dict[str, Any] = {
            "retry": retry,
            "heartbeat": heartbeat,
            "send_timeout": send_timeout,
            "first": first,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of any method. Raises RuntimeError the second time."""
        if not self._words:
            raise RuntimeError("an EventStream answers one request: make another one")
        source = self._open(scope)
        stream = Stream(source, status=self.status_code, headers=self.raw_headers, **self._words)
        self._words = {}  # it is held for as long as the stream is, a thousand times
        with ended_with_process(source.let_go):
            await stream(scope, receive, send)
        if self.background is not None:
            await self.background()

    def _open(self, scope: Scope) -> Subscription | Pulled:
        if isinstance(self._source, Subscription):
            return self._source
        is_over = bool(self._end) and last_event_id(scope) == END_ID
        return Pulled(self._source, end=self._end, encode=self._encode, is_over=is_over)


def _make_headers(own: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Join the stream's headers with the user's. Raises InvalidSettingError."""
    headers = list(HEADERS)
    for name, value in own.items():
        if not _HEADER.fullmatch(f"{name}:{value}"):
            raise InvalidSettingError(
                "header that cannot be sent",
                where=ascii(f"{name}: {value}"[:60]),
                hint="Names are ASCII, values Latin-1 without line ends: quote other text.",
            )
    MutableHeaders(raw=headers).update(own)
    return headers
