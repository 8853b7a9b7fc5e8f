"""Everything below `/__sse-reload/`: the stream, what comes back from a tab, and what tools ask.

Knows addresses, methods and limits. Refuses to know who may ask (`Guard` stands in front of this and
has decided), what a change is, and how a tab catches up: it is given functions for that.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from livereload_sse.errors import InvalidEventError, LiveReloadError
from livereload_sse.sse import EventId, Stream
from livereload_sse.web.acks import Ack, parse_ack
from livereload_sse.web.answers import (
    FETCHING,
    Answer,
    json_answer,
    redirect_answer,
    refuse,
)
from livereload_sse.web.assets import Assets, Client, packaged_client
from livereload_sse.web.bodies import read_object
from livereload_sse.web.guard import INTERNAL_PREFIX
from livereload_sse.web.opening import Openings, parse_fields, parse_wanted
from livereload_sse.web.readers import Counts, Readers, parse_counts, parse_name
from livereload_sse.web.routes import BODY_TIMEOUT, Routes, find_header, read_trusted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from livereload_sse.sse import Broadcaster, Event, Gap
    from livereload_sse.web.routes import Find

BYTES = "application/octet-stream"

ACK_LIMIT = 64 * 1024
"""Bytes of an acknowledgement."""

PUBLISH_LIMIT = 1024 * 1024
"""Bytes of an event that a tool publishes."""

RETURN_DELAY = 0.05
"""Seconds after which tabs come back whose stream an application's server has ended: a reloader
keeps the socket, so they are answered as soon as the next process can."""

TABS_LIMIT = 4 * 1024
"""Bytes in which a browser says how many tabs it has."""

_DIGEST = re.compile(r"[0-9a-f]{1,128}")


class Endpoints:
    """ASGI application for the internal addresses. Put a `Guard` in front of it.

    catch_up: what a tab missed, when its id is not in the history: awaited with the id and the
        reason, it returns the events to begin with. The last one is given the id at which live
        events go on, unless it has one
    on_ack: called with each acknowledgement
    status: what `GET status` shows, as JSON
    token: what `POST publish` must carry as `Authorization: Bearer <token>`; not empty
    publish: called with name, data and channel; returns the event's id
    on_tabs: called with how many tabs somebody can see and how many are hidden, when that changes.
        Only readers that say how many they are (`visible=`) count; they acknowledge
    build: what `GET build` shows: the present state of the builds, as JSON. None: nothing is built
    open_place: called with the key of a place that a build's report names; opens it in the user's
        editor. What the answer tells of its `LiveReloadError`s is for the person at the page
    code: how new the code is that the application runs, awaited by `GET code`, in milliseconds since
        1970. None: no application stands behind this
    tests: what `GET tests` shows: what is known of the tests, with the event's name as `event`. None:
        nobody watches them
    source: finds what was served: called with a page's canonical URL, the digest wanted and the
        digest before which (one of the two is empty); returns the digest and the bytes, if held
    client: the modules to serve; default: the packaged ones (raises `MissingClientError`)
    """

    def __init__(  # noqa: PLR0913 - each is one way in or out, and all are given by name
        self,
        *,
        broadcaster: "Broadcaster",
        catch_up: "Callable[[EventId, Gap], Awaitable[Sequence[Event]]]",
        on_ack: Callable[[Ack], None],
        status: Callable[[], Mapping[str, Any]],
        token: str,
        publish: Callable[[str, Any, str], EventId],
        client: Client | None = None,
        on_tabs: Callable[[int, int], None] = lambda _visible, _hidden: None,
        source: Callable[[str, str, str], tuple[str, bytes] | None] = lambda *_wanted: None,
        build: Callable[[], Mapping[str, Any]] | None = None,
        open_place: "Callable[[str], Awaitable[None]] | None" = None,
        code: "Callable[[], Awaitable[int]] | None" = None,
        tests: Callable[[], Mapping[str, Any] | None] = lambda: None,
    ) -> None:
        if not token:
            raise ValueError("an empty token would let anybody publish")
        self._openings = Openings(broadcaster, catch_up)
        self._on_ack = on_ack
        self._readers = Readers(lambda counts: on_tabs(counts.visible, counts.hidden))
        self._source = source
        self._build = build
        self._open_place = open_place
        self._code = code
        self._tests = tests
        self._status = status
        self._token = token
        self._publish = publish
        self._assets = Assets(client or packaged_client())
        table: dict[str, tuple[str, Find]] = {
            "": (FETCHING, self._answer_prefix),
            "/": (FETCHING, self._answer_prefix),
            "/ack": ("POST", self._answer_ack),
            "/build": (FETCHING, self._answer_build),
            "/code": (FETCHING, self._answer_code),
            "/events": (FETCHING, self._answer_events),
            "/missed": (FETCHING, self._answer_missed),
            "/open": ("POST", self._answer_open),
            "/publish": ("POST", self._answer_publish),
            "/source": (FETCHING, self._answer_source),
            "/status": (FETCHING, self._answer_status),
            "/tabs": ("POST", self._answer_tabs),
            "/tests": (FETCHING, self._answer_tests),
        }
        self._routes = Routes(
            {f"{INTERNAL_PREFIX}{path}": route for path, route in table.items()},
            otherwise=self._find_asset,
        )

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one http request below the prefix."""
        await self._routes(scope, receive, send)

    def _find_asset(self, path: str) -> "ASGIApp":
        if not path.startswith(f"{INTERNAL_PREFIX}/client"):
            refuse(404, "No such address. Tabs of another release may ask for it; reload them.")
        return self._assets

    async def _answer_prefix(self, scope: "Scope", _receive: "Receive") -> "ASGIApp":
        """Relative to where the browser is: an application may be mounted below a path."""
        return redirect_answer(
            "status" if scope["path"].endswith("/") else f"{INTERNAL_PREFIX[1:]}/status"
        )

    async def _answer_status(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        return json_answer(self._status())

    async def _answer_build(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        if self._build is None:
            refuse(404, "Nothing is built here.")
        return json_answer(self._build())

    async def _answer_code(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        if self._code is None:
            refuse(404, "No application stands behind this.")
        return json_answer({"code": await self._code()})

    async def _answer_tests(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        """No tests are no error: a tab asks because there were some a moment ago."""
        return json_answer(self._tests() or {"event": None})

    async def _answer_open(self, _scope: "Scope", receive: "Receive") -> "ASGIApp":
        """Open a place in the editor. The page says which one of those that it was told of, by a
        key that cannot be guessed; it cannot name a file, nor what is run.
        """
        wanted = await read_object(receive, limit=TABS_LIMIT, timeout=BODY_TIMEOUT)
        key = wanted.get("key")
        if self._open_place is None or not isinstance(key, str):
            refuse(400, '"key" must be the key of a place in a build\'s report.')
        try:
            await self._open_place(key)
        except LiveReloadError as error:
            return json_answer({"error": str(error)}, status=422)
        return Answer(204)

    async def _answer_ack(self, _scope: "Scope", receive: "Receive") -> "ASGIApp":
        self._on_ack(parse_ack(await read_object(receive, limit=ACK_LIMIT, timeout=BODY_TIMEOUT)))
        return Answer(204)

    async def _answer_publish(self, scope: "Scope", receive: "Receive") -> "ASGIApp":
        wanted = await read_trusted(scope, receive, token=self._token, limit=PUBLISH_LIMIT)
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

    async def _answer_tabs(self, _scope: "Scope", receive: "Receive") -> "ASGIApp":
        wanted = await read_object(receive, limit=TABS_LIMIT, timeout=BODY_TIMEOUT)
        counts = parse_counts(wanted.get("visible"), wanted.get("hidden"))
        self._readers.update(parse_name(wanted.get("reader")), counts)
        return Answer(204)

    async def _answer_source(self, scope: "Scope", _receive: "Receive") -> "ASGIApp":
        wanted = dict(parse_fields(scope["query_string"]))
        page, digest, before = (wanted.get(key, "") for key in ("page", "digest", "before"))
        if not page or not _DIGEST.fullmatch(digest or before) or (digest and before):
            refuse(400, "This address takes page= with either digest= or before=.")
        found = self._source(page, digest, before)
        if found is None:
            refuse(404, "This version is no longer held.")
        # A type that no browser shows or runs: these bytes are read by our own script only.
        return Answer(200, found[1], type=BYTES, headers={"etag": f'"{found[0]}"'})

    async def _answer_events(self, scope: "Scope", _receive: "Receive") -> "ASGIApp":
        wanted, is_head = parse_wanted(scope["query_string"]), scope["method"] == "HEAD"
        # Set by the browser when it reconnects by itself; then the address is out of date.
        after = find_header(scope, b"last-event-id") or wanted.after
        opening = await self._openings.find(wanted.channels, after, fills_gaps=not is_head)
        stream = Stream(
            opening.subscription,
            first=opening.first,
            position=opening.position,
            return_delay=RETURN_DELAY if self._code is not None else None,
        )
        if is_head or wanted.counts is None:
            return stream
        return self._counted(stream, wanted.reader, wanted.counts)

    def _counted(self, stream: Stream, reader: str, counts: Counts) -> "ASGIApp":
        async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
            with self._readers.listening(reader, counts):
                await stream(scope, receive, send)

        return answer

    async def _answer_missed(self, scope: "Scope", _receive: "Receive") -> "ASGIApp":
        """For a browser that has a stream already, which began after another id."""
        wanted = parse_wanted(scope["query_string"])
        return json_answer(await self._openings.tell_missed(wanted.channels, wanted.after))


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())
