"""A filter while it is typed: its text, what it would let through, and which of those is chosen.

Pure: presses in (as `presses` names them), what to draw out. Refuses to know what a filter is for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise
from typing import Literal

from livereload_sse.pytest_watch.patterns import Pattern

LIMIT = 8
"""How many candidates are shown at once."""

Step = Literal["typing", "accepted", "cancelled"]
"""How a press leaves it: it goes on, `accepted` holds the filter, or all is as it was before."""

_BORDERS = frozenset("/\\.:_-[ ")
"""What a segment of a path, or a word of a test's name, begins after."""

_STEPS = {"down": 1, "ctrl-n": 1, "up": -1, "ctrl-p": -1, "back-tab": -1}


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate that fits what is typed, and the positions in it that do."""

    text: str
    marked: tuple[int, ...] = ()


class Typeahead:
    """A filter being typed, over candidates: node ids, or paths relative to the root.

    `text` is what it begins with, `title` what stands before it. `matches` are the best `limit`
    candidates: first those that `Pattern(text)` lets through, then those that hold its letters in
    their order, path segments apart (`s/cart` finds `src/shop/cart.py`). `total` of them there are,
    `picked` are let through.

    Enter accepts the candidate that was chosen with the arrows; else the text, if it lets any
    through; else the first match whole. An empty text is accepted, too: no filter. With no match
    Enter does nothing. Tab completes: to the chosen candidate, or the first.
    """

    def __init__(
        self, candidates: Sequence[str], *, limit: int = LIMIT, text: str = "", title: str = ""
    ) -> None:
        self.title = title
        self.text = text
        self.accepted = ""
        self.chosen: int | None = None  # which of `matches`; None: the text itself
        self.matches: tuple[Match, ...] = ()
        self.total = self.picked = 0
        self.count = len(candidates)
        self._candidates = [(one, one.casefold()) for one in candidates]
        self._limit = limit
        self._edits = {
            "backspace": self._drop_last,
            "ctrl-u": self._drop_all,
            "ctrl-w": self._drop_word,
            "tab": self._complete,
        }
        self._search()

    def feed(self, press: str) -> Step:
        """Take a press; one that means nothing here is passed over."""
        if press == "escape":
            return "cancelled"
        if press == "enter":
            return self._accept()
        if press in _STEPS:
            self._choose(_STEPS[press])
        elif press in self._edits:
            self._edits[press]()
            self._search()
        elif len(press) == 1 or press == "space":
            self.text += " " if press == "space" else press
            self._search()
        return "typing"

    def _accept(self) -> Step:
        text = self.text.strip()
        if self.chosen is not None:
            text = self.matches[self.chosen].text
        elif text and not self.picked:
            if not self.matches:
                return "typing"
            text = self.matches[0].text
        self.accepted = text
        return "accepted"

    def _choose(self, step: int) -> None:
        """Go up or down the matches; from either end, back to the text."""
        places = [None, *range(len(self.matches))]
        self.chosen = places[(places.index(self.chosen) + step) % len(places)]

    def _complete(self) -> None:
        if self.matches:
            self.text = self.matches[self.chosen or 0].text

    def _drop_last(self) -> None:
        self.text = self.text[:-1]

    def _drop_all(self) -> None:
        self.text = ""

    def _drop_word(self) -> None:
        self.text = re.sub(r"(?:[^\W_]+|\W|_)\Z", "", self.text.rstrip())

    def _search(self) -> None:
        """Find again what matches."""
        self.chosen = None
        pattern, letters = Pattern(self.text), "".join(self.text.split()).casefold()
        picked, fuzzy = [], []
        for number, (text, folded) in enumerate(self._candidates):
            if pattern.picks(text):
                picked.append((_rank_of_part(folded, self.text.strip().casefold()), number))
            elif places := find_letters(folded, letters):
                fuzzy.append((_rank_of_letters(folded, places), number))
        self.picked = len(picked)
        self.total = len(picked) + len(fuzzy)
        best = nsmallest(self._limit, picked)
        best += nsmallest(self._limit - len(best), fuzzy)
        self.matches = tuple(self._match(number, letters) for _rank, number in best)

    def _match(self, number: int, letters: str) -> Match:
        text, folded = self._candidates[number]
        if len(text) != len(folded):  # a letter that has become two: the places are not its own
            return Match(text)
        part = self.text.strip().casefold()
        at = folded.rfind(part) if part else -1
        marked = range(at, at + len(part)) if at >= 0 else find_letters(folded, letters)
        return Match(text, tuple(marked))


def find_letters(name: str, letters: str) -> tuple[int, ...]:
    """Find where letters stand in a name in this order, each as far right as can be; () nowhere."""
    places: list[int] = []
    end = len(name)
    for letter in reversed(letters):
        end = name.rfind(letter, 0, end)
        if end < 0:
            return ()
        places.append(end)
    return tuple(reversed(places))


def _rank_of_part(name: str, part: str) -> tuple[int, ...]:
    """Put first where the part begins a segment, and then where it is nearer to the name's end."""
    at = name.rfind(part)
    if not part or at < 0:
        return (0,)  # nothing to go by, or an expression: the order stays
    is_inside = at > 0 and name[at - 1] not in _BORDERS
    segments_after = name.count("/", at) + name.count("::", at)
    return (int(is_inside), segments_after, len(name))


def _rank_of_letters(name: str, places: Sequence[int]) -> tuple[int, ...]:
    """Put first where the letters stand in fewer pieces, and then where they are closer together."""
    pieces = sum(1 for one, next_one in pairwise(places) if next_one != one + 1)
    return (pieces, places[-1] - places[0], len(name))
