"""The results page on a server of its own, inside a loop that runs already.

Knows the port, the server's life and the timer that lets go what `Results` holds back. Refuses to
know what is on the page. Import it only when somebody wants the page: it brings the whole server.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from livereload_sse.addresses import Listener, listen, url_of
from livereload_sse.build.editor import Places, find_editor, open_in_editor
from livereload_sse.build.results import Location
from livereload_sse.errors import AddressError, EditorError
from livereload_sse.pytest_watch.page.application import Application
from livereload_sse.pytest_watch.page.commands import Command
from livereload_sse.pytest_watch.page.results import FLUSH_INTERVAL, Results
from livereload_sse.pytest_watch.page.shapes import (
    TEST_RESULT,
    TESTS_FINISHED,
    TESTS_STARTED,
    Event,
)
from livereload_sse.server import make_server, serve
from livereload_sse.sse import Broadcaster
from livereload_sse.web.guard import Guard, Hosts

DEFAULT_PORT = 8123
PORTS_TRIED = 20

HOLD_DELAY = 0.1
"""Seconds for which nothing is told of a run that has just begun; nobody sees so short a while."""


@asynccontextmanager
async def serving_page(
    results: Results,
    on_command: Callable[[Command], None],
    *,
    host: str = "localhost",
    port: int | None = None,
    editor: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[str]:
    """Serve the page of `results` for as long as the context lasts; yields its address.

    on_command: called in this loop with what a person at the page asks for
    port: None means 8123 or the next free one, 0 any free one
    editor: as `find_editor` takes it; "": the environment's, or one that is installed
    clock: what gives `results` the time

    No signal is touched. Raises `AddressError` when it cannot listen, and `EditorError` for an
    editor that is not known.
    """
    broadcaster, places = Broadcaster(), _Openable(results.root, editor)
    application = Application(
        results,
        broadcaster=broadcaster,
        clock=clock,
        on_command=on_command,
        open_place=places.open,
    )
    listener = _listen(host, port)
    guarded = Guard(application, hosts=Hosts(bound=host))
    with _telling(results, broadcaster, clock), places.known_to(results):
        async with _serving(guarded, listener, broadcaster):
            yield url_of(host, listener.port)


@asynccontextmanager
async def _serving(app: Guard, listener: Listener, broadcaster: Broadcaster) -> AsyncIterator[None]:
    started = asyncio.Event()
    server = make_server(app, on_started=started.set, on_closing=broadcaster.close)
    # Whoever watches has a say about signals already.
    server.capture_signals = nullcontext  # type: ignore[assignment,method-assign]  # for this one
    running = asyncio.create_task(serve(server, listener))
    try:
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        yield
    finally:
        server.close()
        await running


@contextmanager
def _telling(
    results: Results, broadcaster: Broadcaster, clock: Callable[[], float]
) -> Iterator[None]:
    """Publish what the results tell, and see to it that nothing is held back for long.

    Something is only held back shortly after a `test-result`, so that is when a timer is set.
    """
    loop = asyncio.get_running_loop()
    timers: list[asyncio.TimerHandle] = []
    patience = _Patience(loop, lambda event: broadcaster.publish(*event))

    def tell(events: Sequence[Event]) -> None:
        for event in events:
            patience.tell(event)
            if event[0] == TEST_RESULT:
                stop_timer()
                timers.append(loop.call_later(FLUSH_INTERVAL * 1.2, flush))

    def flush() -> None:
        timers.clear()
        results.flush(clock())

    def stop_timer() -> None:
        while timers:
            timers.pop().cancel()

    stop_listening = results.listen(tell)
    try:
        yield
    finally:
        stop_listening()
        stop_timer()
        patience.let_go()


class _Patience:
    """Tells of a run once it is over, or has taken a while: a browser that draws what was saved a
    moment ago would take the time from the very tests.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, publish: Callable[[Event], object]) -> None:
        self._loop = loop
        self._publish = publish
        self._held: list[Event] = []
        self._timer: asyncio.TimerHandle | None = None

    def tell(self, event: Event) -> None:
        """Take an event; those of one run stay in their order."""
        if event[0] == TESTS_STARTED and self._timer is None:
            self._timer = self._loop.call_later(HOLD_DELAY, self.let_go)
        self._held.append(event)
        if self._timer is None or event[0] == TESTS_FINISHED:
            self.let_go()

    def let_go(self) -> None:
        """Hold nothing back until another run begins."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held, []
        for event in held:
            self._publish(event)


class _Openable:
    """The files that the page may have opened, and the editor that does it."""

    def __init__(self, root: Path, editor: str) -> None:
        self._places = Places(root)
        self._editor = find_editor(editor)

    @contextmanager
    def known_to(self, results: Results) -> Iterator[None]:
        """Give the page keys for as long as they open anything."""
        before, results.present.key_of = results.present.key_of, self._key_of
        try:
            yield
        finally:
            results.present.key_of = before

    async def open(self, key: str, line: int) -> None:
        """Open a file. Raises `EditorError`."""
        location = self._places.find(key)
        if location is None:
            raise EditorError(
                "This file is not known any more", hint="It may be gone, or have another name now."
            )
        await open_in_editor(self._editor, replace(location, line=line or None))

    def _key_of(self, path: str) -> str:
        return self._places.key_of(Location(Path(path))) or ""


def _listen(host: str, port: int | None) -> Listener:
    """Listen on the port that is wanted, else on one that is not where people's own apps are."""
    if port is not None:
        return listen(host, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        with suppress(AddressError):
            return listen(host, candidate)
    return listen(host, 0)
