"""Leaving what is loaded to itself: no collection of garbage looks at it, and nobody can tell.

Knows Python's collector. pytest makes it look at everything five times at the end of a run, which in a
process that has much loaded takes longer than the tests. Refuses to know what is loaded.
"""

import functools
import gc
from collections.abc import Callable
from typing import Any

_real: dict[str, Callable[..., Any]] = {
    name: getattr(gc, name) for name in ("get_freeze_count", "get_objects", "get_referrers")
}
"""The functions that show what is frozen, or that something is."""


def freeze() -> None:
    """Have all that is loaded now passed over, in this process and those that it forks; until somebody
    asks which objects there are, which is as if nothing had ever been frozen.
    """
    gc.freeze()
    for name, function in _real.items():
        setattr(gc, name, _thawing(function))


def _thawing(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def look(*args: Any, **named: Any) -> Any:
        _thaw()
        found = function(*args, **named)
        # Ours holds what is looked for, too.
        return [one for one in found if one is not args] if type(found) is list else found

    return look


def _thaw() -> None:
    gc.unfreeze()
    for name, function in _real.items():
        setattr(gc, name, function)
