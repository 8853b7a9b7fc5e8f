"""A run as the process that watches sees it: what messages mean for it, and how it is stopped."""

import asyncio
import json
import signal
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from livereload_sse.pytest_watch.engine import run as run_module
from livereload_sse.pytest_watch.engine.lending import Lender
from livereload_sse.pytest_watch.engine.runner import Host, Run
from livereload_sse.pytest_watch.messages import (
    Debugging,
    Finished,
    Message,
    Needed,
    Started,
    TestStarted,
    encode,
)
from livereload_sse.pytest_watch.order import Order


class Terminal(Lender):
    """Notes who has it."""

    def __init__(self, log: list[object], *, is_there: bool = True) -> None:
        self.log = log
        self.is_there = is_there

    def lend(self, pid: int) -> bool:
        self.log.append(f"lent to {pid}")
        return self.is_there

    def take_back(self) -> None:
        self.log.append("taken back")


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(run_module, "signal_group", lambda pid, number: sent.append((pid, number)))
    return sent


def test_messages_are_handed_on_in_order() -> None:
    heard: list[Message] = []
    run = Run(heard.append)
    said: list[Message] = [Started(5), TestStarted("a"), Finished(0, 0.1)]
    for message in said:
        run.hear(message)
    assert heard == said
    assert run.pid == 5
    assert run.is_over


def test_a_signal_before_the_process_is_known_is_sent_as_soon_as_it_is(
    signals: list[tuple[int, int]],
) -> None:
    run = Run(lambda _: None)
    run.interrupt()
    run.kill()
    assert signals == []
    run.hear(Started(5))
    assert signals == [(5, signal.SIGINT), (5, signal.SIGKILL)]


def test_nobody_is_signalled_once_the_process_has_gone(signals: list[tuple[int, int]]) -> None:
    run = Run(lambda _: None)
    run.hear(Started(5))
    run.pause()
    run.resume()
    run.end(0)
    run.interrupt()
    run.kill()
    assert signals == [(5, signal.SIGSTOP), (5, signal.SIGCONT)]


async def test_everybody_who_waits_is_released_when_a_process_ends_untold() -> None:
    run = Run(lambda _: None)
    waiting = [asyncio.ensure_future(wait) for wait in (run.started(), run.over(), run.ended())]
    await asyncio.sleep(0)
    run.end(-11)
    assert await asyncio.gather(*waiting) == [None, None, -11]
    assert not run.is_over


def test_a_doubt_is_kept_with_the_run() -> None:
    run = Run(lambda _: None)
    run.hear(Needed((), doubt="something else"))
    assert run.doubt == "something else"


@pytest.mark.parametrize("is_there", [True, False])
def test_the_terminal_is_lent_after_all_have_left_it_and_taken_back_before_they_draw(
    is_there: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    log: list[object] = []
    run = Run(log.append, lender=Terminal(log, is_there=is_there), say=log.append)
    run.hear(Started(5))
    run.hear(Debugging(active=True))
    run.hear(Debugging(active=False))
    assert log[1:] == [
        Debugging(active=True),
        "lent to 5",
        {"lent": is_there},
        "taken back",
        Debugging(active=False),
    ]


def test_a_run_that_dies_in_the_debugger_gives_the_terminal_back() -> None:
    log: list[object] = []
    run = Run(log.append, lender=Terminal(log), say=log.append)
    run.hear(Started(5))
    run.hear(Debugging(active=True))
    run.end(-9)
    assert log[-2:] == ["taken back", Debugging(active=False)]


async def joined(host: Host) -> socket.socket:
    ours, theirs = socket.socketpair()
    await host.join(ours)
    return theirs


def said_by(end: socket.socket) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in end.recv(65536).splitlines()]


async def test_a_host_is_asked_and_its_run_told_apart_from_its_own_words() -> None:
    host, heard, frees = Host(), list[Message](), list[int]()
    host.on_free = lambda: frees.append(1)
    with await joined(host) as theirs:
        run = host.begin(Order(args=("-q",)), heard.append)
        await asyncio.sleep(0)
        assert said_by(theirs)[0]["run"]["args"] == ["-q"]
        theirs.sendall(encode(Started(5)) + b'["Fini' + b'\n{"exited": 3}\n')
        assert await run.ended() == 3
        assert heard == [Started(5)]
        assert host.run is None
        assert frees == [1]
        theirs.sendall(encode(Started(6)))  # nobody's any more
    await host.is_gone.wait()
    assert heard == [Started(5)]


async def test_a_host_that_falls_silent_before_it_has_a_name_is_gone(
    signals: list[tuple[int, int]],
) -> None:
    host = Host()
    with await joined(host) as theirs:
        run = host.begin(Order(), lambda _: None)
        theirs.sendall(encode(Started(5)))
        await run.started()
    assert await run.ended() == -signal.SIGKILL
    assert signals == [(5, signal.SIGKILL)]


async def test_a_host_reports_what_it_has_imported() -> None:
    host, reports = Host(), list[Mapping[str, Any]]()
    host.on_report = reports.append
    with await joined(host) as theirs:
        assert host.is_warm.is_set()
        host.preload({"groups": []})
        assert not host.is_warm.is_set()
        theirs.sendall(b'{"preloaded": {"modules": ["a"]}}\n')
        await host.is_warm.wait()
        assert reports == [{"modules": ["a"]}]
    async with asyncio.timeout(5):
        await host.is_gone.wait()
