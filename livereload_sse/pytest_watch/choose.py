"""Which tests does a change concern, and in which order?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from livereload_sse.pytest_watch.globs import Globs
from livereload_sse.pytest_watch.graph import Graph
from livereload_sse.pytest_watch.messages import How
from livereload_sse.pytest_watch.record import Record
from livereload_sse.pytest_watch.same import Difference
from livereload_sse.watch import ChangeSet

Why = How | Literal["new", "everything", "configuration", "map", "unknown"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a test file is chosen: the changed path that is fewest steps away, and the way to it."""

    path: str
    how: Why
    chain: tuple[str, ...]
    """From the test file to `path`, both included."""
    text: str = ""
    """For `everything`: what the test file does that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Choice:
    changed: tuple[str, ...] = ()
    files: Mapping[str, Reason] = field(default_factory=dict)
    """The chosen test files, the first to run first."""
    everything: str = ""
    """Why all tests are chosen, those included that are not known yet; else empty."""
    unused: tuple[str, ...] = ()
    """Changed paths that no test uses."""
    total_files: int = 0
    first: tuple[str, ...] = ()
    """Node ids and test files for `Order.first`."""
    tests: frozenset[str] | None = None
    """With `functions_only`, the only tests to run; None: all of `files`."""


def choose(
    changes: ChangeSet,
    *,
    record: Record,
    graph: Graph,
    test_files: Collection[str],
    configuration: Collection[str] = (),
    rules: Globs | None = None,
    python_files: Sequence[str] = ("test_*.py", "*_test.py"),
    within: Sequence[str] = (),
    failures: Collection[str] | None = None,
    differences: Mapping[str, Difference] | None = None,
    functions_only: bool = False,
) -> Choice:
    """Choose.

    `test_files` (absolute paths): all that are known. `configuration`: files after whose change
    everything runs. `python_files`: what names test files have (pytest's ini option, doctest globs
    added). `within`: the files and folders that pytest's arguments name, empty for any.
    `failures`: node ids, else the record's. `differences`: from `Sources.difference`.
    """
    raise NotImplementedError
