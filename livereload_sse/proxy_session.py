"""The session of an application behind the proxy: it may be started here, and it comes and goes.

Knows when requests have to wait, when the application shows what has changed, and what is told when
it has died. Refuses to know HTTP: a connection that stands is all that is asked for.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

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

T = TypeVar("T")

RELOADER_TIMEOUT = 4.0
"""Seconds in which a reloader that is not ours ends the process after code has changed: those that
look at the files themselves do so once a second."""

FIRST_PATIENCE = 0.5
"""Seconds that a target which is not ours has to answer before it is called away."""

NOTICE_DELAY = 3.0
"""Seconds after which it is said that a command runs and nobody answers."""

PATIENCE = 10.0
"""Seconds after which requests do not wait any more for a command that has begun."""

_FIRST = asyncio.FIRST_COMPLETED


class ProxySession(AppSession):
    """Watches what an application behind the proxy is made of, and restarts it where it is ours.

    `command` starts it; None: somebody else does. `restarts`: code that has changed means a new
    process; otherwise the command, or whoever has started the target, sees to that.
    """

    _compared = frozenset[str]()
    """The app answers for itself, and says nothing of how new its code is."""

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
        super().__init__(settings, started=time.time(), grace=RELOADER_TIMEOUT, **more)
        self.gate = Gate(self._note_refusal)
        self._target = target
        self._on_output = on_output
        self._on_waiting = on_waiting
        self._restart_on = settings.restart_on
        self._printed = ""
        self._number = 0
        self._keeping: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_preparing = self._is_asked = self._is_ending = False
        self._begun = asyncio.Event()  # the process before is gone, and the next one has begun
        self._died = asyncio.Event()
        self._outdated = asyncio.Event()  # the process that starts is to be started once more
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
            self._ask()
            return self
        try:
            is_there = await answers(self._target)
        except BaseException:
            await super().__aexit__()
            raise
        if not is_there:
            self._note_refusal()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """End the command, with all of its processes, whatever else fails."""
        self.close_streams()
        async with AsyncExitStack() as ending:
            ending.push_async_callback(super().__aexit__)
            for task in (self._looking, self._keeping):
                if task is not None:
                    ending.push_async_callback(ended, task)
            ending.callback(self.gate.shut, "The proxy is ending.")
            ending.push_async_callback(ended, self._telling)  # the first one: it opens the gate
            self._is_ending = True

    def restart(self) -> None:
        """Start the command anew, because somebody asks for it."""
        self._ask()

    def _ask(self) -> None:
        """Have it started by the one task that starts it, whatever that is doing now."""
        self._is_asked = True
        self._outdated.set()
        self._stirred.set()

    def _counts(self, change: "Change") -> bool:
        return super()._counts(change) or self._is_code(change.path)

    def _act(self, changes: "ChangeSet") -> None:
        if self._restarts and any(self._is_code(one.path) for one in changes.changes):
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
        if not (code or self._is_asked or self._died.is_set()):
            return True
        if self._child is None and self._is_looking:
            return True  # nobody is there who could reload it
        self._is_preparing = True
        self._stop_looking()
        try:
            if self._is_asked or self._restarts or (self._child and self._died.is_set()):
                return await self._start_anew(tuple(sorted(map(self._name, code))))
            return await self._wait_for_reloader()
        except Exception:
            self.gate.open()  # a closed one would stay so: who is refused has somebody look
            raise
        finally:
            self._is_preparing = False

    async def _start_anew(self, files: tuple[str, ...]) -> bool:
        """End the command and start it again; False when it does not come up."""
        began, is_asked = time.monotonic(), self._is_asked
        self.gate.close()
        for event in (self._begun, self._died, self._outdated):
            event.clear()
        self._is_asked = False
        self._start_news(files)
        self._start_child()
        if not await self._wait_unless(self._wait_for_start()):
            return False
        self.gate.open()
        self._tell_success(time.monotonic() - began)
        if is_asked and self._number > 1 and not self._waiting:
            self._reload("the app was restarted")
        return True

    def _start_child(self) -> None:
        assert self._child is not None  # noqa: S101 - asked before
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep_child(self._child))
        else:
            self._child.restart()

    async def _keep_child(self, child: Child) -> None:
        try:
            await child.run()
        except Exception as error:  # noqa: BLE001 - told; the next save tries again
            self._on_notice(f"The app cannot be kept running, which is a fault of ours: {error!r}")
            self._died.set()
            self.gate.shut(f"The app cannot be kept running: {error!r}")

    async def _wait_for_start(self) -> bool:
        await self._begun.wait()
        await wait_until_it_answers(self._target)
        return True

    async def _wait_unless(
        self, work: Coroutine[None, None, T], *, is_patient: bool = False
    ) -> T | None:
        """Wait for `work`; None when the command dies first, or is to be started once more.

        Who waits long is told so, unless it is patience that is asked for.
        """
        working = asyncio.ensure_future(work)
        events = (self._died, self._outdated)
        waits = {working, *(asyncio.ensure_future(event.wait()) for event in events)}
        steps = ((NOTICE_DELAY, self._on_waiting), (PATIENCE - NOTICE_DELAY, self._send_away))
        try:
            for delay, act in () if is_patient else steps:
                if (await asyncio.wait(waits, timeout=delay, return_when=_FIRST))[0]:
                    break
                act()
            await asyncio.wait(waits, return_when=_FIRST)
        finally:
            for wait in waits:
                wait.cancel()
        if not working.done() or any(event.is_set() for event in events):
            return None
        return working.result()

    def _send_away(self) -> None:
        """Nobody has answered for long: a page that heals says so, instead of one that hangs."""
        self.gate.shut(f"The app has begun, and nothing answers at {self._target.origin} yet.")

    async def _wait_for_reloader(self) -> bool:
        """Wait until whoever reloads the target has done so, or has not."""
        leaving = wait_until_it_leaves(self._target, self._grace)
        has_left = await self._wait_unless(leaving, is_patient=True)
        if has_left:
            self.gate.close()
            has_left = await self._wait_unless(self._wait_for_next())
        if has_left is None:
            return False
        self.gate.open()
        return True

    async def _wait_for_next(self) -> bool:
        await wait_until_the_next_answers(self._target)
        return True

    def _note_refusal(self) -> None:
        """Nobody listens: requests wait, and somebody looks when that changes."""
        if self._died.is_set() or self._is_ending:
            return
        self.gate.close()
        # Who prepares opens it in the end, and knows whom to wait for.
        if not (self._is_preparing or self._is_looking):
            self._looking = asyncio.create_task(self._look_for_it())

    @property
    def _is_looking(self) -> bool:
        return self._looking is not None and not self._looking.done()

    def _stop_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()

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
            self._reload("the app is there")
            self.gate.open()
        except Exception:
            self.gate.open()
            raise
        finally:
            waiting.cancel()

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
        """The command has ended by itself, unless that was what it is waited for."""
        if not self._begun.is_set():
            return
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
