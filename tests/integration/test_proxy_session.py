"""The session of a command behind the proxy, at moments that a person does not choose: what matters
is that requests never wait at a gate that nobody opens.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from livereload_sse import proxy_session
from livereload_sse.build.child import Child
from livereload_sse.build.command import Command
from livereload_sse.build.news import Failed, News, Started, Succeeded
from livereload_sse.proxy_session import ProxySession
from livereload_sse.settings import Settings
from livereload_sse.watch import coarse_milliseconds
from livereload_sse.web.target import Target
from tests.serving import free_port

APP = """
import os, sys, threading, time
from socketserver import BaseRequestHandler, ThreadingTCPServer

class Handler(BaseRequestHandler):
    def handle(self):
        self.request.recv(100)

ThreadingTCPServer.allow_reuse_address = True
time.sleep({delay})
server = ThreadingTCPServer(("127.0.0.1", {port}), Handler)
server.daemon_threads = True
print("{word}", flush=True)
server.serve_forever()
"""


class Watched:
    """A session, and what was told of it."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.port = free_port()
        self.news: list[News] = []
        self.notices: list[str] = []
        self.printed = ""
        self.waits = 0
        self.updates: list[tuple[str, ...]] = []
        self.session: ProxySession

    def hear(self, text: str) -> None:
        self.printed += text

    def wait_for(self) -> None:
        self.waits += 1

    def save(self, word: str, *, delay: float = 0, name: str = "app.py") -> None:
        (self.project / name).write_text(APP.format(port=self.port, word=word, delay=delay))

    def save_what_dies(self) -> None:
        (self.project / "app.py").write_text("raise SystemExit(3)")


async def until(is_true: Callable[[], object], what: str = "it") -> None:
    deadline = time.monotonic() + 10
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within 10 s: {what}")
        await asyncio.sleep(0.01)


@asynccontextmanager
async def watched(project: Path, *, restart: bool = True, **more: Any) -> AsyncIterator[Watched]:
    """A command whose first version is saved, and its session."""
    seen = Watched(project)
    seen.save("one", delay=more.pop("delay", 0))
    wait_past(project / "app.py")
    command = Command((sys.executable, "app.py"), project)
    seen.session = ProxySession(
        Settings(restart=restart),
        Target("http", "127.0.0.1", seen.port),
        command=command if more.pop("has_command", True) else None,
        on_output=seen.hear,
        on_news=more.pop("on_news", seen.news.append),
        on_waiting=seen.wait_for,
        on_notice=seen.notices.append,
        on_update=lambda update: seen.updates.append(update.files),
        **more,
    )
    async with seen.session:
        await seen.session.watcher.armed()
        yield seen


def wait_past(path: Path) -> None:
    """A file that is as new as the session counts as changed: nobody can tell which came first."""
    while coarse_milliseconds() <= path.stat().st_ctime * 1000 + 1:
        time.sleep(0.001)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kinds(news: list[News]) -> list[type]:
    return [type(one) for one in news]


async def test_a_command_is_started_and_requests_wait_until_it_answers(project: Path) -> None:
    async with watched(project, delay=0.2) as seen:
        assert not seen.session.gate.is_open
        assert await seen.session.gate.wait(10)
        assert kinds(seen.news) == [Started, Succeeded]
        assert seen.updates == []  # nobody has to load anything for that


async def test_a_restart_that_is_asked_for_is_told(project: Path) -> None:
    async with watched(project) as seen:
        await seen.session.gate.wait(10)
        seen.session.restart()
        await until(lambda: seen.printed.count("one") == 2, "it is started again")
        await until(lambda: seen.updates)

        assert seen.session.gate.is_open
        assert seen.updates == [("the app was restarted",)]


async def test_a_restart_that_is_asked_for_while_the_command_starts_is_one_more(
    project: Path,
) -> None:
    async with watched(project, delay=0.5) as seen:
        await until(seen.session._begun.is_set, "it begins")
        seen.save("two")
        seen.session.restart()
        await until(lambda: "two" in seen.printed, "the new one runs")
        assert await seen.session.gate.wait(10)

        assert "one" not in seen.printed
        await until(lambda: seen.updates)
        assert seen.updates == [("app.py",)]


async def test_asking_again_and_again_ends_with_one_that_runs(project: Path) -> None:
    async with watched(project) as seen:
        for number in range(10):
            seen.session.restart()
            await asyncio.sleep(0.02 * (number % 4))
        await until(lambda: isinstance(seen.news[-1], Succeeded), "it runs")

        assert seen.session.gate.is_open
        assert Failed not in kinds(seen.news)


async def test_a_save_around_a_restart_that_was_asked_for_is_told_with_it(project: Path) -> None:
    async with watched(project) as seen:
        await seen.session.gate.wait(10)
        seen.session.restart()
        seen.save("two")
        await until(lambda: "two" in seen.printed, "the new one runs")
        await until(lambda: seen.session.gate.is_open and seen.updates)

        assert ("app.py",) in seen.updates
        (project / "style.css").write_text("a {}")  # means no restart any more
        number = seen.session._number
        await until(lambda: seen.updates[-1] == ("style.css",))
        assert seen.session._number == number


async def test_what_died_while_it_was_ended_for_a_restart_is_not_called_dead(project: Path) -> None:
    async with watched(project) as seen:
        await seen.session.gate.wait(10)
        child = seen.session._child
        assert child is not None
        finished = await died(project)
        seen.session.gate.close()
        seen.session._begun.clear()  # as while the process of before is being ended
        child._on_exit(finished)

        assert not seen.session._died.is_set()
        assert seen.session.gate.why_not == ""
        seen.session._begun.set()
        child._on_exit(finished)
        assert seen.session._died.is_set()
        assert seen.session.gate.why_not.startswith("The app has ended")


async def died(project: Path) -> Any:
    """How a command ends that dies."""
    ends: list[Any] = []
    command = Command((sys.executable, "-c", "raise SystemExit(3)"), project)
    running = asyncio.create_task(
        Child(command, say=lambda _: None, on_exit=ends.append, revives=False).run()
    )
    await until(lambda: ends)
    running.cancel()
    await asyncio.wait({running})
    return ends[0]


async def test_a_save_starts_what_has_died_with_all_that_was_saved_since(project: Path) -> None:
    async with watched(project) as seen:
        await seen.session.gate.wait(10)
        seen.save_what_dies()
        await until(lambda: seen.session.gate.why_not, "it has died")
        assert not await seen.session.gate.wait(0.1)
        assert seen.updates == []

        seen.save("two")
        assert await gate_opens(seen)
        await until(lambda: seen.updates)
        assert seen.updates == [("app.py",)]


async def gate_opens(seen: Watched) -> bool:
    await until(lambda: seen.session.gate.is_open, "the gate is open")
    return True


@pytest.mark.parametrize("moment", ["start", "run"])
async def test_code_that_the_command_reloads_itself_leaves_no_gate_closed(
    project: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """This one does not reload itself, whatever was said."""
    monkeypatch.setattr(proxy_session, "RELOADER_TIMEOUT", 0.2)
    async with watched(project, restart=False, delay=0.5) as seen:
        if moment == "run":
            await seen.session.gate.wait(10)
        seen.save("two")
        await until(lambda: seen.updates, "the tabs are told")

        assert seen.session.gate.is_open
        assert seen.printed.count("\n") == 1  # nobody has started it again


async def test_what_the_command_reloads_itself_may_be_restarted_meanwhile(project: Path) -> None:
    async with watched(project, restart=False) as seen:
        await seen.session.gate.wait(10)
        seen.save("two")
        await until(lambda: seen.session._is_preparing, "its reloader is waited for")
        seen.session.restart()
        await until(lambda: "two" in seen.printed)

        await until(lambda: seen.session.gate.is_open and seen.updates)
        assert seen.updates == [("app.py",)]


async def test_who_is_refused_while_a_reloader_works_waits_for_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_session, "RELOADER_TIMEOUT", 0.3)
    async with watched(project, restart=False) as seen:
        await seen.session.gate.wait(10)
        seen.save("two")
        await until(lambda: seen.session._is_preparing, "its reloader is waited for")
        seen.session.gate.on_refused()

        assert not seen.session.gate.is_open
        assert await seen.session.gate.wait(5)
        assert seen.session._looking is None


async def test_who_is_refused_by_one_that_is_there_is_let_through_again(project: Path) -> None:
    async with watched(project) as seen:
        await seen.session.gate.wait(10)
        seen.session.gate.on_refused()
        assert not seen.session.gate.is_open

        assert await seen.session.gate.wait(5)
        assert seen.updates == [("the app is there",)]


async def test_who_looks_for_a_target_stops_when_it_is_started_anew(project: Path) -> None:
    async with watched(project) as seen:
        await seen.session.gate.wait(10)
        seen.session.gate.on_refused()
        looking = seen.session._looking
        assert looking is not None
        seen.session.restart()
        await until(lambda: isinstance(seen.news[-1], Succeeded) and seen.session._number == 2)

        assert looking.cancelled()
        assert ("the app is there",) not in seen.updates


@pytest.mark.parametrize("which", [Started, Succeeded])
async def test_a_fault_in_telling_leaves_no_gate_closed(project: Path, which: type) -> None:
    faults = ["the terminal is gone"]

    def tell(news: News) -> None:
        if isinstance(news, which) and faults:
            raise OSError(faults.pop())

    async with watched(project, on_news=tell) as seen:
        await until(lambda: seen.notices, "it is said")
        assert seen.session.gate.is_open
        assert "the terminal is gone" in seen.notices[0]

        seen.save("two")
        await until(lambda: "two" in seen.printed, "the next save goes on")
        await until(lambda: seen.updates)
        assert seen.session.gate.is_open


async def test_a_fault_in_keeping_the_command_leaves_nobody_waiting(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, faults = Child.run, ["no more processes"]

    async def failing(self: Child) -> None:
        if faults:
            raise OSError(faults.pop())
        await run(self)

    monkeypatch.setattr(Child, "run", failing)
    async with watched(project) as seen:
        await until(lambda: seen.session.gate.why_not)
        assert "no more processes" in seen.session.gate.why_not
        assert seen.notices == [
            "The app cannot be kept running, which is a fault of ours: OSError('no more processes')"
        ]

        (project / "page.html").write_text("any save will do")
        assert await gate_opens(seen)


async def test_leaving_at_any_moment_leaves_nothing_behind(project: Path) -> None:
    for delay in (0, 0.05, 0.2):
        async with watched(project) as seen:
            await asyncio.sleep(delay)
            seen.session.gate.on_refused()
            seen.save("two")
            await asyncio.sleep(delay)

        seen.session.gate.on_refused()  # a request that is still on its way
        assert seen.session.gate.why_not == "The proxy is ending."
        names = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]
        assert not any("Session" in name or "Child" in name for name in names)


async def test_a_fault_at_the_end_does_not_keep_the_rest_from_ending(project: Path) -> None:
    async with AsyncExitStack() as running:
        seen = await running.enter_async_context(watched(project))
        await seen.session.gate.wait(10)
        proving, seen.session._proving = seen.session._proving, failing_task()
        proving.cancel()
        await asyncio.sleep(0)
        leave = running.pop_all()
    with pytest.raises(RuntimeError, match="our fault"):
        await leave.aclose()

    assert seen.session._keeping is not None
    assert seen.session._keeping.done()
    assert seen.session._pump.done()


def failing_task() -> "asyncio.Task[None]":
    async def fail() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise RuntimeError("our fault")

    return asyncio.get_running_loop().create_task(fail())


async def test_a_target_that_is_not_there_yet_is_looked_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_session, "FIRST_PATIENCE", 0.05)
    async with watched(project, has_command=False) as seen:
        await until(lambda: seen.session.gate.why_not, "it is called away")
        assert seen.waits == 1
        server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", seen.port)
        async with server:
            assert await gate_opens(seen)

        assert seen.updates == [("the app is there",)]


async def test_a_command_that_is_slow_to_answer_sends_requests_away_and_takes_them_in_the_end(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_session, "NOTICE_DELAY", 0.05)
    monkeypatch.setattr(proxy_session, "PATIENCE", 0.1)
    async with watched(project, delay=0.5) as seen:
        await until(lambda: seen.session.gate.why_not, "nobody waits any more")
        assert "nothing answers at" in seen.session.gate.why_not

        assert await gate_opens(seen)
        assert seen.waits == 1
        assert seen.notices == []


async def test_a_reloader_that_was_asked_for_nothing_is_not_waited_for_aloud(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An app that answers all the while is not called away, only because nobody reloads it."""
    monkeypatch.setattr(proxy_session, "RELOADER_TIMEOUT", 0.3)
    async with watched(project, restart=False) as seen:
        await seen.session.gate.wait(10)
        monkeypatch.setattr(proxy_session, "NOTICE_DELAY", 0.05)
        monkeypatch.setattr(proxy_session, "PATIENCE", 0.1)
        seen.save("two")
        await until(lambda: seen.updates)

        assert seen.waits == 0
