"""What lives between entering and leaving a broadcaster on Redis: connections, tasks, the outbox.

Knows in which order they begin and end, and which thread they belong to. Refuses to know what is
sent and read: `sending` and `following` do, each on a connection of its own.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from logging import getLogger
from threading import get_ident
from time import monotonic
from typing import Final

from livereload_sse.errors import BrokerError, BrokerRefusedError
from livereload_sse.sse.events import EventId
from livereload_sse.sse.fanout import Fanout
from livereload_sse.sse.redis.address import Address
from livereload_sse.sse.redis.checking import check_info, find_warning, parse_info
from livereload_sse.sse.redis.connecting import Link
from livereload_sse.sse.redis.following import Follower
from livereload_sse.sse.redis.mirrors import Mirrors
from livereload_sse.sse.redis.outbox import Outbox, Posted
from livereload_sse.sse.redis.scripts import Keys
from livereload_sse.sse.redis.sending import Sender
from livereload_sse.sse.redis.standing import BrokerState, OnState, Standing
from livereload_sse.sse.redis.telling import Teller

_LOGGER: Final = getLogger("livereload_sse.sse.redis")

_FAREWELL: Final = 1.0
"""Seconds that an end may be held up by what is only tidy."""

SHORTEST_EXPIRE: Final = 10.0
"""Seconds. Who follows a channel looks every two whether Redis is still the same: a shorter life of
channels would look like a loss."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a session may take. outbox, outbox_bytes: of what waits; expire, timeout: seconds."""

    outbox: int
    outbox_bytes: int
    expire: float
    timeout: float


class Session:
    """One life of a broadcaster, in the event loop that it is opened in."""

    def __init__(self, address: Address, bounds: Bounds, fanout: Fanout, on_state: OnState) -> None:
        self._address = address
        self._timeout = bounds.timeout
        self._loop = asyncio.get_running_loop()
        self._thread = get_ident()
        self._tasks: list[asyncio.Task[None]] = []
        expire = round(max(SHORTEST_EXPIRE, bounds.expire) * 1000)
        keys = Keys(address.prefix)
        mirrors = Mirrors(expire)
        self._teller = Teller(fanout, mirrors)
        self._outbox = Outbox(
            limit=bounds.outbox, max_bytes=bounds.outbox_bytes, notice=self._notice
        )
        self.standing = Standing(address.shown, monotonic, on_state)
        self._links = [Link(address, timeout=bounds.timeout) for _ in range(2)]
        sending, reading = self._links
        self._sender = Sender(sending, self._outbox, keys, self.standing, expire=expire)
        self._follower = Follower(
            reading,
            sending,
            keys,
            self.standing,
            mirrors,
            history=fanout.history_of,
            tell=self._tell,
        )

    async def open(self) -> None:
        """Connect, see that this Redis can do what is needed, and begin. Raises BrokerError."""
        try:
            for link in self._links:
                await link.open()
            await self._check(self._links[0])
            await self._follower.catch_up()
        except BaseException:
            await self._hang_up()
            raise
        self.standing.open()
        for part in (self._sender.run, self._follower.run):
            self._tasks.append(self._loop.create_task(part()))

    async def close(self) -> None:
        """Send what waits, if that is possible in time, and end."""
        flushed = asyncio.wrap_future(self._outbox.flushed())
        await asyncio.wait((flushed,), timeout=self._timeout)
        error = BrokerError("left before this was stored", where=self._address.shown)
        left = self._outbox.give_up(error)
        if left:
            _LOGGER.error("%d events were not sent: %s", left, self.standing.reason)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, flushed, return_exceptions=True)
        self._follower.refuse(BrokerError("the broadcaster is closed", where=self._address.shown))
        if not left and self.standing.state is BrokerState.CONNECTED:
            await self._say_goodbye()
        await self._hang_up()
        self.standing.close()

    def post(self, event: Posted) -> None:
        """Have an event stored, some time. In any thread. Raises BrokerFullError."""
        self._outbox.post(event, self.standing.reason)

    async def flush(self) -> None:
        """Wait until all that was posted so far is stored. In any event loop."""
        await asyncio.wrap_future(self._outbox.flushed())

    async def prepare(self, channels: frozenset[str], after: EventId | None) -> None:
        """Wait until all is known here that a reader needs to begin. In any event loop.

        Raises BrokerError where Redis does not say so in time.
        """
        granted: Future[None] = Future()
        self._call(lambda: self._grant(channels, after, granted))
        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.wrap_future(granted)
        except TimeoutError:
            raise BrokerError(
                "these channels cannot be read at present",
                where=self.standing.reason or f"{self._address.shown} does not answer",
                hint="Come back later.",
            ) from None

    def _grant(
        self, channels: frozenset[str], after: EventId | None, granted: "Future[None]"
    ) -> None:
        if not self._teller.knows(channels, after):
            self._follower.wish(channels, granted)
        elif granted.set_running_or_notify_cancel():
            granted.set_result(None)

    def _tell(self) -> None:
        self._teller.tell()
        self._teller.drop_idle(self._loop.time())

    def _notice(self) -> None:
        self._call(self._sender.notice)

    def _call(self, function: Callable[[], None]) -> None:
        if get_ident() == self._thread:
            function()
        else:
            self._loop.call_soon_threadsafe(function)

    async def _check(self, link: Link) -> None:
        try:
            info = parse_info((await link.ask("INFO")).decode(errors="replace"))
        except BrokerRefusedError as error:
            # Some who rent out a Redis do not tell; those whose version is too old will fail later.
            _LOGGER.info("version unknown: %s", error)
            return
        check_info(info, self._address.shown)
        if warning := find_warning(info, self._address.shown):
            _LOGGER.warning(warning)

    async def _say_goodbye(self) -> None:
        try:
            async with asyncio.timeout(_FAREWELL):
                await self._links[0].open()
                await self._sender.forget()
        except (BrokerError, TimeoutError) as error:
            _LOGGER.info("left without a word: %s", error)  # Redis forgets by itself in a day

    async def _hang_up(self) -> None:
        for link in self._links:
            await link.close()
