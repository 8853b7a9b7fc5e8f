"""The words of the terminal, and of the log of an app: every line that says what became of a change.

Pure: facts in, text out. Refuses to know colours, terminals and clocks.
"""

from collections.abc import Sequence

from livereload_sse.updates import Update

KEYS = (
    ("r", "reload every tab"),
    ("o", "open a tab"),
    ("p", "pause, and go on"),
    ("u", "show the addresses"),
    ("h", "show this help"),
    ("q", "quit"),
)

REBUILD = "build everything again"
"""What `b` does, where something is built."""

DONE = {
    "reload": "reloaded",
    "swap-images": "swapped images in",
    "swap-styles": "swapped styles in",
    "paused": "paused in",
}
"""What tabs report → how it reads before "2 tabs". An action of a later client reads as itself."""


def update_line(update: Update) -> str:
    """Say what became of one change: files → what was done → how many tabs → how long it took."""
    return f"{files_phrase(update.files)} → {outcome_phrase(update)}"


def files_phrase(files: Sequence[str]) -> str:
    """Name up to two files; of more, the first and how many others."""
    if len(files) <= 2:
        return ", ".join(printable(file) for file in files)
    return f"{printable(files[0])} and {len(files) - 1} more"


def printable(name: str) -> str:
    """Escape what a terminal would obey: a file's name may hold any character."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in name
    )


def outcome_phrase(update: Update) -> str:
    """Say what the tabs did, and what they did not."""
    if update.tabs == 0:
        return f"kept for {tabs(update.hidden, 'hidden')}" if update.hidden else "no tab is open"
    parts = [_deed(update, action, count) for action, count in _acted(update)]
    if unused := update.actions["none"]:
        parts.append(f"{'not used by' if not parts else 'unused by'} {tabs(unused)}")
    if update.silent:
        parts.append(f"no answer from {tabs(update.silent)}")
    phrase = ", ".join(parts)
    return phrase if update.duration is None else f"{phrase} · {milliseconds(update.duration)}"


def _deed(update: Update, action: str, count: int) -> str:
    """Say what some tabs did: `patched 2 nodes in 3 tabs`, `reloaded: script changed · 1 tab`."""
    if action == "patch-page":
        if update.nodes == 0:
            return f"already shown in {tabs(count)}"
        nodes = "1 node" if update.nodes == 1 else f"{update.nodes} nodes"
        return f"patched {nodes} in {tabs(count)}"
    if action == "reload" and update.reasons:
        return f"reloaded: {'; '.join(map(printable, update.reasons))} · {tabs(count)}"
    return f"{DONE.get(action, action)} {tabs(count)}"


def _acted(update: Update) -> list[tuple[str, int]]:
    return sorted((action, count) for action, count in update.actions.items() if action != "none")


def tabs(count: int, kind: str = "") -> str:
    """Count tabs in words."""
    return " ".join(filter(None, [str(count), kind, "tab" if count == 1 else "tabs"]))


def milliseconds(seconds: float) -> str:
    """Write a duration as a person compares it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def hint_lines(*, keys: bool, width: int) -> list[str]:
    """Say what to do now, in one line or, where the terminal is narrow, in two."""
    hints = ["Save a file: every open tab shows it."]
    hints.append("Press h for help, q to quit." if keys else "Press Ctrl-C to quit.")
    joined = f"  {' '.join(hints)}"
    return [joined] if len(joined) < width else [f"  {hint}" for hint in hints]


def help_lines(*, rebuild: str = "") -> list[str]:
    """List the keys; `rebuild` is what `b` does, if it does something."""
    keys = [*([("b", rebuild)] if rebuild else ()), *KEYS]
    return [f"  {key}  {meaning}" for key, meaning in keys]
