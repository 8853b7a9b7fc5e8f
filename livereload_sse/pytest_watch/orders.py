"""From what should run to what a run is asked.

Pure. Knows which arguments of pytest's a wish adds. Refuses to know why it is wanted.
"""

from livereload_sse.pytest_watch.standing import Mode
from livereload_sse.pytest_watch.loop import Wanted
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.record import Record
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.pytest_watch.snapshots import find_update_arguments


def make_order(wanted: Wanted, setup: Setup, mode: Mode, record: Record) -> Order:
    """Say what a run is asked: the user's own arguments, and what the keys have switched on."""
    failures = () if wanted.files is None else record.known_failures
    return Order(
        args=(*_added(wanted, mode), *setup.args),
        files=wanted.files,
        tests=wanted.tests,
        first=tuple(dict.fromkeys([*failures, *wanted.choice.first])),
        names=mode.tests,
        paths=mode.files,
        roots=setup.roots,
        installed=setup.installed,
    )


def _added(wanted: Wanted, mode: Mode) -> list[str]:
    added = ["-x"] if mode.stop_first else []
    if wanted.cause == "debug":
        added += ["--pdb", "--maxfail=1"]
    if wanted.cause == "snapshots":
        added += find_update_arguments()
    return added
