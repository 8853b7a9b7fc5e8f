"""What a run is asked to do.

Knows nothing but its own shape, which travels as JSON from the process that watches to the one that
runs the tests. Both import it, so it imports as good as nothing.
"""

import sys
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

CAN_SEE_FUNCTIONS = sys.version_info >= (3, 12)
"""Whether Python tells of calls at next to no cost (PEP 669)."""

_NOTHING: Mapping[str, Any] = {}


class Order(NamedTuple):
    """One run of pytest, asked for.

    `args` are pytest's arguments, without those that mean watching. `files` are the test files
    (absolute paths) that may be collected, None for all that `args` name. `tests` are the node ids
    that may be run, None for all in those files. `first` are node ids, and absolute paths of test
    files, in the order in which they shall run before the others; the files of the tests that `last`
    names run after all others. `names` and `paths` are filters
    that somebody typed (`patterns`), for node ids and for paths relative to the root. `record`: note
    what each test file uses; `hits`: note which functions each test calls, too. `jobs`: in how many
    processes at once, the longest files first by `durations` (seconds). `slate`: the file in which
    those put down what they write. `cold`: in a process that has imported nothing ahead. `roots` are
    the folders whose files count as the project's; what lies in `installed` does not.
    """

    args: tuple[str, ...] = ()
    files: frozenset[str] | None = None
    tests: frozenset[str] | None = None
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    names: str = ""
    paths: str = ""
    record: bool = True
    hits: bool = False
    jobs: int = 1
    durations: Mapping[str, float] = _NOTHING
    slate: str = ""
    roots: tuple[str, ...] = ()
    installed: tuple[str, ...] = ()
    environment: Mapping[str, str] = _NOTHING
    cold: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give what `from_json` takes."""
        made = self._asdict()
        for name in ("files", "tests"):
            made[name] = None if made[name] is None else sorted(made[name])
        return made

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Make it again from what `as_json` gave, once that has travelled."""
        made = dict(value)
        for name in ("files", "tests"):
            made[name] = None if made[name] is None else frozenset(made[name])
        for name in ("args", "first", "last", "roots", "installed"):
            made[name] = tuple(made[name])
        return cls(**made)
