"""What it costs to stand in front of an app: `sse-reload proxy`, beside browser-sync's proxy and
vite's, before one and the same target.

Requests per second, asked by `wrk` in turns; and by how much each piece of a page that is written
slowly comes later: the target writes into each piece when that was. vite leaves the pages as they
are, the other two put their tag in. Run with
`python -m tests.benchmarks.proxy_speed [seconds] [rounds]`.
"""

import http.client
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, chdir
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.app_overhead import check, in_turn
from tests.benchmarks.apps import BARE, FETCHED, PAGE, PIECES, serving
from tests.benchmarks.peers import Peer, find_peers, running
from tests.benchmarks.table import Row, print_rows
from tests.benchmarks.wrk import NAVIGATION, ask_many, is_installed

if TYPE_CHECKING:
    from tests.benchmarks.apps import Asking

SECONDS, ROUNDS, SLOW_ROUNDS = 2, 5, 20
DIRECT, OURS = "the app itself", "sse-reload proxy"
ASKED = (PAGE, FETCHED)


def measure(*, seconds: int = SECONDS, rounds: int = ROUNDS) -> list[Row]:
    """Measure all in turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        target = stack.enter_context(serving(BARE, folder))
        write_settings(folder, target)
        ports = {DIRECT: target}
        with chdir(folder):  # which is what ours watches
            for peer in find_proxies(target):
                ports[peer.name] = port_of(stack.enter_context(running(peer, folder)))
        for name, port in ports.items():
            check(port, has_tag=name == OURS)
        return [*measure_rates(ports, seconds, rounds), *measure_delays(ports, SLOW_ROUNDS)]


def find_proxies(target: int) -> list[Peer]:
    """The proxies to compare: ours, and those that npm can install."""
    peers = {peer.name: peer.words for peer in find_peers()}
    own = (sys.executable, "-m", "livereload_sse", "proxy", str(target), "--port", "{port}", "-q")
    found = [Peer(OURS, own)]
    if "vite" in peers:
        found.append(Peer("vite's proxy", peers["vite"]))
    if "browser-sync" in peers:
        program = peers["browser-sync"][:2]
        words = ("start", "--proxy", f"http://127.0.0.1:{target}", "--port", "{port}")
        quiet = ("--host", "127.0.0.1", "--no-open", "--no-ui", "--no-notify")
        found.append(Peer("browser-sync's proxy", (*program, *words, *quiet)))
    return found


def write_settings(folder: Path, target: int) -> None:
    """What vite reads: every address but its own goes to the target."""
    (folder / "vite.config.mjs").write_text(
        "export default { appType: 'custom', server: { proxy: { '^/(?!@)': "
        f"'http://127.0.0.1:{target}' }} }} }};\n"
    )


def port_of(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


def measure_rates(ports: dict[str, int], seconds: int, rounds: int) -> Iterator[Row]:
    """Requests per second."""
    rates: dict[tuple[Asking, str], list[float]] = defaultdict(list)
    for turn in range(rounds):
        for asking in ASKED:
            for name in in_turn(list(ports), turn):
                url = f"http://127.0.0.1:{ports[name]}{asking.path}"
                rates[asking, name].append(ask_many(url, seconds, headers=asking.headers))
    for asking in ASKED:
        for name in ports:
            yield Row(f"{asking.name}: {name}", rates[asking, name], "/s")


def measure_delays(ports: dict[str, int], rounds: int) -> Iterator[Row]:
    """Milliseconds until the first byte of a page that is written slowly, and those that each piece
    after it is under way.
    """
    firsts: dict[str, list[float]] = defaultdict(list)
    others: dict[str, list[float]] = defaultdict(list)
    for turn in range(rounds):
        for name in in_turn(list(ports), turn):
            first, *later = ask_slowly(ports[name])
            firsts[name].append(first)
            others[name] += later
    for name in ports:
        yield Row(f"first byte of a slow page: {name}", firsts[name], "ms")
    for name in ports:
        yield Row(f"each later piece of it: {name}", others[name], "ms")


def ask_slowly(port: int) -> list[float]:
    """Ask for the page that is written slowly; milliseconds until each piece is there: the first
    one from the request on, as a person waits for it, the others from when they were written.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    began = time.time_ns()
    connection.request("GET", "/slow", headers={**NAVIGATION, "Accept-Encoding": "identity"})
    answer = connection.getresponse()
    seen, delays = b"", list[float]()
    while piece := answer.read1(65536):
        now = time.time_ns()
        seen += piece
        marks = seen.split(b"@")[1:-1:2]
        delays += [(now - int(mark)) / 1e6 for mark in marks[len(delays) :]]
        if len(delays) == len(marks) == 1:
            delays = [(now - began) / 1e6]
    connection.close()
    if len(delays) != PIECES:
        raise SystemExit(f"{len(delays)} pieces of {PIECES} have come from port {port}")
    return delays


def main() -> None:
    if not is_installed():
        raise SystemExit("wrk is not installed: https://github.com/wg/wrk")
    given = [int(text) for text in sys.argv[1:3]]
    seconds, rounds = [*given, *(SECONDS, ROUNDS)[len(given) :]]
    print_rows(
        "A proxy in front of one Starlette app: requests per second, and the delay of a slow page",
        measure(seconds=seconds, rounds=rounds),
    )


if __name__ == "__main__":
    main()
