"""What every answer of a static site is made from: the folder, the tag, one request.

Knows how a file becomes an answer. Refuses to know which file a URL means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from livereload_sse.web.contents import Contents
from livereload_sse.web.file_answer import FileAnswer, answer_file
from livereload_sse.web.injection import TAG_HEADERS, PageKind, wants_injection
from livereload_sse.web.sources import Sources
from livereload_sse.web.urls import canonical_url, spell

REQUEST_HEADERS = TAG_HEADERS | {b"sec-fetch-mode", b"accept"}
"""The request headers that decide between answers."""


_KEPT = ("text/html", "text/css")
"""What a tab may ask for again as it was: its page, and a sheet that a script made from a file."""


class Tag(Protocol):
    """What writes the tag: `injection.render_tag` with the client's digest filled in."""

    def __call__(self, page: str, *, event_id: str, digest: str = "", kind: PageKind) -> bytes:
        """Write the tag for one page."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request for something in the site. `raw_path` begins with a slash, the prefix is cut off."""

    raw_path: bytes
    full_path: bytes
    query: bytes
    asked: Mapping[bytes, bytes]

    @property
    def has_slash(self) -> bool:
        """The path ends with a slash: it asks for a folder's page."""
        return self.raw_path.endswith(b"/")

    @property
    def wants_tag(self) -> bool:
        """The answer will be shown as a page."""
        return wants_injection(self.asked)

    @property
    def is_navigation(self) -> bool:
        """Somebody goes to this address; it is not a page that needs it as a part of itself."""
        mode = self.asked.get(b"sec-fetch-mode")
        if mode is not None:
            return mode == b"navigate" and self.wants_tag
        accept = self.asked.get(b"accept", b"*/*")
        return self.wants_tag and (b"text/html" in accept or accept == b"*/*")

    @property
    def url(self) -> str:
        """The path as a browser has it in `location.pathname`."""
        return spell(self.full_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    """How a folder is shown.

    `spa`: a navigation to a path without a suffix that nothing answers to gets the root's
    `index.html`, and no folder is listed. `listing`: folders without an index page are listed.
    `prefix`: where the site is mounted, as `/docs/`; the server's root then leads there.
    """

    spa: bool = False
    listing: bool = True
    prefix: str = "/"


@dataclass(frozen=True, slots=True)
class Site:
    """A folder that is served, and with what."""

    root: Path
    prefix: str
    contents: Contents
    tag: Tag
    last_id: Callable[[], str]
    sources: Sources

    async def read(
        self, relative: PurePosixPath, *, tagged: bool, kind: PageKind = "page", status: int = 200
    ) -> FileAnswer:
        """Make the answer that carries a file, when it may be served.

        The last event's id is read before the file is: what is published from then on is newer than
        what the page shows. Raises `OSError` when the file cannot be read.
        """
        event_id = self.last_id()
        path = self.root / relative
        content = await self.contents.read(path)
        url = canonical_url(relative, prefix=self.prefix)
        tag = b""
        if tagged and content.place:
            tag = self.tag(url, event_id=event_id, digest=content.digest, kind=kind)
        if content.raw is not None and content.type.startswith(_KEPT):
            self.sources.keep(url, content.digest, content.raw)
        return answer_file(path, content, root=self.root, tag=tag, event_id=event_id, status=status)

    def bare_tag(self, page: str, *, kind: PageKind) -> bytes:
        """Write the tag for a page of our own, which no file stands behind."""
        return self.tag(page, event_id=self.last_id(), kind=kind)
