"""How a record is written down, and read again.

Lines of JSON: what the rest is and for whom, the paths and functions, which are numbered, and a line
for each test file, which is written anew only where the file's is different. Knows that shape.
Refuses to know where it is kept, and what it means.
"""

import json
import sys
from array import array
from base64 import b64decode, b64encode
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

MANY_FUNCTIONS = 20_000
"""Up to so many, nobody asks which of them are still called: there are too many calls."""

Signature = tuple[int, int]
"""A file's time of modification in nanoseconds, and its size."""

Three = tuple[int, int, int]
"""A use: the numbers of its path, of its way in `HOWS`, and of the path it is used by, or `NO_PATH`."""


@dataclass(slots=True)
class File:
    """What is known of one test file, but for its uses and what its tests have shown.

    `stale`: it has been asked for and has not run to its end since. `attempted`: it has been run with
    a recorder, and nothing was recorded since. `failure`: the node that could not be collected the last time, or ``.
    """

    tests: list[str] = field(default_factory=list)
    everything: str = ""
    signature: Signature | None = None
    stale: bool = True
    attempted: bool = False
    failure: str = ""


@dataclass(slots=True)
class Remembered:
    """All that a record holds. Uses are written one after the other, of each test file. Hits are
    packed (`pack`), as there may be half a million.

    A function is `<path>:<qualified name>`. `lines` are those of the test files that have been
    written already, and are still right: whoever changes a file's takes it out.
    """

    paths: list[str] = field(default_factory=list)
    uses: dict[str, list[int]] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    hits: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)
    lines: dict[str, bytes] = field(default_factory=dict)


class ForeignError(Exception):
    """It is of another format, Python or project."""


def threes(flat: Sequence[int]) -> Iterator[Three]:
    """Take uses apart that are written one after the other."""
    return zip(flat[::3], flat[1::3], flat[2::3], strict=True)


def pack(numbers: Iterable[int]) -> str:
    """Write numbers so that they are read again in no time."""
    return b64encode(array("I", numbers).tobytes()).decode()


def unpack(text: str) -> "array[int]":
    """Read what `pack` wrote."""
    return array("I", b64decode(text))


def dump(what: Remembered, *, rootdir: str) -> bytes:
    """Write it down."""
    lines = [_json([what.paths, what.functions])]
    for path in what.files:
        line = what.lines.get(path)
        if line is None:
            line = what.lines[path] = _line(path, what)
        lines.append(line)
    body = b"\n".join(lines)
    return _json(_head(rootdir) | {"digest": digest(body)}) + b"\n" + body


def load(content: bytes, *, rootdir: str) -> Remembered:
    """Read what `dump` wrote. Raises `ForeignError`, and ValueError for what is damaged."""
    first, _, body = content.partition(b"\n")
    head = json.loads(first)
    if not isinstance(head, dict) or head.pop("digest", None) != digest(body):
        raise ValueError("damaged")
    if head != _head(rootdir):
        raise ForeignError
    tables, *lines = body.split(b"\n")
    found = Remembered()
    found.paths, found.functions = json.loads(tables)
    for line in lines:
        _read_line(line, found)
    _prune(found)
    return found


def _head(rootdir: str) -> dict[str, Any]:
    python = f"{sys.implementation.cache_tag}-{sys.byteorder}"  # as numbers are packed by machines
    return {"format": FORMAT, "python": python, "rootdir": rootdir}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _line(path: str, what: Remembered) -> bytes:
    file = what.files[path]
    tests = [[test, *_shown(test, what)] for test in file.tests]
    state = [file.everything, file.signature, file.stale, file.attempted, file.failure]
    return _json([path, tests, what.uses.get(path), *state])


def _shown(test: str, what: Remembered) -> list[Any]:
    outcome = what.outcomes.get(test)
    return [
        None if outcome is None else OUTCOMES.index(outcome),
        round(what.durations.get(test, 0.0), 6),
        what.hits.get(test),
    ]


def _read_line(line: bytes, into: Remembered) -> None:
    path, tests, uses, everything, signature, *rest = json.loads(line)
    when = None if signature is None else (signature[0], signature[1])
    into.files[path] = File([test[0] for test in tests], everything, when, *rest)
    into.lines[path] = line
    if uses is not None:
        into.uses[path] = uses
    for test, outcome, duration, hits in tests:
        if outcome is not None:
            into.outcomes[test], into.durations[test] = OUTCOMES[outcome], duration
        if hits is not None:
            into.hits[test] = hits


def _prune(what: Remembered) -> None:
    """Number anew where most paths or functions are nobody's any more."""
    used = {path for flat in what.uses.values() for path in chain(flat[::3], flat[2::3])}
    if len(what.paths) > 2 * len(used):
        what.paths, numbers = _kept(what.paths, used - {NO_PATH})
        what.uses = {file: _moved(flat, numbers) for file, flat in what.uses.items()}
        what.lines.clear()
    if len(what.functions) <= MANY_FUNCTIONS:
        return
    hit = set(chain.from_iterable(map(unpack, what.hits.values())))
    if len(what.functions) > 2 * len(hit):
        what.functions, numbers = _kept(what.functions, hit)
        for test, hits in what.hits.items():
            what.hits[test] = pack(numbers[number] for number in unpack(hits))
        what.lines.clear()


def _kept(table: Sequence[str], numbers: Iterable[int]) -> tuple[list[str], dict[int, int]]:
    """Keep some of a table; gives it, and from each old number the new one."""
    moved = {old: new for new, old in enumerate(sorted(numbers))}
    return [table[old] for old in moved], moved


def _moved(flat: Sequence[int], paths: Mapping[int, int]) -> list[int]:
    moved = ((paths[path], how, paths.get(via, NO_PATH)) for path, how, via in threes(flat))
    return list(chain.from_iterable(moved))
