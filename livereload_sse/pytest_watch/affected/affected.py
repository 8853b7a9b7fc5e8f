"""What a change on the disk concerns: which tests, and what else is to be said of it.

Joins what is known (`record`), what can be read (`graph`), what was there before (`same`) and what
the project says itself (`globs`). Refuses to know what is done about it.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from livereload_sse.pytest_watch.affected.bytecode import drop_doubtful
from livereload_sse.pytest_watch.affected.choose import Choice, choose
from livereload_sse.pytest_watch.affected.globs import Globs
from livereload_sse.pytest_watch.affected.graph import Graph
from livereload_sse.pytest_watch.affected.import_roots import find_import_roots, find_packages
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.affected.same import Sources
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.watch import ChangeKind, ChangeSet

STEP = 20
"""Files that are read at once: a key, or a change, waits for that long."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What some changes mean. `same` are paths whose code is as it was; `deleted` test files."""

    choice: Choice = field(default_factory=Choice)
    same: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


class Affected:
    """Looks into changes. To be made in the process that watches, with Python's search path as it is
    before anything of the project's is imported. Raises `ConfigurationError` for a line of
    `live_watch_map`.
    """

    def __init__(self, setup: Setup, record: Record) -> None:
        self._setup = setup
        self._record = record
        _forget_missing(record)
        self._graph = Graph(
            setup.roots,
            find_import_roots(setup.roots, installed=setup.installed),
            find_packages(setup.roots),
        )
        self._globs = Globs(os.fspath(setup.root), setup.map)
        self._sources = Sources()
        self._saved: set[str] = set()
        self._left: frozenset[str] = frozenset()

    def look(
        self, changes: ChangeSet, *, test_files: Collection[str], written: Collection[str]
    ) -> Finding:
        """Find what changes mean. `test_files` are those that can be run, `written` are paths that the
        run writes itself which goes on.
        """
        self._saved.update(os.fspath(one.path) for one in changes.changes)
        changes = ChangeSet(
            frozenset(one for one in changes.changes if os.fspath(one.path) not in written),
            changes.seen_at,
        )
        sifted = self._sources.sift(changes, is_read=self._record.is_read)
        # The disk may tell of what a run has written when that run is over: nobody has saved it.
        same = tuple(path for path in sifted.same if path not in self._left)
        if not sifted.different:
            return Finding(same=same)
        deleted = self._forget_deleted(sifted.different)
        return Finding(self._choose(sifted.different, test_files), same, deleted)

    def prepare(self) -> None:
        """See to it that a run which begins now imports what was saved, and nothing older."""
        drop_doubtful(self._saved)
        self._saved.clear()

    def note_written(self, paths: Collection[str]) -> None:
        """Take for granted what a run has written, as it is now; it is the last run from here on."""
        for path in self._left.difference(paths):
            self._sources.forget_missing(path)
        self._left = frozenset(paths)
        for path in paths:
            self._sources.note(path)

    def settle(self, *, before: float) -> Iterator[None]:
        """Remember what the last run has read, which began at `before` (seconds since 1970), and read
        ahead what the next change would have us read: a little in each step.
        """
        for paths in _batches([*self._record.files, *self._record.paths], STEP):
            self._sources.note_all(paths, before=before)
            yield
        yield from self._graph.read_ahead(self._record.files)

    def _choose(self, changes: ChangeSet, test_files: Collection[str]) -> Choice:
        paths = [os.fspath(change.path) for change in changes.changes]
        return choose(
            changes,
            record=self._record,
            graph=self._graph,
            test_files=test_files,
            configuration=self._setup.configuration,
            rules=self._globs,
            python_files=self._setup.python_files,
            within=self._setup.within,
            functions_only=self._setup.functions,
            differences={path: self._sources.difference(path) for path in paths},
        )

    def _forget_deleted(self, changes: ChangeSet) -> tuple[str, ...]:
        gone = {os.fspath(one.path) for one in changes.changes if one.kind is ChangeKind.DELETED}
        deleted = tuple(sorted(gone.intersection(self._record.files)))
        for file in deleted:
            self._record.forget(file)
        return deleted


def _forget_missing(record: Record) -> None:
    """Forget the test files that were deleted while nobody watched."""
    for file in record.files:
        if not os.path.lexists(file):
            record.forget(file)


def _batches(paths: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(paths), size):
        yield paths[start : start + size]
