"""Is it the same code as before, and if not, which functions differ?

Knows the last seen content of files, and Python's syntax: comments, blank lines and the way a line
is broken are not code; docstrings are. Refuses to know who uses a file and what follows. When a
content cannot be understood, each byte of it counts.
"""

import ast
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.digest import digest
from livereload_sse.watch import ChangeSet

MOST_READ = 16_000_000
"""Bytes; the content of a larger file is never compared, it always differs."""

MOST_COMPARED = 50
"""Python files changed at once whose code is compared. More are a switch of branches, and it would
take seconds: then each byte counts.
"""

SLACK = 2.0
"""Seconds by which a disk's stamps may be coarser than our clock, or behind it."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two sources: the bodies of functions, by qualified name, and whether
    anything else does, such as what runs at import.
    """

    functions: frozenset[str] = frozenset()
    elsewhere: bool = True


@dataclass(frozen=True, slots=True)
class Sifted:
    """Changes, apart: `different` matter, `same` (paths, sorted) are what they were before."""

    different: ChangeSet
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """`digest` is `` for a file that is not there; `source` is kept of Python files only."""

    digest: str
    source: bytes | None = None


class Sources:
    """The last seen content of files.

    What is compared is noted at once. So a run must be started after each call that has found
    something different: it reads what this has read, or newer.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._before: dict[str, bytes | None] = {}

    def note(self, path: str) -> None:
        """Take what is on disk now as seen: for what a run uses, and for what it has itself written,
        which then triggers nothing, while an edit of the same file does.
        """
        seen = _look(path)
        if seen is None:
            self._seen.pop(path, None)
        else:
            self._seen[path] = seen

    def forget_missing(self, path: str) -> None:
        """Forget a file that was not there when it was last seen: temporary ones are without number."""
        if self._seen.get(path) == _Seen(""):
            del self._seen[path]

    def note_all(self, paths: Iterable[str], *, before: float) -> None:
        """Note what a run has used that was never seen, if it was last written before that run began
        (seconds since 1970): what is newer may be an edit that the run did not read.
        """
        for path in paths:
            if path not in self._seen and _is_older(path, before - SLACK):
                self.note(path)

    def is_same(self, path: str, *, exactly: bool = False) -> bool:
        """Compare with what was seen before, and note what is there now. `exactly`: byte by byte."""
        before = self._seen.get(path)
        self.note(path)
        now = self._seen.get(path)
        self._before[path] = before.source if before else None
        if before is None or now is None:
            return False
        if before.digest == now.digest:
            return True
        return not exactly and _are_same_code(before.source, now.source)

    def difference(self, path: str) -> Difference:
        """Say what the last comparison of this file has found; after one of many files, nothing."""
        before, now = self._before.get(path), self._seen.get(path)
        return compare(before, now.source if now else None)

    def sift(self, changes: ChangeSet, *, is_read: Callable[[str], bool]) -> Sifted:
        """Part the changes. `is_read(path)`: a test reads this file as text, so each byte counts."""
        paths = {change: str(change.path) for change in changes.changes}
        many = len(paths) > MOST_COMPARED
        same = {c for c, path in paths.items() if self.is_same(path, exactly=many or is_read(path))}
        if many:
            self._before.clear()
        return Sifted(
            ChangeSet(changes.changes - same, changes.seen_at),
            tuple(sorted(paths[change] for change in same)),
        )


def _is_older(path: str, moment: float) -> bool:
    try:
        return Path(path).stat().st_mtime < moment
    except OSError:
        return False


def parse(source: bytes) -> ast.Module | None:
    """Parse Python; None for what is not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an escape that warns is the tests' own matter
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def compare(before: bytes | None, now: bytes | None) -> Difference:
    """Compare two sources; what cannot be compared differs everywhere."""
    old, new = _parts(before), _parts(now)
    if old is None or new is None:
        return Difference()
    names = old.functions.keys() | new.functions.keys()
    return Difference(
        frozenset(name for name in names if old.functions.get(name) != new.functions.get(name)),
        elsewhere=old.rest != new.rest,
    )


def _look(path: str) -> _Seen | None:
    """None: it cannot be read, so nothing is ever the same as it."""
    file = Path(path)
    try:
        if file.stat().st_size > MOST_READ:
            return None
        content = file.read_bytes()
    except FileNotFoundError:
        return _Seen("")
    except OSError:
        return None
    return _Seen(digest(content), content if file.suffix == ".py" else None)


def _are_same_code(before: bytes | None, now: bytes | None) -> bool:
    trees = [parse(source) for source in (before, now) if source is not None]
    shapes = [_dump(tree) for tree in trees if tree is not None]
    return len(shapes) == 2 and None not in shapes and shapes[0] == shapes[1]


def _dump(node: ast.AST) -> str | None:
    try:
        return ast.dump(node, annotate_fields=False)
    except RecursionError:
        return None


@dataclass(frozen=True, slots=True)
class _Parts:
    """A source taken apart: each function's own body, and all that is left without those."""

    functions: dict[str, list[str]]
    """More than one where a name is defined again, as by `overload` or a property's setter."""
    rest: str


def _parts(source: bytes | None) -> _Parts | None:
    tree = None if source is None else parse(source)
    if tree is None:
        return None
    functions: dict[str, list[str]] = {}
    try:
        _take_apart(tree, "", functions)
        return _Parts(functions, ast.dump(tree, annotate_fields=False))
    except RecursionError:
        return None


def _take_apart(node: ast.AST, prefix: str, found: dict[str, list[str]]) -> None:
    """Move the functions' bodies from the tree to `found`, the inner ones first."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            name = prefix + child.name
            _take_apart(child, f"{name}.<locals>.", found)
            # The docstring stays: it can be seen without calling the function.
            kept, body = _split_docstring(child)
            found.setdefault(name, []).append(ast.dump(ast.Module(body, []), annotate_fields=False))
            child.body = kept
        else:
            inner = f"{prefix}{child.name}." if isinstance(child, ast.ClassDef) else prefix
            _take_apart(child, inner, found)


def _split_docstring(function: _Function) -> tuple[list[ast.stmt], list[ast.stmt]]:
    at = 0 if ast.get_docstring(function, clean=False) is None else 1
    return function.body[:at], function.body[at:]
