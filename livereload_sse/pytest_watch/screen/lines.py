"""The words around a run: its header, what a key switched on, how a run broke.

Pure: facts in, text out. Refuses to know colours, terminals and clocks. Which tests a change concerns
and why is said by `reasons`, what stands below while we wait by `footer`.
"""

from livereload_sse.lines import printable
from livereload_sse.pytest_watch.screen.bindings import Action, Bindings
from livereload_sse.pytest_watch.screen.spans import Line, Span, Tone, indented, joined, wrapped
from livereload_sse.pytest_watch.screen.standing import NOTHING_ON, Counts, Ended, Mode, Standing
from livereload_sse.terminal.columns import cut, width_of

__all__ = ["Counts", "Ended", "Mode", "Standing"]  # what the lines are about

STAMP = len("00:00:00  ")
"""Columns that the time takes before a line."""

_REASON_ROWS = 3

_SWITCHED: dict[Action, tuple[str, str]] = {
    "failed": ("only what failed", "not only what failed"),
    "stop": ("stops at the first failure", "goes on after a failure"),
    "cold": ("runs start cold", "runs start warm"),
    "pause": ("paused: changes wait", "changes start runs again"),
    "screen": ("the screen is cleared before a run", "the screen is not cleared"),
    "clear": ("the filters are cleared", "the filters are cleared"),
}


def hints(bindings: Bindings, *, keys: bool) -> str:
    """Name the two keys that one has to know; without keys, how one leaves."""
    known: tuple[Action, Action] = ("help", "quit")
    named = [f"{bindings.key_of(one)} {one}" for one in known if bindings.key_of(one)]
    return "  ".join(named) if keys and named else "Ctrl-C quits"


def header(
    line: str, *, at: str, width: int, reason: str = "", mode: Mode = NOTHING_ON
) -> list[Line]:
    """Make the lines above a run of `src/cart.py → 4 of 312 tests: test_cart (imports it)`.

    `at` is the time of day. What is after the colon moves to the next lines where it does not fit, as
    `reason` always does; of both together no more than three are shown. What is switched on is said
    last.
    """
    room = max(1, width - STAMP)
    colon = line.find(": ", line.find(" → ") + 1)
    breaks = colon >= 0 and width_of(line) > room
    first, moved = (line[:colon], line[colon + 2 :]) if breaks else (line, "")
    rows = wrapped(printable("; ".join(filter(None, [moved, reason]))), room)
    if len(rows) > _REASON_ROWS:
        rows[_REASON_ROWS - 1 :] = [cut(" ".join(rows[_REASON_ROWS - 1 :]), room)]
    below: list[Line] = [(Span(row, "quiet"),) for row in rows]
    below += joined([(Span(text, "careful"),) for text in switched_on(mode)], room)
    return [*stamped(first, at=at, width=width), *(indented(row, STAMP) for row in below)]


def stamped(text: str, *, at: str, width: int, tone: Tone = "plain") -> list[Line]:
    """Put the time before a text; the files before ` → ` stand out from what became of them.

    What does not fit goes on below, first at the arrow.
    """
    room, text = max(1, width - STAMP), printable(text)
    files, arrow, outcome = text.partition(" → ") if tone == "plain" else ("", "", text)
    rows: list[Line]
    if not arrow:
        rows = [(Span(row, tone),) for row in wrapped(text, room)]
    elif width_of(text) <= room:
        rows = [(Span(files, "strong"), Span(arrow, "quiet"), Span(outcome))]
    else:
        rows = [(Span(row, "strong"),) for row in wrapped(files, room)]
        rows += [(Span(row),) for row in wrapped(f"→ {outcome}", room)]
    first, *rest = rows or [()]
    return [(Span(f"{at}  ", "quiet"), *first), *(indented(row, STAMP) for row in rest)]


def switched_on(mode: Mode) -> list[str]:
    """Say what leaves tests out, or runs them otherwise, until it is switched off."""
    return [
        *(["only what failed"] if mode.failed_only else []),
        *([f"tests like {printable(mode.tests)}"] if mode.tests else []),
        *([f"files like {printable(mode.files)}"] if mode.files else []),
        *(["stops at the first failure"] if mode.stop_first else []),
        *(["cold"] if mode.cold else []),
    ]


def switched_line(action: Action, mode: Mode) -> str:
    """Say what a key has just switched on, or off; `mode` is as it is now."""
    if action == "tests":
        return f"only tests like {printable(mode.tests)}" if mode.tests else "tests of any name"
    if action == "files":
        return f"only files like {printable(mode.files)}" if mode.files else "tests of any file"
    on, off = _SWITCHED[action]
    return on if action in mode.on else off
