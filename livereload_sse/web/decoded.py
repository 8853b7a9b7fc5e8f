"""A body as it was before it was compressed, piece by piece.

Knows the content codings that the standard library has (RFC 9110, 8.4.1): gzip and deflate.
"""

import zlib
from typing import Protocol

from livereload_sse.errors import DecodingError

_TELLING = 2
"""Bytes that say which of the formats a body is in."""


class Decoded(Protocol):
    """Takes a coded body in pieces and gives it back as it was."""

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece; return what it was. Raises `DecodingError`."""

    def finish(self) -> bytes:
        """Return the rest. Raises `DecodingError` when the body was cut."""


class Identity:
    """A body that was not coded."""

    def feed(self, piece: bytes) -> bytes:
        """Return it."""
        return piece

    def finish(self) -> bytes:
        """Return nothing: all is there."""
        return b""


class Inflated:
    """A body in gzip, zlib, or the bare deflate that some servers call so."""

    def __init__(self) -> None:
        self._beginning: bytes | None = b""
        self._decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, whichever

    def feed(self, piece: bytes) -> bytes:
        """Decompress the next piece."""
        if self._beginning is None:
            return self._decompress(piece)
        self._beginning += piece
        if len(self._beginning) < _TELLING:
            return b""
        beginning, self._beginning = self._beginning, None
        if not _has_header(beginning):
            self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._decompress(beginning)

    def finish(self) -> bytes:
        """Return the rest. An answer to HEAD has no body at all."""
        if self._beginning == b"":
            return b""
        if not self._decompressor.eof:
            raise DecodingError("A compressed answer was cut")
        return self._decompressor.flush()

    def _decompress(self, piece: bytes) -> bytes:
        try:
            return self._decompressor.decompress(piece)
        except zlib.error as error:
            raise DecodingError("A compressed answer is damaged", where=str(error)) from None


def _has_header(beginning: bytes) -> bool:
    """Whether a body begins as gzip (RFC 1952, 2.3.1) or zlib (RFC 1950, 2.2) does."""
    is_zlib = beginning[0] & 15 == zlib.DEFLATED and (beginning[0] << 8 | beginning[1]) % 31 == 0
    return is_zlib or beginning[:2] == b"\x1f\x8b"


def find_decoding(coding: str) -> Decoded | None:
    """Find what decodes a Content-Encoding; None for what only others can decode."""
    named = coding.strip().lower()
    if named in ("", "identity"):
        return Identity()
    return Inflated() if named in ("gzip", "x-gzip", "deflate") else None
