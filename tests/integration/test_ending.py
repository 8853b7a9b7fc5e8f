"""Signals, heard before the server's own handlers run."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import FrameType

import pytest

from livereload_sse.sse.ending import before_ending

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
from livereload_sse.sse.ending import before_ending

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
from livereload_sse.sse.ending import before_ending

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
