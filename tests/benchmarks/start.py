"""From starting the process to the first whole answer, beside vite and browser-sync; and from Ctrl-C
with fifty open streams to the end of the process.

python -m tests.benchmarks.start
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

from tests.benchmarks.peers import Peer, find_peers, running
from tests.benchmarks.table import Row, print_rows
from tests.serving import serving

ROUNDS = 15
STREAMS = 50
PAGE = f"<!doctype html><html><title>start</title><p>{'text ' * 1000}</p></html>"

OURS = Peer(
    "sse-reload",
    (sys.executable, "-m", "livereload_sse", "serve", "{folder}", "--port", "{port}"),
)


def first_answer(peer: Peer, folder: Path) -> float:
    """Milliseconds from the start of the process to the end of its first answer."""
    began = time.perf_counter()
    with running(peer, folder):
        return (time.perf_counter() - began) * 1000


def time_to_leave(folder: Path) -> float:
    """Milliseconds from SIGINT, with fifty tabs' streams open, to the end of the process."""
    with serving(folder) as server, ExitStack() as stack:
        url = f"http://localhost:{server.port}/__sse-reload/events?visible=1"
        for _ in range(STREAMS):
            stack.enter_context(urlopen(url, timeout=10))
        server.wait_for_tabs(STREAMS)
        began = time.perf_counter()
        assert server.end() == 0
        return (time.perf_counter() - began) * 1000


def measure(peers: Sequence[Peer], *, rounds: int = ROUNDS) -> list[Row]:
    """Start each in turn, so that what else the machine does hits all alike."""
    times: dict[str, list[float]] = {peer.name: [] for peer in peers}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "index.html").write_text(PAGE)
        for _ in range(rounds + 1):
            for peer in peers:
                times[peer.name].append(first_answer(peer, folder))
        leaving = [time_to_leave(folder) for _ in range(rounds)]
    aims = {OURS.name: "aim: ≤ 180 ms"}
    rows = [Row(name, taken[1:], "ms", aims.get(name, "")) for name, taken in times.items()]
    return [*rows, Row(f"Ctrl-C with {STREAMS} streams → end", leaving, "ms", "aim: ≤ 500")]


def main() -> None:
    print_rows(
        f"Start → first answer, and the end, {ROUNDS} rounds", measure([OURS, *find_peers()])
    )


if __name__ == "__main__":
    main()
