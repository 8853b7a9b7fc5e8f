"""The process that watches: it joins the disk, the keys, the runs and what is shown.

Knows which part is told what, and in which order. What is to run is decided in `loop`, which tests a
change concerns in `choose`; runs are made by a `Runner`.
"""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from typing import Any

from livereload_sse.pytest_watch import reasons
from livereload_sse.pytest_watch.bindings import Action, Bindings
from livereload_sse.pytest_watch.choose import Choice, choose
from livereload_sse.pytest_watch.globs import Globs
from livereload_sse.pytest_watch.graph import Graph
from livereload_sse.pytest_watch.keyboard import Keyboard
from livereload_sse.pytest_watch.lines import Ended
from livereload_sse.pytest_watch.loop import Cause, Loop, Wanted
from livereload_sse.pytest_watch.messages import Debugging, Message, TestStarted, Wrote
from livereload_sse.pytest_watch.orders import make_order
from livereload_sse.pytest_watch.presses import Presses
from livereload_sse.pytest_watch.record import Record
from livereload_sse.pytest_watch.runner import Run, Runner
from livereload_sse.pytest_watch.same import Sources
from livereload_sse.pytest_watch.screen import Screen, following_size
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.pytest_watch.tally import Tally
from livereload_sse.terminal.keys import reading_keys
from livereload_sse.watch import Change, ChangeSet, Ignore, Watcher

TEARDOWN_TIMEOUT = 5.0
"""Seconds that a cancelled run has for its teardown before it is killed."""

LINGER_TIMEOUT = 0.05
"""Seconds that a run's process has to go once its session is over and the next run is wanted."""

STOPPED = 130
"""The exit code after Ctrl-C, as shells have it."""


def watch(setup: Setup, end: socket.socket) -> int:
    """Watch until asked to leave. Returns the last run's exit code."""
    return asyncio.run(Controller(setup).watch(end))


class Controller:
    """One `pytest --watch`, from its first run to its end."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._root = os.fspath(setup.root)
        self._bindings = Bindings.from_lines(setup.keys)
        self._screen = Screen(bindings=self._bindings, name=setup.root.name)
        self._keyboard = Keyboard(self._bindings, self._screen, self._act)
        self._record, self._notice = Record.load(setup.record_file, rootdir=self._root)
        self._graph = Graph(setup.roots)
        self._globs = Globs(self._root, setup.map)
        self._sources = Sources()
        self._loop = Loop(failures=self._failures)
        self._tally = Tally()
        self._choice = Choice()
        self._run: Run | None = None
        self._runner: Runner
        self._written: set[str] = set()
        self._exit_code = 0
        self._is_leaving = self._is_stopped = False
        self._stirred = asyncio.Event()
        self._test_timer: asyncio.TimerHandle | None = None
        self._background: set[asyncio.Task[None]] = set()

    async def watch(self, end: socket.socket) -> int:
        """Do so."""
        async with AsyncExitStack() as stack:
            stack.callback(self._screen.close)
            self._runner = await stack.enter_async_context(self._choose_runner(end))
            watcher = await stack.enter_async_context(self._make_watcher())
            self._take_signals(stack)
            self._take_keys(stack)
            self._in_background(self._follow(watcher))
            stack.push_async_callback(self._end_background)
            await self._go_round()
        return self._exit_code

    async def _go_round(self) -> None:
        if self._notice:
            self._screen.note(self._notice)
        while not self._is_leaving:
            wanted = self._loop.next()
            if wanted is None:
                await self._stir()
            else:
                await self._make_run(wanted)

    async def _stir(self) -> None:
        """Wait until something has happened."""
        await self._stirred.wait()
        self._stirred.clear()

    # Runs

    async def _make_run(self, wanted: Wanted) -> None:
        order = make_order(wanted, self._setup, self._loop.mode, self._record)
        self._loop.begin(wanted)
        self._tally, self._written, self._is_stopped = Tally(), set(), False
        if wanted.choice.files or wanted.choice.everything:
            self._choice = wanted.choice
        self._record.begin(order)
        self._screen.begin_run(
            self._header(wanted), reason=self._reason(wanted), mode=self._loop.mode
        )
        began = time.perf_counter()
        self._run = await self._runner.run(order, self._hear)
        ended = await self._see_through(self._run)
        exit_code = await self._run.ended()
        self._run = None
        self._conclude(ended, exit_code, time.perf_counter() - began)

    async def _see_through(self, run: Run) -> Ended:
        """Wait until the run is over; cancel it when another is wanted, or somebody says so."""
        ended: Ended = "complete"
        over = asyncio.ensure_future(run.over())
        while not over.done():
            stirred = asyncio.ensure_future(self._stir())
            await asyncio.wait({over, stirred}, return_when=asyncio.FIRST_COMPLETED)
            stirred.cancel()
            if not over.done() and self._must_cancel() and ended == "complete":
                ended = "cancelled"
                self._in_background(self._cancel(run))
        await self._see_off(run)
        return ended

    def _must_cancel(self) -> bool:
        if self._loop.is_debugging and not self._is_leaving:
            return False
        return self._is_leaving or self._is_stopped or self._loop.next() is not None

    async def _cancel(self, run: Run) -> None:
        await run.started()
        run.interrupt()
        with suppress(TimeoutError):
            await asyncio.wait_for(run.over(), TEARDOWN_TIMEOUT)
            return
        run.kill()

    async def _see_off(self, run: Run) -> None:
        """Wait for the process, which may linger; for no longer than something else is wanted."""
        ends = asyncio.ensure_future(run.ended())
        while not ends.done():
            wanted = self._is_leaving or self._loop.next() is not None
            stirred = asyncio.ensure_future(self._stir())
            timeout = LINGER_TIMEOUT if wanted else None
            done, _ = await asyncio.wait(
                {ends, stirred}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
            stirred.cancel()
            if not done and wanted:
                run.kill()

    def _conclude(self, ended: Ended, exit_code: int, duration: float) -> None:
        """Take stock of a run, and show it."""
        self._watch_test("")
        self._loop.is_debugging = False
        self._loop.end(complete=ended == "complete" and self._tally.finished is not None)
        self._exit_code = (
            STOPPED if self._is_stopped else exit_code if exit_code >= 0 else 128 - exit_code
        )
        self._screen.end_run()
        self._sources.note_all(self._written)
        self._standing = self._tally.standing(
            exit_code=exit_code,
            ended=ended,
            duration=duration,
            failures=self._record.known_failures,
            known=self._record.outcomes,
            at=time.strftime("%H:%M:%S"),
        )
        if self._loop.next() is None or self._is_leaving:
            self._screen.waiting(self._standing, self._loop.mode)
            self._in_background(self._settle())

    async def _settle(self) -> None:
        """While nothing is to do: keep what was learnt, and remember the sources as they are."""
        if line := await asyncio.to_thread(self._keep):
            self._screen.note(line)

    def _keep(self) -> str:
        for file in self._record.files:
            self._sources.note(file)
            self._sources.note_all(use.path for use in self._record.uses_of(file))
        return self._record.save()

    def _hear(self, message: Message) -> None:
        """Take what a run tells."""
        self._record.learn(message)
        self._tally.learn(message)
        self._loop.learn(message)
        match message:
            case Debugging(active):
                self._lend(active=active)
            case Wrote(paths):
                self._written.update(paths)
            case TestStarted(test):
                self._watch_test(test)

    def _watch_test(self, test: str) -> None:
        """End the run when this test takes too long."""
        if self._test_timer is not None:
            self._test_timer.cancel()
            self._test_timer = None
        if test and self._setup.timeout is not None:
            loop = asyncio.get_running_loop()
            self._test_timer = loop.call_later(self._setup.timeout, self._time_out, test)

    def _time_out(self, test: str) -> None:
        if self._run is None or self._loop.is_debugging:
            return
        self._tally.trouble = (
            f"{test} took longer than {self._setup.timeout:g} s (--watch-timeout)."
        )
        self._in_background(self._cancel(self._run))

    def _lend(self, *, active: bool) -> None:
        """Give the terminal to a debugger, or take it back."""
        self._loop.is_debugging = active
        self._stir_now()

    # Changes

    async def _follow(self, watcher: Watcher) -> None:
        async for changes in watcher:
            self._change(changes)

    def _change(self, changes: ChangeSet) -> None:
        """Find out what these changes concern."""
        changes = ChangeSet(
            frozenset(one for one in changes.changes if os.fspath(one.path) not in self._written),
            changes.seen_at,
        )
        sifted = self._sources.sift(changes, is_read=self._record.is_read)
        if sifted.same and not sifted.different:
            self._say(reasons.same_line(sifted.same, rootdir=self._root))
        if not sifted.different:
            return
        self._forget_deleted(sifted.different.changes)
        choice = self._choose(sifted.different)
        if self._loop.changed(choice):
            self._stir_now()
        if choice.unused:
            self._say(reasons.unused_line(choice.unused, rootdir=self._root))

    def _choose(self, changes: ChangeSet) -> Choice:
        paths = [os.fspath(change.path) for change in changes.changes]
        return choose(
            changes,
            record=self._record,
            graph=self._graph,
            test_files=self._record.files,
            configuration=self._setup.configuration,
            rules=self._globs,
            python_files=self._setup.python_files,
            differences={path: self._sources.difference(path) for path in paths},
        )

    def _forget_deleted(self, changes: "frozenset[Change]") -> None:
        for change in changes:
            path = os.fspath(change.path)
            if change.kind == "deleted" and path in self._record.files:
                self._record.forget(path)
                self._loop.forget(path)

    # Keys

    def _act(self, action: Action) -> None:
        """Do what a key means."""
        match action:
            case "quit":
                self._leave()
            case "all" | "last" | "cold" | "debug" | "snapshots":
                self._ask(action)
            case "run":
                self._ask("now")
            case "failed":
                self._toggle_failed()
            case _:
                self._screen.note(f"{action} is still to come")

    def _ask(self, cause: Cause) -> None:
        if self._loop.ask(cause):
            self._stir_now()
        else:
            self._say("Nothing to run.")

    def _toggle_failed(self) -> None:
        self._ask("failed")

    def _leave(self) -> None:
        self._is_leaving = True
        self._stir_now()

    def _interrupt(self) -> None:
        """Ctrl-C: stop the run; without one, or once more, leave."""
        if self._run is None or self._is_stopped:
            self._leave()
            return
        self._is_stopped = True
        self._loop.calm()
        self._stir_now()

    # What stands around

    def _choose_runner(self, end: socket.socket) -> Runner:
        from livereload_sse.pytest_watch.fork_runner import ForkRunner  # noqa: PLC0415

        return ForkRunner(end)

    def _make_watcher(self) -> Watcher:
        from pathlib import Path

        return Watcher(
            [Path(root) for root in self._setup.roots],
            ignore=lambda root: Ignore(root, patterns=self._setup.ignore),
            notice=self._say,
        )

    def _take_signals(self, stack: AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        for number, take in ((signal.SIGINT, self._interrupt), (signal.SIGTERM, self._leave)):
            loop.add_signal_handler(number, take)
            stack.callback(loop.remove_signal_handler, number)

    def _take_keys(self, stack: AsyncExitStack) -> None:
        presses = Presses(self._keyboard.press, later=asyncio.get_running_loop().call_later)
        stack.enter_context(reading_keys(presses.feed))
        stack.enter_context(following_size(self._screen))

    def _failures(self) -> Mapping[str, str]:
        return {test: self._record.file_of(test) for test in self._record.known_failures}

    def _header(self, wanted: Wanted) -> str:
        if wanted.choice.files or wanted.choice.everything:
            return reasons.header(wanted.choice, counts=self._record.counts, rootdir=self._root)
        return {"first": "all tests"}.get(wanted.cause, wanted.cause)

    def _reason(self, wanted: Wanted) -> str:
        return reasons.why(wanted.choice, rootdir=self._root) if wanted.choice.files else ""

    def _say(self, text: str) -> None:
        self._screen.note(text)

    def _stir_now(self) -> None:
        self._stirred.set()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _end_background(self) -> None:
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
