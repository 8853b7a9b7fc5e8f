"""What a test file uses as far as sources tell, without running them.

It stands in until a test file has run to its end. Knows sources on the disk, and where Python and
pytest look for modules and conftests. Refuses to know what a run has recorded. It would rather name
a file too many: a module that two import roots could give counts in both, and what is not there
counts as well where it would be imported if it were.
"""

# Paths are strings here, as in what a run tells; a link in them is kept.
# ruff: noqa: PTH100, PTH118, PTH120

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from livereload_sse.pytest_watch.affected.import_roots import Package
from livereload_sse.pytest_watch.affected.imports import Named, names_in
from livereload_sse.pytest_watch.affected.listings import Listings
from livereload_sse.pytest_watch.affected.same import parse
from livereload_sse.pytest_watch.affected.ways import Way
from livereload_sse.pytest_watch.messages import How, Use
from livereload_sse.watch import Signature, signature_of

CONFTEST = "conftest.py"
PACKAGE = "__init__.py"

_INSTALLED = ("site-packages", "dist-packages")

_Edges = Mapping[str, How]


@dataclass(frozen=True, slots=True)
class _Node:
    signature: Signature | None
    named: Named


class Look:
    """The graph as it was at one moment, from some test files on."""

    def __init__(self, test_files: Iterable[str], edges: Mapping[str, _Edges]) -> None:
        self._test_files = tuple(test_files)
        self._edges = edges
        self._users: dict[str, list[str]] | None = None

    def users_of(self, path: str) -> dict[str, Way]:
        """Find the test files that use a path, each with its shortest way. The path may be gone."""
        towards = self._towards(path)
        return {file: self._way(file, towards) for file in self._test_files if towards.get(file)}

    def uses_of(self, file: str) -> dict[str, Use]:
        """Find all that a test file uses, the nearest first."""
        found = {file: Use(file, "is")}
        todo = deque([file])
        while todo:
            user = todo.popleft()
            for path, how in self._edges.get(user, {}).items():
                if path not in found:
                    found[path] = Use(path, how, user)
                    todo.append(path)
        return found

    def _towards(self, path: str) -> dict[str, str]:
        """Each file from which one gets to the path, and the next step on that way."""
        if self._users is None:
            self._users = _turned(self._edges)
        steps = {path: ""}
        todo = deque([path])
        while todo:
            used = todo.popleft()
            for user in self._users.get(used, ()):
                if user not in steps:
                    steps[user] = used
                    todo.append(user)
        return steps

    def _way(self, file: str, towards: Mapping[str, str]) -> Way:
        chain = [file]
        while towards[chain[-1]]:
            chain.append(towards[chain[-1]])
        return Way(self._edges[chain[-2]][chain[-1]], tuple(chain))


class Graph:
    """Files below `roots`, found by way of `import_roots` (as on `sys.path`), or as one of `packages`.

    The nearest folder without `__init__.py` above a test file or a conftest is an import root, too,
    as pytest makes it one. All paths are absolute. It reads again what is different on the disk.
    """

    def __init__(
        self,
        roots: Sequence[str],
        import_roots: Sequence[str] = (),
        packages: Sequence[Package] = (),
    ) -> None:
        self._roots = tuple(os.path.abspath(root) for root in roots)
        self._ours = tuple(os.path.join(root, "") for root in self._roots)
        given = (*import_roots, *roots)
        self._import_roots = {os.path.abspath(root): None for root in given if _is_project(root)}
        self._given = tuple(packages)
        self._listings = Listings()
        self._nodes: dict[str, _Node] = {}
        self._edges: dict[str, _Edges] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        self._test_files: set[str] = set()

    def look(self, test_files: Iterable[str]) -> Look:
        """Look at the disk once, for all questions about these test files."""
        files = tuple(test_files)
        if not files:
            return Look((), {})
        self._prepare(files)
        return Look(files, dict(self._explore(files)))

    def read_ahead(self, test_files: Iterable[str]) -> Iterator[None]:
        """Read what a `look` would have to read, a file in each step: the first one takes long."""
        files = tuple(test_files)
        self._prepare(files)
        for _ in self._explore(files):
            yield

    def uses(self, test_file: str) -> Mapping[str, Use]:
        """Path → its use, of one test file."""
        return self.look([test_file]).uses_of(test_file)

    def _prepare(self, files: Sequence[str]) -> None:
        differs = self._listings.look_again()
        for file in files:
            self._add_roots_of(file)
        if differs or not self._test_files.issuperset(files):  # else the roots are the same, too
            self._edges.clear()
            self._found.clear()
        self._test_files.update(files)

    def _add_roots_of(self, file: str) -> None:
        for path in (file, *self._conftests(file)):
            self._import_roots.setdefault(self._base_of(path))

    def _base_of(self, path: str) -> str:
        folder = os.path.dirname(path)
        while PACKAGE in self._listings.names_in(folder) and folder.startswith(self._ours):
            folder = os.path.dirname(folder)
        return folder

    def _explore(self, files: Iterable[str]) -> Iterator[tuple[str, _Edges]]:
        seen = dict.fromkeys(files)
        todo = list(seen)
        while todo:
            path = todo.pop()
            edges = self._edges_of(path)
            yield path, edges
            new = dict.fromkeys(used for used in edges if used not in seen)
            seen.update(new)
            todo.extend(filter(self._is_source, new))

    def _is_source(self, path: str) -> bool:
        return path.endswith(".py") and self._listings.has(path)

    def _edges_of(self, path: str) -> _Edges:
        node, signature = self._nodes.get(path), _signature(path)
        if node is None or node.signature != signature:
            node = self._nodes[path] = _Node(signature, _read(path, node))
            self._edges.pop(path, None)
        edges = self._edges.get(path)
        if edges is None:
            edges = self._edges[path] = self._resolve(path, node.named)
        return edges

    def _resolve(self, path: str, named: Named) -> _Edges:
        edges: dict[str, How] = {}
        if path in self._test_files:
            edges.update((conftest, "starts") for conftest in self._conftests(path))
        modules = (
            found for level, name in named.modules for found in self._find(path, level, name)
        )
        for candidate in (*modules, *self._packages(path)):
            edges.setdefault(candidate, "imports")
        for candidate in self._data(path, named):
            edges.setdefault(candidate, "reads")
        edges.pop(path, None)
        return {used: how for used, how in edges.items() if used.startswith(self._ours)}

    def _find(self, path: str, level: int, name: str) -> Iterable[str]:
        if level:
            folder = path
            for _ in range(level):
                folder = os.path.dirname(folder)
            return (os.path.join(folder, PACKAGE), *self._candidates(folder, name))
        found = self._found.get(name)
        if found is None:
            bases = self._import_roots
            roots = (path for base in bases for path in self._candidates(base, name))
            found = self._found[name] = (*roots, *self._in_packages(name))
        return found

    def _in_packages(self, name: str) -> Iterator[str]:
        for package in self._given:
            if name == package.name or name.startswith(f"{package.name}."):
                yield package.path + ".py"
                yield os.path.join(package.path, PACKAGE)
                yield from self._candidates(package.path, name[len(package.name) + 1 :])

    def _candidates(self, base: str, name: str) -> Iterator[str]:
        """The files that a dotted name may be made of, those that are not there included."""
        for part in filter(None, name.split(".")):
            within, base = base, os.path.join(base, part)
            yield base + ".py"
            yield os.path.join(base, PACKAGE)
            if part not in self._listings.names_in(within):
                return

    def _packages(self, path: str) -> Iterator[str]:
        """Each `__init__.py` that runs before this file does."""
        folder = os.path.dirname(path)
        while folder.startswith(self._ours) and PACKAGE in self._listings.names_in(folder):
            yield os.path.join(folder, PACKAGE)
            folder = os.path.dirname(folder)

    def _conftests(self, file: str) -> Iterator[str]:
        """Those of the file's folder and of all above it, up to the topmost root."""
        folder = os.path.dirname(file)
        while os.path.join(folder, "").startswith(self._ours):
            if CONFTEST in self._listings.names_in(folder):
                yield os.path.join(folder, CONFTEST)
            folder = os.path.dirname(folder)

    def _data(self, path: str, named: Named) -> Iterator[str]:
        """Files that the words in a source may mean, from its own folder or from a root."""
        if not named.files:
            return
        bases = dict.fromkeys((os.path.dirname(path), *self._import_roots))
        for base in tuple(bases):
            found = (self._listings.find_folder(base, folder) for folder in sorted(named.folders))
            bases.update((folder, None) for folder in found if folder)
        for base in bases:
            for word in sorted(named.files):
                yield os.path.normpath(os.path.join(base, word))


def _is_project(folder: str) -> bool:
    return not any(part in _INSTALLED for part in Path(folder).parts)


def _signature(path: str) -> Signature | None:
    try:
        return signature_of(os.stat(path))  # noqa: PTH116 - called for each file in each look
    except OSError:
        return None


def _read(path: str, before: _Node | None) -> Named:
    """Read what a file names; one that cannot be parsed names what it did before."""
    try:
        tree = parse(Path(path).read_bytes())
    except OSError:
        return Named()
    if tree is not None:
        return names_in(tree)
    return before.named if before else Named()


def _turned(edges: Mapping[str, _Edges]) -> dict[str, list[str]]:
    users: dict[str, list[str]] = {}
    for user, used in edges.items():
        for path in used:
            users.setdefault(path, []).append(user)
    return users
