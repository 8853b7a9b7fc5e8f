"""The lines between sse-reload and its worker: JSON, one request at a time.

Knows pipes. Whatever anybody prints, hooks and programs that they run included, goes to the standard
error, so that it cannot be taken for an answer. Refuses to know what is asked.
"""

from __future__ import annotations

import io
import json
import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST_WORD = 2.0
"""Seconds that a running build gets once nobody listens any more."""


class Wire:
    """Requests that come and answers that go; made once, before anything of the project runs."""

    def __init__(self) -> None:
        self._requests = os.fdopen(os.dup(0), encoding="utf-8")
        self._answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout = _printer(1)
        sys.stderr = _printer(2)
        self._queue: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def requests(self) -> Iterator[dict[str, Any]]:
        """Hand out what is asked, until nobody can ask any more."""
        while (request := self._queue.get()) is not None:
            yield request

    def answer(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        """Answer a request. Whatever was printed up to here belongs to it, and a mark says so."""
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(2, mark(request["id"]).encode())
        self._answers.write(json.dumps({"id": request["id"], **answer}) + "\n")
        self._answers.flush()

    def _read(self) -> None:
        for line in self._requests:
            self._queue.put(json.loads(line))
        self._queue.put(None)
        # Nobody will hear how a build ends that still runs: its asker has died.
        ending = threading.Timer(LAST_WORD, os._exit, [1])
        ending.daemon = True
        ending.start()


def mark(number: int) -> str:
    """Write what ends the output of one request; no text that a person sees has a NUL in it."""
    return f"\0{number}\0"


def _printer(descriptor: int) -> TextIO:
    stream = os.fdopen(descriptor, "wb", buffering=0, closefd=False)
    return io.TextIOWrapper(stream, encoding="utf-8", errors="replace", write_through=True)
