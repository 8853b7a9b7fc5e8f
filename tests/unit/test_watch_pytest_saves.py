"""What becomes of saved files."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, cast

import pytest

from livereload_sse.pytest_watch import unused
from livereload_sse.pytest_watch.affected.affected import Finding
from livereload_sse.pytest_watch.affected.choice import Choice, Reason
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.messages import Collected
from livereload_sse.pytest_watch.saves import Saves
from livereload_sse.pytest_watch.stock import Stock
from livereload_sse.pytest_watch.wanted import Wanted
from livereload_sse.watch import ChangeSet

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.affected.affected import Affected
    from livereload_sse.pytest_watch.runs import Runs

A = "/p/test_a.py"
HERE = __file__  # it exists
NOTHING = ChangeSet(frozenset())


class Desk:
    """Somebody who saves, and sees what is said; all tests have run."""

    def __init__(self) -> None:
        self.finding = Finding()
        self.said: list[str] = []
        self.done: list[str] = []
        self.written = frozenset[str]()
        self.stock = Stock(Record(rootdir="/p"))
        self.loop = Loop(failures=dict)
        self.loop.begin(Wanted(cause="first"))
        collected = Collected(("test_a.py::a",), {"test_a.py": A})
        self.loop.learn(collected)
        self.stock.scope.learn(collected)
        self.loop.end(complete=True)
        self.saves = Saves(
            cast("Affected", self),
            self.stock,
            self.loop,
            runs=cast("Runs", self),
            stir=lambda: self.done.append("stir"),
            forget=lambda files: self.done.append(f"forget {', '.join(files)}"),
            say=self.said.append,
            root="/p",
        )

    def look(self, _changes: ChangeSet, *, test_files: Sequence[str], written: object) -> Finding:
        assert (test_files, written) == ((A,), self.written)
        return self.finding

    def save(self, finding: Finding) -> None:
        self.finding = finding
        self.saves.take_up(NOTHING)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(unused, "DELAY", 0.01)
    return Desk()


def change(*unused: str) -> Finding:
    reason = Reason("/p/a.py", "imports", (A, "/p/a.py"))
    return Finding(Choice(changed=("/p/a.py",), files={A: reason}, unused=unused))


async def test_a_change_that_concerns_tests_has_them_run(desk: Desk) -> None:
    desk.save(change())
    assert desk.done == ["stir"]
    wanted = desk.loop.next()
    assert wanted is not None
    assert wanted.files == frozenset({A})


async def test_it_is_said_where_nothing_has_changed(desk: Desk) -> None:
    desk.save(Finding(same=("/p/a.py",)))
    assert desk.said == ["a.py: same code as before, nothing to run"]
    assert desk.done == []


async def test_it_is_said_what_no_test_uses(desk: Desk) -> None:
    desk.save(Finding(Choice(unused=(HERE,))))
    await asyncio.sleep(0.05)
    assert [line.startswith("no test uses ") for line in desk.said] == [True]


async def test_where_a_run_begins_it_says_what_it_is_for(desk: Desk) -> None:
    desk.save(change(HERE))
    desk.saves.are_taken_up()
    await asyncio.sleep(0.05)
    assert desk.said == []


async def test_while_a_run_prints_nothing_is_said_between(desk: Desk) -> None:
    desk.save(Finding(Choice(unused=(HERE,))))
    desk.loop.begin(Wanted(cause="now"))
    await asyncio.sleep(0.05)
    assert desk.said == []


async def test_what_no_test_uses_is_said_once_the_run_is_over_in_which_it_was_saved(
    desk: Desk,
) -> None:
    for _ in range(2):
        desk.loop.begin(Wanted(cause="now"))
        desk.saves.are_taken_up()
        desk.save(Finding(Choice(unused=(HERE,))))
        await asyncio.sleep(0.05)
        assert desk.said == []
        desk.loop.end(complete=True)
    desk.saves.catch_up()
    desk.saves.catch_up()
    desk.loop.begin(Wanted(cause="now"))
    desk.save(Finding(Choice(unused=(HERE,))))
    await asyncio.sleep(0.05)
    desk.loop.end(complete=True)
    desk.saves.are_taken_up()  # another one begins
    desk.saves.catch_up()
    assert [line.startswith("no test uses ") for line in desk.said] == [True]


async def test_a_file_that_is_deleted_under_a_run_ends_it_and_is_forgotten_when_it_is_over(
    desk: Desk,
) -> None:
    desk.loop.begin(Wanted(cause="now"))
    collected = Collected(("test_a.py::a",), {"test_a.py": A})
    desk.loop.learn(collected)
    desk.save(Finding(deleted=(A,)))
    assert desk.loop.is_cut
    assert desk.done == ["stir", f"forget {A}"]
    desk.stock.scope.learn(collected)  # what the run tells late
    desk.loop.end(complete=False)
    assert desk.saves.forget_again() == [A]
    assert desk.stock.files == ()
    assert desk.saves.forget_again() == []


async def test_a_file_that_is_there_again_is_not_forgotten(desk: Desk) -> None:
    desk.loop.begin(Wanted(cause="now"))
    desk.save(Finding(deleted=(A,)))
    desk.stock.scope.learn(Collected(("test_a.py::a",), {"test_a.py": A}))
    desk.save(change())
    assert desk.saves.forget_again() == []


async def test_a_test_file_that_is_gone_is_left_to_nobody(desk: Desk) -> None:
    desk.save(change())
    desk.save(Finding(deleted=(A,)))
    assert desk.said == ["test_a.py is gone"]
    assert desk.done == ["stir", f"forget {A}"]
    assert desk.loop.left == frozenset()
    assert desk.stock.files == ()


async def test_all_changes_are_followed_and_nothing_is_said_after_the_end(desk: Desk) -> None:
    async def changes() -> AsyncIterator[ChangeSet]:
        yield NOTHING
        yield NOTHING

    desk.finding = Finding(Choice(unused=(HERE,)), same=("/p/a.py",))
    await desk.saves.follow(changes())
    await asyncio.sleep(0.05)
    assert desk.said == ["a.py: same code as before, nothing to run"] * 2
