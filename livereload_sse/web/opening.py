"""What a reader is told first: what came after its id, or whatever stands in for that.

Knows ids, gaps, and what the query of a stream may say. Refuses to know how a gap is filled (it is
given a function for that) and whether the reader has a stream or only asks.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from livereload_sse.errors import InvalidEventIdError, TooManyStreamsError
from livereload_sse.sse import Decoder, Event, EventId, ReceivedEvent
from livereload_sse.web.answers import refuse
from livereload_sse.web.readers import Counts, parse_counts, parse_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from livereload_sse.sse import Broadcaster, Gap, Subscription

QUERY_FIELDS = 32
"""How many fields a query may have; `channel=` may be repeated."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the query of a stream asks for: `channel=` (repeatable) and `after=<id>`; and what it
    says of the tabs behind it: `visible=` and `hidden=`, and `reader=` to name the stream.
    """

    channels: Sequence[str]
    after: str
    reader: str
    counts: Counts | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes first, and where the reader stands until it has heard that (`position`)."""

    subscription: "Subscription"
    first: Sequence[Event] = ()
    position: EventId | None = None

    def read(self) -> list[ReceivedEvent]:
        """Read all that is there now, as a browser's EventSource would hear it."""
        position = self.position or self.subscription.position
        decoder = Decoder(last_event_id=str(position))
        found = decoder.feed(b"".join(event.encode() for event in self.first))
        while taken := self.subscription.take():
            found += decoder.feed(b"".join(event.wire for event in taken))
        return found


class Openings:
    """Finds a reader's place. `catch_up` returns what was missed, as `Endpoints` describes it."""

    def __init__(
        self,
        broadcaster: "Broadcaster",
        catch_up: "Callable[[EventId, Gap], Awaitable[Sequence[Event]]]",
    ) -> None:
        self._broadcaster = broadcaster
        self._catch_up = catch_up

    async def find(
        self, channels: Sequence[str], after: str, *, fills_gaps: bool = True
    ) -> Opening:
        """Open a place after an id, if there is one; its subscription has to be closed.

        Raises `RefusedError` when all places are taken.
        """
        try:
            after_id = EventId.parse(after) if after else None
        except InvalidEventIdError:
            return _start_over(self._subscribe(channels, None))
        subscription = self._subscribe(channels, after_id)
        if after_id is None or subscription.gap is None or not fills_gaps:
            return Opening(subscription)
        return await self._fill_gap(subscription, after_id, subscription.gap)

    async def tell_missed(self, channels: Sequence[str], after: str) -> dict[str, Any]:
        """Say what a stream would begin with, and the id up to which nothing else was told.

        That is the newest id of all channels: a stream that catches up begins at that one, too, and
        a browser has to know which of the two answers says more.
        """
        opening = await self.find(channels, after)
        async with opening.subscription:
            events = opening.read()
        told = [{"name": one.name, "data": one.data, "id": one.last_event_id} for one in events]
        return {"events": told, "id": str(self._broadcaster.last_id)}

    def _subscribe(self, channels: Sequence[str], after: EventId | None) -> "Subscription":
        try:
            return self._broadcaster.subscribe(*channels, after=after, tells_gap=False)
        except TooManyStreamsError as error:
            refuse(503, " ".join(str(error).split()), retry_after="5")

    async def _fill_gap(self, subscription: "Subscription", after: EventId, gap: "Gap") -> Opening:
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
            return Opening(subscription)
        missed[-1] = replace(missed[-1], id=missed[-1].id or subscription.position)
        return Opening(subscription, missed, after)


def _start_over(subscription: "Subscription") -> Opening:
    """What this tab has seen cannot be known: it shall load its page again."""
    reason = json.dumps({"reason": "the id of the last event could not be read"})
    return Opening(subscription, [Event("reload", reason, subscription.position)])


def parse_wanted(query: bytes) -> Wanted:
    """Read the query of a stream. A malformed one is refused with 400 (`RefusedError`)."""
    fields = parse_fields(query)
    first = dict(reversed(fields))
    counts = None
    if "visible" in first:
        counts = parse_counts(first["visible"], first.get("hidden", "0"))
    return Wanted(
        channels=[value for name, value in fields if name == "channel"],
        after=first.get("after", ""),
        reader=parse_name(first["reader"]) if first.get("reader") else "",
        counts=counts,
    )


def parse_fields(query: bytes) -> list[tuple[str, str]]:
    """Split a query into names and values. One with too many fields is refused with 400."""
    try:
        return parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=QUERY_FIELDS
        )
    except ValueError:
        refuse(400, f"At most {QUERY_FIELDS} fields fit into this query.")
