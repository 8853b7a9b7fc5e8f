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
        self._late: list[str] = []  # unused as well, and saved while a run printed
        self._gone: dict[str, None] = {}  # deleted while a run went on

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
            changes, test_files=self._test_files, written=self._runs.written
        )
        if found.deleted:
            self._drop(found.deleted)
        for file in found.choice.files:
            self._gone.pop(file, None)
        if self._loop.changed(found.choice):
            self._stir()
        elif found.same:
            self._say(reasons.same_line(found.same, rootdir=self._root))
        self._unused.note(found.choice.unused)

    @property
    def _test_files(self) -> Sequence[str]:
        """All that can be run; none where nobody knows, as no run has come so far. Then all run."""
        is_known = self._stock.scope.is_known or self._loop.is_running
        return self._stock.files if is_known else ()

    def are_taken_up(self) -> None:
        """A run begins: it says what it is for."""
        self._unused.drop()
        self._late.clear()

    def catch_up(self) -> None:
        """A run is over, and no other one begins: say what was saved meanwhile and no test uses."""
        late, self._late = self._late, []
        if late:
            self._say_unused(list(dict.fromkeys(late)))

    def forget_again(self) -> list[str]:
        """A run is over, which may have told of test files after they were gone. Gives these."""
        gone, self._gone = [*self._gone], {}
        if gone:
            self._stock.forget(gone)
        return gone

    def _drop(self, deleted: Sequence[str]) -> None:
        """Test files are no more."""
        for file in deleted:
            self._loop.forget(file)
        if self._loop.is_running:
            self._gone.update(dict.fromkeys(deleted))
        if self._loop.is_cut:
            self._stir()
        self._stock.forget(deleted)
        self._forget(deleted)
        for file in deleted:
            self._say(f"{Path(file).name} is gone")

    def _say_unused(self, paths: Sequence[str]) -> None:
        if self._loop.is_running:
            self._late += paths
        else:
            narrowed = self._stock.scope.is_narrowed
            self._say(reasons.unused_line(paths, rootdir=self._root, is_narrowed=narrowed))
