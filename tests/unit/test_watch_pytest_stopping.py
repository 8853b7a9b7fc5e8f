"""What Ctrl-C, `q` and a signal mean."""

import asyncio

import pytest

from livereload_sse.pytest_watch import stopping as module
from livereload_sse.pytest_watch.affected.choice import Choice, Reason
from livereload_sse.pytest_watch.engine.runner import Run
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.messages import Collected
from livereload_sse.pytest_watch.stopping import Stopping
from livereload_sse.pytest_watch.supervising import Supervision
from livereload_sse.pytest_watch.wanted import Wanted

CHANGE = Choice(files={"/p/test_a.py": Reason("/p/a.py", "imports", ("/p/test_a.py", "/p/a.py"))})


class Killed(Supervision):
    """A run without a process, of which it is noted whether it was killed."""

    def __init__(self) -> None:
        super().__init__(
            Run(lambda _message: None), is_unwanted=lambda: False, is_awaited=lambda: False
        )
        self.is_killed = False

    def kill(self) -> None:
        self.is_killed = True


class Watch:
    """A watch whose first run is asked for."""

    def __init__(self) -> None:
        self.loop = Loop(failures=dict)
        self.stirs: list[str] = []
        self.said: list[str] = []
        self.stopping = Stopping(
            self.loop, stir=lambda: self.stirs.append("stir"), say=self.said.append
        )

    def begin(self) -> Killed:
        """Let a run begin."""
        self.loop.begin(self.loop.next() or Wanted(cause="now"))
        run = Killed()
        self.stopping.begin(run)
        return run


@pytest.fixture
async def watch() -> Watch:
    return Watch()


async def test_ctrl_c_stops_the_run_and_once_more_ends_it_and_leaves(watch: Watch) -> None:
    run = watch.begin()
    assert not watch.stopping.is_unwanted()
    watch.stopping.interrupt()
    assert (watch.stopping.is_unwanted(), watch.stopping.is_leaving) == (True, False)
    assert not run.is_killed
    watch.stopping.interrupt()
    assert (watch.stopping.is_leaving, run.is_killed) == (True, True)


async def test_ctrl_c_without_a_run_leaves(watch: Watch) -> None:
    watch.begin()
    watch.stopping.end()
    watch.stopping.interrupt()
    assert watch.stopping.is_leaving
    assert watch.stirs


async def test_ctrl_c_before_the_first_run_is_heard_of_stops_it(watch: Watch) -> None:
    watch.stopping.interrupt()
    assert not watch.stopping.is_leaving
    watch.begin()
    assert watch.stopping.is_unwanted()


async def test_the_second_one_before_the_first_run_is_heard_of_leaves(watch: Watch) -> None:
    watch.stopping.interrupt()
    watch.stopping.interrupt()
    assert watch.stopping.is_leaving


async def test_after_a_stop_nothing_begins_that_was_due(watch: Watch) -> None:
    watch.begin()
    watch.loop.changed(CHANGE)
    watch.stopping.stop()
    assert not watch.stopping.is_awaited()
    watch.loop.changed(CHANGE)
    assert watch.stopping.is_awaited()


async def test_the_run_after_one_that_was_stopped_is_wanted(watch: Watch) -> None:
    watch.begin()
    watch.stopping.stop()
    watch.stopping.end()
    watch.loop.end(complete=False)
    watch.loop.ask("all")
    watch.begin()
    assert not watch.stopping.is_unwanted()


async def test_to_leave_cancels_the_run_and_twice_ends_it(watch: Watch) -> None:
    run = watch.begin()
    watch.loop.changed(CHANGE)
    watch.stopping.leave()
    assert (watch.stopping.is_unwanted(), run.is_killed) == (True, False)
    assert not watch.stopping.makes_way()
    watch.stopping.leave()
    assert run.is_killed


async def test_a_run_of_a_file_that_is_deleted_is_unwanted(watch: Watch) -> None:
    watch.begin()
    watch.loop.learn(Collected(("test_a.py::one",), {"test_a.py": "/p/test_a.py"}))
    watch.loop.forget("/p/test_b.py")
    assert not watch.stopping.is_unwanted()
    watch.loop.forget("/p/test_a.py")
    assert watch.stopping.is_unwanted()
    assert watch.stopping.makes_way()
    watch.stopping.stop()
    assert not watch.stopping.makes_way()


async def test_a_run_makes_way_for_the_next_one(watch: Watch) -> None:
    watch.begin()
    watch.loop.changed(CHANGE)
    assert watch.stopping.is_unwanted()
    assert watch.stopping.makes_way()


async def test_a_change_waits_for_a_debugger_and_somebody_who_leaves_does_not(watch: Watch) -> None:
    watch.begin()
    watch.loop.is_debugging = True
    watch.stopping.stop()
    assert not watch.stopping.is_unwanted()
    watch.stopping.leave()
    assert watch.stopping.is_unwanted()


async def test_it_is_said_what_a_slow_one_is_waited_for(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    watch.begin()
    watch.stopping.stop()
    await asyncio.sleep(0.05)
    assert len(watch.said) == 1
    watch.stopping.stop()
    watch.stopping.end()
    await asyncio.sleep(0.05)
    assert len(watch.said) == 1
