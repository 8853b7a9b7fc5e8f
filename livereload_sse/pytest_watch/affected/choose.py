"""Which tests do changes concern, and in which order shall they run?

Pure, but for what the record and the graph look up. Files decide what must run; functions, failures
and nearness decide the order. More changes never choose fewer test files. Refuses to know what is
left from runs before, and which changes are none (`same`).
"""

# Paths are strings here, as in what a run tells.
# ruff: noqa: PTH119, PTH122

import os
from collections.abc import Collection, Iterable, Mapping, Sequence

from livereload_sse.pytest_watch.affected.choice import Choice, Reason
from livereload_sse.pytest_watch.affected.concerns import Concerns, nearness
from livereload_sse.pytest_watch.affected.globs import Globs
from livereload_sse.pytest_watch.affected.graph import CONFTEST, PACKAGE, Graph
from livereload_sse.pytest_watch.affected.ranking import Ranking
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.affected.same import Difference
from livereload_sse.watch import ChangeKind, ChangeSet

__all__ = ["Choice", "Reason", "choose"]

_NO_RULES = Globs(os.sep)


def choose(  # noqa: PLR0913 - the whole question, said once
    changes: ChangeSet,
    *,
    record: Record,
    graph: Graph,
    test_files: Collection[str],
    configuration: Collection[str] = (),
    rules: Globs = _NO_RULES,
    python_files: Sequence[str] = ("test_*.py", "*_test.py"),
    within: Sequence[str] = (),
    failures: Collection[str] | None = None,
    differences: Mapping[str, Difference] | None = None,
    functions_only: bool = False,
) -> Choice:
    """Choose.

    `test_files`: all that are known. `configuration`: files that concern everything, unless `rules`
    speak of them. `python_files`: what names test files have, in pytest's syntax. `within`: the files
    and folders that pytest's arguments name, empty for any. `failures`: node ids, else the record's.
    `differences`: changed path → `Sources.difference`. With `functions_only`, `Choice.tests` says
    which tests call what differs; it is not sure, as code that runs at import is nobody's call.
    """
    concerns = Concerns(
        record=record,
        graph=graph,
        test_files=test_files,
        rules=rules,
        python_files=python_files,
        within=within,
    )
    ordered = sorted(changes.changes, key=lambda change: change.path)
    found = {str(change.path): concerns.of(change.kind, str(change.path)) for change in ordered}
    gone = {str(change.path) for change in ordered if change.kind is ChangeKind.DELETED}
    reasons = _nearest(reason for each in found.values() for reason in each.items())
    everything = _why_all(found, record, test_files, configuration, rules)
    if everything:
        changed = next(iter(found))
        others = {file: Reason(changed, "configuration", (file, changed)) for file in test_files}
        reasons = others | reasons
    ranking = Ranking(record, reasons={f: r for f, r in reasons.items() if f not in gone})
    named = record.failures if failures is None else failures
    return Choice(
        changed=tuple(found),
        files=ranking.files,
        everything=everything,
        unused=() if everything else tuple(path for path, files in found.items() if not files),
        total_files=len({*test_files, *reasons} - gone),
        first=ranking.first(named, differences or {}),
        tests=ranking.callers_only(ordered, found, differences or {})
        if functions_only and not everything
        else None,
    )


def _nearest(reasons: Iterable[tuple[str, Reason]]) -> dict[str, Reason]:
    best: dict[str, Reason] = {}
    for file, reason in reasons:
        best[file] = min(best.get(file, reason), reason, key=nearness)
    return best


def _why_all(
    changed: Iterable[str],
    record: Record,
    test_files: Collection[str],
    configuration: Collection[str],
    rules: Globs,
) -> str:
    """Say why all tests are to run, if they are."""
    paths = list(changed)
    if paths and not test_files:
        return "no test is known yet"
    for path in paths:
        if path in configuration and not rules.speaks_of(path):
            return f"{os.path.basename(path)} is configuration"
    for path in record.uncollected if paths else ():
        # A package or folder: whatever tests are in it, nobody knows them.
        if os.path.basename(path) in {PACKAGE, CONFTEST} or not os.path.splitext(path)[1]:
            return f"{os.path.basename(path)} could not be collected"
    return ""
