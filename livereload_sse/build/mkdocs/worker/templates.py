"""The templates of a theme, compiled once for many builds.

Knows Jinja's cache of bytecode, which compares a template's source before it is used. Refuses to
keep anything beyond a change of the configuration: that may change what templates compile to.
"""

from __future__ import annotations

import importlib
from typing import Any


class Compiled:
    """Compiled templates: most of the time that a small site takes is the compiling of its theme."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, ...], Any] = {}

    def lend(self, env: Any) -> None:
        """Let an environment use what an equal one has compiled, unless it has its own cache."""
        if env.bytecode_cache is None:
            key = tuple(sorted(env.extensions))
            if key not in self._codes:
                self._codes[key] = _cache()
            env.bytecode_cache = self._codes[key]

    def forget(self) -> None:
        """Compile everything anew."""
        self._codes.clear()


def _cache() -> Any:
    """Make a cache in memory. Its class can only be named where the project's Jinja is there."""
    base: Any = importlib.import_module("jinja2").BytecodeCache
    codes: dict[str, bytes] = {}

    class InMemory(base):  # type: ignore[misc]  # known at run time only
        def load_bytecode(self, bucket: Any) -> None:
            if bucket.key in codes:
                bucket.bytecode_from_string(codes[bucket.key])

        def dump_bytecode(self, bucket: Any) -> None:
            codes[bucket.key] = bucket.bytecode_to_string()

    return InMemory()
