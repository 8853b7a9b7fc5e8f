"""An iterator of somebody's as a source of a stream: a generator of tokens, of rows, of progress.

Knows what such an iterator may give, and that one in plain Python belongs into a thread of its own.
Refuses to know HTTP.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TypeAlias

from livereload_sse.sse.encoding import Encode, encode_json
from livereload_sse.sse.events import Event, EventId
from livereload_sse.sse.history import START, EncodedEvent

END_ID: Final = "end"
"""The id of the event that says that an iterator is over."""

_OVER: Final = object()
_PATIENCE: Final = 1.0
"""Seconds that a generator in a thread may take to clean up before it is left to itself."""

_Wishes: TypeAlias = "SimpleQueue[Future[Any] | None]"


class Pulled:
    """What an iterator gives, one by one, and not before the reader has taken the last.

    An item is an `Event`, or one that a `Subscription` gave; `(name, payload)`; or any other payload,
    for an unnamed event. Payloads are encoded, texts as well: sent as it is, the text "42" would be
    a number to whoever reads JSON. `end` names the event that
    follows the last item; "": none does. What the iterator raises is raised by `take`.

    It runs in one task from its first item to its clean-up, as time-outs, task groups and cancel
    scopes that are open while it gives something have to.
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
        self._there: list[Any] = []  # the item that was not taken yet
        self._wanted = asyncio.Event()
        self._pulling: asyncio.Task[None] | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def ready(self) -> None:
        """There is nothing to wait for."""

    def take(self) -> list[EncodedEvent]:
        """Return the next item, if it is there."""
        if self.ended or self._pulling is None:
            return []
        if self._there:
            return [self._as_encoded(self._there.pop())]
        if not self._pulling.done():
            return []
        self.ended = True
        pulled, self._pulling = self._pulling, None
        pulled.result()
        return [_encode(Event(self._end, "", END_ID))] if self._end else []

    def wait(self) -> Awaitable[None]:
        """Return what is done when the next item is there."""
        self._waiter = asyncio.get_running_loop().create_future()
        if self._pulling is None:
            self._pulling = asyncio.create_task(self._pull())
            self._pulling.add_done_callback(lambda _: self.wake())
        elif self._there or self._pulling.done():  # while a heartbeat was being sent
            self._waiter.set_result(None)
        else:
            self._wanted.set()
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
        self.ended = True
        if self._pulling is None:
            return
        self._pulling.cancel()
        await asyncio.wait((self._pulling,))
        if not self._pulling.cancelled() and (error := self._pulling.exception()) is not None:
            _report(error)

    async def _pull(self) -> None:
        try:
            async for item in self._items:
                if self.ended:  # it goes on although it was cancelled
                    return
                self._there.append(item)
                self._wanted.clear()
                self.wake()
                await self._wanted.wait()
        finally:
            # Of a generator's own, and of what clients of models and brokers give.
            close = getattr(self._items, "aclose", None)
            if close is not None:
                await close()

    def _as_encoded(self, item: Any) -> EncodedEvent:
        return item if isinstance(item, EncodedEvent) else _encode(self._make_event(item))

    def _make_event(self, item: Any) -> Event:
        if isinstance(item, Event):
            return item
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
            return Event(item[0], self._encode(item[0], item[1]))
        return Event("", self._encode("", item))


async def in_thread(items: Iterator[Any]) -> AsyncGenerator[Any, None]:
    """Iterate in a thread of its own: one that waits keeps no other stream waiting.

    What is closed early is closed at its next item: nothing can interrupt a thread. One that has
    not come after a second is not waited for, neither here nor at the end of the process.
    """
    wishes: _Wishes = SimpleQueue()
    over: Future[None] = Future()
    run = partial(copy_context().run, _serve, items, wishes, over)
    Thread(target=run, name="sse-items", daemon=True).start()
    try:
        while True:
            wish: Future[Any] = Future()
            wishes.put(wish)
            item = await asyncio.wrap_future(wish)
            if item is _OVER:
                return
            yield item
    finally:
        wishes.put(None)
        await asyncio.wait((asyncio.wrap_future(over),), timeout=_PATIENCE)


def _serve(items: Iterator[Any], wishes: _Wishes, over: "Future[None]") -> None:
    """Fulfil one wish for an item after the other; None ends it."""
    try:
        while (wish := wishes.get()) is not None:
            if wish.set_running_or_notify_cancel():
                _fulfil(wish, items)
        close = getattr(items, "close", None)
        if close is not None:
            close()
    finally:
        over.set_result(None)


def _fulfil(wish: "Future[Any]", items: Iterator[Any]) -> None:
    try:
        item = next(items, _OVER)
    except BaseException as error:  # noqa: BLE001 - it is raised where the item is awaited
        wish.set_exception(error)
    else:
        wish.set_result(item)


def _encode(event: Event) -> EncodedEvent:
    return EncodedEvent(START, "", event.encode())


def _report(error: BaseException) -> None:
    """Let it be seen: what fails once the reader has left is raised to nobody."""
    asyncio.get_running_loop().call_exception_handler(
        {"message": "a source of events failed when its reader had left", "exception": error}
    )
