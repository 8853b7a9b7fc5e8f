"""A results page on a real server, in a thread of its own, fed with messages by a test.

Knows threads and the loop that the server needs; what the messages say is the test's affair.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livereload_sse.pytest_watch.messages import (
    Collected,
    Finished,
    Message,
    Outcome,
    Started,
    TestResult,
    TestStarted,
)
from livereload_sse.pytest_watch.page.commands import Command
from livereload_sse.pytest_watch.page.results import Results
from livereload_sse.pytest_watch.page.serving import serving_page

WAIT_TIMEOUT = 10.0


@dataclass
class ResultsServer:
    """A served `Results`; everything that touches it runs in the loop of its server."""

    results: Results
    url: str = ""
    commands: list[Command] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None
    leaving: asyncio.Event = field(default_factory=asyncio.Event)

    def call(self, act: Callable[[], Any]) -> Any:
        """Run something in the server's thread."""

        async def run() -> Any:
            return act()

        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(WAIT_TIMEOUT)

    def begin(self, header: str = "", **more: Any) -> None:
        self.call(lambda: self.results.begin(time.monotonic(), header=header, **more))

    def tell(self, *messages: Message) -> None:
        def learn() -> None:
            for message in messages:
                self.results.learn(message, time.monotonic())

        self.call(learn)

    def end(self, **more: Any) -> None:
        self.call(lambda: self.results.end(time.monotonic(), **more))

    def wait(self, line: str, **more: Any) -> None:
        self.call(lambda: self.results.wait(line, **more))

    def run(
        self, tests: Sequence[TestResult], *, header: str = "", code: int | None = None
    ) -> None:
        """Tell a whole run of these results."""
        self.begin(header)
        self.tell(Started(1), collected(self.results.root, [test.test for test in tests]))
        for test in tests:
            self.tell(TestStarted(test.test), test)
        failed = any(test.outcome in {"failed", "error"} for test in tests)
        self.tell(Finished(int(failed) if code is None else code, 0.1))


def collected(root: Path, tests: Sequence[str], **more: Any) -> Collected:
    """Say that these tests were collected, from files below the root."""
    files = {name: str(root / name) for name in dict.fromkeys(one.split("::")[0] for one in tests)}
    lines = tuple(10 * (index % 50) + 3 for index in range(len(tests)))
    return Collected(tuple(tests), files, lines, **more)


def result(
    test: str, outcome: Outcome = "passed", duration: float = 0.01, **more: Any
) -> TestResult:
    """Say how a test has ended."""
    return TestResult(test, outcome, duration, **more)


@contextmanager
def serving_results(
    root: Path, *, port: int = 0, editor: str = "", results: Results | None = None
) -> Iterator[ResultsServer]:
    """Serve results until the context ends."""
    server = ResultsServer(results or Results(root=root))
    ready = threading.Event()

    async def serve() -> None:
        server.loop, server.leaving = asyncio.get_running_loop(), asyncio.Event()
        async with serving_page(
            server.results, server.commands.append, port=port, editor=editor
        ) as server.url:
            ready.set()
            await server.leaving.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(WAIT_TIMEOUT), "the page is not served"
    try:
        yield server
    finally:
        assert server.loop is not None
        server.loop.call_soon_threadsafe(server.leaving.set)
        thread.join(WAIT_TIMEOUT)
        assert not thread.is_alive()
