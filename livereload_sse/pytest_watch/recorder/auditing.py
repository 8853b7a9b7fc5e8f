"""The audit hook: it cannot be taken away again, so there is one, and it has a table that can be.

Runs at each audit event of the process, of which nearly all (`object.__getattr__`, `builtins.id`)
concern nobody: it must be short.
"""

import os
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

Handler = Callable[[tuple[Any, ...], FrameType], None]
"""Called with the event's arguments and the frame of whoever caused it."""

_table: dict[str, Handler] = {}
_installed: list[bool] = []


def hear(table: Mapping[str, Handler]) -> dict[str, Handler]:
    """Call these, by the name of the event, from now on; returns what was called before."""
    before = dict(_table)
    _table.clear()
    _table.update(table)
    if table and not _installed:
        _install()
    return before


def _install() -> None:
    _installed.append(True)
    sys.addaudithook(_make_hook())
    if hasattr(os, "register_at_fork"):
        # A process that a test forks has nobody to tell.
        os.register_at_fork(after_in_child=_table.clear)


def _make_hook() -> Callable[[str, tuple[Any, ...]], None]:
    table = _table  # a name of the function's own is found faster
    frame_at = sys._getframe  # noqa: SLF001 - `inspect` would walk the whole stack

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in table:
            table[event](args, frame_at(1))

    return hook
