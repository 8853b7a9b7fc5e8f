"""Runs a command that must not outlive us: a program of its own, for Python's `-I`.

    python -I keeper.py WORDS…

Knows the command's group of processes and its own standard input, which ends when whoever started
this has died, however that was. Refuses to know anything of the rest of the package.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

TERM_TIMEOUT = 2.0
"""Seconds between the word to end (SIGTERM) and the end (SIGKILL)."""


def keep(words: list[str]) -> int:
    """Run a command until it ends or we are to end; returns its exit code as a shell has it."""
    try:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our caller's words
    except OSError as error:
        sys.stderr.write(f"{words[0]}: {error.strerror}\n")
        return 127
    signal.signal(signal.SIGTERM, lambda *_signal: _leave(child))
    threading.Thread(target=_leave_with_our_starter, args=(child,), daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def _leave_with_our_starter(child: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1024):
        pass
    _end(child)


def _leave(child: "subprocess.Popen[bytes]") -> None:
    threading.Thread(target=_end, args=(child,)).start()


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the command's whole group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + TERM_TIMEOUT
        while time.monotonic() < deadline:
            time.sleep(0.02)
            os.killpg(child.pid, 0)
        os.killpg(child.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
