"""Signals, heard before the server's own handlers run."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import FrameType

import pytest

from livereload_sse.sse.ending import before_ending, ended_with_process

SIGNALS = [signal.SIGINT, signal.SIGTERM]


class Server:
    """Somebody's handler of signals, and what is closed before it: both write into one list."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.closed = asyncio.Event()

    def handle(self, number: int, _frame: FrameType | None) -> None:
        self.calls.append(f"handled {signal.Signals(number).name}")

    def close(self) -> None:
        self.calls.append("closed")
        self.closed.set()

    async def until_closed(self) -> None:
        await asyncio.wait_for(self.closed.wait(), 5)


@pytest.fixture(autouse=True)
def former() -> Iterator[Callable[[signal.Handlers | Callable[..., object]], None]]:
    """Sets what the signals do before anybody listens; whatever a test did to them is undone."""
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def install(action: signal.Handlers | Callable[..., object]) -> None:
        for number in SIGNALS:
            signal.signal(number, action)

    yield install
    for number, action in before.items():
        signal.signal(number, action)


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_signal_closes_and_the_server_handles_it_as_before(
    number: signal.Signals, former: Callable[..., None]
) -> None:
    server = Server()
    former(server.handle)
    with before_ending(server.close) as is_minded:
        send(number)
        await server.until_closed()

    assert is_minded
    assert sorted(server.calls) == ["closed", f"handled {number.name}"]


async def test_each_signal_closes_again_because_the_process_may_have_gone_on(
    former: Callable[..., None],
) -> None:
    server = Server()
    former(server.handle)
    with before_ending(server.close):
        for _ in range(2):
            server.closed.clear()
            send(signal.SIGTERM)
            await server.until_closed()

    assert server.calls.count("closed") == 2


async def test_the_handlers_are_put_back(former: Callable[..., None]) -> None:
    server = Server()
    former(server.handle)
    with before_ending(server.close):
        assert signal.getsignal(signal.SIGTERM) != server.handle

    assert [signal.getsignal(number) for number in SIGNALS] == [server.handle, server.handle]
    send(signal.SIGTERM)
    await asyncio.sleep(0)
    assert server.calls == ["handled SIGTERM"]


async def test_an_ignored_signal_is_heard_and_stays_without_effect(
    former: Callable[..., None],
) -> None:
    server = Server()
    former(signal.SIG_IGN)
    with before_ending(server.close) as is_minded:
        send(signal.SIGINT)
        await server.until_closed()

    assert not is_minded
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


async def test_a_signal_that_kills_is_left_to_do_so(former: Callable[..., None]) -> None:
    former(signal.SIG_DFL)
    with before_ending(lambda: None) as is_minded:
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    assert not is_minded


async def test_a_server_that_takes_the_signals_later_keeps_them(
    former: Callable[..., None],
) -> None:
    first, later = Server(), Server()
    former(first.handle)
    with before_ending(first.close):
        former(later.handle)

    assert signal.getsignal(signal.SIGTERM) == later.handle


async def test_two_that_listen_may_stop_in_any_order(former: Callable[..., None]) -> None:
    server, first, second = Server(), Server(), Server()
    former(server.handle)
    with ExitStack() as stack:
        with before_ending(first.close):
            stack.enter_context(before_ending(second.close))
        send(signal.SIGTERM)
        await second.until_closed()

    assert (first.calls, server.calls) == ([], ["handled SIGTERM"])
    assert signal.getsignal(signal.SIGTERM) == server.handle


async def test_two_that_listen_both_hear(former: Callable[..., None]) -> None:
    server, first, second = Server(), Server(), Server()
    former(server.handle)
    with before_ending(first.close), before_ending(second.close):
        send(signal.SIGTERM)
        await first.until_closed()
        await second.until_closed()

    assert server.calls == ["handled SIGTERM"]


def test_other_threads_have_no_signals_and_go_on_without() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    seen: list[object] = []

    async def listen() -> None:
        with before_ending(lambda: None) as is_minded:
            seen.extend([is_minded, *(signal.getsignal(number) for number in SIGNALS)])

    thread = threading.Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    thread.join(10)

    assert seen == [False, *before]


def test_a_signal_after_the_loop_has_closed_is_the_servers_alone(
    former: Callable[..., None],
) -> None:
    calls: list[str] = []
    former(lambda *_: calls.append("handled"))
    kept = []

    async def listen_for_ever() -> None:
        kept.append(before_ending(lambda: calls.append("closed")))
        kept[0].__enter__()

    asyncio.run(listen_for_ever())
    send(signal.SIGTERM)
    kept[0].__exit__(None, None, None)

    assert calls == ["handled"]


SCRIPT = """
import asyncio, os, signal, sys
from livereload_sse.sse.ending import before_ending, ended_with_process

async def main():
    with before_ending(lambda: print("closed")):
        os.kill(os.getpid(), signal.{name})
        await asyncio.sleep(30)

{run}
"""


@pytest.mark.parametrize("run", ["asyncio.run(main())", "import uvloop; uvloop.run(main())"])
@pytest.mark.parametrize(
    ("name", "code"), [("SIGINT", -signal.SIGINT), ("SIGTERM", -signal.SIGTERM)]
)
def test_without_a_server_the_process_ends_as_python_does(run: str, name: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(name=name, run=run)],
        capture_output=True,
        timeout=20,
        check=False,
    )

    assert done.returncode == code


HANDLED_BY_THE_LOOP = """
import asyncio, os, signal
from livereload_sse.sse.ending import before_ending, ended_with_process

async def main():
    loop, asked, closed = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, asked.set)
    with before_ending(closed.set) as is_minded:
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(5):
            await asked.wait()
            await closed.wait()
    print(is_minded)

{run}
"""


@pytest.mark.parametrize("run", ["asyncio.run(main())", "import uvloop; uvloop.run(main())"])
def test_handlers_of_the_event_loop_itself_run_as_well(run: str) -> None:
    """Hypercorn and Granian set these; Python only sees a handler that does nothing."""
    done = subprocess.run(
        [sys.executable, "-c", HANDLED_BY_THE_LOOP.format(run=run)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("True\n", "")


class Stream:
    """Counts how often it is let go, and says when."""

    def __init__(self) -> None:
        self.let_gone = 0
        self.told = asyncio.Event()

    def let_go(self) -> None:
        self.let_gone += 1
        self.told.set()

    async def until_told(self) -> None:
        await asyncio.wait_for(self.told.wait(), 5)


@pytest.mark.parametrize("number", SIGNALS)
async def test_all_open_streams_end_and_the_server_handles_the_signal_once(
    number: signal.Signals, former: Callable[..., None]
) -> None:
    server, streams = Server(), [Stream() for _ in range(3)]
    former(server.handle)
    with ExitStack() as stack:
        for stream in streams:
            stack.enter_context(ended_with_process(stream.let_go))
        send(number)
        for stream in streams:
            await stream.until_told()

    assert [stream.let_gone for stream in streams] == [1, 1, 1]
    assert server.calls == [f"handled {number.name}"]


async def test_one_that_is_over_is_not_let_go_and_the_others_are(
    former: Callable[..., None],
) -> None:
    server, over, goes_on, later = Server(), Stream(), Stream(), Stream()
    former(server.handle)
    with ended_with_process(goes_on.let_go):
        with ended_with_process(over.let_go):
            pass
        with ended_with_process(later.let_go):
            send(signal.SIGTERM)
            await goes_on.until_told()

    assert (over.let_gone, goes_on.let_gone, later.let_gone) == (0, 1, 1)


async def test_streams_that_end_in_any_order_give_the_signals_back_with_the_last(
    former: Callable[..., None],
) -> None:
    server, first, second = Server(), Stream(), Stream()
    former(server.handle)
    with ExitStack() as outlasting:
        with ended_with_process(first.let_go):
            outlasting.enter_context(ended_with_process(second.let_go))
        held = signal.getsignal(signal.SIGTERM)
        send(signal.SIGTERM)
        await second.until_told()

    assert held != server.handle
    assert first.let_gone == 0
    assert [signal.getsignal(number) for number in SIGNALS] == [server.handle] * 2


async def test_streams_come_and_go_and_the_next_ones_hear_as_well(
    former: Callable[..., None],
) -> None:
    server = Server()
    former(server.handle)
    for _ in range(3):
        stream = Stream()
        with ended_with_process(stream.let_go):
            send(signal.SIGTERM)
            await stream.until_told()
        assert signal.getsignal(signal.SIGTERM) == server.handle

    assert server.calls == ["handled SIGTERM"] * 3


async def test_a_stream_that_fails_gives_the_signals_back(former: Callable[..., None]) -> None:
    server = Server()
    former(server.handle)
    with pytest.raises(LookupError), ended_with_process(lambda: None):
        raise LookupError

    assert signal.getsignal(signal.SIGTERM) == server.handle


async def test_one_that_leaves_while_all_are_let_go_harms_nobody(
    former: Callable[..., None],
) -> None:
    server, last = Server(), Stream()
    former(server.handle)
    with ExitStack() as stack, ended_with_process(last.let_go):
        stack.enter_context(ended_with_process(stack.close))
        last_of_all = stack.enter_context(ExitStack())
        last_of_all.enter_context(ended_with_process(lambda: None))
        send(signal.SIGTERM)
        await last.until_told()

    assert signal.getsignal(signal.SIGTERM) == server.handle


def test_streams_of_loops_in_other_threads_go_on_without(former: Callable[..., None]) -> None:
    server, here, there = Server(), Stream(), Stream()
    former(server.handle)
    opened, done = threading.Event(), threading.Event()

    async def hold() -> None:
        with ended_with_process(there.let_go):
            opened.set()
            await asyncio.to_thread(done.wait, 10)

    async def end() -> None:
        with ended_with_process(here.let_go):
            send(signal.SIGTERM)
            await here.until_told()

    thread = threading.Thread(target=lambda: asyncio.run(hold()))
    thread.start()
    opened.wait(10)
    asyncio.run(end())
    done.set()
    thread.join(10)

    assert (here.let_gone, there.let_gone) == (1, 0)
    assert signal.getsignal(signal.SIGTERM) == server.handle


def test_a_loop_that_is_gone_is_not_kept() -> None:
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    async def hold() -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        with ended_with_process(lambda: None):
            await asyncio.sleep(0)

    asyncio.run(hold())
    gc.collect()

    assert [loop() for loop in loops] == [None]
