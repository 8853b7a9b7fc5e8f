"""Who else is told of the tests: the page of results, and servers that show the project's site.

Knows when each is told. Nothing of a server is imported, and nothing is kept for a page, before
somebody wants one.
"""

import asyncio
import time
import webbrowser
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from typing import Self

from livereload_sse.errors import LiveReloadError
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.messages import Collected, Message
from livereload_sse.pytest_watch.page.commands import Command
from livereload_sse.pytest_watch.page.results import Results
from livereload_sse.pytest_watch.page.shapes import Ending
from livereload_sse.pytest_watch.screen.standing import Standing
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.pytest_watch.sharing.sharing import Sharing, Verdict
from livereload_sse.pytest_watch.wanted import Wanted


class Audience:
    """Tells them. `on_command` gets what a person at the page asks for, `say` a line for the
    terminal; `on_page` is called once there is a page.
    """

    def __init__(
        self,
        setup: Setup,
        record: Record,
        *,
        on_command: Callable[[Command], None],
        on_page: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self.page = ""
        """The address of the page; empty while there is none."""
        self._record = record
        self._on_command = on_command
        self._on_page = on_page
        self._say = say
        self._results = Results(root=setup.root)
        self._sharing = Sharing(setup.root, urls=setup.share)
        self._stack = AsyncExitStack()
        self._told: Standing | None = None

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._sharing)
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._stack.aclose()

    async def open_page(self, *, browser: bool) -> None:
        """Serve the page, if that is not done yet; `browser`: and show it."""
        if not self.page:
            await self._serve()
        if browser and self.page and not await asyncio.to_thread(webbrowser.open, self.page):
            self._say(f"No browser could be opened. The address is {self.page}")

    def begin(self, wanted: Wanted, header: str, why: Collection[str], *, narrowed: bool) -> None:
        """A run begins. `narrowed`: of its files it runs some tests only."""
        self._results.begin(time.monotonic(), header=header, why=tuple(why), narrowed=narrowed)
        tests = self._tests_of(wanted)
        expected = sum(self._record.durations.get(test, 0.0) for test in tests)
        self._sharing.started(tests=len(tests) or None, expected=expected or None, why=header)

    def learn(self, message: Message) -> None:
        """A run has told something."""
        if isinstance(message, Collected):
            known = self._record.outcomes
            outcomes = {test: known[test] for test in message.tests if test in known}
            self._results.remember(outcomes, self._record.durations)
        self._results.learn(message, time.monotonic())

    def end(self, standing: Standing) -> None:
        """The run is over."""
        self._results.end(time.monotonic(), ending=_ending(standing), message=standing.trouble)
        self._tell(standing)

    def _tell(self, standing: Standing) -> None:
        self._told = standing
        counts = standing.counts
        self._sharing.finished(
            Verdict(
                passed=counts.passed + counts.xpassed,
                failed=counts.failed + counts.errors + standing.uncollected,
                skipped=counts.skipped + counts.xfailed,
                before=standing.known_failures,
                owed=standing.owed,
                failing=self._record.known_failures,
                duration=standing.duration or 0.0,
                trouble=standing.trouble,
            )
        )

    def wait(self, standing: Standing, *, paused: bool, filters: Collection[str]) -> None:
        """Nothing runs; things may stand otherwise than when the last run was over."""
        if standing != self._told:
            self._tell(standing)
        self._results.wait("", paused=paused, filters=tuple(filters), owed=standing.owed)

    def forget(self, file: str) -> None:
        """A test file is no more."""
        self._results.forget(files=(file,))

    def _tests_of(self, wanted: Wanted) -> Collection[str]:
        """Name the tests that are expected to run: those that were known before."""
        if wanted.tests is not None:
            return wanted.tests
        files = self._record.files if wanted.files is None else wanted.files
        return [test for file in files for test in self._record.tests_of(file)]

    async def _serve(self) -> None:
        from livereload_sse.pytest_watch.page.serving import serving_page  # noqa: PLC0415 - a server

        try:
            self.page = await self._stack.enter_async_context(
                serving_page(self._results, self._on_command)
            )
        except LiveReloadError as error:
            self._say(str(error))
            return
        self._sharing.show_page(self.page)
        self._on_page()


def _ending(standing: Standing) -> Ending:
    if standing.ended == "complete":
        return "finished"
    if standing.ended in {"cancelled", "left"}:
        return "cancelled"
    return "timed-out" if "--watch-timeout" in standing.trouble else "crashed"
