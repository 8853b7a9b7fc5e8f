"""What is saved, and what becomes of it: something runs, or it is said why nothing does.

Knows what changes concern, and that some need no run. Refuses to know disks and processes.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from livereload_sse.pytest_watch.affected import reasons
from livereload_sse.pytest_watch.affected.affected import Affected
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.runs import Runs
from livereload_sse.pytest_watch.stock import Stock
from livereload_sse.pytest_watch.unused import Unused
from livereload_sse.watch import ChangeSet


class Saves:
    """Looks into changes. `stir` is called when something is to run for one, `forget` with test files
    that are gone, `say` with a line for the terminal.
    """

    def __init__(
        self,
        affected: Affected,
        stock: Stock,
        loop: Loop,
        *,
        runs: Runs,
        stir: Callable[[], None],
        forget: Callable[[Sequence[str]], None],
        say: Callable[[str], None],
        root: str,
    ) -> None:
        self._affected = affected
        self._stock = stock
        self._loop = loop
        self._runs = runs
        self._stir = stir
        self._forget = forget
        self._say = say
        self._root = root
        self._unused = Unused(self._say_unused)

    async def follow(self, changes: AsyncIterator[ChangeSet]) -> None:
        """Take up all changes that come."""
        try:
            async for one in changes:
                self.take_up(one)
        finally:
            self._unused.drop()

    def take_up(self, changes: ChangeSet) -> None:
        """Take up one."""
        found = self._affected.look(
            changes, test_files=self._stock.files, written=self._runs.written
        )
        if found.deleted:
            self._drop(found.deleted)
        if self._loop.changed(found.choice):
            self._stir()
        elif found.same:
            self._say(reasons.same_line(found.same, rootdir=self._root))
        self._unused.note(found.choice.unused)

    def are_taken_up(self) -> None:
        """A run begins: it says what it is for."""
        self._unused.drop()

    def _drop(self, deleted: Sequence[str]) -> None:
        """Test files are no more."""
        for file in deleted:
            self._loop.forget(file)
        self._stock.forget(deleted)
        self._forget(deleted)
        for file in deleted:
            self._say(f"{Path(file).name} is gone")

    def _say_unused(self, paths: Sequence[str]) -> None:
        if not self._loop.is_running:
            self._say(reasons.unused_line(paths, rootdir=self._root))
