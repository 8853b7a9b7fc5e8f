"""What is noted while tests run, and what follows from it for one test file.

Pure. Two things are noted of each file that is used: in which context (before the first test, in a
test file, in a fixture), and which of the project's files was running. The second makes edges, which
hold for all who come by that file later, when a module is loaded already or its cache is full.

Most edges are followed whatever made them. Not so in a *shared* file, one that everybody has loaded
and few use all of, such as a conftest: there those that a fixture's functions made are only for who
uses that fixture.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeGuard

from livereload_sse.pytest_watch.messages import How, Use

DOUBT = "doubt"
"""Not a use: the test file did what cannot be followed, and `path` says what that was."""

AT_IMPORT = ""
"""In place of a function's name: what a module uses while it is imported."""

Target = tuple[str, str]
"""A path and how it is used, or why it is not known what is used and `DOUBT`."""


class Context:
    """What was used while one thing went on.

    `hits` leads from each target to the project's file that was running, or ``. `asked` are fixtures
    asked for by name. `functions` are those called, where that is noted, too.
    """

    __slots__ = ("asked", "functions", "hits")

    def __init__(self, hits: dict[Target, str] | None = None) -> None:
        self.hits = {} if hits is None else hits
        self.asked: set[str] = set()
        self.functions: set[str] = set()


class FixtureUse(NamedTuple):
    """A fixture that a test file uses: its context, its file, and the names of the functions, outermost
    ones and classes, that it may call there.
    """

    context: Context
    file: str = ""
    reach: frozenset[str] = frozenset()


class Found(NamedTuple):
    """All that one test file uses; `everything` is why that may not be all."""

    uses: tuple[Use, ...]
    everything: str


class Ledger:
    """Keeps contexts' edges. `shared` maps shared files to the names that fixtures there may call."""

    def __init__(self) -> None:
        self.start = Context()
        self._edges: dict[str, dict[str, dict[Target, None]]] = {}

    def has_edge(self, source: str, name: str, target: Target) -> bool:
        """Whether it is known that this function, or the file on import, uses that."""
        return target in self._edges.get(source, {}).get(name, {})

    def add_edge(self, source: str, name: str, target: Target) -> None:
        """Note that running code uses something. `name` is the outermost function's or class's."""
        if target[0] != source:
            self._edges.setdefault(source, {}).setdefault(name, {})[target] = None

    def edges(self, source: str, names: Callable[[str], bool]) -> Iterator[Target]:
        """Give what a file uses in those of its functions whose names are wanted."""
        for name, targets in self._edges.get(source, {}).items():
            if names(name):
                yield from targets

    def gather(
        self,
        file: str,
        *,
        own: Iterable[Context],
        fixtures: Sequence[FixtureUse] = (),
        starts: Iterable[str] = (),
        shared: Mapping[str, frozenset[str]] | None = None,
        packages: Callable[[str], Iterable[str]] = lambda _: (),
    ) -> Found:
        """Follow everything that a test file uses.

        `starts` are conftests and configuration; `packages` leads from a module to the `__init__.py`
        that are imported with it.
        """
        walk = _Walk(self, file, shared or {}, packages)
        walk.allow((*own, self.start, *(fixture.context for fixture in fixtures)))
        walk.reach((path, "starts") for path in starts)
        walk.reach(target for target, source in self.start.hits.items() if not source)
        for fixture in fixtures:
            walk.use(fixture)
        return walk.finish()


class _Walk:
    """One way through the edges, the nearest first, so that each `via` is on a shortest chain."""

    def __init__(
        self,
        ledger: Ledger,
        file: str,
        shared: Mapping[str, frozenset[str]],
        packages: Callable[[str], Iterable[str]],
    ) -> None:
        self._ledger, self._file = ledger, file
        self._shared, self._packages = shared, packages
        self._found: dict[Target, str] = {(file, "is"): ""}
        self._queue = deque([(file, True)])
        self._done: dict[str, bool] = {}
        self._local: dict[str, list[Target]] = {}

    def allow(self, contexts: Iterable[Context]) -> None:
        """Take what was used in these contexts as used by way of the file that was running."""
        for context in contexts:
            for target, source in context.hits.items():
                # What pytest itself loads before the first test, it does not use all of.
                if source or context is not self._ledger.start:
                    self._local.setdefault(source or self._file, []).append(target)

    def reach(self, targets: Iterable[Target], via: str = "", *, fully: bool = False) -> None:
        """Go on to these; `fully`: with all that they use, in whichever function."""
        for target in targets:
            if target[0] != self._file:
                self._found.setdefault(target, via or self._file)
                if target[1] not in (DOUBT, "lists"):
                    self._queue.append((target[0], fully))

    def use(self, fixture: FixtureUse) -> None:
        """Take a fixture's own file, and what its functions there use."""
        if fixture.file:
            self.reach([(fixture.file, "imports")])
            edges = self._ledger.edges(fixture.file, fixture.reach.__contains__)
            self._local.setdefault(fixture.file, []).extend(edges)

    def finish(self) -> Found:
        """Walk to the end."""
        self._run()
        for source in list(self._local):
            # Its code has run for this test file, whoever had imported it.
            if source not in self._done:
                self.reach([(source, "imports")])
                self._run()
        doubts = [(path, via) for (path, how), via in self._found.items() if how == DOUBT]
        uses = [Use(path, how, via) for (path, how), via in self._found.items() if _is_how(how)]
        return Found(tuple(uses), _say(doubts[0], self._file) if doubts else "")

    def _run(self) -> None:
        while self._queue:
            path, fully = self._queue.popleft()
            before = self._done.get(path)
            if before is None or (fully and not before):
                self._done[path] = fully
                self._expand(path, fully=fully)

    def _expand(self, path: str, *, fully: bool) -> None:
        claimed = None if fully else self._shared.get(path)
        all_of_it = claimed is None
        self.reach(self._local.get(path, ()), path, fully=all_of_it)
        names = (lambda _: True) if claimed is None else (lambda name: name not in claimed)
        self.reach(self._ledger.edges(path, names), path, fully=all_of_it)
        if path.endswith(".py"):
            self.reach(((init, "imports") for init in self._packages(path)), path)


def _is_how(how: str) -> TypeGuard[How]:
    return how != DOUBT


def _say(doubt: tuple[str, str], file: str) -> str:
    reason, via = doubt
    return reason if via == file else f"{reason} in {via.replace(chr(92), '/').rpartition('/')[2]}"
