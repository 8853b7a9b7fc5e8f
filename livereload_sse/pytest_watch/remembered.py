"""How a record is written down, and read again.

One line of JSON says what the rest is and for whom, the next is the record. Paths and functions are
written once and numbered. Knows that shape. Refuses to know where it is kept, and what it means.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, get_args

from livereload_sse.digest import digest
from livereload_sse.pytest_watch.messages import How, Outcome

FORMAT = 1

HOWS: tuple[How, ...] = get_args(How)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

NO_PATH = -1

Signature = tuple[int, int]
"""A file's time of modification in nanoseconds, and its size."""

Three = tuple[int, int, int]
"""A use: the numbers of its path, of its way in `HOWS`, and of the path it is used by, or `NO_PATH`."""


@dataclass(slots=True)
class File:
    """What is known of one test file, but for its uses.

    `stale`: it has been asked for and has not run to its end since. `attempted`: it has been run with
    a recorder. `failure`: the node that could not be collected the last time, or ``.
    """

    tests: list[str] = field(default_factory=list)
    everything: str = ""
    signature: Signature | None = None
    stale: bool = True
    attempted: bool = False
    failure: str = ""


@dataclass(slots=True)
class Remembered:
    """All that a record holds. Uses are written one after the other, of each test file.

    A function is `<path>:<qualified name>`.
    """

    paths: list[str] = field(default_factory=list)
    uses: dict[str, list[int]] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    hits: dict[str, list[int]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)


class ForeignError(Exception):
    """It is of another format, Python or project."""


def threes(flat: Sequence[int]) -> Iterator[Three]:
    """Take uses apart that are written one after the other."""
    return zip(flat[::3], flat[1::3], flat[2::3], strict=True)


def dump(what: Remembered, *, rootdir: str) -> bytes:
    """Write it down, without paths and functions that nobody refers to any more."""
    body = json.dumps(_shape(what), separators=(",", ":")).encode()
    return json.dumps(_head(rootdir) | {"digest": digest(body)}).encode() + b"\n" + body


def load(content: bytes, *, rootdir: str) -> Remembered:
    """Read what `dump` wrote. Raises `ForeignError`, and ValueError for what is damaged."""
    first, _, body = content.partition(b"\n")
    head = json.loads(first)
    if not isinstance(head, dict) or head.pop("digest", None) != digest(body):
        raise ValueError("damaged")
    if head != _head(rootdir):
        raise ForeignError
    return _unshape(json.loads(body))


def _head(rootdir: str) -> dict[str, Any]:
    return {"format": FORMAT, "python": sys.implementation.cache_tag, "rootdir": rootdir}


def _shape(what: Remembered) -> dict[str, Any]:
    by_path = chain.from_iterable(
        (path, via) for flat in what.uses.values() for path, _, via in threes(flat)
    )
    paths = _renumbered(by_path)
    functions = _renumbered(chain.from_iterable(what.hits.values()))
    return {
        "paths": [what.paths[number] for number in paths],
        "uses": {file: _moved(flat, paths) for file, flat in what.uses.items()},
        "functions": [what.functions[number] for number in functions],
        "hits": {test: [functions[number] for number in hits] for test, hits in what.hits.items()},
        "files": {path: _file_shape(file, what) for path, file in what.files.items()},
    }


def _renumbered(numbers: Iterable[int]) -> dict[int, int]:
    """Number anew those that occur, in their order."""
    return {old: new for new, old in enumerate(sorted(set(numbers) - {NO_PATH}))}


def _moved(flat: Sequence[int], paths: Mapping[int, int]) -> list[int]:
    moved = ((paths[path], how, paths.get(via, NO_PATH)) for path, how, via in threes(flat))
    return list(chain.from_iterable(moved))


def _file_shape(file: File, what: Remembered) -> list[Any]:
    tests = [
        [test, OUTCOMES.index(what.outcomes[test]), round(what.durations.get(test, 0.0), 6)]
        if test in what.outcomes
        else [test]
        for test in file.tests
    ]
    return [tests, file.everything, file.signature, file.stale, file.attempted, file.failure]


def _unshape(shape: Mapping[str, Any]) -> Remembered:
    found = Remembered(shape["paths"], shape["uses"], shape["functions"], shape["hits"])
    for path, (tests, everything, signature, *rest) in shape["files"].items():
        when = None if signature is None else (signature[0], signature[1])
        found.files[path] = File([test[0] for test in tests], everything, when, *rest)
        for test, *ended in tests:
            if ended:
                found.outcomes[test], found.durations[test] = OUTCOMES[ended[0]], ended[1]
    return found
