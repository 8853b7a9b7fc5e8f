"""Keep one core busy for some seconds: `python burn.py 10`.

It ends by itself, and with whoever started it.
"""

import os
import signal
import sys
import time

LONGEST = 30.0  # seconds


def burn(seconds: float) -> None:
    """Count for so long, but not as an orphan."""
    until, parent = time.monotonic() + min(seconds, LONGEST), os.getppid()
    while time.monotonic() < until and os.getppid() == parent:
        sum(range(10_000))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C, where it comes here too: without words
    if hasattr(os, "nice"):  # Windows has none
        os.nice(10)  # behind everything that has something to do
    burn(float(sys.argv[1]))
