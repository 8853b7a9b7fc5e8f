"""What each key does.

Knows the loop's wishes and switches. Refuses to know runs and processes: whoever runs them is told
that something has been asked for.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.screen.bindings import Action
from livereload_sse.pytest_watch.screen.keyboard import Keyboard
from livereload_sse.pytest_watch.screen.screen import Screen
from livereload_sse.pytest_watch.screen.standing import Mode
from livereload_sse.pytest_watch.snapshots import find_update_arguments
from livereload_sse.pytest_watch.wanted import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: dict[Cause, str] = {
    "failed": "Nothing failed when it last ran.",
    "debug": "Nothing failed when it last ran, so there is nothing to debug.",
    "affected": "All tests have run since the last change.",
}
"""What is said where there is nothing to run for a wish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What keys do that is not the loop's."""

    stir: Callable[[], None]
    """Something is wanted, or is wanted no more."""
    redraw: Callable[[], None]
    """What is switched on has changed, and nothing runs for it."""
    leave: Callable[[], None]
    why: Callable[[], list[str]]
    open_page: Callable[[], None]
    hold: Callable[[bool], None]
    """Hold what runs, or let it go on: somebody types where it prints."""


class Steering:
    """Does what actions mean."""

    def __init__(
        self,
        loop: Loop,
        record: Record,
        screen: Screen,
        keyboard: Keyboard,
        deeds: Deeds,
        *,
        root: str,
    ) -> None:
        self._root = root
        self._loop = loop
        self._record = record
        self._screen = screen
        self._keyboard = keyboard
        self._deeds = deeds
        self._meanings: Mapping[Action, Callable[[], None]] = {
            "run": partial(self.ask, "now"),
            "all": partial(self.ask, "all"),
            "last": partial(self.ask, "last"),
            "cold": partial(self.ask, "cold"),
            "debug": partial(self.ask, "debug"),
            "failed": self._toggle_failed,
            "affected": self._follow_changes,
            "snapshots": self._update_snapshots,
            "tests": partial(self._type, "tests"),
            "files": partial(self._type, "files"),
            "clear": self._clear,
            "stop": self._toggle_stop,
            "pause": self._toggle_pause,
            "screen": self._toggle_screen,
            "why": self._say_why,
            "page": deeds.open_page,
            "help": self._help,
            "quit": deeds.leave,
        }

    def act(self, action: Action) -> None:
        """Do it."""
        self._meanings[action]()

    @property
    def without(self) -> tuple[Action, ...]:
        """The keys that can do nothing here."""
        return () if find_update_arguments() else ("snapshots",)

    def ask(self, cause: Cause) -> None:
        """Have something run."""
        if self._loop.ask(cause):
            self._deeds.stir()
        else:
            self._screen.note(NOTHING.get(cause, "Nothing has run yet."))

    def _toggle_failed(self) -> None:
        """Only what failed, until the key is pressed again: on saves, too."""
        on = not self._loop.mode.failed_only
        self._loop.switch(replace(self._loop.mode, failed_only=on))
        if on:
            self.ask("failed")
        elif self._loop.ask("affected"):
            self._deeds.stir()  # what was left out meanwhile
        self._deeds.redraw()

    def _follow_changes(self) -> None:
        """Back to what changes affect; what they did meanwhile is run."""
        self._loop.switch(replace(self._loop.mode, failed_only=False))
        self.ask("affected")
        self._deeds.redraw()

    def _update_snapshots(self) -> None:
        if find_update_arguments():
            self.ask("snapshots")
        else:
            self._screen.note("No plugin for snapshots is installed.")

    def _clear(self) -> None:
        mode = self._loop.mode
        cleared = replace(mode, tests="", files="", failed_only=False)
        if cleared == mode:
            return
        self._loop.switch(cleared)
        if self._loop.ask("affected"):
            self._deeds.stir()
        self._deeds.redraw()

    def _toggle_stop(self) -> None:
        self._switch("stop", replace(self._loop.mode, stop_first=not self._loop.mode.stop_first))

    def _toggle_pause(self) -> None:
        self._switch("pause", replace(self._loop.mode, paused=not self._loop.mode.paused))
        self._deeds.stir()

    def _toggle_screen(self) -> None:
        self._screen.clears = not self._screen.clears
        self._switch("screen", replace(self._loop.mode, clears=self._screen.clears))

    def _switch(self, action: Action, mode: Mode) -> None:
        self._loop.switch(mode)
        self._screen.switched(action, mode)
        self._deeds.redraw()

    def _say_why(self) -> None:
        self._screen.block(self._deeds.why() or ["All tests run, or none has yet."])

    def _help(self) -> None:
        self._screen.help(self._loop.mode, without=self.without)

    def _type(self, action: Action) -> None:
        """Let a filter be typed; it holds until it is cleared."""
        mode, of_tests = self._loop.mode, action == "tests"
        names = self._tests() if of_tests else map(self._short, self._record.files)
        self._deeds.hold(True)
        self._keyboard.ask(
            "tests" if of_tests else "files",
            sorted(names),
            mode.tests if of_tests else mode.files,
            lambda text: self._typed(action, text),
        )

    def _typed(self, action: Action, text: str | None) -> None:
        self._deeds.hold(False)
        mode = self._loop.mode
        if text is not None and text != (mode.tests if action == "tests" else mode.files):
            changed = replace(mode, tests=text) if action == "tests" else replace(mode, files=text)
            self._loop.switch(changed)
            self.ask("all" if text else "affected")
        self._deeds.redraw()

    def _tests(self) -> list[str]:
        return [test for file in self._record.files for test in self._record.tests_of(file)]

    def _short(self, file: str) -> str:
        return os.path.relpath(file, self._root).replace(os.sep, "/")
