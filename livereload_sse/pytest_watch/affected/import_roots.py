"""Where Python finds the project's own modules, beside the folders that pytest's settings name.

Knows `sys.path` (`.pth` files and PYTHONPATH end there) and what installers leave for packages that
are edited where they lie: of those finders it reads what they know and asks them nothing, as some
would build the project first. Refuses to know which modules there are.
"""

# Paths are strings here, as in what a run tells; a link in them is kept.
# ruff: noqa: PTH100, PTH118, PTH120

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import NamedTuple

_SETUPTOOLS = ("__editable___", "_finder")
"""How the modules that setuptools writes begin and end."""

_EDITABLES = "editables.redirector"
"""The module of the package `editables`, in which hatchling, pdm and others keep such a map."""


class Package(NamedTuple):
    """A module or package that is found by its name alone."""

    name: str
    path: str
    """Its folder, or its file without the suffix; absolute."""


def find_import_roots(
    roots: Sequence[str], *, installed: Sequence[str] = (), search: Iterable[str] | None = None
) -> tuple[str, ...]:
    """Name the entries of `search` (as in `sys.path`, None: that) that lie in the project's `roots`,
    without those in which packages are installed.
    """
    places = _Places(roots)
    foreign = tuple(os.path.join(os.path.abspath(path), "") for path in installed)
    entries = (os.path.abspath(entry) for entry in (sys.path if search is None else search))
    ours = (
        places.find(entry)
        for entry in entries
        if not os.path.join(entry, "").startswith(foreign) and os.path.isdir(entry)  # noqa: PTH112 - texts
    )
    return tuple(dict.fromkeys(path for path in ours if path))


def find_packages(
    roots: Sequence[str], *, modules: Mapping[str, ModuleType] | None = None
) -> tuple[Package, ...]:
    """Name what finders know that lies in the project's `roots`. `modules` are as in `sys.modules`,
    None: that.
    """
    places = _Places(roots)
    named = _named(sys.modules if modules is None else modules)
    found = ((name, places.find(_without_suffix(path))) for name, path in named)
    return tuple(dict.fromkeys(Package(name, path) for name, path in found if path))


def _named(modules: Mapping[str, ModuleType]) -> Iterator[tuple[str, str]]:
    start, end = _SETUPTOOLS
    for name, module in list(modules.items()):
        if name.startswith(start) and name.endswith(end):
            yield from getattr(module, "MAPPING", {}).items()
            for namespace, paths in getattr(module, "NAMESPACES", {}).items():
                yield from ((namespace, path) for path in paths)
        elif name == _EDITABLES:
            finder = getattr(module, "RedirectingFinder", None)
            yield from getattr(finder, "_redirections", {}).items()


def _without_suffix(path: str) -> str:
    stem, suffix = os.path.splitext(path)  # noqa: PTH122 - texts
    if suffix != ".py":
        return path
    return os.path.dirname(path) if os.path.basename(stem) == "__init__" else stem  # noqa: PTH119 - texts


class _Places:
    """The roots, by their own names and by those that links lead to."""

    def __init__(self, roots: Sequence[str]) -> None:
        given = [os.path.abspath(root) for root in roots]
        self._names = {os.path.join(os.path.realpath(root), ""): root for root in given}
        self._names |= {os.path.join(root, ""): root for root in given}

    def find(self, path: str) -> str:
        """Name a path as the project does; `` where it is not in it."""
        for one in (os.path.abspath(path), os.path.realpath(path)):
            for start, root in self._names.items():
                if os.path.join(one, "").startswith(start):
                    return os.path.normpath(os.path.join(root, one[len(start) :]))
        return ""
