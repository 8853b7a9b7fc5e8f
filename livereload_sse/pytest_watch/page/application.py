"""ASGI: the results page, what its scripts ask, and what a person at it may want.

Knows addresses, methods and who may do what: reading is for our own page (`Guard` has seen to that),
asking for a run or an editor needs the token that stands in the page. Refuses to know what a wish
comes to.
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from livereload_sse.errors import LiveReloadError
from livereload_sse.pytest_watch.page.commands import Command, parse_command
from livereload_sse.pytest_watch.page.document import POLICY, packaged_sheet, write_document
from livereload_sse.pytest_watch.page.shapes import TESTS_STATE
from livereload_sse.sse import Event
from livereload_sse.web.answers import FETCHING, HTML, Answer, json_answer, refuse
from livereload_sse.web.assets import FOREVER
from livereload_sse.web.endpoints import Endpoints
from livereload_sse.web.guard import INTERNAL_PREFIX, is_internal
from livereload_sse.web.opening import parse_fields
from livereload_sse.web.routes import Routes, read_trusted

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from livereload_sse.pytest_watch.page.results import Results
    from livereload_sse.sse import Broadcaster, EventId, Gap
    from livereload_sse.web.routes import Find

TESTS = f"{INTERNAL_PREFIX}/tests"

BODY_LIMIT = 256 * 1024
"""Bytes of a wish: the numbers of many tests."""


class Application:
    """ASGI application for one `Results`. Put a `Guard` in front of it.

    clock: the time that `Results` is given elsewhere, too
    on_command: called with what a person asks for
    open_place: opens a file by its key, at a line; its `LiveReloadError`s are told to the person
    """

    def __init__(
        self,
        results: "Results",
        *,
        broadcaster: "Broadcaster",
        clock: Callable[[], float],
        on_command: Callable[[Command], None],
        open_place: Callable[[str, int], Awaitable[None]],
    ) -> None:
        self._results = results
        self._broadcaster = broadcaster
        self._clock = clock
        self._on_command = on_command
        self._open_place = open_place
        self._token = secrets.token_urlsafe(24)
        # Another server has another token: its pages have to be loaded anew, and can tell by this.
        self._name = secrets.token_hex(8)
        self._sheet = packaged_sheet()
        self._endpoints = self._make_endpoints()
        table: dict[str, tuple[str, Find]] = {
            "/": (FETCHING, self._answer_page),
            TESTS: (FETCHING, self._answer_state),
            f"{TESTS}/details": (FETCHING, self._answer_details),
            f"{TESTS}/run": ("POST", self._answer_run),
            f"{TESTS}/open": ("POST", self._answer_open),
            self._sheet.url: (FETCHING, self._answer_sheet),
        }
        self._routes = Routes(table, otherwise=self._find_endpoint)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one http request."""
        await self._routes(scope, receive, send)

    def _find_endpoint(self, path: str) -> "ASGIApp":
        if not is_internal(path):
            refuse(404, "The results of the tests are at /")
        return self._endpoints

    async def _answer_page(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        body = write_document(project=self._results.project, server=self._name, token=self._token)
        headers = {"content-security-policy": POLICY, "referrer-policy": "no-referrer"}
        return Answer(200, body, type=HTML, headers=headers)

    async def _answer_sheet(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        return Answer(200, self._sheet.source, type="text/css; charset=utf-8", cache=FOREVER)

    async def _answer_state(self, _scope: "Scope", _receive: "Receive") -> "ASGIApp":
        """The state with the id after which the stream goes on; both are of the same moment."""
        return json_answer(self._state())

    async def _answer_details(self, scope: "Scope", _receive: "Receive") -> "ASGIApp":
        number = dict(parse_fields(scope["query_string"])).get("number", "")
        details = self._results.details(int(number)) if number.isdecimal() else None
        if details is None:
            refuse(404, "This test is not known any more.")
        return json_answer(details)

    async def _answer_run(self, scope: "Scope", receive: "Receive") -> "ASGIApp":
        wanted = await self._read_wish(scope, receive)
        try:
            command = parse_command(wanted, self._results.name_of)
        except ValueError as error:
            refuse(400, str(error))
        self._on_command(command)
        return Answer(204)

    async def _answer_open(self, scope: "Scope", receive: "Receive") -> "ASGIApp":
        wanted = await self._read_wish(scope, receive)
        key, line = wanted.get("key"), wanted.get("line")
        if not isinstance(key, str) or type(line) is not int:
            refuse(400, '"key" and "line" must be those of a place that the page was told of.')
        try:
            await self._open_place(key, line)
        except LiveReloadError as error:
            return json_answer({"error": str(error)}, status=422)
        return Answer(204)

    async def _read_wish(self, scope: "Scope", receive: "Receive") -> dict[str, Any]:
        return await read_trusted(scope, receive, token=self._token, limit=BODY_LIMIT)

    def _state(self) -> dict[str, Any]:
        state = self._results.state(self._clock())
        return {**state, "server": self._name, "id": str(self._broadcaster.last_id)}

    async def _catch_up(self, _after: "EventId", _gap: "Gap") -> list[Event]:
        """The server was started again, or the tab slept long: it begins with the present state."""
        return [Event(TESTS_STATE, json.dumps(self._state()))]

    def _make_endpoints(self) -> Endpoints:
        """The stream and the modules of the client are those of every server of ours."""
        return Endpoints(
            broadcaster=self._broadcaster,
            catch_up=self._catch_up,
            on_ack=lambda _ack: None,
            status=self._status,
            token=secrets.token_urlsafe(24),  # nobody has it: nothing is published from outside
            publish=_refuse_to_publish,
        )

    def _status(self) -> Mapping[str, Any]:
        streams = self._broadcaster.subscriptions
        return {"what": "pytest --watch", "project": self._results.project, "streams": streams}


def _refuse_to_publish(_name: str, _data: Any, _channel: str) -> "EventId":
    refuse(403, "Only the tests themselves tell their results.")
