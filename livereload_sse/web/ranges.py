"""Parts and conditions of an answer: Range, If-Range, If-None-Match.

Knows RFC 9110, sections 8.8, 13 and 14, as far as a file needs them. Refuses to know the file.
"""

import re
from dataclasses import dataclass
from typing import Literal

_RANGE = re.compile(
    rb"bytes *= *(?:([0-9]{1,18}) *- *([0-9]{1,18})?|- *([0-9]{1,18}))", re.IGNORECASE
)
_ENTITY_TAG = re.compile(rb'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` up to, not including, `stop`."""

    start: int
    stop: int

    def __len__(self) -> int:
        return max(self.stop - self.start, 0)

    def content_range(self, size: int) -> bytes:
        """Write the Content-Range header of this part of `size` bytes."""
        return f"bytes {self.start}-{self.stop - 1}/{size}".encode()


def find_part(header: bytes, size: int) -> Part | Literal["whole", "unsatisfiable"]:
    """Read a Range header against a content of `size` bytes.

    One range is honoured. Several, or anything else that we do not read, get the whole content,
    which a server may always answer (RFC 9110, 14.2): a list of thousands costs nothing.
    """
    match = _RANGE.fullmatch(header.strip()) if len(header) <= _LONGEST else None
    if match is None:
        return "whole"
    first, last, length = (None if text is None else int(text) for text in match.groups())
    if first is None:
        start, stop = max(size - (length or 0), 0), size
    else:
        start, stop = first, size if last is None else min(last + 1, size)
    if last is not None and first is not None and last < first:
        return "whole"  # 14.1.1: invalid, and so ignored
    return Part(start, stop) if start < stop else "unsatisfiable"


def is_current(if_none_match: bytes, etag: bytes) -> bool:
    """Tell whether the browser already holds what `etag` names (weak comparison, 8.8.3.2)."""
    if if_none_match.strip() == b"*":
        return True
    held = _ENTITY_TAG.findall(if_none_match[:_LONGEST])
    return etag.removeprefix(b"W/") in held


def may_resume(if_range: bytes | None, etag: bytes) -> bool:
    """Tell whether a part may be sent: only strong tags prove it fits the part the browser has.

    A date in If-Range proves nothing to us, as saves can fall within one second.
    """
    return if_range is None or (if_range.strip() == etag and not etag.startswith(b"W/"))
