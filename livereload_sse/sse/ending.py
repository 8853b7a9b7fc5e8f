"""The end of a process whose server is not ours.

ASGI tells an application of the end only after all of its answers are over, which streams never are:
uvicorn would wait for them for ever, and so would its reloader. So we hear the signals first, and
close what is open, and the server's own handlers run as if we were not there.

Knows signals. Refuses to know servers, and whether the process really ends.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Self
from weakref import WeakKeyDictionary

Action = Callable[[int, FrameType | None], object] | int | None
"""What Python does about a signal, as `signal.getsignal` tells it."""

_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK")


@contextmanager
def before_ending(close: Callable[[], None]) -> Iterator[bool]:
    """Have `close` called in this event loop when the process is asked to end.

    It may be called more than once, and the process may go on: a signal that is ignored is heard as
    well, because servers whose parent process minds the signals let their workers ignore Ctrl-C.
    Gives whether the server minds them in this process: only then is `close` called at each end.

    Works in the main thread only, where Python runs handlers. What ends the process without a
    handler is left to do so, and what is handled outside of Python is left alone.
    """
    loop = asyncio.get_running_loop()

    def hear() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(close)

    ears = [ear for number in _ending_signals() if (ear := _Ear.put_on(number, hear))]
    try:
        yield any(callable(ear.former) for ear in ears)
    finally:
        for ear in ears:
            ear.take_off()


class _Streams:
    """The streams of one event loop that end with the process; one ear hears for them all."""

    def __init__(self) -> None:
        self._open: dict[object, Callable[[], None]] = {}
        self._hearing = ExitStack()

    def enter(self, stream: object, let_go: Callable[[], None]) -> None:
        if not self._open:
            self._hearing.enter_context(before_ending(self._end))
        self._open[stream] = let_go

    def leave(self, stream: object) -> None:
        del self._open[stream]
        if not self._open:
            self._hearing.close()

    def _end(self) -> None:
        for let_go in list(self._open.values()):
            let_go()


_STREAMS: "WeakKeyDictionary[asyncio.AbstractEventLoop, _Streams]" = WeakKeyDictionary()


class ended_with_process:  # noqa: N801 - it reads as a phrase: with ended_with_process(let_go)
    """Have `let_go` called in this event loop when the process is asked to end; for one stream."""

    __slots__ = ("_let_go", "_streams")

    def __init__(self, let_go: Callable[[], None]) -> None:
        self._let_go = let_go
        self._streams: _Streams

    def __enter__(self) -> None:
        self._streams = _STREAMS.setdefault(asyncio.get_running_loop(), _Streams())
        self._streams.enter(self, self._let_go)

    def __exit__(self, *_: object) -> None:
        self._streams.leave(self)


class _Ear:
    """A handler in front of another one. Taken off, it is that other one."""

    def __init__(self, number: int, former: Action, hear: Callable[[], None]) -> None:
        self.former = former
        self.is_off = False
        self._number = number
        self._hear = hear

    @classmethod
    def put_on(cls, number: int, hear: Callable[[], None]) -> Self | None:
        """Listen to a signal, unless nothing could be heard, or nothing would be left to do."""
        former = signal.getsignal(number)
        if not callable(former) and former != signal.SIG_IGN:
            return None
        ear = cls(number, former, hear)
        return ear if _set_action(number, ear) else None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal."""
        if not self.is_off:
            self._hear()
        if callable(self.former):
            self.former(number, frame)

    def take_off(self) -> None:
        """Put the former handler back. One that has come since stays, and calls us on."""
        self.is_off = True
        is_in_front = signal.getsignal(self._number) is self
        if is_in_front:
            _set_action(self._number, _skip_those_off(self.former))


def _skip_those_off(action: Action) -> Action:
    """Leave out those that were taken off while another one was in front of them."""
    while isinstance(action, _Ear) and action.is_off:
        action = action.former
    return action


def _set_action(number: int, action: Action) -> bool:
    """Set a handler; says whether that is possible: in the main thread of the main interpreter."""
    try:
        signal.signal(number, action)
    except ValueError:
        return False
    return True


def _ending_signals() -> list[int]:
    return [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
