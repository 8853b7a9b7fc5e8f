"""Event streams as a real browser reads them, and as our client does, held against each other.

The cases are those of the web platform tests' folder `eventsource`. One page reads all of them with
the browser's EventSource, and with both modes of `sse-client.js`. What is expected of a page in the
back/forward cache is in `test_sse_client`.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from livereload_sse.sse import Event, EventStream, client_script
from tests.browser.sse.serving import serving_app
from tests.browser.sse.wpt_cases import CASES, Answer, Case, Wrote
from tests.serving import wait_until

FOLDER = Path(__file__).parent / "sse"
MODES = ("native", "eventsource", "fetch")
NAMED = {case.name: case for case in CASES}


@dataclass
class Asked:
    """A request: when it came and when it was answered in full, in seconds, and after which id."""

    came: float
    last_id: str
    answered: float = 0.0


@dataclass
class Resources:
    """The server's side of the cases: each mode of each has answers of its own."""

    asked: dict[tuple[str, str], list[Asked]] = field(default_factory=lambda: defaultdict(list))

    async def answer(self, request: Request) -> Response:
        mode, name = request.path_params["mode"], request.path_params["name"]
        last_id = request.headers.get("last-event-id", "").encode("latin-1").decode()
        asked = Asked(time.monotonic(), last_id)
        so_far = self.asked[mode, name]
        so_far.append(asked)
        answers = NAMED[name].answers
        # A refused EventSource has its reason asked for with fetch: this is the same answer again.
        answer = answers[min(len(so_far), len(answers)) - 1]
        return _Noting(answer, request, asked)

    def app(self) -> Starlette:
        def file(name: str) -> Route:
            return Route(f"/{name}", lambda _: FileResponse(FOLDER / name))

        return Starlette(
            routes=[
                file("wpt.html"),
                file("wpt.js"),
                Route("/sse-client.js", client_script),
                Route("/stream/{mode}/{name}", self.answer),
            ]
        )


class _Noting(Response):
    """Sends an answer, and notes when that is done."""

    def __init__(self, answer: Answer, request: Request, asked: Asked) -> None:
        self._answer, self._request, self._asked = answer, request, asked

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._make()(scope, receive, send)
        self._asked.answered = time.monotonic()

    def _make(self) -> Response:
        answer = self._answer
        if isinstance(answer.body, bytes) and not answer.stays:
            return Response(answer.body, answer.status, {"content-type": answer.type})
        return EventStream(self._tell(answer), end="", retry=answer.retry)

    async def _tell(self, answer: Answer) -> Any:
        headers = defaultdict(str, self._request.headers)
        headers["last-event-id"] = self._asked.last_id
        for event in answer.body:
            assert isinstance(event, Event)
            yield Event(event.name, event.data.format_map(headers), event.id)
        if answer.stays:
            await asyncio.Event().wait()


@dataclass(frozen=True)
class Read:
    wrote: dict[str, dict[str, list[Wrote]]]
    resources: Resources


@pytest.fixture(scope="module")
def read(browser: Browser) -> Iterator[Read]:
    """All cases, read in all modes by one page."""
    resources = Resources()
    with serving_app(resources.app()) as url:
        page = browser.contexts[0].new_page()
        page.goto(f"{url}/wpt.html")
        cases = [
            {key: asdict(case)[key] for key in ("name", "names", "until", "times")}
            for case in CASES
        ]
        wrote = page.evaluate("cases => window.readAll(cases)", cases)
        page.close()
        yield Read(wrote, resources)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_stream_is_read_as_the_standard_says(read: Read, case: Case, mode: str) -> None:
    wanted = case.wrote if mode == "native" or case.ours is None else case.ours
    assert read.wrote[mode][case.name] == list(wanted)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_connection_asks_for_its_place_and_nobody_asks_once_it_is_closed(
    read: Read, case: Case, mode: str
) -> None:
    # One that was refused by an EventSource is asked for again, to learn why.
    again = [case.ids[-1]] if mode == "eventsource" and case.wrote[-1] == "refused" else []

    assert [one.last_id for one in read.resources.asked[mode, case.name]] == [*case.ids, *again]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", [case for case in CASES if case.pause], ids=lambda case: case.name)
def test_it_comes_back_no_sooner_than_it_was_asked_to(read: Read, case: Case, mode: str) -> None:
    first, second, *_ = read.resources.asked[mode, case.name]

    assert second.came - first.answered > case.pause - 0.01


def test_the_server_hears_of_those_that_have_closed_their_stream(read: Read) -> None:
    everybody = [one for asked in read.resources.asked.values() for one in asked]

    wait_until(lambda: all(one.answered for one in everybody), what="all answers are over")
