"""What has been chosen to run, and why: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from livereload_sse.pytest_watch.messages import How

Why = How | Literal["new", "names", "map", "everything", "unknown", "configuration"]
"""How a test file comes to be chosen: by a use; it is a `new` test file; code of its
`names` the path; a line of `live_watch_map`
names it; it depends on `everything`; what it depends on is `unknown`, as it has never run to its end;
or it is there with all others, after a change of the `configuration` for example."""


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
    """What changes concern. It is nothing where `files` and `everything` are empty."""

    changed: tuple[str, ...] = ()
    """The changed paths, sorted."""
    files: Mapping[str, Reason] = field(default_factory=dict)
    """The test files to run, the first to run first."""
    everything: str = ""
    """Why all tests are to run, those included that are not known yet; else empty."""
    unused: tuple[str, ...] = ()
    """Changed paths that no test uses."""
    total_files: int = 0
    """How many test files there are."""
    first: tuple[str, ...] = ()
    """Node ids and test files, for `Order.first`."""
    tests: frozenset[str] | None = None
    """If only functions were asked for: the tests of `files` to run. None: all of them."""
