"""Is a setting what it can be? Said where it is given: later, some reader would meet it.

Knows counts, seconds and names of channels. Refuses to know what they are for.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from livereload_sse.errors import InvalidSettingError


def check_counts(least: int = 0, **named: Any) -> None:
    """Raise InvalidSettingError for what is no whole number from `least` on."""
    for name, value in named.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise InvalidSettingError(
                f"{name} must be a whole number from {least} on",
                where=f"{name}={value!r:.60}",
                hint=f"Such as {name}={max(least, 100)}.",
            )


def check_seconds(**named: Any) -> None:
    """Raise InvalidSettingError for what is no number of seconds above 0."""
    for name, value in named.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not isfinite(value) or value <= 0:
            raise InvalidSettingError(
                f"{name} must be a number of seconds above 0",
                where=f"{name}={value!r:.60}",
                hint=f"Such as {name}=15.",
            )


def check_kind(kind: type, **named: Any) -> None:
    """Raise InvalidSettingError for what is not of a type."""
    for name, value in named.items():
        if not isinstance(value, kind):
            raise InvalidSettingError(
                f"{name} must be {_article(kind)} {kind.__name__}",
                where=f"{name}={value!r:.60}",
                hint=_hint(kind),
            )


def check_words(words: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    """Raise InvalidSettingError for words that are not known."""
    for name in words:
        if name not in known:
            raise InvalidSettingError(
                f"no such setting: {name}",
                where=where,
                hint=f"Known are: {', '.join(sorted(known))}.",
            )


def _article(kind: type) -> str:
    return "an" if kind.__name__[0] in "AEIOU" else "a"


def _hint(kind: type) -> str:
    members = getattr(kind, "__members__", None)
    if members:
        return f"One of {', '.join(f'{kind.__name__}.{name}' for name in members)}."
    return "Channels are named by texts." if kind is str else f"Give a {kind.__name__}."
