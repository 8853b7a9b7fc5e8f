"""From "something is different at these paths" to what is told.

Knows the tree of what was told, signatures and contents. Refuses to know when (`settle` does) and
whether anybody cares about a path (`ignore` does, and was asked before).
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from livereload_sse.watch.changes import Change, ChangeKind
from livereload_sse.watch.scan import digest_at, signature_at
from livereload_sse.watch.tree import Signature, Tree

READ_BUDGET = 32 * 1024 * 1024
"""Bytes of contents nobody has asked for yet that are read for one telling."""

_COST_OF_A_FILE = 32 * 1024  # opening a file takes as long as reading so many bytes of it


class Budget:
    """How much may still be read of contents that nobody has asked for."""

    def __init__(self, size: int = READ_BUDGET) -> None:
        self._left = size

    def spend(self, signature: Signature) -> bool:
        """Take the cost of one file if it can be afforded."""
        cost = _COST_OF_A_FILE + signature.size
        if cost > self._left:
            return False
        self._left -= cost
        return True


def tell(tree: Tree, paths: Iterable[str], *, breathe: Callable[[], None]) -> list[Change]:
    """Bring the tree up to date at these paths and say what is different there now.

    The same content under a new time is no change, where the old content's digest is known.
    """
    budget = Budget()
    changes: list[Change] = []
    for number, path in enumerate(paths, 1):
        change = _change_at(tree, path, budget)
        if change is not None:
            changes.append(change)
        if number % 64 == 0:
            breathe()
    return changes


def tell_again(
    tree: Tree, files: Mapping[str, Signature], *, breathe: Callable[[], None]
) -> list[Change]:
    """Say of files whose own times call them changed that they are; the tree stays as it is."""
    budget = Budget()
    changes: list[Change] = []
    for path, signature in files.items():
        known = tree.digest_of(path) if tree.get(path) == signature else None
        content = known or _read(tree, path, signature, budget)
        changes.append(Change(ChangeKind.MODIFIED, Path(path), content))
        breathe()
    return changes


def _change_at(tree: Tree, path: str, budget: Budget) -> Change | None:
    old, new = tree.get(path), signature_at(path)
    if old == new:
        return None
    known = tree.digest_of(path)
    tree.put(path, new)
    if new is None:
        return Change(ChangeKind.DELETED, Path(path))
    content = _read(tree, path, new, None if known else budget)
    if content is not None and content == known:
        return None
    kind = ChangeKind.ADDED if old is None else ChangeKind.MODIFIED
    return Change(kind, Path(path), content)


def _read(tree: Tree, path: str, signature: Signature, budget: Budget | None) -> str | None:
    if budget is not None and not budget.spend(signature):
        return None
    content = digest_at(path, signature)
    if content is not None:
        tree.remember(path, signature, content)
    return content
