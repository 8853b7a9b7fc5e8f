"""The address at which browsers read a broadcaster: one ASGI application.

Knows methods, where a request says what it has read, and who may read what. Refuses to know paths:
whoever mounts it has decided that this request is for it.
"""

from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from livereload_sse.sse.broadcaster import Broadcaster
from livereload_sse.sse.checks import check_kind, check_seconds
from livereload_sse.sse.ending import ended_with_process
from livereload_sse.sse.requests import last_event_id
from livereload_sse.sse.stream import (
    UNAVAILABLE,
    Receive,
    Scope,
    Send,
    Stream,
    only_http,
    refuse,
    refuse_for_now,
)
from livereload_sse.sse.subscription import Subscription
from livereload_sse.sse.terms import Overflow

if TYPE_CHECKING:
    from livereload_sse.sse.terms import OnConnect

Channels: TypeAlias = Sequence[str] | Callable[[Scope], Sequence[str] | Awaitable[Sequence[str]]]
"""The channels to read, one alone also as a text; a function gets the scope of the request, and is
awaited if it can be."""

Authorize: TypeAlias = Callable[[Scope, Sequence[str]], Any]
"""Says whether a request may read these channels; awaited if it can be."""

_METHODS: Final = ("GET", "HEAD", "POST")


class EventEndpoint:
    """Answers each request with a stream of a broadcaster's events.

        Route("/events", EventEndpoint(broadcaster))

    channels: what is read; a function of the scope for one channel per user, or per job. The
        request itself cannot name any: that would let everybody read everything. Where there are
        none for this request the answer is 403
    authorize: called with the scope and the channels before anything is opened, and awaited if it
        can be; where it says nothing, or False, the answer is 403
    on_connect: what a new reader is told first, as `Broadcaster.subscribe` has it, by a function of
        the channels: `lambda channels: [("state", current())]`; or a number of events
    overflow, max_lag: as `Broadcaster.subscribe` has them
    retry, heartbeat, send_timeout: seconds, as `EventStream` has them

    Goes on after `Last-Event-ID`, or `?after=`. 405 for other methods than GET, HEAD and POST, 503
    where all places are taken.
    """

    def __init__(  # noqa: PLR0913 - given by name
        self,
        broadcaster: Broadcaster,
        *,
        channels: Channels = ("",),
        authorize: Authorize | None = None,
        on_connect: int | Callable[[Sequence[str]], Any] | None = None,
        overflow: Overflow = Overflow.LATEST,
        max_lag: int | None = None,
        retry: float = 2.0,
        heartbeat: float = 15.0,
        send_timeout: float = 10.0,
    ) -> None:
        check_kind(Broadcaster, broadcaster=broadcaster)
        check_seconds(retry=retry, heartbeat=heartbeat, send_timeout=send_timeout)
        self._broadcaster = broadcaster
        self._channels = channels
        self._authorize = authorize
        self._on_connect = on_connect
        self._terms: dict[str, Any] = {"overflow": overflow, "max_lag": max_lag}
        self._words: dict[str, Any] = {
            "retry": retry,
            "heartbeat": heartbeat,
            "send_timeout": send_timeout,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not await only_http(scope, send, "EventEndpoint"):
            return
        if scope["method"] not in _METHODS:
            allow = ((b"allow", ", ".join(_METHODS).encode()),)
            await refuse(send, 405, "This address can only be read.\n", headers=allow)
            return
        channels = await self._find_channels(scope)
        if not await self._is_allowed(scope, channels):
            await refuse(send, 403, "You may not read this stream.\n")
            return
        try:
            subscription = self._subscribe(channels, last_event_id(scope))
        except UNAVAILABLE as error:
            await refuse_for_now(send, error)
            return
        with ended_with_process(subscription.let_go):
            await Stream(subscription, **self._words)(scope, receive, send)

    async def _find_channels(self, scope: Scope) -> Sequence[str]:
        found: Any = self._channels(scope) if callable(self._channels) else self._channels
        found = (await found if isawaitable(found) else found) or ()
        return (found,) if isinstance(found, str) else tuple(found)  # "ab" is not "a" and "b"

    async def _is_allowed(self, scope: Scope, channels: Sequence[str]) -> bool:
        if not channels:
            return False  # to a broadcaster, no channel would mean the unnamed one
        if self._authorize is None:
            return True
        said = self._authorize(scope, channels)
        return bool(await said if isawaitable(said) else said)

    def _subscribe(self, channels: Sequence[str], after: str) -> Subscription:
        on_connect: OnConnect = None
        if callable(self._on_connect):
            ask = self._on_connect
            on_connect = lambda: ask(channels)  # noqa: E731 - one expression, bound to this request
        elif self._on_connect is not None:
            on_connect = self._on_connect
        return self._broadcaster.subscribe(
            *channels, after=after, on_connect=on_connect, **self._terms
        )
