"""The static site: an ASGI application that shows a folder as its visitors will see it.

Knows which answer a URL gets: a file, the way to its one URL, a listing, the page that says there
is nothing. Refuses to know hosts, origins and internal endpoints, which come before it, and what is
done about changes.

Most requests take the short way: what was answered to the same path before is still right as long
as no event has been published since and one `stat` says that the file is the same.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from livereload_sse.web.answers import FETCHING, redirect_answer, text_answer
from livereload_sse.web.contents import Contents
from livereload_sse.web.file_answer import FileAnswer
from livereload_sse.web.injection import wants_injection
from livereload_sse.web.resolve import File, Folder, candidates, resolve
from livereload_sse.web.site import REQUEST_HEADERS, Request, Site, SiteOptions, Tag
from livereload_sse.web.sources import Sources
from livereload_sse.web.substitutes import answer_listing, answer_missing, answer_unreadable
from livereload_sse.web.urls import canonical_url, find_path, folder_url, parse_prefix, quote_path
from livereload_sse.web.whole import EMPTY_QUIET

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from livereload_sse.watch.tree import Signature

_LOOK_INTERVAL = 0.005
_LOOKS = 3
_SHORT_WAYS = 256
_SHORT_SIZE = 64 * 1024
"""Bytes: the short ways hold on to contents, so both their number and their size are bounded."""


class StaticSite:
    """Serves the folder `root`; an ASGI application for http scopes.

    `tag` writes the tag; `last_id` names the last event that was published. `wait_for(path)` gives
    something to await while a path should not be looked at (a build is writing there), or None;
    without `wait_for` nobody writes below the root any more. `on_read(path, signature, digest)` is
    told which version of a file is served; `sources` holds what was.
    """

    def __init__(
        self,
        root: Path,
        *,
        tag: Tag,
        last_id: Callable[[], str],
        wait_for: Callable[[Path], Awaitable[None] | None] | None = None,
        on_read: "Callable[[Path, Signature, str], None]" = lambda *_read: None,
        options: SiteOptions | None = None,
        sources: Sources | None = None,
    ) -> None:
        # Not resolved: a root that is a link may be switched to another folder.
        root = Path(os.path.abspath(root))  # noqa: PTH100 - reason above
        self.sources = sources or Sources()
        options = options or SiteOptions()
        contents = Contents(root, on_read=on_read, finished=wait_for is None)
        prefix = parse_prefix(options.prefix)
        self._site = Site(root, prefix, contents, tag, last_id, self.sources)
        self._wait_for = wait_for or (lambda _path: None)
        self._spa = options.spa
        self._listing = options.listing
        self._short_ways: dict[bytes, FileAnswer] = {}
        self._short_id = ""

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        asked = {name: value for name, value in scope["headers"] if name in REQUEST_HEADERS}
        answer: ASGIApp | None = self._find_short_way(scope, asked)
        if answer is None:
            answer = await self._answer(scope, asked)
        await answer(scope, receive, send)

    def _find_short_way(self, scope: "Scope", asked: Mapping[bytes, bytes]) -> FileAnswer | None:
        event_id = self._site.last_id()
        if event_id != self._short_id:
            self._short_ways.clear()
            self._short_id = event_id
            return None
        answer = self._short_ways.get(scope["raw_path"])
        if (
            answer is None
            or (answer.tag and not wants_injection(asked))
            or scope["method"] not in {"GET", "HEAD"}
            or self._wait_for(answer.path) is not None
            or self._site.contents.find(str(answer.path)) is not answer.content
        ):
            return None
        return answer

    def _remember_short_way(self, request: Request, answer: FileAnswer, event_id: str) -> None:
        small = answer.content.raw is not None and answer.size <= _SHORT_SIZE
        if small and event_id == self._short_id and bool(answer.tag) == bool(answer.content.place):
            if len(self._short_ways) >= _SHORT_WAYS:
                self._short_ways.clear()
            self._short_ways[request.full_path] = answer

    async def _answer(self, scope: "Scope", asked: Mapping[bytes, bytes]) -> "ASGIApp":
        if scope["method"] not in {"GET", "HEAD"}:
            return text_answer(405, "Files can only be read.", allow=FETCHING)
        path: bytes = scope["raw_path"]
        prefix = self._site.prefix.encode()
        query: bytes = scope["query_string"]
        if path != prefix and path in {b"/", prefix[:-1]}:
            return _redirect(self._site.prefix, query)
        if not path.startswith(prefix):
            return await self._missing(Request(path, path, query, asked), None)
        return await self._answer_below(Request(path[len(prefix) - 1 :], path, query, asked))

    async def _answer_below(self, request: Request) -> "ASGIApp":
        relative = find_path(request.raw_path)
        if relative is None:
            return await self._missing(request, None)
        await self._settle(relative, slash=request.has_slash)
        for _ in range(_LOOKS):  # what was found may be gone when it is opened
            found = await self._locate(relative, slash=request.has_slash)
            try:
                return await self._answer_found(request, found, relative)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                return await answer_unreadable(self._site, request, error)
        return await self._missing(request, relative)

    async def _settle(self, relative: PurePosixPath, *, slash: bool) -> None:
        """Wait for what may not be looked at yet: the files that could answer, and their folder."""
        for name in (relative, *candidates(relative, slash=slash)):
            waiting = self._wait_for(self._site.root / name)
            if waiting is not None:
                await waiting

    async def _locate(self, relative: PurePosixPath, *, slash: bool) -> File | Folder | None:
        """Find what is there; for a file that was there before, wait a moment for its return.

        Editors and generators remove a file and write it anew; it would be a 404 in between.
        """
        root, contents = self._site.root, self._site.contents
        found = resolve(root, relative, slash=slash)
        keys = [str(root / candidate) for candidate in candidates(relative, slash=slash)]
        if isinstance(found, File) or not any(map(contents.has_served, keys)):
            return found
        loop = asyncio.get_running_loop()
        deadline = loop.time() + EMPTY_QUIET
        while not isinstance(found, File) and loop.time() < deadline:
            await asyncio.sleep(_LOOK_INTERVAL)
            found = resolve(root, relative, slash=slash)
        if not isinstance(found, File):
            for key in keys:
                contents.forget(key)
        return found

    async def _answer_found(
        self, request: Request, found: File | Folder | None, relative: PurePosixPath
    ) -> "ASGIApp":
        if isinstance(found, File):
            return await self._answer_file(request, found, relative)
        if found is None or not self._listing or self._spa:
            return await self._missing(request, relative)
        if not request.has_slash:
            return _redirect(folder_url(relative, prefix=self._site.prefix), request.query)
        return await answer_listing(self._site, request, relative)

    async def _answer_file(
        self, request: Request, found: File, relative: PurePosixPath
    ) -> "ASGIApp":
        other = self._find_other_url(request, found, relative)
        if other is not None:
            return _redirect(other, request.query)
        event_id = self._site.last_id()
        answer = await self._site.read(found.relative, tagged=request.wants_tag)
        self._remember_short_way(request, answer, event_id)
        return answer

    def _find_other_url(self, request: Request, found: File, relative: PurePosixPath) -> str | None:
        """Name a file's one URL, if the request used another and that one leads to the file.

        It does not where two files would have the same one: `about` beside `about.html`.
        """
        prefix = self._site.prefix
        canonical = canonical_url(found.relative)
        asked = folder_url(relative) if request.has_slash else "/" + quote_path(str(relative))
        if asked == canonical:
            return None
        path = find_path(canonical.encode())
        slash = canonical.endswith("/")
        leads_there = path is not None and resolve(self._site.root, path, slash=slash) == found
        return prefix + canonical[1:] if leads_there else None

    async def _missing(self, request: Request, relative: PurePosixPath | None) -> "ASGIApp":
        return await answer_missing(self._site, request, relative, spa=self._spa)


def _redirect(url: str, query: bytes) -> "ASGIApp":
    return redirect_answer(f"{url}?{query.decode('latin-1')}" if query else url)
