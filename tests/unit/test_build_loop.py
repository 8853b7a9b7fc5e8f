"""When is built: with builds that last as long as the test wants, and no process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.loop import BuildLoop, Cancel, Request

if TYPE_CHECKING:
    from livereload_sse.build.triggers import Loop

A, B, C = Path("/p/a"), Path("/p/b"), Path("/p/c")
LONG_AGO = 1.0


class Builds:
    """What the loop has asked for; each build lasts until it is told to end."""

    def __init__(self, cancel: Cancel = "never") -> None:
        self.now = 1000.0
        self.begun: list[Request] = []
        self.done: list[Request] = []
        self.ended: list[Request] = []
        self.loops: list[Loop] = []
        self.running = 0
        self._go = asyncio.Event()
        self.loop = BuildLoop(
            build=self._build,
            cancel=cancel,
            on_loop=self.loops.append,
            project=Path("/p"),
            clock=lambda: self.now,
        )

    async def _build(self, request: Request) -> None:
        self.begun.append(request)
        self.running += 1
        assert self.running == 1, "two builds at once"
        try:
            await self._go.wait()
            self.done.append(request)
        except asyncio.CancelledError:
            self.ended.append(request)
            raise
        finally:
            self._go.clear()
            self.running -= 1

    def save(self, *paths: Path, at: float = LONG_AGO) -> None:
        self.loop.request(dict.fromkeys(paths, at))

    async def begin(self, count: int) -> Request:
        """Wait until so many builds have begun."""
        await until(lambda: len(self.begun) == count)
        return self.begun[-1]

    async def finish(self, *, after: float = 1.0) -> None:
        """Let the running build end `after` seconds."""
        count = len(self.done)
        self.now += after
        self._go.set()
        await until(lambda: len(self.done) > count)
        await rest()


async def until(is_true: Callable[[], object]) -> None:
    """Let everything run until something is true; no clock is waited for."""
    for _ in range(10_000):
        if is_true():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never was")


@asynccontextmanager
async def looping(cancel: Cancel = "never") -> AsyncIterator[Builds]:
    builds = Builds(cancel)
    running = asyncio.create_task(builds.loop.run())
    try:
        yield builds
    finally:
        running.cancel()
        await asyncio.wait({running})
        assert builds.running == 0


async def rest() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_nothing_is_built_unasked() -> None:
    async with looping() as builds:
        await rest()

        assert builds.begun == []


async def test_a_save_is_one_build() -> None:
    async with looping() as builds:
        builds.save(A)
        request = await builds.begin(1)
        await builds.finish()
        await rest()

        assert request == Request(1, frozenset({A}), everything=False)
        assert len(builds.begun) == 1


async def test_everything_can_be_asked_for() -> None:
    async with looping() as builds:
        builds.loop.request({}, everything=True)

        assert (await builds.begin(1)).everything


async def test_saves_during_a_build_are_exactly_one_more_with_all_of_them() -> None:
    async with looping() as builds:
        builds.save(A)
        await builds.begin(1)
        builds.save(B)
        builds.save(C)
        builds.save(B)
        await builds.finish()
        second = await builds.begin(2)
        await builds.finish()
        await rest()

        assert second.paths == {B, C}
        assert len(builds.begun) == 2


async def test_a_build_that_is_ended_hands_its_files_to_the_next() -> None:
    async with looping("always") as builds:
        builds.save(A)
        await builds.begin(1)
        builds.save(B)
        second = await builds.begin(2)

        assert builds.ended == [builds.begun[0]]
        assert second.paths == {A, B}


async def test_a_build_of_everything_that_is_ended_is_still_owed() -> None:
    async with looping("always") as builds:
        builds.loop.request({}, everything=True)
        await builds.begin(1)
        builds.save(B)

        assert (await builds.begin(2)).everything


async def warmed_up(builds: Builds, duration: float) -> None:
    """Let the loop know how long a build takes."""
    builds.save(A)
    await builds.begin(1)
    await builds.finish(after=duration)


@pytest.mark.parametrize(
    ("duration", "elapsed", "ends"),
    [(4.0, 1.0, True), (4.0, 3.0, False), (0.9, 0.1, False)],
    ids=["in the first half", "in the second half", "of a short one"],
)
async def test_auto_ends_a_long_build_in_its_first_half(
    duration: float, elapsed: float, *, ends: bool
) -> None:
    async with looping("auto") as builds:
        await warmed_up(builds, duration)
        builds.save(A)
        await builds.begin(2)
        builds.now += elapsed
        builds.save(B)
        await rest()

        assert bool(builds.ended) is ends


async def test_auto_never_ends_two_in_a_row() -> None:
    async with looping("auto") as builds:
        await warmed_up(builds, 4.0)
        builds.save(A)
        await builds.begin(2)
        builds.save(B)
        await builds.begin(3)
        builds.save(C)
        await rest()

        assert len(builds.ended) == 1
        assert len(builds.begun) == 3


async def test_auto_lets_the_first_build_end_of_which_nothing_is_known() -> None:
    async with looping("auto") as builds:
        builds.save(A)
        await builds.begin(1)
        builds.save(B)
        await rest()

        assert builds.ended == []


async def test_a_suspected_build_waits_and_a_save_ends_the_waiting() -> None:
    async with looping() as builds:
        builds.save(A)
        for number in range(1, 5):
            await builds.begin(number)
            builds.save(A, at=builds.now)
            await builds.finish()
        await rest()
        assert len(builds.begun) == 4

        builds.save(B, at=builds.now + 1)
        request = await builds.begin(5)

        assert request.paths == {A, B}
        assert builds.loops == []


async def test_what_is_written_after_the_generator_has_ended_is_a_persons() -> None:
    async with looping() as builds:
        builds.save(A)
        for number in range(1, 8):
            await builds.begin(number)
            builds.loop.note_written()
            builds.now += 0.1
            builds.save(A, at=builds.now)
            await builds.finish()

        assert len(builds.done) == 7


async def test_what_a_build_fails_with_is_raised() -> None:
    async def fail(_request: Request) -> None:
        raise ZeroDivisionError

    loop = BuildLoop(build=fail)
    loop.request({}, everything=True)

    with pytest.raises(ZeroDivisionError):
        await loop.run()


@given(
    cancel=st.sampled_from(["never", "auto", "always"]),
    steps=st.lists(
        st.one_of(
            st.sampled_from([A, B, C]), st.floats(0.1, 5), st.just("finish"), st.just("everything")
        ),
        max_size=30,
    ),
)
def test_whatever_happens_each_save_ends_in_a_finished_build(
    cancel: Cancel, steps: list[Path | float | str]
) -> None:
    async def play() -> None:
        async with looping(cancel) as builds:
            owed: set[Path] = set()
            for step in steps:
                if isinstance(step, Path):
                    builds.save(step)
                    owed.add(step)
                elif isinstance(step, float):
                    builds.now += step
                elif step == "finish" and builds.loop.building:
                    await builds.finish()
                    owed -= builds.done[-1].paths
                elif step == "everything":
                    builds.loop.request({}, everything=True)
                await rest()
            while builds.loop.building:
                await builds.finish()
                owed -= builds.done[-1].paths
                await rest()
            assert not owed

    asyncio.run(play())
