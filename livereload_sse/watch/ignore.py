"""What does not matter: names nobody edits, the project's `.gitignore` files, the user's patterns.

Knows rules and reads `.gitignore` files. Refuses to know what is on disk otherwise: whether a path
is a folder is an argument, and a walk decides itself not to enter an ignored folder.
"""

# Paths are strings here: each folder of a tree is judged, and Path objects are ten times slower.
# ruff: noqa: PTH100, PTH118, PTH119, PTH120, PTH123

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from livereload_sse.errors import InvalidPatternError
from livereload_sse.watch.names import is_ignored_folder, is_temporary

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

GITIGNORE = ".gitignore"

_ANY_NAME = "\N{REPLACEMENT CHARACTER}"  # what matches this in a folder matches anything in it


class _Rules(NamedTuple):
    """The patterns of one file; they speak of paths below `base`."""

    base: str
    spec: "GitIgnoreSpec"


class Ignore:
    """The rules for one root. In order, the first that has an opinion decides:

    1. `patterns`, in gitignore syntax, relative to the root. One that begins with `!` brings back
       what the rules below would ignore.
    2. Names of folders and temporary files that nobody edits, wherever they are below the root; the
       names of the root and of its parents are not judged.
    3. `.gitignore` files from the root of the git repository down, the deeper one first. A rule by
       which the root itself would be ignored does not count: the user has asked for that folder.
    """

    def __init__(self, root: Path, *, patterns: Iterable[str] = (), gitignore: bool = True) -> None:
        """Raise `InvalidPatternError` for a pattern that cannot be understood."""
        self._root = os.path.abspath(root)
        self._own = _own_rules(self._root, patterns)
        self._gitignore = gitignore
        self._chains: dict[str, tuple[_Rules, ...]] = {}

    def ignores(self, path: str | os.PathLike[str], is_dir: bool) -> bool:  # noqa: FBT001 - git's own word, always positional
        """Judge one path at or below the root.

        It is taken for granted that no folder above it is ignored: a walk comes from the root.
        """
        text = os.fspath(path)
        if text == self._root:
            return False
        verdict = _judge(self._own, text, is_dir=is_dir)
        if verdict is not None:
            return verdict
        name = os.path.basename(text)
        if is_ignored_folder(name) if is_dir else is_temporary(name):
            return True
        return bool(self._gitignore and _judge(self._chain_of(text), text, is_dir=is_dir))

    def forget(self) -> None:
        """Read the `.gitignore` files again when they are next needed: one of them has changed."""
        self._chains.clear()

    def is_rule_file(self, path: str) -> bool:
        """Whether an edit of this file changes the rules."""
        return self._gitignore and os.path.basename(path) == GITIGNORE

    def _chain_of(self, path: str) -> tuple[_Rules, ...]:
        return self._chain(os.path.dirname(path))

    def _chain(self, folder: str) -> tuple[_Rules, ...]:
        chain = self._chains.get(folder)
        if chain is None:
            above = self._above() if self._is_top(folder) else self._chain(os.path.dirname(folder))
            chain = self._chains[folder] = (*_read_rules(folder), *above)
        return chain

    def _is_top(self, folder: str) -> bool:
        return folder == self._root or len(folder) <= len(self._root)

    def _above(self) -> tuple[_Rules, ...]:
        """Rules of the folders above the root, up to the git repository's own, the nearest first."""
        repository = _find_repository(self._root)
        if repository is None or repository == self._root:
            return ()
        found: list[_Rules] = []
        folder = os.path.dirname(self._root)
        while True:
            found.extend(_without(rules, self._root) for rules in _read_rules(folder))
            if folder == repository:
                return tuple(found)
            folder = os.path.dirname(folder)


def _own_rules(root: str, patterns: Iterable[str]) -> tuple[_Rules, ...]:
    lines = tuple(patterns)
    for line in lines:
        if not _compile([line]):
            raise InvalidPatternError(
                "This pattern cannot be understood",
                where=f"--ignore {line}",
                hint="Write it as in .gitignore, for example --ignore 'drafts/' or --ignore '*.log'.",
            )
    return tuple(_Rules(root, spec) for spec in _compile(lines))


def _judge(chain: Iterable[_Rules], path: str, *, is_dir: bool) -> bool | None:
    for rules in chain:
        below = path[len(rules.base) :].lstrip(os.sep).replace(os.sep, "/")
        verdict = rules.spec.check_file(below + "/" if is_dir else below).include
        if verdict is not None:
            return verdict
    return None


def _read_rules(folder: str) -> list[_Rules]:
    try:
        with open(os.path.join(folder, GITIGNORE), encoding="utf-8", errors="surrogateescape") as f:
            lines = f.read().splitlines()
    except OSError:  # there is none, or none that we may read: then it says nothing
        return []
    return [_Rules(folder, spec) for spec in _compile(lines)]


def _compile(lines: Iterable[str]) -> list["GitIgnoreSpec"]:
    """Compile what can be; git passes over a line that it does not understand, so do we."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 25 ms, and most folders have no rules
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415 - likewise

    found: list[GitIgnoreSpecPattern] = []
    for line in lines:
        try:
            pattern = GitIgnoreSpecPattern(line)
        except (ValueError, re.error):
            continue
        if pattern.include is not None:  # None: a comment, a blank line, a lone slash
            found.append(pattern)
    return [GitIgnoreSpec(found)] if found else []


def _without(rules: _Rules, root: str) -> _Rules:
    """Leave out the patterns that would ignore the root itself, or whatever is in it."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 25 ms, and it is loaded already here

    below = os.path.relpath(root, rules.base).replace(os.sep, "/") + "/"
    kept = [
        pattern
        for pattern in rules.spec.patterns
        if not pattern.include or not any(map(pattern.match_file, (below, below + _ANY_NAME)))
    ]
    return _Rules(rules.base, GitIgnoreSpec(kept))


def _find_repository(folder: str) -> str | None:
    """Find the nearest folder at or above this one that git calls a repository."""
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
