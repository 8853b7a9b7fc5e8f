"""Which paths are the project's.

Knows the project's roots, and what lies in them but is installed. Asks the disk where links lead and
which packages there are, and remembers the answers: one run is short. Refuses to know why a path is
asked for.
"""

# Each file that a test opens is judged here: paths are strings, Path objects are ten times slower.
# ruff: noqa: PTH100, PTH109, PTH113, PTH114, PTH117, PTH118, PTH120, PTH206

import os
import sys
from collections.abc import Iterable

UNWATCHED = frozenset({".git", ".hypothesis", ".pytest_cache", "__pycache__"})
"""Folders that a run reads and writes, and in which no change is ever told."""

MOST_REMEMBERED = 20_000
"""Paths; tests in temporary folders open a new one each time."""

_CACHE_TAG = f".{sys.implementation.cache_tag}"


class Places:
    """The project's folders.

    `roots` are absolute; what lies in `installed` is not the project's, unless a root lies deeper.
    """

    def __init__(self, roots: Iterable[str], installed: Iterable[str] = ()) -> None:
        given = [os.path.abspath(root) for root in roots]
        # A path that has been resolved is known by the name under which the root was given.
        self._roots = {_folder(os.path.realpath(root)): _folder(root) for root in given}
        self._roots.update({_folder(root): _folder(root) for root in given})
        inside = [sys.prefix] if any(_is_in(sys.prefix, root) for root in given) else []
        foreign = [os.path.abspath(path) for path in [*installed, *inside]]
        resolved = map(os.path.realpath, foreign)
        self._installed = tuple({_folder(path) for path in (*foreign, *resolved)})
        self._starts = tuple(self._roots)
        self._far = tuple(p for p in self._installed if not _any_begins(self._starts, p))
        self._known: dict[str, tuple[str, ...]] = {}
        self._resolved: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self._packages: dict[str, str] = {}

    def find(self, path: object) -> tuple[str, ...]:
        """Give the paths by which the project knows this one; none when it is not the project's.

        The second, if any, is where a link leads. Compiled modules are known by their source.
        Relative paths are relative to the present working directory.
        """
        text = _text(path)
        if text is None:
            return ()
        if not os.path.isabs(text):
            return self._look(os.path.join(os.getcwd(), text))
        if (known := self._known.get(text)) is not None:
            return known
        found = self._look(text)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
            self._resolved.clear()
        self._known[text] = found
        return found

    def source_of(self, filename: str) -> str:
        """Give the project's path for the file that a code object names, or ``."""
        known = self._sources.get(filename)
        if known is None:
            # `<string>` and its like are names of no file.
            found = () if filename.startswith("<") else self.find(filename)
            known = self._sources[filename] = found[0] if found else ""
        return known

    def may_hold(self, folder: str) -> bool:
        """Whether a path below this folder may be the project's."""
        return bool(self.find(folder)) or _any_begins(
            self._starts, _folder(os.path.abspath(folder))
        )

    def is_installed(self, path: object) -> bool:
        """Whether this lies where packages are installed, or the standard library is."""
        text = _text(path)
        if text is None:
            return False
        folder = _folder(os.path.abspath(text))
        return folder.startswith(self._installed) and not self._own(folder)

    def packages_above(self, source: str) -> tuple[str, ...]:
        """Give the `__init__.py` of each package that a module lies in, the nearest first."""
        found = []
        folder = os.path.dirname(source)
        while self.find(folder) and (init := self._package(folder)):
            if init != source:
                found.append(init)
            folder = os.path.dirname(folder)
        return tuple(found)

    def _package(self, folder: str) -> str:
        init = self._packages.get(folder)
        if init is None:
            path = os.path.join(folder, "__init__.py")
            init = self._packages[folder] = path if os.path.isfile(path) else ""
        return init

    def _look(self, text: str) -> tuple[str, ...]:
        # Most files of a first run: modules that are installed, where no root of the project is.
        if text.startswith(self._far) and os.pardir not in text:
            return ()
        given = os.path.abspath(text)
        path = self._own(given)
        if not path and _folder(given).startswith(self._installed):
            return ()
        target = self._own(self._resolve(given))
        return tuple(dict.fromkeys(found for found in (path, target) if found))

    def _resolve(self, path: str) -> str:
        """Follow links. Temporary files are many, and their folders few."""
        folder, name = os.path.split(path)
        real = self._resolved.get(folder)
        if real is None:
            real = self._resolved[folder] = os.path.realpath(folder)
        path = os.path.join(real, name)
        return os.path.realpath(path) if os.path.islink(path) else path

    def _own(self, path: str) -> str:
        """Name a path as the project does, or `` where it is somebody else's."""
        start = _longest(self._starts, _folder(path))
        if not start or len(_longest(self._installed, _folder(path))) > len(start):
            return ""
        below = path[len(start) :]
        folder, _, name = below.rpartition(os.sep)
        if name.endswith(".pyc"):
            below = _source(folder, name)
        elif not UNWATCHED.isdisjoint(below.split(os.sep)):
            return ""
        return os.path.join(self._roots[start], below).rstrip(os.sep) or os.sep


def _text(path: object) -> str | None:
    """Give a path's text; None for what is none, as a descriptor."""
    if isinstance(path, str):
        text = path
    elif isinstance(path, bytes | os.PathLike):
        text = os.fsdecode(path)
    else:
        return None
    return text if "\0" not in text else None


def _folder(path: str) -> str:
    """Make a path something that all paths in it, and itself with a separator, begin with."""
    return path if path.endswith(os.sep) else path + os.sep


def _is_in(path: str, folder: str) -> bool:
    return _folder(os.path.abspath(path)).startswith(_folder(folder)) and path != folder


def _any_begins(paths: Iterable[str], start: str) -> bool:
    return any(path.startswith(start) for path in paths)


def _longest(starts: Iterable[str], path: str) -> str:
    return max((start for start in starts if path.startswith(start)), key=len, default="")


def _source(folder: str, name: str) -> str:
    """`pkg/__pycache__/mod.cpython-313-pytest-9.pyc` is made from `pkg/mod.py`."""
    stem = name.removesuffix(".pyc")
    above, _, last = folder.rpartition(os.sep)
    if last == "__pycache__":
        folder, stem = above, stem.rpartition(_CACHE_TAG)[0] or stem
    return os.path.join(folder, stem + ".py")
