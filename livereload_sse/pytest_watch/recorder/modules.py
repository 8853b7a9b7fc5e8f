"""Which files an import leads to, and where one that failed has looked.

Knows `sys.modules` and the project's places. Refuses to know who imports.
"""

# Paths are strings, as modules name them.
# ruff: noqa: PTH100, PTH118

import importlib.util
import os
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from livereload_sse.pytest_watch.messages import How
from livereload_sse.pytest_watch.recorder.importing import Package
from livereload_sse.pytest_watch.recorder.ledger import DOUBT, Target
from livereload_sse.pytest_watch.recorder.places import Places
from livereload_sse.pytest_watch.recorder.readers import WITH_READERS, why_not_followed

Lists = Sequence[str]
_NOT_FOUND = object()

_SHAPES: Mapping[str, How] = {
    ".py": "imports",
    f"{os.sep}__init__.py": "imports",
    "": "lists",  # a folder without one, which is a package nevertheless (PEP 420)
}
"""What a module may be, by what follows its name."""


class Modules:
    """Looks up modules, and remembers."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._foreign: set[str] = set()
        self.foreign_packages: set[object] = set()
        self._known: dict[
            tuple[str, tuple[str, ...]], tuple[Callable[[], object], tuple[Target, ...]]
        ] = {}

    def targets(self, absolute: str, names: Sequence[str]) -> tuple[Target, ...]:
        """Give what `from absolute import names` leads to: the files of the modules among them, what
        is not to be followed, and folders in which one of the names may appear as a module.
        """
        module = sys.modules.get(absolute, _NOT_FOUND)
        key = absolute, tuple(names)
        known = self._known.get(key)
        # Another module may go by the same name later, as conftests do.
        if known is not None and known[0]() is module:
            return known[1]
        targets = tuple(dict.fromkeys(self._look(absolute, names, module)))
        self._known[key] = _reference(module), targets
        return targets

    def is_foreign(self, absolute: str) -> bool:
        """Whether this module, and whatever is imported from it, can never be the project's, nor be a
        reader.
        """
        top = absolute.partition(".")[0]
        if absolute not in sys.modules or top in WITH_READERS:
            return False
        if top not in self._foreign and self._is_installed(top):
            self._foreign.add(top)
        return top in self._foreign

    def is_foreign_package(self, package: Package) -> bool:
        """Whether what this package imports of itself can never be the project's, nor be a reader."""
        name = package.get("__package__") if isinstance(package, dict) else package
        if isinstance(name, str) and name and self.is_foreign(name.partition(".")[0]):
            self.foreign_packages.add(name)
            return True
        return False

    def _is_installed(self, name: str) -> bool:
        if name in sys.builtin_module_names:
            return True
        module = sys.modules.get(name)
        places = [place for place in (_file(module), *_search_path(module)) if place]
        return bool(places) and all(map(self._places.is_installed, places))

    def missing(self, absolute: str) -> tuple[Target, ...]:
        """Give the files, and the folders, as which a module that could not be imported may appear."""
        parent, folders, rest = "", self._import_roots(), absolute.split(".")
        while len(rest) > 1 and (package := sys.modules.get(f"{parent}{rest[0]}")) is not None:
            folders, parent = _search_path(package), f"{parent}{rest.pop(0)}."
        return tuple(
            (path, how)
            for folder in filter(self._places.may_hold, folders)
            for end, how in _SHAPES.items()
            for path in self._places.find(os.path.join(folder, f"{rest[0]}{end}"))
        )

    def _import_roots(self) -> Lists:
        return [os.path.abspath(entry) for entry in map(str, sys.path)]

    def _look(self, absolute: str, names: Sequence[str], module: object) -> Iterator[Target]:
        yield from self._loaded(absolute)
        if "*" in names:
            names = [name for name in _words(_own(module, "__all__")) if name != "*"]
        for name in names:
            if f"{absolute}.{name}" in sys.modules:
                yield from self._loaded(f"{absolute}.{name}")
            elif name not in _namespace(module) and _search_path(module):
                yield from self.missing(f"{absolute}.{name}")

    def _loaded(self, absolute: str) -> Iterator[Target]:
        parts = absolute.split(".")
        for end in range(len(parts), 0, -1):
            name = ".".join(parts[:end])
            if reason := why_not_followed(name):
                yield reason, DOUBT
            for path in self._places.find(_file(sys.modules.get(name)) or None):
                yield path, "imports"


def _reference(module: object) -> Callable[[], object]:
    """Refer to a module without keeping it alive: a test may look whether anybody does."""
    try:
        return weakref.ref(module)
    except TypeError:  # something in `sys.modules` that is no module
        return lambda: module


def absolute_name(name: str, package: Package, level: int) -> str:
    """Make a relative name absolute. Gives `` where that has no meaning."""
    if level == 0:
        return name
    base = package if isinstance(package, str) else _package_name(package or {})
    try:
        return importlib.util.resolve_name("." * level + name, base)
    except ImportError:
        return ""


def _package_name(namespace: Mapping[str, Any]) -> str:
    given = namespace.get("__package__")
    if isinstance(given, str):
        return given
    name = str(namespace.get("__name__", ""))
    return name if "__path__" in namespace else name.rpartition(".")[0]


def _namespace(module: object) -> Mapping[str, Any]:
    """Give a module's own names, without waking those that load something when they are asked."""
    try:
        return vars(module)
    except TypeError:  # something in `sys.modules` that is no module
        return {}


def _own(module: object, name: str) -> Any:
    return _namespace(module).get(name)


def _file(module: object) -> str:
    given = _own(module, "__file__")
    return given if isinstance(given, str) else ""


def _search_path(module: object) -> list[str]:
    try:
        return [entry for entry in _own(module, "__path__") or () if isinstance(entry, str)]
    except (TypeError, KeyError):  # a namespace package's, when its parent has gone
        return []


def _words(value: object) -> list[str]:
    if not isinstance(value, list | tuple | set | frozenset):
        return []
    return [word for word in value if isinstance(word, str)]
