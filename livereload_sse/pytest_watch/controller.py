"""The process that watches: it joins the disk, the keys, the runs and what is shown.

Knows which part is told what, and in which order. What is to run is decided in `loop`, which tests a
change concerns in `affected`; runs are made by a `Runner`.
"""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livereload_sse.pytest_watch.affected import reasons
from livereload_sse.pytest_watch.affected.affected import Affected
from livereload_sse.pytest_watch.affected.choose import Choice
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.audience import Audience
from livereload_sse.pytest_watch.engine.runner import Run, Runner
from livereload_sse.pytest_watch.engine.runners import choose_runner
from livereload_sse.pytest_watch.loop import Cause, Loop, Wanted
from livereload_sse.pytest_watch.messages import Debugging, Message, Remark, TestStarted, Wrote
from livereload_sse.pytest_watch.orders import make_order
from livereload_sse.pytest_watch.page.commands import Command
from livereload_sse.pytest_watch.scope import Scope
from livereload_sse.pytest_watch.screen.bindings import Action, Bindings
from livereload_sse.pytest_watch.screen.keyboard import Keyboard
from livereload_sse.pytest_watch.screen.presses import Presses
from livereload_sse.pytest_watch.screen.screen import Screen, following_size
from livereload_sse.pytest_watch.screen.standing import Ended
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.pytest_watch.steering import Deeds, Steering
from livereload_sse.pytest_watch.supervising import Supervision
from livereload_sse.pytest_watch.tally import Tally
from livereload_sse.terminal.foreground import making_way_for_the_shell
from livereload_sse.terminal.keys import reading_keys
from livereload_sse.watch import ChangeSet, Ignore, Watcher

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.screen.standing import Standing

HEADERS: Mapping[Cause, str] = {
    "now": "once more",
    "all": "all tests",
    "failed": "what failed",
    "last": "once more",
    "affected": "what has not run since the last change",
    "cold": "all tests, from a cold start",
    "debug": "the first failure, in the debugger",
    "snapshots": "once more, updating snapshots",
    "tests": "what was asked for in the page",
}
"""What is said of a run that begins for another reason than a change."""

PATIENCE = 0.7
"""Seconds after which it is said that a run is still stopping."""


def watch(setup: Setup, end: socket.socket | None) -> int:
    """Watch until asked to leave. Returns the last run's exit code."""
    return asyncio.run(Controller(setup).watch(end))


class Controller:
    """One `pytest --watch`, from its first run to its end."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._root = str(setup.root)
        bindings = Bindings.from_lines(setup.keys)
        self._screen = Screen(bindings=bindings, name=setup.root.name)
        self._keyboard = Keyboard(bindings, self._screen, self._act)
        self._record, self._notice = Record.load(setup.record_file, rootdir=self._root)
        self._affected = Affected(setup, self._record)
        self._loop = Loop(failures=self._failures)
        self._audience = Audience(
            setup,
            self._record,
            on_command=self._obey,
            on_page=self._show_standing,
            say=self._say,
        )
        self._steering = self._steer()
        self._scope = Scope()
        self._tally = Tally()
        self._choice = Choice()
        self._standing: Standing | None = None
        self._supervision: Supervision | None = None
        self._runner: Runner
        self._written: set[str] = set()
        self._remarks: list[str] = []
        self._exit_code = 0
        self._is_leaving = self._is_stopped = self._is_stopped_early = self._was_doubtful = False
        self._stirred = asyncio.Event()
        self._test_timer: asyncio.TimerHandle | None = None
        self._background: set[asyncio.Task[None]] = set()

    async def watch(self, end: socket.socket | None) -> int:
        """Do so."""
        async with AsyncExitStack() as stack:
            stack.callback(self._screen.close)
            self._take_signals(stack)
            self._runner = await stack.enter_async_context(self._choose_runner(end))
            await stack.enter_async_context(self._audience)
            watcher = await stack.enter_async_context(self._make_watcher())
            stack.push_async_callback(self._end_background)
            self._in_background(self._follow(watcher))
            self._take_keys(stack)
            if self._setup.page:
                self._in_background(self._audience.open_page(browser=True))
            await self._go_round()
        return self._exit_code

    async def _go_round(self) -> None:
        if self._notice:
            self._say(self._notice)
        while not self._is_leaving:
            wanted = self._loop.next()
            if wanted is not None:
                await self._make_run(wanted)
            else:
                await self._stirred.wait()
                self._stirred.clear()

    # Runs

    async def _make_run(self, wanted: Wanted) -> None:
        order = make_order(wanted, self._setup, self._loop.mode, self._record)
        self._loop.begin(wanted)
        self._record.begin(order)
        self._tally, self._written, self._is_stopped = Tally(), set(), False
        self._announce(wanted)
        self._affected.prepare()
        began, began_at = time.perf_counter(), time.time()
        run = await self._runner.run(order, self._hear)
        self._supervision = Supervision(
            run,
            is_unwanted=self._is_unwanted,
            is_awaited=self._is_awaited,
            makes_way=lambda: not self._is_leaving and self._loop.next() is not None,
        )
        if self._is_stopped_early:
            self._is_stopped_early = False
            self._stop()
        ended = await self._supervision.see_through()
        exit_code = await run.ended()
        if self._supervision.was_cut_short and self._tally.finished is not None:
            exit_code = self._tally.finished.exit_code
        self._supervision = None
        self._conclude(ended, exit_code, time.perf_counter() - began)
        self._repeat_if_doubtful(run)
        if not self._is_awaited():
            self._show_standing()
            self._in_background(self._settle(began_at))

    def _repeat_if_doubtful(self, run: Run) -> None:
        """Make a run again that found the wrong things imported ahead; the next one finds none."""
        if run.doubt and not self._was_doubtful and not self._is_stopped:
            self._say(f"This run is made again: {run.doubt}.")
            self._loop.ask("last")
        self._was_doubtful = bool(run.doubt)

    def _announce(self, wanted: Wanted) -> None:
        if wanted.choice.files or wanted.choice.everything:
            self._choice = wanted.choice
        header = self._header(wanted)
        why = reasons.why(wanted.choice, rootdir=self._root) if wanted.choice.files else ""
        mode = replace(self._loop.mode, failed_only=wanted.cause == "failed")
        self._screen.begin_run(header, reason=why, mode=mode)
        self._audience.begin(
            wanted,
            header,
            reasons.chains(wanted.choice, rootdir=self._root),
            narrowed=wanted.is_partial or self._loop.mode.filters,
        )

    def _is_unwanted(self) -> bool:
        """Whether the run that goes on has to be cancelled."""
        if self._loop.is_debugging and not self._is_leaving:
            return False
        return self._is_stopped or self._is_awaited()

    def _is_awaited(self) -> bool:
        return self._is_leaving or self._loop.next() is not None

    def _conclude(self, ended: Ended, exit_code: int, duration: float) -> None:
        """Take stock of a run."""
        self._time_test("")
        self._loop.is_debugging = False
        self._loop.end(complete=ended == "complete" and self._tally.finished is not None)
        self._exit_code = _as_shells_say(exit_code)
        self._affected.note_written(self._written)
        self._screen.end_run()
        while self._remarks:
            self._say(self._remarks.pop(0))
        self._standing = self._tally.standing(
            exit_code=exit_code,
            ended=ended,
            duration=duration,
            failures=self._failures(),
            known=self._scope.only(self._record.outcomes),
            at=time.strftime("%H:%M:%S"),
        )
        self._audience.end(self._standing)

    async def _settle(self, began_at: float) -> None:
        """While nothing is to do: keep what was learnt, and remember the sources as they are."""
        for _ in self._affected.settle(before=began_at):
            await asyncio.sleep(0)  # a change, or a key, comes first
        if line := self._record.save():
            self._say(line)

    def _hear(self, message: Message) -> None:
        """Take what a run tells."""
        for listener in (self._scope, self._record, self._tally, self._loop, self._audience):
            listener.learn(message)
        match message:
            case Remark(text):
                self._remarks.append(text)
            case Debugging(active):
                self._lend(active=active)
            case Wrote(paths):
                self._written.update(paths)
            case TestStarted(test):
                self._time_test(test)

    def _time_test(self, test: str) -> None:
        """End the run when this test takes too long."""
        if self._test_timer is not None:
            self._test_timer.cancel()
            self._test_timer = None
        if test and self._setup.timeout is not None:
            loop = asyncio.get_running_loop()
            self._test_timer = loop.call_later(self._setup.timeout, self._time_out, test)

    def _time_out(self, test: str) -> None:
        if self._supervision is not None and not self._loop.is_debugging:
            limit = f"{self._setup.timeout:g} s (--watch-timeout)"
            self._tally.trouble = f"{test} took longer than {limit}."
            self._supervision.cancel()

    def _lend(self, *, active: bool) -> None:
        """Give the terminal to a debugger, or take it back."""
        self._loop.is_debugging = active
        (self._screen.lend if active else self._screen.take_back)()
        self._stir()

    # Changes

    async def _follow(self, watcher: Watcher) -> None:
        async for changes in watcher:
            self._change(changes)

    def _change(self, changes: ChangeSet) -> None:
        files = self._scope.files(self._record.files)
        found = self._affected.look(changes, test_files=files, written=self._written)
        self._forget(found.deleted)
        if self._loop.changed(found.choice):
            self._stir()
        elif found.same:
            self._say(reasons.same_line(found.same, rootdir=self._root))
        if found.choice.unused:
            self._say(reasons.unused_line(found.choice.unused, rootdir=self._root))

    def _forget(self, deleted: Sequence[str]) -> None:
        """Test files are no more: what failed in them is no failure any more, either."""
        for file in deleted:
            for one in (self._scope, self._loop, self._audience):
                one.forget(file)
        if deleted and self._standing is not None:
            known = self._scope.only(self._record.outcomes)
            self._standing = self._tally.restated(
                self._standing, failures=self._failures(), known=known
            )
            self._show_standing()
        for file in deleted:
            self._say(f"{Path(file).name} is gone")

    # Keys, and what a person at the page asks for

    def _steer(self) -> Steering:
        deeds = Deeds(
            stir=self._stir,
            redraw=self._show_standing,
            leave=self._leave,
            why=lambda: reasons.chains(self._choice, rootdir=self._root),
            open_page=lambda: self._in_background(self._audience.open_page(browser=True)),
            hold=self._hold,
        )
        return Steering(
            self._loop, self._record, self._screen, self._keyboard, deeds, root=self._root
        )

    def _act(self, action: Action) -> None:
        self._steering.act(action)

    def _obey(self, command: Command) -> None:
        """Do what a person at the page asks for."""
        if command.what == "stop":
            self._stop()
        elif self._loop.ask(command.what, command.tests):
            self._stir()

    def _hold(self, on: bool) -> None:  # noqa: FBT001 - it is what is asked
        """Have the run stand still, or go on. The time in which it stands still is not its own."""
        if self._supervision is not None:
            self._time_test("" if on else self._tally.running)
            self._supervision.hold(on=on)

    def _leave(self) -> None:
        """Leave; at once, where that has been asked for before."""
        if self._supervision is not None and (self._is_leaving or self._is_stopped):
            self._supervision.kill()
        self._is_leaving = True
        self._say_if_slow()
        self._stir()

    def _interrupt(self) -> None:
        """Ctrl-C: stop the run; without one, or once more, leave."""
        is_first = self._supervision is None and self._standing is None
        if self._keyboard.is_typing:
            self._keyboard.give_up()
        elif is_first and not self._is_stopped_early:
            self._is_stopped_early = True  # the first run has begun; it is about to be heard
        elif self._supervision is None or self._is_stopped:
            self._leave()
        else:
            self._stop()

    def _stop(self) -> None:
        """Stop the run, and begin none until something changes."""
        self._is_stopped = self._supervision is not None
        self._loop.calm()
        self._say_if_slow()
        self._stir()

    def _say_if_slow(self) -> None:
        """Say what is waited for, if a run that is to stop takes its time."""
        run = self._supervision

        def say() -> None:
            if run is not None and run is self._supervision:
                self._say("stopping, once its teardown is over; Ctrl-C again ends it at once")

        asyncio.get_running_loop().call_later(PATIENCE, say)

    def _stir(self) -> None:
        self._stirred.set()
        if self._supervision is not None:
            self._supervision.stir()

    # What stands around

    def _choose_runner(self, end: socket.socket | None) -> Runner:
        runner = choose_runner(self._setup, end)
        runner.on_notice = self._say
        return runner

    def _make_watcher(self) -> Watcher:
        return Watcher(
            [Path(root) for root in self._setup.roots],
            ignore=lambda root: Ignore(root, patterns=self._setup.ignore),
            notice=self._say,
        )

    def _take_signals(self, stack: AsyncExitStack) -> None:
        """Listen to signals; a Ctrl-C that has been waiting for this comes now."""
        loop = asyncio.get_running_loop()
        for number, take in ((signal.SIGINT, self._interrupt), (signal.SIGTERM, self._leave)):
            loop.add_signal_handler(number, take)
            stack.callback(loop.remove_signal_handler, number)
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def _take_keys(self, stack: AsyncExitStack) -> None:
        presses = Presses(self._keyboard.press, later=asyncio.get_running_loop().call_later)
        self._screen.keys = stack.enter_context(reading_keys(presses.feed))
        stack.enter_context(following_size(self._screen))
        stack.enter_context(making_way_for_the_shell(self._give_way, self._come_back))

    def _give_way(self) -> None:
        """The shell has the terminal: what runs stands still, too."""
        self._hold(True)
        self._screen.give_way()

    def _come_back(self) -> None:
        self._hold(self._keyboard.is_typing)

    def _show_standing(self) -> None:
        """Show how things stand, where nothing runs."""
        mode = replace(self._loop.mode, page=self._audience.page)
        self._loop.switch(mode)
        if self._standing is not None and self._supervision is None:
            self._screen.waiting(self._standing, mode)
            filters = [text for text in (mode.tests, mode.files) if text]
            self._audience.wait("", paused=mode.paused, filters=filters)

    def _failures(self) -> Mapping[str, str]:
        failures = self._scope.tests(self._record.known_failures)
        return {test: self._record.file_of(test) for test in failures}

    def _header(self, wanted: Wanted) -> str:
        choice = wanted.choice
        if wanted.cause in {"all", "cold"}:
            return HEADERS[wanted.cause]
        files = self._scope.files(self._record.files)
        counts = {file: count for file, count in self._record.counts.items() if file in files}
        if choice.files or choice.everything:
            header = reasons.header(choice, counts=counts, rootdir=self._root)
            left = sum(
                counts.get(file, 0) for file in (wanted.files or set()) - choice.files.keys()
            )
            return f"{header}, and {left} left from before" if left else header
        return HEADERS.get(wanted.cause, "")

    def _say(self, text: str) -> None:
        self._screen.note(text)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _end_background(self) -> None:
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)


def _as_shells_say(exit_code: int) -> int:
    """Name the end by a signal as a shell does."""
    return exit_code if exit_code >= 0 else 128 - exit_code
