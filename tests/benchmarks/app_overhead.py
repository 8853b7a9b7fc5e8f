"""What `LiveReload(app)` costs: requests per second of one Starlette app, bare, with live reload that
is not enabled, and with live reload.

Each in a uvicorn of its own (httptools, uvloop), asked by `wrk` in turns, so that a busy machine is
busy for all. A loss is that of one turn; the median of all turns counts. Run with
`python -m tests.benchmarks.app_overhead [seconds] [rounds]`.
"""

import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.request import Request, urlopen

from tests.benchmarks.apps import (
    BARE,
    BY_TOOL,
    DISABLED,
    ENABLED,
    FETCHED,
    PAGE,
    PAGE_SIZE,
    WRAPPED,
    Asking,
    serving,
)
from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.wrk import NAVIGATION, ask_many, is_installed

SECONDS, ROUNDS = 2, 7
ASKED = (PAGE, FETCHED, BY_TOOL)
AIMS = {FETCHED: "aim: ≤ 5 %", BY_TOOL: "aim: ≤ 5 %"}

Rates = Mapping[tuple[str, Asking], Sequence[float]]
"""Requests per second in each turn, by who was asked what."""


def measure(*, seconds: int = SECONDS, rounds: int = ROUNDS) -> list[Row]:
    """For each kind of request: how many, and how many fewer than bare."""
    rates: dict[tuple[str, Asking], list[float]] = defaultdict(list)
    with ExitStack() as running:
        folder = running.enter_context(tempfile.TemporaryDirectory())
        Path(folder, "app.py").write_text("# something to watch\n")
        ports = {name: running.enter_context(serving(name, folder)) for name in WRAPPED}
        for name, port in ports.items():
            check(port, has_tag=name == ENABLED)
        for turn in range(rounds):
            for asking in ASKED:
                for name in in_turn(list(WRAPPED), turn):
                    url = f"http://127.0.0.1:{ports[name]}{asking.path}"
                    rates[name, asking].append(ask_many(url, seconds, headers=asking.headers))
    return rows_of(rates)


def in_turn(names: Sequence[str], turn: int) -> list[str]:
    """Let each of them be the first one now and then: the first finds the machine at rest."""
    first = turn % len(names)
    return [*names[first:], *names[:first]]


def check(port: int, *, has_tag: bool) -> None:
    """See that what is measured is what its name says."""
    with urlopen(Request(f"http://127.0.0.1:{port}/", headers=NAVIGATION), timeout=10) as answer:
        if (b"/__sse-reload/" in answer.read()) != has_tag:
            raise SystemExit(f"The tag is {'missing' if has_tag else 'there'}: nothing to measure")


def rows_of(rates: Rates) -> list[Row]:
    rows = []
    for asking in ASKED:
        rows += [Row(f"{asking.name}: {name}", rates[name, asking], "/s") for name in WRAPPED]
        rows += [
            Row(f"{asking.name}: {name}, loss", [loss], "%", AIMS.get(asking, ""))
            for name in (DISABLED, ENABLED)
            for loss in [find_loss(rates, name, asking)]
        ]
    return rows


def find_loss(rates: Rates, name: str, asking: Asking) -> float:
    """By how many per cent something is slower than the bare app: the median of all turns."""
    turns = zip(rates[name, asking], rates[BARE, asking], strict=True)
    return statistics.median(100 * (1 - one / bare) for one, bare in turns)


def main() -> None:
    if not is_installed():
        raise SystemExit("wrk is not installed: https://github.com/wg/wrk")
    given = [int(text) for text in sys.argv[1:3]]
    seconds, rounds = [*given, *(SECONDS, ROUNDS)[len(given) :]]
    print_rows(
        f"LiveReload(app), requests per second: a page of {PAGE_SIZE} bytes, and JSON",
        measure(seconds=seconds, rounds=rounds),
    )


if __name__ == "__main__":
    main()
