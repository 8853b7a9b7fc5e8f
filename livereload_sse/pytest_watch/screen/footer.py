"""What stands below while we wait: how the tests stand, what is switched on, what is waited for.

Pure: facts in, lines out. Refuses to know colours and terminals. A badge says the verdict in letters,
so that it reads without colours, too.
"""

from livereload_sse.lines import printable
from livereload_sse.pytest_watch.screen.bindings import Bindings
from livereload_sse.pytest_watch.screen.lines import hints, switched_on
from livereload_sse.pytest_watch.screen.spans import Line, Span, Tone, indented, joined
from livereload_sse.pytest_watch.screen.standing import (
    NO_TESTS,
    Counts,
    Mode,
    Standing,
    verdict_of,
)

_INDENT = len(" PASS  ")
"""Columns: what stands below a badge begins where the words beside it do."""

_EXITS = {
    2: "pytest was interrupted",
    3: "an internal error ended pytest",
    4: "pytest could not begin, see above",
}
"""What pytest's exit codes mean where no test explains them."""


def footer(
    standing: Standing, mode: Mode, bindings: Bindings, *, width: int, keys: bool = True
) -> list[Line]:
    """Make the lines of the present state, folded to `width`; the last says what is waited for."""
    badge = _badge(standing)
    room = max(1, width - _INDENT)
    rows = joined([*_state(standing, mode), *_circumstances(standing)], room)
    rows += [
        *(row for worry in _worries(standing) for row in joined([(Span(worry, "bad"),)], room)),
        *(row for text in _owed(standing) for row in joined([(Span(text, "careful"),)], room)),
        *joined([(Span(text, "careful"),) for text in switched_on(mode)], room),
    ]
    waiting = joined(_waited_for(mode, bindings, keys=keys), max(1, width - 1))
    return [
        (Span(f" {badge} ", badge), Span(" "), *rows[0]),
        *(indented(row, _INDENT) for row in rows[1:]),
        *(indented(row, 1) for row in waiting),
    ]


def title(standing: Standing, name: str) -> str:
    """Say the same in a window's title: `FAIL 2 failed, 310 passed · shop`."""
    words = ", ".join(span.text for part in _state(standing, Mode()) for span in part[::2])
    known = f", {standing.known_failures} failed before" if standing.known_failures else ""
    return f"{_badge(standing)} {words}{known} · {printable(name)}"


def _badge(standing: Standing) -> Tone:
    verdict = verdict_of(standing)
    if verdict == "unsure":
        if standing.ended in {"cancelled", "left"}:
            return "STOP"
        return "PART" if standing.counts.passed else "NONE"
    return "PASS" if verdict == "good" else "FAIL"


def _state(standing: Standing, mode: Mode) -> list[Line]:
    """Say how the run ended, as far as that is news, and how its tests did."""
    counts = _counted(standing.counts)
    if standing.ended == "broken":
        return [(Span(_trouble(standing) or "the run broke off", "bad"),), *counts]
    if standing.ended in {"cancelled", "left"}:
        return [(Span(_cancelled(standing), "careful"),), *counts]
    return counts or [(Span(_nothing(standing, mode), "careful"),)]


def _counted(counts: Counts) -> list[Line]:
    """Count the outcomes, the worst first: `2 failed, 310 passed`. None of none."""
    kinds: list[tuple[int, str, Tone]] = [
        (counts.failed, "failed", "bad"),
        (counts.errors, "error" if counts.errors == 1 else "errors", "bad"),
        (counts.passed, "passed", "good"),
        (counts.xpassed, "xpassed", "careful"),
        (counts.skipped + counts.skipped_files, "skipped", "careful"),  # as pytest counts them
        (counts.xfailed, "xfailed", "careful"),
    ]
    spans = [Span(f"{count} {word}", tone) for count, word, tone in kinds if count]
    commas = [part for span in spans for part in (Span(", ", "quiet"), span)]
    return [tuple(commas[1:])] if commas else []


def _trouble(standing: Standing) -> str:
    """Give the trouble as a part of a line: a sentence elsewhere, here it ends with no full stop."""
    return printable(standing.trouble).removesuffix(".")


def _cancelled(standing: Standing) -> str:
    ran, chosen = standing.counts.ran, standing.chosen
    how = "stopped in the debugger" if standing.ended == "left" else "cancelled"
    if not ran:
        return how if standing.ended == "left" else f"{how} before its first test"
    return f"{how} after {ran} of {chosen} tests" if chosen >= ran else f"{how} after {ran}"


def _nothing(standing: Standing, mode: Mode) -> str:
    if standing.uncollected:
        return "no tests ran"
    if mode.tests or mode.files:
        return "no test fits the filters"
    if mode.failed_only:
        return "nothing that failed is left"
    return "no tests were collected" if standing.exit_code == NO_TESTS else "no tests ran"


def _circumstances(standing: Standing) -> list[Line]:
    others, deselected = standing.others, standing.counts.deselected
    # What a mode leaves out is deselected, too.
    left_out = f"{deselected} deselected" if deselected and not standing.owed else ""
    facts = [
        f"{others} {'other' if others == 1 else 'others'} not run" if others else left_out,
        "" if standing.duration is None else duration_phrase(standing.duration),
        standing.at,
    ]
    return [(Span(fact, "quiet"),) for fact in facts if fact]


def duration_phrase(seconds: float) -> str:
    """Write how long a run took, as exactly as one compares it: `82 ms`, `1.4 s`, `2 min 5 s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def _worries(standing: Standing) -> list[str]:
    """Say what the counts do not, and what keeps the state from being good."""
    known, uncollected = standing.known_failures, standing.uncollected
    were = "was" if known == 1 else "were"
    files = "1 file" if uncollected == 1 else f"{uncollected} files"
    trouble = "" if standing.ended == "broken" else _trouble(standing)
    worries = [
        f"{files} could not be collected" if uncollected else "",
        f"{known} failed before and {were} not run again" if known else "",
        trouble or _unexplained(standing),
    ]
    return [worry for worry in worries if worry]


def _owed(standing: Standing) -> list[str]:
    """Say what a change concerns and has not been run for it."""
    if not standing.owed:
        return []
    return [f"{standing.owed} affected {'was' if standing.owed == 1 else 'were'} not run"]


def _unexplained(standing: Standing) -> str:
    """Say that pytest's exit code tells of a failure where nothing else does."""
    code, counts = standing.exit_code, standing.counts
    is_explained = counts.failed or counts.errors or standing.uncollected
    if standing.ended != "complete" or code in {0, NO_TESTS} or is_explained:
        return ""
    return f"{_EXITS.get(code, 'pytest ended badly, although no test failed')} (exit code {code})"


def _waited_for(mode: Mode, bindings: Bindings, *, keys: bool) -> list[Line]:
    known = (Span(hints(bindings, keys=keys), "quiet"),)
    page: list[Line] = [(Span(f"results at {mode.page}", "quiet"),)] if mode.page else []
    if not mode.paused:
        return [(Span("waiting for changes", "quiet"),), *page, known]
    onward = bindings.key_of("pause") if keys else ""
    paused = f"paused, {onward} goes on" if onward else "paused"
    return [(Span(paused, "careful"),), *page, known]
