"""The session of an application behind the proxy: it may be started here, and it comes and goes.

Knows when requests have to wait, when the application shows what has changed, and what is told when
it has died. Refuses to know HTTP: a connection that stands is all that is asked for.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from livereload_sse.app_session import CODE, AppSession
from livereload_sse.build.child import Child
from livereload_sse.build.editor import find_editor
from livereload_sse.build.news import Failed, Started, Succeeded
from livereload_sse.build.report import make_report
from livereload_sse.build.results import OUTPUT_LIMIT, Finished
from livereload_sse.builds import Builds, read_source
from livereload_sse.session import ended
from livereload_sse.web.gate import Gate
from livereload_sse.web.target import (
    answers,
    wait_until_it_answers,
    wait_until_it_leaves,
    wait_until_the_next_answers,
)

if TYPE_CHECKING:
    from livereload_sse.build.command import Command
    from livereload_sse.build.news import News
    from livereload_sse.settings import Settings
    from livereload_sse.watch import Change, ChangeSet
    from livereload_sse.web.target import Target

RELOADER_TIMEOUT = 4.0
"""Seconds in which a reloader that is not ours ends the process after code has changed: those that
look at the files themselves do so once a second."""

FIRST_PATIENCE = 0.5
"""Seconds that a target which is not ours has to answer before it is called away."""

NOTICE_DELAY = 3.0
"""Seconds after which it is said that a command runs and nobody answers."""

PATIENCE = 10.0
"""Seconds after which requests do not wait any more for a command that has begun."""


class ProxySession(AppSession):
    """Watches what an application behind the proxy is made of, and restarts it where it is ours.

    `command` starts it; None: somebody else does. `restarts`: code that has changed means a new
    process; otherwise the command, or whoever has started the target, sees to that.
    """

    def __init__(
        self,
        settings: "Settings",
        target: "Target",
        *,
        command: "Command | None" = None,
        on_output: Callable[[str], None] = lambda _text: None,
        on_news: "Callable[[News], None]" = lambda _news: None,
        on_waiting: Callable[[], None] = lambda: None,
        **more: Any,
    ) -> None:
        super().__init__(settings, started=time.time(), **more)
        self.gate = Gate(self._note_refusal)
        self._target = target
        self._on_output = on_output
        self._on_waiting = on_waiting
        self._restart_on = settings.restart_on
        self._printed = ""
        self._number = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._looking: asyncio.Task[None] | None = None
        self._is_preparing = False
        self._begun = asyncio.Event()  # the process before is gone, and the next one has begun
        self._died = asyncio.Event()
        self._outdated = asyncio.Event()  # code has changed since the process began
        self._child: Child | None = None
        self._restarts = command is not None and settings.restart
        if command is not None:
            self._begin_command(command, settings, on_news)

    def _begin_command(
        self, command: "Command", settings: "Settings", on_news: "Callable[[News], None]"
    ) -> None:
        self._child = Child(
            command,
            say=self._hear,
            on_exit=self._note_exit,
            on_start=self._note_start,
            revives=False,
        )
        self.builds = Builds(
            command.shown(),
            project=self.root,
            editor=find_editor(settings.editor),
            publish=self._publish,
            on_news=on_news,
            rebuild=self.restart,
        )

    async def __aenter__(self) -> Self:
        """Start the command, and watch."""
        await super().__aenter__()
        if self._child is not None:
            self.gate.close()
            self._tasks = [asyncio.create_task(self._child.run())]
            self._is_preparing = True
            self._tasks.append(asyncio.create_task(self._see_first_start()))
        elif not await answers(self._target):
            self._note_refusal()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """End the command, with all of its processes."""
        self.close_streams()
        self.gate.shut("The proxy is ending.")
        for task in (*self._tasks, *([self._looking] if self._looking else [])):
            await ended(task)
        await super().__aexit__(*exception)

    def restart(self) -> None:
        """Start the command anew, because somebody asks for it."""
        restarting = asyncio.create_task(self._restart_and_tell())
        self._tasks.append(restarting)
        restarting.add_done_callback(self._tasks.remove)

    async def _restart_and_tell(self) -> None:
        self._is_preparing = True
        try:
            if await self._start_anew(()):
                self.reload("the app was restarted")
        finally:
            self._is_preparing = False

    async def _see_first_start(self) -> None:
        """See the command through its first start."""
        try:
            self._start_news(())
            await self._see_it_start(time.monotonic())
        finally:
            self._is_preparing = False

    def _counts(self, change: "Change") -> bool:
        return super()._counts(change) or self._is_code(change.path)

    def _act(self, changes: "ChangeSet") -> None:
        if any(self._is_code(one.path) for one in changes.changes):
            self._outdated.set()
        super()._act(changes)

    def _is_code(self, path: Path) -> bool:
        """Whether a file means a new process."""
        if path.suffix in CODE:
            return True
        names = (path.name, self._name(path))
        return any(fnmatch(name, pattern) for pattern in self._restart_on for name in names)

    async def _prepare(self) -> bool:
        code = [one.path for one in self._waiting.changes if self._is_code(one.path)]
        if not code and not self._died.is_set():
            return True
        self._is_preparing = True
        try:
            if self._restarts or (self._child is not None and self._died.is_set()):
                return await self._start_anew(tuple(sorted(map(self._name, code))))
            return await self._wait_for_reloader()
        finally:
            self._is_preparing = False

    async def _start_anew(self, files: tuple[str, ...]) -> bool:
        """End the command and start it again; False when it does not come up."""
        assert self._child is not None  # noqa: S101 - asked before
        began = time.monotonic()
        self.gate.close()
        self._begun.clear()
        self._died.clear()
        self._outdated.clear()
        self._printed = ""
        self._start_news(files)
        self._child.restart()
        await self._begun.wait()
        return await self._see_it_start(began)

    async def _see_it_start(self, began: float) -> bool:
        """Wait until the command answers, has died, or is to be started once more."""
        answers_now = await self._wait_unless(
            wait_until_it_answers(self._target), self._died, self._outdated
        )
        if answers_now:
            self.gate.open()
            self._tell_success(time.monotonic() - began)
        return answers_now

    async def _wait_unless(self, work: Coroutine[None, None, None], *events: asyncio.Event) -> bool:
        """Wait for `work`; False when one of the events comes first. Who waits long is told so."""
        working = asyncio.ensure_future(work)
        waits = {working, *(asyncio.ensure_future(event.wait()) for event in events)}
        try:
            for delay, act in (
                (NOTICE_DELAY, self._on_waiting),
                (PATIENCE - NOTICE_DELAY, self._send_away),
                (None, lambda: None),
            ):
                done, _ = await asyncio.wait(
                    waits, timeout=delay, return_when=asyncio.FIRST_COMPLETED
                )
                if done:
                    break
                act()
        finally:
            for wait in waits:
                wait.cancel()
        return working in done and not any(event.is_set() for event in events)

    def _send_away(self) -> None:
        """Nobody has answered for long: a page that heals says so, instead of one that hangs."""
        self.gate.shut(f"The app has begun, and nothing answers at {self._target.origin} yet.")

    async def _wait_for_reloader(self) -> bool:
        """Wait until whoever reloads the target has done so, or has not."""
        if not await wait_until_it_leaves(self._target, RELOADER_TIMEOUT):
            return True
        if self._died.is_set():
            return False
        self.gate.close()
        if not await self._wait_unless(wait_until_the_next_answers(self._target), self._died):
            return False
        self.gate.open()
        return True

    def _note_refusal(self) -> None:
        """Nobody listens: requests wait, and somebody looks when that changes."""
        if self._is_preparing or self._died.is_set():
            return
        self.gate.close()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_for_it())

    async def _look_for_it(self) -> None:
        """Wait until the target is back, and have the tabs come back as well."""
        waiting = asyncio.ensure_future(wait_until_it_answers(self._target))
        try:
            _, missing = await asyncio.wait({waiting}, timeout=FIRST_PATIENCE)
            if missing:
                self._on_waiting()
                self.gate.shut(
                    f"Nothing answers at {self._target.origin} yet. Start the app there."
                )
            await waiting
        finally:
            waiting.cancel()
        self.reload("the app is there")
        self.gate.open()

    def _hear(self, text: str) -> None:
        self._printed = (self._printed + text)[-OUTPUT_LIMIT:]
        self._on_output(text)

    def _note_start(self) -> None:
        """The process before is gone: neither its last line nor its colour goes on in the next one."""
        if self._printed:
            self._on_output("\x1b[0m" if self._printed.endswith("\n") else "\x1b[0m\n")
        self._printed = ""
        self._begun.set()

    def _note_exit(self, finished: Finished) -> None:
        """The command has ended by itself."""
        self._died.set()
        report = make_report(finished, project=self.root, read=read_source)
        self.gate.shut(f"The app has ended: {report.title}")
        if self.builds is not None:
            self.builds.tell(
                Failed(
                    max(1, self._number),
                    self.builds.command,
                    finished.ending,
                    finished.exit_code,
                    finished.duration,
                    shown=False,
                    report=report,
                )
            )

    def _start_news(self, files: tuple[str, ...]) -> None:
        self._number += 1
        if self.builds is not None:
            self.builds.tell(
                Started(self._number, self.builds.command, files, None, doing="Restarting")
            )

    def _tell_success(self, duration: float) -> None:
        if self.builds is not None:
            self.builds.tell(
                Succeeded(
                    self._number, duration, changed=0, pages=0, files=0, first=self._number == 1
                )
            )
