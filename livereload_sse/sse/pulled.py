"""An iterator of somebody's as a source of a stream: a generator of tokens, of rows, of progress.

Knows what such an iterator may give, and that one in plain Python belongs into a thread of its own.
Refuses to know HTTP.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Final

from livereload_sse.sse.encoding import Encode, encode_json
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.history import START, EncodedEvent

END_ID: Final = "end"
"""The id of the event that says that an iterator is over."""

_OVER: Final = object()


class Pulled:
    """What an iterator gives, one by one, and not before the reader has taken the last.

    An item is an `Event`; a text, which becomes an unnamed event; `(name, payload)`; or any other
    payload, for an unnamed event. `end` names the event that follows the last item; "": none does.
    What the iterator raises is raised by `take`.
    """

    position: EventId | None = None

    def __init__(
        self,
        items: AsyncIterator[Any] | Iterator[Any],
        *,
        end: str = "end",
        encode: Encode = encode_json,
        is_over: bool = False,
    ) -> None:
        self.is_over = is_over
        self.ended = is_over
        self._items = items if isinstance(items, AsyncIterator) else in_thread(items)
        self._end = end
        self._encode = encode
        self._pulling: asyncio.Task[Any] | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def ready(self) -> None:
        """There is nothing to wait for."""

    def take(self) -> list[EncodedEvent]:
        """Return the next item, if it is there."""
        if self.ended or self._pulling is None or not self._pulling.done():
            return []
        pulled, self._pulling = self._pulling, None
        item = pulled.result()
        if item is not _OVER:
            return [_as_encoded(self._make_event(item))]
        self.ended = True
        return [_as_encoded(Event(self._end, "", END_ID))] if self._end else []

    def wait(self) -> Awaitable[None]:
        """Return what is done when the next item is there."""
        self._waiter = asyncio.get_running_loop().create_future()
        if self._pulling is None:
            self._pulling = asyncio.create_task(self._pull())
            self._pulling.add_done_callback(lambda _: self.wake())
        elif self._pulling.done():  # while a heartbeat was being sent
            self._waiter.set_result(None)
        return self._waiter

    def wake(self) -> None:
        """Let the reader look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def let_go(self) -> None:
        """End here. It is not over: whoever comes back may go on."""
        self.ended = True
        self.wake()

    async def aclose(self) -> None:
        """End the iterator, wherever it stands, and wait until it has cleaned up."""
        if self._pulling is not None:
            self._pulling.cancel()
            await asyncio.wait((self._pulling,))
            if not self._pulling.cancelled():
                self._pulling.exception()  # it failed while nobody listened any more
        if isinstance(self._items, AsyncGenerator):
            await self._items.aclose()

    async def _pull(self) -> Any:
        return await anext(self._items, _OVER)

    def _make_event(self, item: Any) -> Event:
        if isinstance(item, Event):
            return item
        if isinstance(item, str):
            return Event("", item)
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
            return Event(item[0], self._encode(item[0], item[1]))
        return Event("", self._encode("", item))


async def in_thread(items: Iterator[Any]) -> AsyncGenerator[Any, None]:
    """Iterate in a thread of its own: one that waits keeps no other stream waiting.

    What is closed early is closed at its next item: nothing can interrupt a thread.
    """
    loop, context = asyncio.get_running_loop(), copy_context()
    executor = ThreadPoolExecutor(1, thread_name_prefix="sse-items")

    def pull() -> Any:
        return context.run(next, items, _OVER)

    try:
        while (item := await loop.run_in_executor(executor, pull)) is not _OVER:
            yield item
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            executor.submit(context.run, close)
        executor.shutdown(wait=False)


def _as_encoded(event: Event) -> EncodedEvent:
    return EncodedEvent(START, "", event.encode())
