"""Which functions of the project are called, by `sys.monitoring`, which Python has from 3.12 on.

Each function tells of its first call in a test only, so one that is called a million times costs no
more. Refuses to know tests.
"""

import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any

from livereload_sse.pytest_watch.recorder.places import Places

_NAME = "sse-reload"
_IDS = (3, 4, 5, 2)
"""Tools' numbers in the order in which they are tried: the first two belong to nobody, 0 and 1 to
debuggers and coverage.
"""

_IS_FUNCTION = 0x1
"""A code object's flag: it is that of a function, not of a module or a class."""


class Functions:
    """Listens to the functions of the modules that are imported from now on.

    `why_not` says why it cannot, in which case nothing is ever found; it is empty otherwise.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._monitoring: Any = getattr(sys, "monitoring", None)
        self._tool = -1
        # The codes are kept so that no other gets the identity of one that has gone.
        self._labels: dict[int, tuple[CodeType, str]] = {}
        self._called: list[int] = []
        self.why_not = ""

    def start(self) -> None:
        """Take a tool's number."""
        monitoring = self._monitoring
        if monitoring is None:
            self.why_not = "Python tells which functions are called from 3.12 on"
            return
        free = [number for number in _IDS if monitoring.get_tool(number) is None]
        if not free:
            self.why_not = "other tools use all of sys.monitoring"
            return
        self._tool = free[0]
        monitoring.use_tool_id(self._tool, _NAME)
        monitoring.register_callback(self._tool, monitoring.events.PY_START, self._make_callback())

    def stop(self) -> None:
        """Give the number back."""
        if self._tool >= 0:
            for code, _ in self._labels.values():
                self._monitoring.set_local_events(self._tool, code, 0)
            self._monitoring.register_callback(self._tool, self._monitoring.events.PY_START, None)
            self._monitoring.free_tool_id(self._tool)
            self._tool = -1

    def watch(self, code: object) -> None:
        """Listen to the functions in a module's code; it is about to be run for the first time."""
        if self._tool < 0 or not isinstance(code, CodeType) or code.co_name != "<module>":
            return
        path = self._places.source_of(code.co_filename)
        if path.endswith(".py"):
            for inner, label in _functions(code, path, ""):
                self._labels[id(inner)] = inner, label
                self._monitoring.set_local_events(
                    self._tool, inner, self._monitoring.events.PY_START
                )

    def begin(self) -> None:
        """Let each function tell of its next call again."""
        if self._tool >= 0:
            self._called.clear()
            self._monitoring.restart_events()

    def take(self) -> set[str]:
        """Give the functions called since this was last asked."""
        called, self._called[:] = set(self._called), []
        return {self._labels[one][1] for one in called}

    def _make_callback(self) -> Any:
        note, done = self._called.append, self._monitoring.DISABLE

        def called(code: CodeType, offset: int) -> Any:
            del offset
            note(id(code))
            return done

        return called


def _functions(code: CodeType, path: str, label: str) -> Iterator[tuple[CodeType, str]]:
    """Give the functions in some code. A comprehension is known by the function that it is in."""
    for inner in code.co_consts:
        if not isinstance(inner, CodeType):
            continue
        is_part = bool(label) and inner.co_name.startswith("<") and inner.co_name != "<lambda>"
        own = label if is_part else f"{path}:{inner.co_firstlineno}:{inner.co_qualname}"
        is_function = bool(inner.co_flags & _IS_FUNCTION)
        if is_function:
            yield inner, own
        yield from _functions(inner, path, own if is_function else "")
