"""The process that watches: it joins the disk, the keys, the runs and what is shown.

Knows which part is told what, and in which order. What is to run is decided in `loop`, which tests a
change concerns in `affected`; runs are made by a `Runner`.
"""

import asyncio
import socket
import time
from collections.abc import Collection, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from livereload_sse.pytest_watch.affected import reasons
from livereload_sse.pytest_watch.affected.affected import Affected
from livereload_sse.pytest_watch.affected.choose import Choice
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.announcing import header_of, reason_of
from livereload_sse.pytest_watch.audience import Audience
from livereload_sse.pytest_watch.engine.runner import Runner
from livereload_sse.pytest_watch.engine.runners import choose_runner
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.orders import make_order, may_go_on
from livereload_sse.pytest_watch.page.commands import Command
from livereload_sse.pytest_watch.runs import Past, Runs
from livereload_sse.pytest_watch.saves import Saves
from livereload_sse.pytest_watch.screen.bindings import Action, Bindings
from livereload_sse.pytest_watch.screen.keyboard import Keyboard
from livereload_sse.pytest_watch.screen.screen import Screen
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.pytest_watch.slate import Slate
from livereload_sse.pytest_watch.steering import Deeds, Steering
from livereload_sse.pytest_watch.stock import Stock
from livereload_sse.pytest_watch.stopping import Stopping
from livereload_sse.pytest_watch.surroundings import make_watcher, taking_keys, taking_signals
from livereload_sse.pytest_watch.wanted import Wanted


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
        self._stock = Stock(self._record, owed=self._owed)
        self._loop = Loop(failures=lambda: self._stock.failures)
        self._audience = Audience(
            setup,
            self._record,
            on_command=self._obey,
            on_page=self._show_standing,
            say=self._say,
        )
        self._slate = Slate(setup.slate)
        self._stopping = Stopping(self._loop, stir=self._stir, say=self._say)
        self._runs = Runs(
            self._stopping,
            (self._stock.scope, self._record, self._loop, self._audience),
            on_debugging=self._lend,
            limit=setup.timeout,
            slate=self._slate,
        )
        self._runner: Runner
        self._steering = self._steer()
        self._saves = Saves(
            self._affected,
            self._stock,
            self._loop,
            runs=self._runs,
            stir=self._take_up,
            forget=self._forget,
            say=self._say,
            root=self._root,
        )
        self._choice = Choice()
        self._past: Past | None = None
        self._is_understood = self._was_doubtful = False
        self._stirred = asyncio.Event()
        self._background: set[asyncio.Task[None]] = set()

    async def watch(self, end: socket.socket | None) -> int:
        """Do so."""
        async with AsyncExitStack() as stack:
            stack.callback(self._screen.close)
            stack.callback(self._slate.remove)
            stack.enter_context(taking_signals(self._interrupt, self._stopping.leave))
            self._runner = await stack.enter_async_context(self._choose_runner(end))
            await stack.enter_async_context(self._audience)
            watcher = await stack.enter_async_context(make_watcher(self._setup, self._say))
            stack.push_async_callback(self._end_background)
            self._in_background(self._saves.follow(watcher))
            stack.enter_context(taking_keys(self._keyboard, self._screen, self._runs.hold))
            if self._setup.page:
                self._in_background(self._audience.open_page(browser=True))
            await self._go_round()
        return _as_shells_say(self._stock.standing.exit_code) if self._stock.standing else 0

    async def _go_round(self) -> None:
        if self._notice:
            self._say(self._notice)
        while not self._stopping.is_leaving:
            wanted = self._loop.next()
            if wanted is not None:
                await self._make_run(wanted)
            else:
                await self._stirred.wait()
                self._stirred.clear()

    # Runs

    async def _make_run(self, wanted: Wanted) -> None:
        last = self._runs.culprits.tests
        order = make_order(wanted, self._setup, self._loop.mode, self._record, last=last)
        self._loop.begin(wanted)
        self._record.begin(order, is_enough=wanted.is_enough)
        if not wanted.goes_on:
            self._saves.are_taken_up()
        self._announce(wanted)
        self._affected.prepare()
        before = self._past if wanted.goes_on else None
        past = self._past = await self._runs.make(order, self._runner, before)
        self._conclude(past)
        self._leave_if_refused(past)
        self._repeat_if_doubtful(past)
        self._go_on_if_broken_off(past)
        if not self._stopping.is_awaited():
            self._show_standing()
            self._saves.catch_up()
            self._in_background(self._settle(past.began_at))

    def _announce(self, wanted: Wanted) -> None:
        if wanted.choice.files or wanted.choice.everything:
            self._choice = wanted.choice
        header = header_of(
            wanted,
            self._loop.mode,
            counts=self._stock.counts,
            record=self._record,
            rootdir=self._root,
        )
        why = reason_of(wanted, record=self._record, rootdir=self._root, width=self._screen.room)
        only_failed = wanted.cause == "failed" or (
            wanted.is_partial and self._loop.mode.failed_only
        )
        mode = replace(self._loop.mode, failed_only=only_failed)
        self._screen.begin_run(header, reason=why, mode=mode, goes_on=bool(wanted.goes_on))
        self._audience.begin(
            wanted,
            header,
            reasons.chains(wanted.choice, rootdir=self._root),
            narrowed=wanted.is_partial or bool(wanted.goes_on) or self._loop.mode.filters,
        )

    def _conclude(self, past: Past) -> None:
        """Take stock of a run."""
        self._loop.is_debugging = False
        has_finished = past.tally.finished is not None
        is_complete = past.ended == "complete" and has_finished and not past.culprit
        self._loop.end(complete=is_complete)
        self._is_understood |= has_finished
        self._affected.note_written(self._runs.written)
        self._screen.end_run()
        for line in past.remarks:
            self._say(line)
        standing = self._stock.take(past, at=time.strftime("%H:%M:%S"))
        for file in self._saves.forget_again():
            self._audience.forget(file)
        self._audience.end(self._stock.standing or standing)

    def _leave_if_refused(self, past: Past) -> None:
        """Leave where pytest does not take the command line: nothing that is saved could mend that.

        Where it has taken it before, it is a conftest that has changed, and somebody is at that. A
        path that does not exist is no such thing: its file may be about to be written.
        """
        if past.tally.is_refused and not self._is_understood:
            self._stopping.leave()

    def _repeat_if_doubtful(self, past: Past) -> None:
        """Make a run again that found the wrong things imported ahead; the next one finds none."""
        if past.doubt and not self._was_doubtful and not self._stopping.is_stopped:
            self._say(f"This run is made again: {past.doubt}.")
            self._loop.ask("last")
        self._was_doubtful = bool(past.doubt)

    def _go_on_if_broken_off(self, past: Past) -> None:
        """Have run what is left behind a test that has ended the run, or without a deleted file."""
        gone, counts = self._loop.gone, self._stock.counted
        failed = counts.failed + counts.errors
        if self._stopping.is_stopped or self._stopping.is_leaving:
            return
        if past.culprit and may_go_on(self._setup, self._loop.mode, failed=failed):
            self._loop.go_on(f"left behind {past.culprit}")
        elif gone:
            self._loop.go_on(f"left without {', '.join(Path(file).name for file in gone)}")

    async def _settle(self, began_at: float) -> None:
        """While nothing is to do: keep what was learnt, and remember the sources as they are."""
        for _ in self._affected.settle(before=began_at):
            await asyncio.sleep(0)  # a change, or a key, comes first
        if line := self._record.save():
            self._say(line)

    def _owed(self, tests: Mapping[str, Collection[str]]) -> Collection[str]:
        return self._loop.owed(tests)

    def _take_up(self) -> None:
        """Something has changed that concerns tests: they run, or it is said that they have not."""
        self._stir()
        if not self._loop.is_running and self._loop.next() is None:
            self._show_standing()

    def _forget(self, deleted: Sequence[str]) -> None:
        """Test files are no more."""
        for file in deleted:
            self._audience.forget(file)
        self._show_standing()

    def _lend(self, active: bool) -> None:  # noqa: FBT001 - it is what has happened
        """Give the terminal to a debugger, or take it back."""
        self._loop.is_debugging = active
        (self._screen.lend if active else self._screen.take_back)()
        self._stir()

    # Keys, and what a person at the page asks for

    def _steer(self) -> Steering:
        deeds = Deeds(
            stir=self._stir,
            redraw=self._show_standing,
            leave=self._stopping.leave,
            why=lambda: reasons.chains(self._choice, rootdir=self._root),
            open_page=lambda: self._in_background(self._audience.open_page(browser=True)),
            hold=self._runs.hold,
        )
        return Steering(
            self._loop, self._record, self._screen, self._keyboard, deeds, root=self._root
        )

    def _act(self, action: Action) -> None:
        self._steering.act(action)

    def _obey(self, command: Command) -> None:
        """Do what a person at the page asks for."""
        if command.what == "stop":
            self._stopping.stop()
        elif self._loop.ask(command.what, command.tests):
            self._stir()

    def _interrupt(self) -> None:
        """Ctrl-C: whoever types stops typing."""
        if self._keyboard.is_typing:
            self._keyboard.give_up()
        else:
            self._stopping.interrupt()

    def _stir(self) -> None:
        self._stirred.set()
        if self._stopping.going_on is not None:
            self._stopping.going_on.stir()

    # What stands around

    def _choose_runner(self, end: socket.socket | None) -> Runner:
        runner = choose_runner(self._setup, end)
        runner.on_notice = self._say
        return runner

    def _show_standing(self) -> None:
        """Show how things stand, where nothing runs."""
        mode = replace(self._loop.mode, page=self._audience.page)
        self._loop.switch(mode)
        self._stock.restate()
        standing = self._stock.standing
        if standing is not None and self._stopping.going_on is None:
            self._screen.waiting(standing, mode)
            filters = [text for text in (mode.tests, mode.files) if text]
            self._audience.wait(standing, paused=mode.paused, filters=filters)

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
