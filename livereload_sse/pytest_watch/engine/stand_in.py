"""Output streams for modules that are imported ahead of a run.

A module may keep `sys.stderr` as it finds it, for a log handler say. In a cold run it finds pytest's
capture; ahead of a run there is none, so it gets a stream that follows the capture once that is there.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class StandIn:
    """A text stream that is another one: nothing at first, a run's own later."""

    def __init__(self) -> None:
        self.follow(io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True))

    def follow(self, stream: Any) -> None:
        """Be this stream from now on."""
        self.__dict__["_stream"] = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stream"], name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.__dict__["_stream"], name, value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_stream"])


OUT, ERR = StandIn(), StandIn()


@contextmanager
def standing_in() -> Iterator[None]:
    """Give modules that are imported the streams that follow."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = OUT, ERR
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def follow_now() -> None:
    """Have them be what the streams are now: pytest's capture, in a run that begins."""
    OUT.follow(sys.stdout)
    ERR.follow(sys.stderr)
