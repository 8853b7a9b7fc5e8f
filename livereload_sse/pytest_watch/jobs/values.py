"""What the parts of `jobs` share. Knows nothing of processes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from livereload_sse.pytest_watch.messages import Message

Group = tuple[int, ...]
"""The indices of one file's tests, in their order."""

Gather = Callable[[pytest.Session], Iterable[Message]]
"""Gives what a process has to tell in the end."""


@dataclass(slots=True)
class Outlet:
    """Where what is told goes: over this process's line, whichever process this is."""

    tell: Callable[[Message], None]
    slate: str = ""
    """Where copies of the process put down what they write; see `slate`."""
