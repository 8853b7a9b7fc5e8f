"""From what should run to what a run is asked.

Pure. Knows which arguments of pytest's a wish adds. Refuses to know why it is wanted.
"""

from collections.abc import Mapping, Sequence

from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.order import CAN_SEE_FUNCTIONS, Order
from livereload_sse.pytest_watch.screen.standing import Mode
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.pytest_watch.snapshots import find_update_arguments
from livereload_sse.pytest_watch.wanted import Wanted

LONG = 1.0
"""Seconds from which on it is worth while to share tests out."""


def make_order(
    wanted: Wanted, setup: Setup, mode: Mode, record: Record, *, last: Sequence[str] = ()
) -> Order:
    """Say what a run is asked: the user's own arguments, and what the keys have switched on. `last` are
    tests that run after all others.
    """
    failures = () if wanted.files is None else record.known_failures
    durations = durations_of(record) if setup.jobs > 1 else {}
    jobs = setup.jobs if _is_long(wanted, durations) else 1
    return Order(
        args=(*_added(wanted, mode, setup), *setup.args),
        files=wanted.files,
        tests=wanted.tests,
        first=tuple(dict.fromkeys([*failures, *wanted.choice.first])),
        last=tuple(last),
        names=mode.tests,
        paths=mode.files,
        roots=setup.roots,
        installed=setup.installed,
        cold=wanted.cause == "cold",
        hits=CAN_SEE_FUNCTIONS,
        jobs=jobs,
        slate=setup.slate,
        durations=durations if jobs > 1 else {},
    )


def may_go_on(setup: Setup, mode: Mode, *, failed: int) -> bool:
    """Whether pytest would go on after so many failures."""
    return not mode.stop_first and not 0 < setup.maxfail <= failed


def durations_of(record: Record) -> dict[str, float]:
    """Sum up how long the tests of each file took the last time, in seconds."""
    durations: dict[str, float] = {}
    for test, duration in record.durations.items():
        file = record.file_of(test)
        durations[file] = durations.get(file, 0.0) + duration
    return durations


def _is_long(wanted: Wanted, durations: Mapping[str, float]) -> bool:
    files = durations.keys() if wanted.files is None else wanted.files
    return sum(durations.get(file, 0.0) for file in files) >= LONG


def _added(wanted: Wanted, mode: Mode, setup: Setup) -> list[str]:
    # What stands there is said once, by the first run.
    is_new = wanted.cause in {"first", "cold"} and not wanted.goes_on
    added = [] if is_new else [*setup.no_header]
    if mode.stop_first:
        added.append("-x")
    if wanted.cause == "debug":
        added += ["--pdb", "--maxfail=1"]
    if wanted.cause == "snapshots":
        added += find_update_arguments()
    return added
