"""Which key does what: the table, what a project binds otherwise, and the words of the help.

Pure. Knows presses by the names that `presses` gives them. Refuses to know what an action does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import zip_longest
from typing import Literal, NoReturn, Self, get_args

from livereload_sse.errors import ConfigurationError
from livereload_sse.pytest_watch.screen.spans import Line, Span, text_of
from livereload_sse.terminal.columns import width_of

Action = Literal[
    "run",
    "all",
    "failed",
    "last",
    "affected",
    "cold",
    "tests",
    "files",
    "clear",
    "stop",
    "snapshots",
    "debug",
    "page",
    "why",
    "pause",
    "screen",
    "help",
    "quit",
]
"""What a key can do; also the names that `live_watch_keys` knows."""

NONE = "none"
"""In the place of a key: this action has none."""

SETTING = "live_watch_keys"


@dataclass(frozen=True, slots=True)
class Binding:
    """An action, the press that does it (empty: none), and what the help says."""

    action: Action
    key: str
    meaning: str


DEFAULTS = (
    Binding("run", "enter", "run now"),
    Binding("all", "a", "run all tests"),
    Binding("affected", "o", "run what changes affect"),
    Binding("last", "l", "run the same again"),
    Binding("cold", "C", "run from a cold start"),
    Binding("debug", "d", "debug the first failure"),
    Binding("snapshots", "u", "update snapshots"),
    Binding("failed", "f", "only what failed"),
    Binding("stop", "x", "stop at the first failure"),
    Binding("tests", "t", "filter by test name"),
    Binding("files", "p", "filter by file"),
    Binding("clear", "c", "clear the filters"),
    Binding("pause", "s", "pause, and go on"),
    Binding("screen", "i", "clear the screen first"),
    Binding("page", "w", "open the results page"),
    Binding("why", "y", "why these tests"),
    Binding("help", "?", "show this help"),
    Binding("quit", "q", "quit"),
)

_KEYS = frozenset({"enter", "space", "tab", "backspace", "delete", "up", "down", "left", "right"})
"""Keys with a name. Esc ends what is typed, and Ctrl-C stays a signal: neither can be bound."""

_ACTIONS: dict[str, Action] = {action: action for action in get_args(Action)}

_GAP = 3
"""Columns between two columns of the help."""


class Bindings:
    """A key for each action. `Bindings()` is the table above.

    A key does one thing: `Bindings.from_lines` raises ConfigurationError for two actions on one key.
    """

    def __init__(self, bound: Sequence[Binding] = DEFAULTS) -> None:
        self._bound = tuple(bound)
        self._actions = {one.key: one.action for one in bound if one.key}

    @classmethod
    def from_lines(cls, lines: Sequence[str], *, where: str = SETTING) -> Self:
        """Bind otherwise what lines like `all = A` or `cold = none` name; blank ones and `#` pass.

        `where` is said in errors: the setting, and its file.
        """
        keys: dict[Action, str] = {}
        for line in map(str.strip, lines):
            if not line or line.startswith("#"):
                continue
            action, key = _read(line, where)
            if action in keys:
                raise ConfigurationError(
                    f"{action!r} is bound twice", where=where, hint="Keep one of the two lines."
                )
            keys[action] = key
        bound = [replace(one, key=keys.get(one.action, one.key)) for one in DEFAULTS]
        _refuse_two_on_one(bound, changed=keys, where=where)
        return cls(bound)

    def find_action(self, press: str) -> Action | None:
        """Find what a press does, if it does anything."""
        return self._actions.get(press)

    def key_of(self, action: Action) -> str:
        """Give an action's key as a person reads it: `a`, `Enter`; nothing where it has none."""
        key = next(one.key for one in self._bound if one.action == action)
        return key.capitalize() if key in _KEYS else key

    def help_lines(
        self,
        width: int,
        *,
        on: Collection[Action] = (),
        without: Collection[Action] = (),
    ) -> list[Line]:
        """List the keys, in two columns where they fit; `on` are switched on, `without` cannot be."""
        shown = [one for one in self._bound if one.key and one.action not in without]
        wide = max((width_of(self.key_of(one.action)) for one in shown), default=0)
        entries = [self._entry(one, wide, is_on=one.action in on) for one in shown]
        return _in_columns(entries, width)

    def _entry(self, one: Binding, wide: int, *, is_on: bool) -> Line:
        key = self.key_of(one.action)
        spans = (Span("  "), Span(_padded(key, wide), "strong"), Span(f"  {one.meaning}"))
        return (*spans, Span(" (on)", "careful")) if is_on else spans


def _read(line: str, where: str) -> tuple[Action, str]:
    """Read `action = key`."""
    name, equals, key = (part.strip() for part in line.partition("="))
    action = _ACTIONS.get(name.casefold())
    if not equals or not key:
        raise ConfigurationError(
            f"{line!r} binds nothing",
            where=where,
            hint="Write one line for each action, such as `all = A`.",
        )
    if action is None:
        _refuse_action(name, where)
    return action, _read_key(key, action, where)


def _read_key(key: str, action: Action, where: str) -> str:
    """Read a sign that can be seen, the name of a key, or `none`."""
    if len(key) == 1 and key.isprintable():
        return key
    if key.casefold() == NONE:
        return ""
    if key.casefold() in _KEYS:
        return key.casefold()
    raise ConfigurationError(
        f"{key!r} is no key that {action!r} can have",
        where=where,
        hint=f"Give it one sign, `{NONE}`, or one of: {', '.join(sorted(_KEYS))}.",
    )


def _refuse_action(name: str, where: str) -> NoReturn:
    near = get_close_matches(name.casefold(), _ACTIONS, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(_ACTIONS)}."
    raise ConfigurationError(f"No action is called {name!r}", where=where, hint=hint)


def _refuse_two_on_one(
    bound: Sequence[Binding], *, changed: Collection[Action], where: str
) -> None:
    """Raise for two actions on one key; the hint moves the one that nobody has moved."""
    holders: dict[str, Action] = {}
    for one in bound:
        other = holders.setdefault(one.key, one.action) if one.key else one.action
        if other == one.action:
            continue
        moved = one.action if one.action not in changed else other
        raise ConfigurationError(
            f"{other!r} and {one.action!r} have the same key, {one.key!r}",
            where=where,
            hint=f"Give one of them another, or none: `{moved} = {NONE}`.",
        )


def _in_columns(entries: Sequence[Line], width: int) -> list[Line]:
    """Set entries in two columns, one after the other, where they fit beside each other."""
    half = -(-len(entries) // 2)
    left, right = entries[:half], entries[half:]
    wide = max(map(_width, left), default=0) + _GAP
    if wide + max(map(_width, right), default=0) > width:
        return list(entries)
    pairs = zip_longest(left, right, fillvalue=())
    return [(*one, Span(" " * (wide - _width(one))), *two) if two else one for one, two in pairs]


def _width(line: Line) -> int:
    return width_of(text_of(line))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))
