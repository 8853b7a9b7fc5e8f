"""When the lookout looks."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from livereload_sse.watch import ChangeSet, Ignore, coarse_milliseconds
from livereload_sse.watch.arming import KernelWatches, Report
from livereload_sse.watch.grounds import Root
from livereload_sse.watch.listening import Listener
from livereload_sse.watch.lookout import Lookout
from tests.integration.watching import eventually, let_time_pass, watching


def start(paths: Sequence[str], *, recursive: bool, report: Report) -> KernelWatches:
    raise AssertionError(f"nothing is started here: {paths}, {recursive}, {report}")


@pytest.mark.parametrize("poll", [False, True])
def test_in_a_burst_an_overdue_idle_look_waits_unless_looking_is_all_we_have(
    tmp_path: Path,
    poll: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    def nobody(*_: object) -> None:
        return

    lookout = Lookout(
        [Root(str(tmp_path), Ignore(tmp_path), is_file=False)],
        Listener(nobody, nobody, nobody, nobody, nobody),
        start=None if poll else start,
        recursive=False,
        started_at=0,
    )
    assert lookout._wait_interval() == 0.0  # the idle look is overdue
    for n in range(20):
        lookout._settle.see(f"{n}", now=time.monotonic())

    assert (lookout._wait_interval() > 0.1) is not poll


async def test_the_moment_of_a_change_set_is_before_what_is_still_held(tmp_path: Path) -> None:
    (tmp_path / "held.html").write_text("content")
    async with watching(tmp_path) as sight:
        (tmp_path / "held.html").write_text("")
        emptied = (tmp_path / "held.html").stat().st_mtime_ns // 1_000_000
        held = sight.watcher._lookout._settle.pending
        await eventually(lambda: any(time.monotonic() > since + 0.06 for since in held.values()))
        (tmp_path / "saved.html").write_text("new")

        assert await sight.next() == {"saved.html": "added"}
        assert sight.sets[0].seen_at <= emptied
        assert await sight.next() == {"held.html": "modified"}
        assert sight.sets[1].seen_at > emptied


class Watches:
    """Kernel watches that report nothing."""

    def stop(self) -> None:
        return


def test_a_file_saved_while_it_begins_is_told_once(tmp_path: Path) -> None:
    told: list[ChangeSet] = []

    def save_between(paths: Sequence[str], *, recursive: bool, report: Report) -> KernelWatches:
        """Stand for the root alone, then be asked for everything: in between, somebody saves."""
        assert paths, (recursive, report)
        if lookout.tree.files:
            (tmp_path / "new.html").write_text("new")
        return Watches()

    def hear(changes: ChangeSet) -> None:
        told.append(changes)

    def nobody(*_: object) -> None:
        return

    (tmp_path / "old.html").write_text("old")
    (tmp_path / "folder").mkdir()
    let_time_pass()
    lookout = Lookout(
        [Root(str(tmp_path), Ignore(tmp_path), is_file=False)],
        Listener(hear, nobody, nobody, nobody, nobody),
        start=save_between,
        recursive=False,
        started_at=coarse_milliseconds(),
    )
    lookout._begin()
    while not told:
        lookout._turn()
    lookout._turn()

    kinds = [
        (change.path.name, change.kind.value) for changes in told for change in changes.changes
    ]
    assert kinds == [("new.html", "added")]
