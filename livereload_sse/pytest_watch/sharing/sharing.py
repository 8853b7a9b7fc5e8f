"""How the tests are, told to the servers that show the site of the same project.

Knows the three events that tabs show as a sign in a corner, and who has heard which. Refuses to know
how tests are run and chosen: it is told. A server that is not there, has gone or refuses is no news
for anybody; one that starts later hears the present state.
"""

import asyncio
import os
import secrets
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, TypedDict

from livereload_sse.pytest_watch.sharing.posting import Address, RefusedError, post
from livereload_sse.pytest_watch.sharing.servers import find_addresses

SEARCH_INTERVAL = 1.0
"""Seconds between two looks for servers that have been started meanwhile: an application that runs
new code is another process, and its tabs miss the sign."""

TELLING_TIMEOUT = 2.0
"""Seconds that a server has to take what it is told."""

GOODBYE_TIMEOUT = 0.5
"""Seconds that leaving takes at most."""

MOST_NAMES = 5
"""Failing tests that are named; the results page has all of them."""

LONGEST_TEXT = 200
"""Characters of a name or a line: what a tab has room for."""

Name = Literal["tests-started", "tests-finished", "tests-gone"]
Post = Callable[[Address, str, Mapping[str, Any]], Coroutine[Any, Any, None]]


class GoneData(TypedDict):
    """`tests-gone`: nobody watches the tests any more. All three events have these keys."""

    watch: str
    """Names the process that watches, as long as it lives."""
    pid: int
    run: int
    """Counts the runs of this process."""
    page: str
    """The address of the results page; empty while there is none."""
    age: float
    """Seconds since it happened: a server that starts later is told then."""


class StartedData(GoneData):
    """`tests-started`: a run has begun."""

    tests: int | None
    """How many will run; None while that is not known."""
    expected: float | None
    """Seconds that they took the last time."""
    why: str


class FinishedData(GoneData):
    """`tests-finished`: a run is over."""

    passed: int
    failed: int
    skipped: int
    before: int
    """Failed earlier, and not run this time: with these, too, nothing is green."""
    owed: int
    """A change concerns them, and they have not run since: with these, neither."""
    failing: list[str]
    """Node ids, the first few."""
    duration: float
    trouble: str
    """What has kept the run from telling, in one line; empty where nothing has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of the tests once a run is over.

    `failed` counts errors in fixtures and files that could not be collected, too. `before` are those
    that failed earlier and were not run this time, `owed` those that a change concerns and that have
    not run since. `failing` are node ids, those of this run first;
    `duration` is in seconds. `trouble` is one line about a run that did not come to its end.
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    before: int = 0
    owed: int = 0
    failing: Sequence[str] = ()
    duration: float = 0.0
    trouble: str = ""


class Sharing:
    """Tells the servers of a project how its tests are: `async with Sharing(rootdir) as sharing`.

    `rootdir` is pytest's; servers of a folder above, in or below it belong to the same project.
    `urls` name further ones, whatever they show. What is called in between returns at once and fails
    never; only the newest state is told to who is slow. `find` and `post` are the disk and the
    network; `interval` is in seconds.
    """

    def __init__(
        self,
        rootdir: Path,
        *,
        urls: Collection[str] = (),
        find: Callable[[Path, Collection[str]], Collection[Address]] = find_addresses,
        post: Post = post,
        interval: float = SEARCH_INTERVAL,
    ) -> None:
        self._rootdir = rootdir
        self._urls = urls
        self._find = find
        self._post = post
        self._interval = interval
        self._watch = secrets.token_urlsafe(6)
        self._run = 0
        self._page = ""
        self._name: Name | None = None
        self._data: Mapping[str, Any] = {}
        self._since = time.monotonic()
        self._version = 0
        self._stirred = asyncio.Event()  # replaced with each state
        self._heard: dict[Address, asyncio.Task[None]] = {}
        self._refused: set[Address] = set()

    async def __aenter__(self) -> Self:
        """Begin to look for servers."""
        self._searching = asyncio.create_task(self._search())
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Say goodbye to each server: its tabs take the sign away."""
        here = [address for address, task in self._heard.items() if not task.done()]
        await _ended([self._searching, *self._heard.values()])
        if self._name is None or not here:
            return
        goodbyes = [
            asyncio.create_task(self._tell(one, "tests-gone", self._common())) for one in here
        ]
        await asyncio.wait(goodbyes, timeout=GOODBYE_TIMEOUT)
        await _ended(goodbyes)

    def started(
        self, *, tests: int | None = None, expected: float | None = None, why: str = ""
    ) -> None:
        """A run begins, of so many tests, which took `expected` seconds the last time."""
        self._run += 1
        self._set("tests-started", {"tests": tests, "expected": expected, "why": _cut(why)})

    def finished(self, verdict: Verdict) -> None:
        """The run is over."""
        self._set(
            "tests-finished",
            {
                "passed": verdict.passed,
                "failed": verdict.failed,
                "skipped": verdict.skipped,
                "before": verdict.before,
                "owed": verdict.owed,
                "failing": [_cut(name) for name in verdict.failing[:MOST_NAMES]],
                "duration": verdict.duration,
                "trouble": _cut(verdict.trouble),
            },
        )

    def show_page(self, url: str) -> None:
        """The results page is served there from now on; empty: it is not any more."""
        self._page = url
        self._stir()

    def _common(self) -> dict[str, Any]:
        return {
            "watch": self._watch,
            "pid": os.getpid(),
            "run": self._run,
            "page": self._page,
            "age": time.monotonic() - self._since,
        }

    def _set(self, name: Name, data: Mapping[str, Any]) -> None:
        self._name, self._data, self._since = name, data, time.monotonic()
        self._stir()

    def _stir(self) -> None:
        self._version += 1
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def _search(self) -> None:
        while True:
            stirred = self._stirred
            for address in self._find(self._rootdir, self._urls):
                if address not in self._heard and address not in self._refused:
                    self._follow(address)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await stirred.wait()

    def _follow(self, address: Address) -> None:
        task = asyncio.create_task(self._keep_telling(address))
        task.add_done_callback(lambda _task: self._heard.pop(address, None))
        self._heard[address] = task

    async def _keep_telling(self, address: Address) -> None:
        """Tell one server each state, until it has gone; it is found again if it is still there."""
        told = 0
        while True:
            stirred = self._stirred
            if self._name is not None and told != self._version:
                told = self._version
                if not await self._tell(address, self._name, {**self._data, **self._common()}):
                    return
            else:
                await stirred.wait()

    async def _tell(self, address: Address, name: Name, data: Mapping[str, Any]) -> bool:
        """Tell one state, and say whether it was heard."""
        try:
            # Not wait_for, which may miss (3.11) that it is cancelled as the post comes to its end.
            async with asyncio.timeout(TELLING_TIMEOUT):
                await self._post(address, name, data)
        except RefusedError:
            self._refused.add(address)  # another release, say; asking again would not help
            return False
        except (OSError, TimeoutError):
            return False
        return True


def _cut(text: str) -> str:
    """Shorten a text from which no more than a line is shown; lone surrogates cannot be sent."""
    line = " ".join(text.encode(errors="replace").decode().split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"


async def _ended(tasks: Sequence["asyncio.Task[Any]"]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
