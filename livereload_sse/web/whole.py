"""Announce early, serve late: may what is on the disk be shown yet?

A change is told to the tabs at once; the answer to their request waits here until the file has been
left alone, because programs truncate, write, pause and write again. Knows the rules; the moments are
given as arguments. Refuses to know the disk and the clock.
"""

import re
from dataclasses import dataclass

LEAST_QUIET = 0.015
"""Seconds since the last write before a content may be held as that of a signature. Longer than the
tick of the file system's clock (4 ms on Linux), so a later write cannot leave the same times behind."""

DOUBTFUL_QUIET = 0.06
"""Seconds of quiet for a file that does not look whole."""

UNFINISHED_QUIET = 0.25
"""Seconds of quiet for a file that somebody has open for writing. They may keep it open for days, as
programs do with a log or a database, so quiet counts in the end."""

EMPTY_QUIET = 0.25
"""Seconds of quiet for a file that has just become empty; also how long a vanished one is awaited."""

LONGEST_WAIT = 1.0
"""Seconds after which a file that is never quiet is served as it is."""

TAIL_SIZE = 32
"""Bytes at the end of a file by which a new version resembles the one before."""

_LOOKED_AT = 4096
_HTML_END = re.compile(rb"</html\s*>(?:\s|<!--(?:(?!-->).)*-->)*\Z", re.IGNORECASE | re.DOTALL)


def tail(content: bytes) -> bytes:
    """Take what is remembered of a version."""
    return content[-TAIL_SIZE:]


def looks_whole(content: bytes, *, is_html: bool, known_tail: bytes | None) -> bool:
    """Tell whether a file ends as a finished one does: with `</html>`, or like the version before.

    `known_tail` is that version's `tail`, None when there was none. No proof, only a reason to wait
    less.
    """
    if not content:
        return False
    if is_html and _HTML_END.search(content[-_LOOKED_AT:]):
        return True
    return known_tail is not None and tail(content) == known_tail


def needed_quiet(
    content: bytes | None,
    *,
    is_html: bool,
    is_code: bool,
    known_tail: bytes | None,
    unfinished: bool | None = None,
) -> float:
    """Say how many seconds this content must have been left alone before it is served.

    `is_code`: an HTML page, a stylesheet or a script, which hardly anyone leaves empty on purpose.
    `unfinished`: somebody has the file open for writing; when nobody has, most files need no quiet
    at all, but a page without an end still does, as some programs write in several goes. None:
    nobody can tell. A content of None was too large to look at.
    """
    if unfinished:
        return UNFINISHED_QUIET
    finished = unfinished is False
    least = 0.0 if finished else LEAST_QUIET
    if content == b"":
        return EMPTY_QUIET if is_code or known_tail else least
    if finished and not is_html:
        return least
    whole = content is not None and looks_whole(content, is_html=is_html, known_tail=known_tail)
    return least if whole else DOUBTFUL_QUIET


@dataclass(slots=True)
class Sighting:
    """How long one request has been looking at one file, and since when that has stood still.

    `now` is a clock that only goes forward; `wall` the clock that stamps files. Both in seconds.
    """

    since: float
    signature: object = None
    still_since: float = 0.0
    quiet: float = 0.0
    waited: float = 0.0

    def see(self, signature: object, *, touched: float, wall: float, now: float) -> bool:
        """Look once more; tell whether it is the same as at the last look.

        `touched` is the file's own latest time. One that lies in the future (a clock that was put
        back, a network drive) says nothing: then only what this request saw counts.
        """
        same = signature == self.signature
        if not same:
            self.signature, self.still_since = signature, now
        self.quiet = max(wall - touched, now - self.still_since)
        self.waited = now - self.since
        return same
