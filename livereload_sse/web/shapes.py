"""What becomes of an application's answer that a person looks at: the page with our tag, or a page
made of what is none.

Pure: an answer's status and headers in, what to do with its body out.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from livereload_sse.web.decoded import Decoded, find_decoding
from livereload_sse.web.injection import Injector
from livereload_sse.web.policy import let_us_in
from livereload_sse.web.rendering import Rendering

Headers = Iterable[tuple[bytes, bytes]]

_PAGES = (b"text/html", b"application/xhtml+xml")
_NOTES = (b"text/plain", b"application/json", b"application/problem+json")
_OUTDATED = frozenset({b"etag", b"last-modified", b"accept-ranges", b"content-length"})
"""What speaks of the bytes before we have changed them."""

_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""How a page in UTF-16 begins that can be read without guessing."""


class Shape(Protocol):
    """Takes a body in pieces and gives back what is sent in its place."""

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece; return what can be sent."""

    def finish(self) -> bytes:
        """Return the rest."""

    def headers(self) -> Headers:
        """Return the headers, once `feed` or `finish` has returned something."""


def find_shape(
    status: int, headers: Headers, rendering: Rendering, *, navigates: bool
) -> Shape | None:
    """Say what becomes of an answer; None: it passes as it is.

    `navigates`: a person's browser goes to it. Then what an application says in bare words of an
    error becomes a page, so that it goes away by itself when the error is mended.
    """
    if status < 200 or 300 <= status < 400 or status in (204, 205, 206):
        return None
    fields = [(name.lower(), value) for name, value in headers]  # Django writes Content-Type
    named = dict(reversed(fields))
    kind = named.get(b"content-type", b"").partition(b";")[0].strip().lower()
    is_page = kind in _PAGES
    is_note = navigates and status >= 400 and kind in _NOTES and not _is_wide(fields)
    if not (is_page or is_note):
        return None
    decoding = find_decoding(named.get(b"content-encoding", b"").decode("latin-1"))
    is_file = named.get(b"content-disposition", b"").lower().startswith(b"attachment")
    if decoding is None or is_file:
        return None
    if not is_page:
        return Note(fields, rendering, decoding)
    return Page(fields, rendering, decoding)


class Page:
    """An application's page, with our tag in it, unless the template has placed that itself."""

    def __init__(
        self, headers: Sequence[tuple[bytes, bytes]], rendering: Rendering, decoding: Decoded
    ) -> None:
        allowance = let_us_in(headers, ours=rendering.ours)
        self._fields = allowance.headers
        self._rendering = rendering
        self._decoding = decoding
        self._injector = Injector(rendering.tag(allowance.nonce))
        self._is_placed: bool | None = None
        self._is_wide = _is_wide(headers)

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece of the page."""
        return self._inject(self._decoding.feed(piece)) if piece else b""

    def finish(self) -> bytes:
        """End the page."""
        rest = self._inject(self._decoding.finish())
        return rest if self._is_placed else rest + self._injector.finish()

    def _inject(self, piece: bytes) -> bytes:
        if self._is_placed is None:  # a template is rendered before its first bytes come
            has_no_place = self._is_wide and piece[:2] not in _MARKS
            self._is_placed = self._rendering.placed or has_no_place
        if self._is_placed:
            return piece
        ready = self._injector.feed(piece)
        self._rendering.sent = self._injector.added > 0
        return ready

    def headers(self) -> Headers:
        """The application's, as far as they are still true."""
        named = dict(reversed(self._fields))
        yield from _lasting(self._fields, named)
        length = named.get(b"content-length", b"")
        if length.isdigit() and b"content-encoding" not in named:
            yield b"content-length", b"%d" % (int(length) + self._injector.added)


class Note:
    """A page made of a few words in plain text or JSON."""

    def __init__(
        self, headers: Sequence[tuple[bytes, bytes]], rendering: Rendering, decoding: Decoded
    ) -> None:
        allowance = let_us_in(headers, ours=rendering.ours)
        self._fields = allowance.headers
        self._decoding = decoding
        self._beginning = (
            b"<!doctype html><head>"
            + rendering.tag(allowance.nonce)
            + b'<meta name="color-scheme" content="light dark"></head><pre>'
        )

    def feed(self, piece: bytes) -> bytes:
        """Take the next words."""
        return self._say(self._decoding.feed(piece))

    def finish(self) -> bytes:
        """End the page."""
        return self._say(self._decoding.finish()) + b"</pre>\n"

    def _say(self, words: bytes) -> bytes:
        beginning, self._beginning = self._beginning, b""
        return beginning + _escape(words)

    def headers(self) -> Headers:
        """The application's, as far as they are still true."""
        named = dict(reversed(self._fields))
        for name, value in _lasting(self._fields, named):
            if name != b"content-type":
                yield name, value
        charset = named[b"content-type"].partition(b";")[2] or b" charset=utf-8"
        yield b"content-type", b"text/html;" + charset


def _is_wide(headers: Headers) -> bool:
    """Whether a page is said to be in an encoding in which ASCII is not what it is elsewhere."""
    kinds = (value.lower() for name, value in headers if name == b"content-type")
    return any(b"charset" in kind and (b"utf-16" in kind or b"utf-32" in kind) for kind in kinds)


def _lasting(fields: Headers, named: dict[bytes, bytes]) -> Headers:
    """Leave out what is no longer true, and have the browser ask anew each time."""
    gone = _OUTDATED | {b"content-encoding", b"cache-control"}
    yield from (field for field in fields if field[0] not in gone)
    kept = b"no-store" in named.get(b"cache-control", b"").lower()
    yield b"cache-control", b"no-store" if kept else b"no-cache"


def _escape(text: bytes) -> bytes:
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;")
