"""A site whose folder is switched for another while it is served.

Knows that one folder is served at a time, and what is answered while there is none yet: a person
gets a page that waits and heals, everything else waits for the first folder. Refuses to know where
folders come from. A request that has begun with one folder ends with it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from livereload_sse.web import pages
from livereload_sse.web.answers import HTML, Answer, text_answer
from livereload_sse.web.site import REQUEST_HEADERS, Request, Tag

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

FIRST_TIMEOUT = 60.0
"""Seconds that a request which is not a person's waits for the first folder."""


class SwitchedSite:
    """ASGI application for http scopes that hands each request to the site of the present folder.

    `make` makes the site of a folder. `tag` writes the tag of the page that waits, `last_id` names
    the last event, `waits_for` says in a few words what is awaited.
    """

    def __init__(
        self,
        make: "Callable[[Path], ASGIApp]",
        *,
        tag: Tag,
        last_id: Callable[[], str],
        waits_for: str,
        first_timeout: float = FIRST_TIMEOUT,
    ) -> None:
        self._make = make
        self._tag = tag
        self._last_id = last_id
        self._waits_for = waits_for
        self._first_timeout = first_timeout
        self._site: ASGIApp | None = None
        self._turn = asyncio.Event()  # there is a first folder, or there will be none for now
        self._why_not = ""

    def switch(self, folder: Path) -> None:
        """Serve another folder from the next request on."""
        self._site = self._make(folder)
        self._turn.set()

    def fail(self, why: str) -> None:
        """Say why there is no folder; who waits is told, until something is tried again."""
        self._why_not = why
        self._turn.set()

    def wait(self) -> None:
        """Something is tried again: who comes waits for it."""
        if self._site is None:
            self._turn.clear()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        site = self._site or await self._find_first(scope)
        await site(scope, receive, send)

    async def _find_first(self, scope: "Scope") -> "ASGIApp":
        asked = {name: value for name, value in scope["headers"] if name in REQUEST_HEADERS}
        path: bytes = scope["raw_path"]
        request = Request(path, path, scope["query_string"], asked)
        # A person's browser says that it wants a page; a program that asks for anything can wait.
        if request.is_navigation and b"text/html" in asked.get(b"accept", b""):
            return await asyncio.to_thread(self._waiting_page, request)
        try:
            async with asyncio.timeout(self._first_timeout):
                await self._turn.wait()
        except TimeoutError:
            return text_answer(503, f"There is nothing to show yet: {self._waits_for}.")
        return self._site or text_answer(503, f"There is nothing to show: {self._why_not}")

    def _waiting_page(self, request: Request) -> "ASGIApp":
        tag = self._tag(request.url, event_id=self._last_id(), kind="waiting")
        body = pages.waiting(self._waits_for, tag=tag)
        # Not a failure of this request: a browser that comes again by itself finds the site.
        return Answer(503, body, type=HTML, headers={"retry-after": "1"})
