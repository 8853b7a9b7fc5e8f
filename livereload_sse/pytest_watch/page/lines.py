"""What pytest printed of a failure, as lines of styled spans with the places of sources in them.

Knows how pytest and Python name a place. Refuses to know which files there are: it asks the function
it is given.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from livereload_sse.pytest_watch.page.shapes import Lines, Place, Span

MOST_LINES = 400
MOST_CHARACTERS = 100_000

Locate = Callable[[str, int], Place | None]
"""Finds the place that a path and a line in a text mean, if it is one that a person may open."""

_PLACE = re.compile(
    r"""(?P<path>(?:[A-Za-z]:[\\/])?[^\s:"'()\[\]<>|,]{1,400}\.\w{1,12}):(?P<line>\d{1,7})"""
    r"""|File "(?P<file>[^"\n]{1,400})", line (?P<number>\d{1,7})"""
)


def read_text(text: str, locate: Locate) -> tuple[Lines, bool]:
    """Read a text with a terminal's colours: its last lines, and whether others were left out."""
    # Nobody needs it before a page is looked at.
    from livereload_sse.build.ansi import read_lines  # noqa: PLC0415

    kept = text[-MOST_CHARACTERS:]
    lines = read_lines(kept.strip("\n"))
    shown = lines[-MOST_LINES:]
    is_cut = len(kept) < len(text) or len(shown) < len(lines)
    return [_as_json(line, locate) for line in shown], is_cut


def _as_json(line: Any, locate: Locate) -> list[Span]:
    """Write a line. A place may reach over several spans: pytest prints its path in a colour."""
    places = list(_find_places("".join(span.text for span in line), locate))
    spans: list[Span] = []
    start = 0
    for span in line:
        spans += _cut(span, start, places)
        start += len(span.text)
    return spans


def _find_places(text: str, locate: Locate) -> Iterator[tuple[int, int, Place]]:
    for found in _PLACE.finditer(text):
        place = locate(found["path"] or found["file"], int(found["line"] or found["number"]))
        if place is not None:
            yield found.start(), found.end(), place


def _cut(span: Any, start: int, places: list[tuple[int, int, Place]]) -> Iterator[Span]:
    """Cut a span, which begins at `start` of its line, where places begin and end."""
    end = start + len(span.text)
    at = start
    for first, last, place in places:
        first, last = max(first, start), min(last, end)  # noqa: PLW2901 - what of it is in this span
        if first >= last:
            continue
        if at < first:
            yield _span(span, at - start, first - start)
        yield {**_span(span, first - start, last - start), "place": place}
        at = last
    if at < end:
        yield _span(span, at - start, end - start)


def _span(span: Any, first: int, last: int) -> Span:
    made: Span = {"text": span.text[first:last]}
    if span.style:
        made["style"] = list(span.style)
    return made
