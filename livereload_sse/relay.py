"""What somebody publishes to one server, told by all that share a broker.

Each server watches by itself; what goes between them is what was published by hand: by
`sse-reload notify`, by `LiveReload.publish` and `.reload`, by a key. Knows the broker's two channels
and the shape of a copy. Refuses to know tabs, and what their server does about an event.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any, Final, Self

from livereload_sse.sse import Broadcaster

if TYPE_CHECKING:
    from livereload_sse.sse import EncodedEvent, Subscription

COPIES: Final = "sse-reload"
"""The channel on which servers copy to one another what they were told."""

ANYBODY: Final = ""
"""The channel of whoever publishes to the broker without being such a server."""

KEPT: Final = 100
"""How many of the others' events are kept for tabs that were away."""

Hear = Callable[[str, Any, str], None]
"""Called with the name, the payload and the channel of what another one has published."""


class Relay:
    """Copies to the others, and hears what they copy. Use as `async with`.

    hear: called for each event of somebody else's
    lost: called when events of others were lost, with the reason
    """

    def __init__(
        self, broadcaster: Broadcaster, *, hear: Hear, lost: Callable[[str], object]
    ) -> None:
        self._broadcaster = broadcaster
        self._hear = hear
        self._lost = lost
        self._name = secrets.token_hex(8)
        self._kept: deque[tuple[int, str, Any, str]] = deque(maxlen=KEPT)

    @classmethod
    def from_url(cls, url: str, *, hear: Hear, lost: Callable[[str], object]) -> Self:
        """Make one by the broker's URL. Raises InvalidBrokerError and MissingExtraError."""
        # Tabs need not know when the broker is away: they have their own server.
        words = {} if url.startswith("memory:") else {"away": ""}
        broadcaster = Broadcaster.from_url(url, history=KEPT, loss=("lost", None), **words)
        return cls(broadcaster, hear=hear, lost=lost)

    async def __aenter__(self) -> Self:
        """Begin to hear. Raises what entering the broker does."""
        async with AsyncExitStack() as beginning:
            await beginning.enter_async_context(self._broadcaster)
            subscription = self._broadcaster.subscribe(ANYBODY, COPIES, on_connect=KEPT)
            await beginning.enter_async_context(subscription)
            for told in subscription.take(max_bytes=2**30):
                self._keep(told)  # from before: the tabs of now have no need of it
            self._following = asyncio.create_task(self._follow(subscription))
            self._open = beginning.pop_all()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Hear nothing more; what was published is still sent."""
        self._following.cancel()
        with suppress(asyncio.CancelledError):
            await self._following
        await self._open.aclose()

    def copy(self, name: str, data: Any, channel: str) -> None:
        """Tell the others. Never waits."""
        copied = {"from": self._name, "channel": channel, "data": data}
        self._broadcaster.publish(name, copied, channel=COPIES)

    def since(self, milliseconds: int) -> list[tuple[str, Any]]:
        """Return name and payload of what others have told the tabs since a moment, oldest first."""
        return [
            (name, data)
            for moment, name, data, channel in self._kept
            if moment >= milliseconds and channel == ANYBODY
        ]

    async def _follow(self, subscription: "Subscription") -> None:
        async for told in subscription:
            if told.name == "lost":
                self._lost("events of other servers were lost")
            elif (kept := self._keep(told)) is not None:
                self._hear(*kept)

    def _keep(self, told: "EncodedEvent") -> tuple[str, Any, str] | None:
        """Read an event; None where it is our own."""
        data, channel = told.json(), ANYBODY
        if told.channel == COPIES:
            if data["from"] == self._name:
                return None
            data, channel = data["data"], data["channel"]
        self._kept.append((told.id.milliseconds, told.name, data, channel))
        return told.name, data, channel
