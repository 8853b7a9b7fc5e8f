"""A broadcaster whose events live in Redis: what one process publishes, readers of all of them hear.

Knows what is the same as in one process, and what its users may set. Refuses to know how Redis is
used: its session does.
"""

import asyncio
from typing import Any, Final, Self

from livereload_sse.errors import InvalidEventIdError, NotEnteredError
from livereload_sse.sse.broadcaster import Broadcaster
from livereload_sse.sse.checks import check_counts, check_kind, check_seconds, check_words
from livereload_sse.sse.encoding import encode_json
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.fanout import MAX_BYTES
from livereload_sse.sse.redis.address import Address
from livereload_sse.sse.redis.connecting import check_address
from livereload_sse.sse.redis.outbox import Posted
from livereload_sse.sse.redis.session import Bounds, Session
from livereload_sse.sse.redis.standing import BrokerState, OnState
from livereload_sse.sse.subscription import Subscription
from livereload_sse.sse.terms import Terms

_WORDS: Final = frozenset(
    {"channels", "encode", "history", "limit", "loss", "max_bytes", "max_channels"}
)
"""Words of `Broadcaster` that mean the same here; Redis has the clock, and gives the ids."""

_PATIENCE: Final = 1.0
"""Seconds that Redis may be away before readers are told."""


class RedisBroadcaster(Broadcaster):
    """Hands each published event to every subscription of its channel, in all processes.

    Enter it before it is used, in the event loop that lives as long as the application: in its
    lifespan. Besides the words of `Broadcaster`:

    outbox, outbox_bytes: how many events, and how much, may wait for a Redis that is away
    expire: seconds, ten or more, for which a channel is kept in Redis after its last event; who
        comes back to it later, with an id from before, is told a loss
    timeout: seconds that Redis may take to answer, and to take what is left at the end
    on_state: called with each `BrokerState` and its reason
    away: names the event, without an id, that readers are told when Redis has been away for a
        second, and when it is back: {"state": "away"} and {"state": "connected"}; "": none

    `publish` returns an event without an id: Redis gives it one, which is greater than that of any
    event before it in any channel of this prefix. Raises BrokerFullError where too much waits, and
    NotEnteredError.
    """

    def __init__(
        self,
        address: Address,
        *,
        outbox: int = 10_000,
        outbox_bytes: int = MAX_BYTES,
        expire: float = 24 * 60 * 60.0,
        timeout: float = 5.0,
        on_state: OnState | None = None,
        away: str = "broker",
        **words: Any,
    ) -> None:
        check_words(words, _WORDS, address.shown)
        check_counts(outbox=outbox, outbox_bytes=outbox_bytes)
        check_seconds(expire=expire, timeout=timeout)
        check_kind(str, away=away)
        super().__init__(clock=lambda: 0, origin=0, **words)
        check_address(address)
        Event(away, "")  # an error here is the caller's; later it would be some reader's
        self._address = address
        self._bounds = Bounds(outbox, outbox_bytes, expire, timeout)
        self._on_state = on_state
        self._away = away
        self._session: Session | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._has_told_away = False

    @property
    def state(self) -> BrokerState:
        """Whether Redis is there."""
        return BrokerState.CLOSED if self._session is None else self._session.standing.state

    async def __aenter__(self) -> Self:
        """Connect. Raises BrokerError for a Redis that is not there, or not what is needed."""
        if self._session is not None or self.closed:
            raise RuntimeError("a broadcaster on Redis is entered once")
        session = Session(self._address, self._bounds, self._fanout, self._note_state)
        await session.open()
        self._session = session
        return self

    async def __aexit__(self, *_: object) -> None:
        """Send what waits, for as long as `timeout`; end the readers; leave."""
        self.close()
        session = self._entered()
        await session.close()
        self._session = None

    async def flush(self) -> None:
        """Wait until what was published so far is stored in Redis. Raises NotEnteredError."""
        await self._entered().flush()

    def _tell(
        self, event: Event, channel: str, milliseconds: int | None, *, final: bool = False
    ) -> Event:
        session = self._entered()
        event.encode()  # what cannot be sent is an error here, where it is published
        session.post(
            Posted(
                channel,
                event.name.encode(),
                event.data.encode(),
                self._fanout.history_of(channel),
                milliseconds,
                final,
            )
        )
        return event

    def _open(
        self, channels: frozenset[str], terms: Terms, after: EventId | str | None
    ) -> Subscription:
        session = self._entered()

        async def prepare(subscription: Subscription) -> None:
            try:
                await session.prepare(channels, _read_id(after))
            except BaseException:
                subscription.close()
                raise
            subscription.place(after)

        return Subscription(self._fanout, channels, terms, prepare=prepare)

    def _entered(self) -> Session:
        if self._session is None:
            raise NotEnteredError(
                "this broadcaster is not connected",
                where=self._address.shown,
                hint="Use it inside of `async with broadcaster:`, as in the lifespan of the app.",
            )
        return self._session

    def _note_state(self, state: BrokerState, reason: str) -> None:
        if self._on_state is not None:
            self._on_state(state, reason)
        if self._patience is not None:
            self._patience.cancel()
        if state is BrokerState.AWAY:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(_PATIENCE, self._tell_readers, state)
        elif self._has_told_away and state is BrokerState.CONNECTED:
            self._tell_readers(state)

    def _tell_readers(self, state: BrokerState) -> None:
        """Tell readers in band: a page may want to say that it stands still."""
        self._has_told_away = state is BrokerState.AWAY
        if not self._away:
            return
        told = Event(self._away, encode_json(self._away, {"state": state.value}))
        with self._fanout.lock:
            for reader in list(self._fanout.open):
                reader.interject(told)


def _read_id(after: EventId | str | None) -> EventId | None:
    if not isinstance(after, str):
        return after
    try:
        return EventId.parse(after) if after else None
    except InvalidEventIdError:
        return None  # `place` tells that it is none
