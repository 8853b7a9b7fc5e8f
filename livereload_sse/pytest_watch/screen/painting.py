"""How lines look on a terminal: which colour a tone has, and how a filter being typed is drawn.

Pure: lines in, text with escape sequences out. Refuses to know what they say, and when.
"""

from itertools import groupby

from livereload_sse.lines import printable
from livereload_sse.pytest_watch.screen.spans import Line, Span, Tone, indented, joined
from livereload_sse.pytest_watch.screen.typeahead import Match, Typeahead
from livereload_sse.terminal.columns import width_of

_RESET = "\x1b[0m"

_CODES: dict[Tone, str] = {
    "plain": "",
    "quiet": "2",
    "strong": "1",
    "good": "32",
    "bad": "1;31",
    "careful": "33",
    "PASS": "1;7;32",
    "FAIL": "1;7;31",
    "STOP": "1;7;33",
    "PART": "1;7;33",
    "NONE": "1;7;33",
}
"""From the terminal's own palette, so that it suits a light one as well; badges are inverted."""

_POINTER = " > "


def painted(line: Line, text: str) -> str:
    """Colour what is left of a line's text once it has been cut."""
    made, at = [], 0
    for span in line:
        piece = text[at : at + len(span.text)]
        at += len(span.text)
        made.append(_in_tone(piece, span.tone))
    return "".join(made) + text[at:]


def _in_tone(text: str, tone: Tone) -> str:
    code = _CODES[tone]
    return f"\x1b[{code}m{text}{_RESET}" if code and text else text


def typed_lines(typeahead: Typeahead, width: int, rows: int) -> list[Line]:
    """Draw a filter being typed: its text, the best matches, and what the keys do.

    Where there are too few rows, first the keys are left out, and then the matches far from the one
    that is chosen.
    """
    keys = [indented(row, 1) for row in joined(_keys(typeahead), max(1, width - 2))]
    matches = _candidates(typeahead, width - 1)
    if 1 + len(matches) + len(keys) > rows:
        keys = []
    room = max(0, rows - 1 - len(keys))
    start = max(0, min(_place_of_chosen(typeahead) - room + 1, len(matches) - room))
    return [_prompt(typeahead), *matches[start : start + room], *keys]


def _prompt(typeahead: Typeahead) -> Line:
    title = f" {typeahead.title}: " if typeahead.title else " "
    count = f"   {typeahead.picked} of {typeahead.count}"
    return (Span(title, "quiet"), Span(f"{typeahead.text}_", "strong"), Span(count, "quiet"))


def _candidates(typeahead: Typeahead, width: int) -> list[Line]:
    room = max(1, width - len(_POINTER))
    lines: list[Line] = []
    for number, match in enumerate(typeahead.matches):
        is_chosen = number == typeahead.chosen
        pointer = Span(_POINTER, "strong") if is_chosen else Span(" " * len(_POINTER))
        lines.append((pointer, *_marked(_shortened(match, room))))
    if _has_similar(typeahead):
        words = "similar, but left out:" if typeahead.picked else "no such name; similar:"
        lines.insert(typeahead.picked, (Span(" " * len(_POINTER)), Span(words, "careful")))
    if left_out := _left_out(typeahead):
        lines.append((Span(" " * len(_POINTER)), Span(left_out, "quiet")))
    return lines


def _left_out(typeahead: Typeahead) -> str:
    """Say how many there is no room for: of those that the filter lets through, else of the others."""
    shown = len(typeahead.matches)
    if typeahead.picked > shown:
        return f"and {typeahead.picked - shown} more"
    similar = typeahead.total - shown
    return f"and {similar} more similar" if similar else ""


def _has_similar(typeahead: Typeahead) -> bool:
    """Say whether some are shown that the filter, as it is typed, would not let through."""
    return typeahead.picked < len(typeahead.matches)


def _place_of_chosen(typeahead: Typeahead) -> int:
    chosen = typeahead.chosen or 0
    return chosen + (_has_similar(typeahead) and chosen >= typeahead.picked)


def _marked(match: Match) -> list[Span]:
    """Let the letters that match stand out."""
    marked = frozenset(match.marked)
    pieces = groupby(enumerate(match.text), key=lambda sign: sign[0] in marked)
    return [
        Span("".join(sign for _at, sign in signs), "good" if is_marked else "plain")
        for is_marked, signs in pieces
    ]


def _shortened(match: Match, width: int) -> Match:
    """Cut a candidate where it begins: those of one folder differ in how they end."""
    if not match.text.isprintable():  # a file's name may hold any character
        match = Match(printable(match.text))
    if width_of(match.text) <= width:
        return match
    kept = match.text
    while kept and width_of(kept) > width - 1:
        kept = kept[1:]
    moved = len(match.text) - len(kept) - 1
    return Match(f"…{kept}", tuple(at - moved for at in match.marked if at > moved))


def _keys(typeahead: Typeahead) -> list[Line]:
    """Say what Enter would do now, and the keys that always do the same."""
    if typeahead.chosen is not None:
        enter = "Enter takes this one"
    elif not typeahead.text.strip():
        enter = "Enter takes no filter"
    elif typeahead.picked:
        enter = (
            f"Enter keeps these {typeahead.picked}" if typeahead.picked > 1 else "Enter keeps it"
        )
    else:
        enter = "Enter takes the first" if typeahead.matches else "nothing matches"
    return [
        (Span(words, "quiet"),)
        for words in (enter, "Up and Down choose", "Tab completes", "Esc leaves it")
    ]
