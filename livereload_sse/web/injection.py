"""Where our tag goes in a page, and what the tag is.

Knows how a browser reads the beginning of an HTML document, up to its `<head>`, and follows it
there through byte order marks, comments, doctypes and quoted attributes. Refuses to look further:
what comes after, `</body>` above all, may stand inside a script or a data URL and proves nothing.
Knows no files and no HTTP beyond the request headers that tell a page from a fragment.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from livereload_sse.settings import UpdateMode

PageKind = Literal["page", "error", "listing", "waiting"]

SOURCE_HEADER = b"sse-reload"
"""With the value `source` our client asks for a page as it was written, to change its own in place."""

PREFIX_LIMIT = 64 * 1024
"""Bytes that are scanned; a page that has not come to its head by then gets the tag early."""

TAG_HEADERS = frozenset({b"sec-fetch-dest", b"hx-request", SOURCE_HEADER})
"""The request headers that `wants_injection` looks at, for `Vary`."""

DOCUMENTS = frozenset({b"document", b"iframe", b"frame", b"embed", b"object"})
"""What `Sec-Fetch-Dest` says where the answer will be shown as a page."""

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}

_SPACE = rb"[\t\n\f\r ]"
_BLANK = re.compile(_SPACE + rb"*+")
# WHATWG HTML 13.2.5.43-51: `<!-->` and `<!--->` are whole comments, and `--!>` closes one as well.
_COMMENT = re.compile(rb"<!--(?:-?>|.*?--!?>)", re.DOTALL)
# A doctype, a processing instruction, a bogus comment: to the next `>`, quotes or not.
_DECLARATION = re.compile(rb"<[!?][^>]*+>")
# 13.2.5.32-40: an attribute's quotes hide a `>`; a stray `=` begins a name, a quote within a name
# does not open a value. Possessive throughout: no page makes this slow.
_ATTRIBUTES = (
    rb"(?:[\t\n\f\r /]++"
    rb"|(?:=[^\t\n\f\r />=]*+|[^\t\n\f\r />=]++)"
    rb"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    rb"""(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r >"'][^\t\n\f\r >]*+|(?=>))"""
    rb"|(?![\t\n\f\r ]*+=))"
    rb")*+>"
)
_HTML = re.compile(rb"<html(?=[\t\n\f\r />])" + _ATTRIBUTES, re.IGNORECASE)
_HEAD = re.compile(rb"<head(?=[\t\n\f\r />])" + _ATTRIBUTES, re.IGNORECASE)
# What may still become one of the above when more arrives.
_UNDECIDED = re.compile(
    rb"\Z|<\Z|<[!?]|<h(?:t(?:m(?:l)?)?|e(?:a(?:d)?)?)?\Z|<(?:html|head)(?=[\t\n\f\r />])",
    re.IGNORECASE,
)


def wants_injection(asked: Mapping[bytes, bytes]) -> bool:
    """Tell from request headers (lower-case names) whether the answer will be shown as a page.

    A script's `fetch`, htmx's requests and our own client's get what must stay as it was written.
    Where `Sec-Fetch-Dest` is missing (plain http to another host than localhost), it is a page.
    """
    return asked.get(b"sec-fetch-dest", b"document") in DOCUMENTS and asked.keys().isdisjoint(
        {b"hx-request", SOURCE_HEADER}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TabOptions:
    """What a tab is told of how it shall behave: what it does about its own page, whether it shows
    where, whether there are builds to hear of, how new the code of the app is that makes its page, in
    milliseconds since 1970, and whether something is known of tests. The defaults are not written.
    """

    update: "UpdateMode" = "patch"
    highlight: bool = True
    builds: bool = False
    code: int | None = None
    tests: bool = False

    def as_data(self) -> dict[str, str]:
        """Write the attributes of the tag."""
        return {
            **({"data-update": self.update} if self.update != "patch" else {}),
            **({"data-highlight": "off"} if not self.highlight else {}),
            **({"data-builds": "on"} if self.builds else {}),
            **({"data-code": str(self.code)} if self.code is not None else {}),
            **({"data-tests": "on"} if self.tests else {}),
        }


@lru_cache(maxsize=256)
def render_tag(
    page: str,
    *,
    client_digest: str,
    event_id: str,
    digest: str = "",
    kind: PageKind = "page",
    nonce: str = "",
    tab: "TabOptions | None" = None,
    base: str = "",
) -> bytes:
    """Write the tag that brings our client into a page.

    `page` is the canonical URL of the file that is served (of the request, where there is none);
    `digest` that of the file's raw bytes, empty where there is no file; `event_id` the last event's
    id from *before* the file was read, so that what came since is not missed. `base` is the path
    below which the internal addresses are, without a slash at its end. It is one external script
    without a host, so a Content-Security-Policy of 'self' lets it pass.
    """
    data = {
        **({"nonce": nonce} if nonce else {}),
        "data-page": page,
        "data-digest": digest,
        "data-id": event_id,
        "data-kind": kind,
        **(tab or TabOptions()).as_data(),
    }
    attributes = "".join(f' {name}="{_escape(value)}"' for name, value in data.items())
    source = _escape(f"{base}/__sse-reload/client/{client_digest}/main.js")
    return f'<script type="module" src="{source}"{attributes}></script>'.encode()


def _escape(value: str) -> str:
    return (
        value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tag goes: after `offset` bytes, written in `encoding`."""

    offset: int
    encoding: str = "utf-8"

    def insert(self, tag: bytes, document: bytes) -> bytes:
        """Put an ASCII tag there."""
        view = memoryview(document)
        return b"".join((view[: self.offset], self.encode(tag), view[self.offset :]))

    def encode(self, tag: bytes) -> bytes:
        """Write an ASCII tag in the document's own encoding."""
        return tag if self.encoding == "utf-8" else tag.decode().encode(self.encoding)


def find_place(beginning: bytes, *, whole: bool) -> Place | None:
    """Find where the tag goes, from a document's beginning; None when it takes more to tell.

    Right after `<head>`; without one, where the browser would begin it: at the first thing that is
    not white space, comment, doctype or `<html>`. So the page's own nodes stay what they are.
    Once there is an answer, what follows does not change it. `whole` says that nothing follows, and
    always gets one. UTF-16 is recognised by its byte order mark.
    """
    scanned = beginning[:PREFIX_LIMIT]
    whole = whole or len(beginning) >= PREFIX_LIMIT
    mark = scanned[:2]
    if mark in _UTF16_MARKS:
        offset = _scan(_narrow(scanned, big_endian=mark == b"\xfe\xff"), 0, whole=whole)
        return None if offset is None else Place(2 + 2 * offset, _UTF16_MARKS[mark])
    if not whole and len(scanned) < len(_UTF8_MARK):
        return None
    offset = _scan(scanned, 3 if scanned.startswith(_UTF8_MARK) else 0, whole=whole)
    return None if offset is None else Place(offset)


def _narrow(scanned: bytes, *, big_endian: bool) -> bytes:
    """One byte for each UTF-16 code unit; what is not ASCII becomes a letter that means nothing."""
    end = len(scanned) - len(scanned) % 2
    low, high = scanned[2 + big_endian : end : 2], scanned[3 - big_endian : end : 2]
    return bytes(unit if page == 0 else 1 for unit, page in zip(low, high, strict=True))


def _scan(text: bytes, start: int, *, whole: bool) -> int | None:
    at = start
    while True:
        at = _end(_BLANK, text, at) or at
        if head := _end(_HEAD, text, at):
            return head
        # The parser takes a second `<html>` for more attributes of the first.
        passed = _end(_HTML, text, at) or _end(_COMMENT, text, at) or _end_of_declaration(text, at)
        if passed is None:
            undecided = not whole and _UNDECIDED.match(text, at) is not None
            return None if undecided else at
        at = passed


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int | None:
    match = pattern.match(text, at)
    return match.end() if match else None


def _end_of_declaration(text: bytes, at: int) -> int | None:
    """Unless it may be a comment, whose end is not its first `>`."""
    return None if b"<!--".startswith(text[at : at + 4]) else _end(_DECLARATION, text, at)


class Injector:
    """Puts the tag into a document that comes in chunks; what comes out does not depend on them.

    `feed` each chunk and then `finish`; both return what can be sent on. Nothing is held back once
    the place is found, and never more than `PREFIX_LIMIT` bytes before.
    """

    def __init__(self, tag: bytes) -> None:
        self._tag = tag
        self._held: bytes | None = b""
        self.added = 0
        """Bytes that the document has become longer by; 0 until the place is found."""

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes of the document; return those that are ready."""
        return self._advance(chunk, whole=False)

    def finish(self) -> bytes:
        """End the document; return the rest."""
        return self._advance(b"", whole=True)

    def _advance(self, chunk: bytes, *, whole: bool) -> bytes:
        if self._held is None:
            return chunk
        self._held += chunk
        place = find_place(self._held, whole=whole)
        if place is None:
            return b""
        document, self._held = self._held, None
        self.added = len(place.encode(self._tag))
        return place.insert(self._tag, document)


def inject(tag: bytes, document: bytes) -> bytes:
    """Put the tag into a whole document."""
    injector = Injector(tag)
    return b"".join((injector.feed(document), injector.finish()))
