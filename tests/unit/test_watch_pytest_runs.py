"""Making runs, and hearing what they tell."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from livereload_sse.pytest_watch import supervising
from livereload_sse.pytest_watch.engine.run import OnMessage, Run
from livereload_sse.pytest_watch.loop import Loop
from livereload_sse.pytest_watch.messages import (
    Debugging,
    Finished,
    Message,
    Remark,
    Started,
    TestResult,
    TestStarted,
    Wrote,
)
from livereload_sse.pytest_watch.order import Order
from livereload_sse.pytest_watch.runs import Runs
from livereload_sse.pytest_watch.slate import Slate, putting_down
from livereload_sse.pytest_watch.stopping import Stopping
from livereload_sse.pytest_watch.wanted import Wanted

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.engine.runner import Runner
    from livereload_sse.pytest_watch.runs import Past


class FakeRun(Run):
    """A run without a process, which tells what each test says; interrupted or killed, it ends."""

    def __init__(self, on_message: OnMessage) -> None:
        super().__init__(on_message)
        self.signals: list[str] = []
        self.is_deaf = False
        self.last_words: list[Message] = []

    def interrupt(self, *, makes_way: bool = False) -> None:
        self.signals.append("make way" if makes_way else "interrupt")
        if self.is_deaf:
            return
        for message in self.last_words:
            self.hear(message)
        self.hear(Finished(2, 0.1))
        self.end(2)

    def kill(self) -> None:
        self.signals.append("kill")
        self.end(-9)

    def pause(self) -> None:
        self.signals.append("pause")

    def resume(self) -> None:
        self.signals.append("resume")


class FakeRunner:
    """Makes such runs."""

    def __init__(self) -> None:
        self.made: asyncio.Future[FakeRun] = asyncio.get_running_loop().create_future()

    async def run(self, _order: Order, on_message: OnMessage) -> Run:
        run = FakeRun(on_message)
        run.hear(Started(1))
        self.made.set_result(run)
        return run


class Watch:
    """Somebody who makes one run, and listens."""

    def __init__(self, limit: float | None = None, slate: str = "") -> None:
        self.loop = Loop(failures=dict)
        self.loop.begin(Wanted(cause="now"))
        self.heard: list[Message] = []
        self.debugging: list[bool] = []
        stopping = self.stopping = Stopping(self.loop, stir=self.stir, say=lambda _line: None)
        self.runs = Runs(
            stopping,
            [self],
            on_debugging=self.debugging.append,
            limit=limit,
            slate=Slate(slate),
        )

    def learn(self, message: Message) -> None:
        self.heard.append(message)

    def stir(self) -> None:
        if self.stopping.going_on is not None:
            self.stopping.going_on.stir()

    async def begin(
        self, order: Order | None = None, *, before: "Past | None" = None
    ) -> tuple[FakeRun, "asyncio.Task[Past]"]:
        runner = FakeRunner()
        made = self.runs.make(order or Order(), cast("Runner", runner), before)
        past = asyncio.create_task(made)
        run = await runner.made
        await asyncio.sleep(0)
        return run, past


async def wait_for_signal(run: FakeRun) -> None:
    while not run.signals:  # noqa: ASYNC110 - a fake has nothing to wait for
        await asyncio.sleep(0.001)


async def test_what_a_run_tells_is_handed_on_and_summed_up() -> None:
    watch = Watch()
    run, past = await watch.begin()
    told: list[Message] = [Remark("a thread was left"), Wrote(("/p/out.txt",)), Finished(1, 0.1)]
    for message in told:
        run.hear(message)
    assert watch.runs.written == {"/p/out.txt"}
    run.end(1)
    over = await past
    assert (over.ended, over.exit_code, over.remarks) == ("complete", 1, ("a thread was left",))
    assert over.tally.finished == told[-1]
    assert watch.heard == [Started(1), *told]
    assert watch.stopping.going_on is None


async def test_the_next_run_begins_with_nothing_of_the_last_one() -> None:
    watch = Watch()
    for remarks in [("one",), ()]:
        run, past = await watch.begin()
        for text in remarks:
            run.hear(Remark(text))
            run.hear(Wrote(("/p/out.txt",)))
        run.end(0)
        assert (await past).remarks == remarks
    assert watch.runs.written == set()


async def test_what_a_run_has_put_down_is_its_own_and_not_the_next_ones(tmp_path: Path) -> None:
    slate = str(tmp_path / "slate")
    watch = Watch(slate=slate)
    put_down = putting_down(slate, watch.heard.append)
    run, past = await watch.begin()
    put_down(Wrote(("/p/notes.txt",)))
    assert watch.runs.written == {slate, "/p/notes.txt"}
    put_down(Wrote(("/p/more.txt",)))
    run.end(0)
    await past
    assert watch.runs.written == {slate, "/p/notes.txt", "/p/more.txt"}
    run, past = await watch.begin()
    assert watch.runs.written == set()
    run.end(0)
    await past


async def test_a_run_whose_process_is_ended_after_its_session_keeps_its_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervising, "LINGER_TIMEOUT", 0.01)
    watch = Watch()
    run, past = await watch.begin()
    run.hear(Finished(0, 0.1))
    await asyncio.sleep(0)
    watch.loop.ask("all")
    watch.stir()
    over = await asyncio.wait_for(past, 5)
    assert run.signals == ["kill"]
    assert over.exit_code == 0


async def test_a_test_that_takes_too_long_ends_its_run() -> None:
    watch = Watch(limit=0.01)
    run, past = await watch.begin()
    run.hear(TestStarted("test_a.py::slow"))
    over = await asyncio.wait_for(past, 5)
    assert run.signals == ["interrupt"]
    said = "test_a.py::slow took longer than 0.01 s (--watch-timeout)."
    assert over.tally.broken_off == {"test_a.py::slow": said}
    assert over.culprit == "test_a.py::slow"
    assert watch.heard[-2:] == [
        TestResult("test_a.py::slow", "failed", 0.01, said),
        Finished(2, 0.1),
    ]
    assert watch.runs.culprits.tests == ("test_a.py::slow",)


async def test_what_a_test_says_that_has_had_its_time_comes_too_late() -> None:
    watch = Watch(limit=0.01)
    run, past = await watch.begin()
    run.last_words.append(TestResult("test_a.py::slow", "passed", 0.1))
    run.hear(TestStarted("test_a.py::slow"))
    over = await asyncio.wait_for(past, 5)
    assert over.tally.outcomes == {"test_a.py::slow": "failed"}
    assert watch.runs.culprits.tests == ("test_a.py::slow",)


@pytest.mark.parametrize(("exit_code", "said"), [(4, "left with exit code 4"), (-11, "SIGSEGV")])
async def test_a_test_that_ends_the_process_is_a_failure(exit_code: int, said: str) -> None:
    watch = Watch()
    run, past = await watch.begin()
    run.hear(TestStarted("test_a.py::one"))
    run.end(exit_code)
    over = await past
    assert (over.culprit, over.exit_code) == ("test_a.py::one", exit_code)
    assert over.tally.outcomes == {"test_a.py::one": "failed"}
    assert said in over.tally.broken_off["test_a.py::one"]


async def test_a_test_that_takes_too_long_and_hears_nothing_has_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervising, "TEARDOWN_TIMEOUT", 0.01)
    watch = Watch(limit=0.01)
    run, past = await watch.begin()
    run.is_deaf = True
    run.hear(TestStarted("test_a.py::slow"))
    over = await asyncio.wait_for(past, 5)
    assert run.signals == ["interrupt", "kill"]
    assert (over.culprit, over.exit_code) == ("test_a.py::slow", 1)


async def test_of_two_tests_at_once_nobody_knows_which_has_ended_the_process() -> None:
    watch = Watch()
    run, past = await watch.begin()
    run.hear(TestStarted("test_a.py::one"))
    run.hear(TestStarted("test_a.py::two"))
    run.end(-11)
    assert (await past).culprit == ""


async def test_nobody_knows_it_either_where_copies_of_the_process_run_the_tests() -> None:
    watch = Watch()
    run, past = await watch.begin(Order(jobs=2))
    run.hear(TestStarted("test_a.py::one"))
    run.end(-11)
    assert (await past).culprit == ""


async def test_a_run_that_goes_on_is_summed_up_with_the_one_before() -> None:
    watch = Watch()
    run, making = await watch.begin()
    run.hear(TestStarted("test_a.py::one"))
    run.end(4)
    before = await making
    run, making = await watch.begin(before=before)
    run.hear(TestResult("test_a.py::two", "passed", 0.1))
    run.hear(Finished(0, 0.1))
    run.end(0)
    over = await making
    assert over.tally.outcomes == {"test_a.py::one": "failed", "test_a.py::two": "passed"}
    assert (over.culprit, over.exit_code) == ("", 1), "one test has failed"
    assert over.duration > before.duration
    assert over.began_at == before.began_at


async def test_a_run_is_as_long_as_it_was_also_if_it_is_heard_of_late() -> None:
    watch = Watch()
    run, past = await watch.begin()
    run.hear(Started(1, time.time() - 3))
    run.end(0)
    assert (await past).duration >= 3


async def test_a_run_that_somebody_stops_and_ends_at_once_was_interrupted() -> None:
    watch = Watch()
    run, past = await watch.begin()
    run.is_deaf = True
    watch.stopping.interrupt()
    await wait_for_signal(run)
    watch.stopping.interrupt()
    over = await asyncio.wait_for(past, 5)
    assert run.signals == ["interrupt", "kill"]
    assert (over.ended, over.exit_code, over.culprit) == ("cancelled", 2, "")


async def test_a_session_that_is_over_keeps_its_exit_code_if_somebody_leaves_in_a_hurry() -> None:
    watch = Watch()
    run, past = await watch.begin()
    run.hear(Finished(1, 0.1))
    await asyncio.sleep(0)
    assert watch.stopping.going_on is not None
    watch.stopping.going_on.kill()
    assert (await asyncio.wait_for(past, 5)).exit_code == 1


@pytest.mark.parametrize("standing_still", ["held", "debugging"])
async def test_time_in_which_a_test_stands_still_is_not_its_own(standing_still: str) -> None:
    watch = Watch(limit=0.02)
    run, past = await watch.begin()
    run.hear(TestStarted("test_a.py::slow"))
    if standing_still == "held":
        watch.runs.hold(True)
    else:
        run.hear(Debugging(active=True))
    await asyncio.sleep(0.06)
    assert run.signals == (["pause"] if standing_still == "held" else [])
    if standing_still == "held":
        watch.runs.hold(False)
        await asyncio.wait_for(past, 5)
        assert run.signals == ["pause", "resume", "interrupt"]
    else:
        assert watch.debugging == [True]
        run.end(0)
        await past


async def test_where_nothing_runs_there_is_nothing_to_hold() -> None:
    watch = Watch()
    watch.runs.hold(True)
    watch.runs.hold(False)
