"""Everything below `/__sse-reload/`: the stream, what comes back from a tab, and what tools ask.

Knows addresses, methods, limits and the shapes of bodies. Refuses to know who may ask (`Guard`
stands in front of this and has decided), what a change is, and how a tab catches up: it is given
functions for that.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from livereload_sse.errors import InvalidEventError, InvalidEventIdError, TooManyStreamsError
from livereload_sse.sse import Event, EventId, EventStream
from livereload_sse.web.answers import (
    FETCHING,
    JSON,
    Answer,
    RefusedError,
    json_answer,
    redirect_answer,
    refuse,
)
from livereload_sse.web.assets import Assets, Client, packaged_client
from livereload_sse.web.bodies import PeerGoneError, read_object
from livereload_sse.web.guard import INTERNAL_PREFIX

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from livereload_sse.sse import Broadcaster, Gap, Subscription

ACK_LIMIT = 64 * 1024
"""Bytes of an acknowledgement."""

PUBLISH_LIMIT = 1024 * 1024
"""Bytes of an event that a tool publishes."""

BODY_TIMEOUT = 10.0
"""Seconds within which a body has to arrive."""

QUERY_FIELDS = 32
"""How many `channel=` (and `after=`) one stream may name."""

LONGEST_DURATION = 24 * 3600 * 1000.0
"""Milliseconds; no tab takes longer than a day to show a change."""

_ACTION = re.compile(r"[a-z][a-z-]{0,31}")


@dataclass(frozen=True, slots=True)
class Ack:
    """One tab's word on one event: what it did ("reload", "swap-styles", "none", "paused", …) and
    how many milliseconds after it heard of it that was to be seen.
    """

    id: EventId
    action: str
    milliseconds: float


class Endpoints:
    """ASGI application for the internal addresses. Put a `Guard` in front of it.

    catch_up: what a tab missed, when its id is not in the history: awaited with the id and the
        reason, it returns the events to begin with. The last one is given the id at which live
        events go on, unless it has one
    on_ack: called with each acknowledgement
    status: what `GET status` shows, as JSON
    token: what `POST publish` must carry as `Authorization: Bearer <token>`; not empty
    publish: called with name, data and channel; returns the event's id
    on_tabs: called with 1 and -1 as a reader that says `tab=1`, which acknowledges, comes and goes
    client: the modules to serve; default: the packaged ones (raises `MissingClientError`)
    """

    def __init__(
        self,
        *,
        broadcaster: "Broadcaster",
        catch_up: "Callable[[EventId, Gap], Awaitable[Sequence[Event]]]",
        on_ack: Callable[[Ack], None],
        status: Callable[[], Mapping[str, Any]],
        token: str,
        publish: Callable[[str, Any, str], EventId],
        client: Client | None = None,
        on_tabs: Callable[[int], None] = lambda _difference: None,
    ) -> None:
        if not token:
            raise ValueError("an empty token would let anybody publish")
        self._broadcaster = broadcaster
        self._catch_up = catch_up
        self._on_ack = on_ack
        self._on_tabs = on_tabs
        self._status = status
        self._authorization = f"bearer {token}".encode()
        self._publish = publish
        self._assets = Assets(client or packaged_client())
        self._routes: dict[str, tuple[str, Callable[[Scope, Receive], Awaitable[ASGIApp]]]] = {
            "": (FETCHING, self._answer_prefix),
            "/": (FETCHING, self._answer_prefix),
            "/ack": ("POST", self._answer_ack),
            "/events": (FETCHING, self._answer_events),
            "/publish": ("POST", self._answer_publish),
            "/status": (FETCHING, self._answer_status),
        }

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one http request below the prefix."""
        try:
            answer = await self._find_answer(scope, receive)
        except RefusedError as refused:
            answer = refused.answer
        except PeerGoneError:
            return
        await answer(scope, receive, send)

    async def _find_answer(self, scope: "Scope", receive: "Receive") -> "ASGIApp":
        path = scope["path"].removeprefix(INTERNAL_PREFIX)
        if path.startswith("/client"):
            return self._assets
        if path not in self._routes:
            refuse(404, "No such address. Tabs of another release may ask for it; reload them.")
        allowed, find = self._routes[path]
        if scope["method"] not in allowed.split(", "):
            refuse(405, f"This address takes {allowed}.", allow=allowed)
        return await find(scope, receive)

    async def _answer_prefix(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        return redirect_answer(f"{INTERNAL_PREFIX}/status")

    async def _answer_status(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        return json_answer(self._status())

    async def _answer_ack(self, _scope: "Scope", receive: "Receive") -> "ASGIApp":
        self._on_ack(parse_ack(await read_object(receive, limit=ACK_LIMIT, timeout=BODY_TIMEOUT)))
        return Answer(204)

    async def _answer_publish(self, scope: "Scope", receive: "Receive") -> "ASGIApp":
        self._check_token(scope)
        # No form of another origin can send this type without asking first (a CORS preflight).
        if _find_header(scope, b"content-type").partition(";")[0].strip().lower() != JSON:
            refuse(415, f"The body must be JSON: Content-Type: {JSON}")
        wanted = await read_object(receive, limit=PUBLISH_LIMIT, timeout=BODY_TIMEOUT)
        name, channel = wanted.get("event"), wanted.get("channel", "")
        if not isinstance(name, str) or not name:
            refuse(400, '"event" must be the name of an event.')
        if not isinstance(channel, str):
            refuse(400, '"channel" must be a string.')
        try:
            published = self._publish(name, wanted.get("data"), channel)
        except InvalidEventError as error:
            refuse(400, _in_one_line(error))
        return json_answer({"id": str(published)})

    def _check_token(self, scope: "Scope") -> None:
        scheme, _, token = _find_header(scope, b"authorization").partition(" ")
        given = f"{scheme.lower()} {token}".encode()
        if not secrets.compare_digest(given, self._authorization):
            refuse(401, "This needs the token of this run.", www_authenticate="Bearer")

    async def _answer_events(self, scope: "Scope", _receive: "Receive") -> "ASGIApp":
        wanted = _parse_query(scope["query_string"])
        stream = await self._find_stream(wanted, scope)
        return self._counted(stream) if wanted.is_tab and scope["method"] == "GET" else stream

    def _counted(self, stream: EventStream) -> "ASGIApp":
        async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
            self._on_tabs(1)
            try:
                await stream(scope, receive, send)
            finally:
                self._on_tabs(-1)

        return answer

    async def _find_stream(self, wanted: "_Wanted", scope: "Scope") -> EventStream:
        # Set by the browser when it reconnects by itself; then the address is out of date.
        text = _find_header(scope, b"last-event-id") or wanted.after
        try:
            after = EventId.parse(text) if text else None
        except InvalidEventIdError:
            return self._start_over(self._subscribe(wanted.channels, None))
        subscription = self._subscribe(wanted.channels, after)
        if after is None or subscription.gap is None or scope["method"] == "HEAD":
            return EventStream(subscription)
        return await self._fill_gap(subscription, after, subscription.gap)

    def _subscribe(self, channels: Sequence[str], after: EventId | None) -> "Subscription":
        try:
            return self._broadcaster.subscribe(*channels, after=after)
        except TooManyStreamsError as error:
            refuse(503, _in_one_line(error), retry_after="5")

    def _start_over(self, subscription: "Subscription") -> EventStream:
        """What this tab has seen cannot be known: it shall load its page again."""
        reason = json.dumps({"reason": "the id of the last event could not be read"})
        reload = Event("reload", reason, subscription.position)
        return EventStream(subscription, first=[reload])

    async def _fill_gap(
        self, subscription: "Subscription", after: EventId, gap: "Gap"
    ) -> EventStream:
        """Begin with what was missed. Until the reader has that, it keeps its old id: were the
        stream cut in between, a newer one would hide what it never got. The last of it carries the
        new id, because a page's script sees ids of events only.
        """
        try:
            missed = list(await self._catch_up(after, gap))
        except BaseException:
            subscription.close()
            raise
        if not missed:
            return EventStream(subscription)
        missed[-1] = replace(missed[-1], id=missed[-1].id or subscription.position)
        return EventStream(subscription, first=missed, position=after)


def parse_ack(wanted: Mapping[str, Any]) -> Ack:
    """Read `{"id", "action", "milliseconds"}`; a malformed one is refused with 400 (`RefusedError`)."""
    text, action, duration = (wanted.get(key) for key in ("id", "action", "milliseconds"))
    if not isinstance(action, str) or not _ACTION.fullmatch(action):
        refuse(400, '"action" must be a word such as "reload".')
    if isinstance(duration, bool) or not isinstance(duration, int | float):
        refuse(400, '"milliseconds" must be a number.')
    if not 0 <= duration <= LONGEST_DURATION:
        refuse(400, '"milliseconds" must be between zero and a day.')
    try:
        return Ack(EventId.parse(text if isinstance(text, str) else ""), action, float(duration))
    except InvalidEventIdError as error:
        refuse(400, _in_one_line(error))


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _find_header(scope: "Scope", wanted: bytes) -> str:
    """The first header of that name, or nothing."""
    values = (value for name, value in scope["headers"] if name == wanted)
    return next(values, b"").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the query of a stream asks for: `channel=` (repeatable), `after=<id>`, `tab=1`."""

    channels: Sequence[str]
    after: str
    is_tab: bool


def _parse_query(query: bytes) -> _Wanted:
    try:
        fields = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=QUERY_FIELDS
        )
    except ValueError:
        refuse(400, f"At most {QUERY_FIELDS} fields fit into this query.")
    channels = [value for name, value in fields if name == "channel"]
    after = next((value for name, value in fields if name == "after"), "")
    return _Wanted(channels, after, ("tab", "1") in fields)
