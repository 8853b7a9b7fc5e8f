"""When builds begin, and which are ended, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.loop import BuildLoop, Cancel, Request
from livereload_sse.build.triggers import FIRST_DELAY, MOST_IN_A_ROW, Loop
from tests.virtual_time import EPOCH, now, run_virtually

PROJECT = Path("/project")
A, B, C = (PROJECT / name for name in ("a.md", "b.md", "c.md"))
STAMP = PROJECT / "stamp.txt"
LONG_AGO = EPOCH - 1e5


@dataclass
class Build:
    """One build as it went, in seconds of virtual time."""

    request: Request
    began: float
    ended: float = 0.0
    finished: bool = False


@dataclass
class Play:
    """A loop whose builds take as long as they are told to, and write what they are told to."""

    duration: float = 1.0
    cancel: Cancel = "auto"
    writes: tuple[Path, ...] = ()
    builds: list[Build] = field(default_factory=list)
    told: list[Loop] = field(default_factory=list)

    async def build(self, request: Request) -> None:
        assert all(build.ended for build in self.builds), "two builds at once"
        this = Build(request, now())
        self.builds.append(this)
        try:
            await asyncio.sleep(self.duration / 10)
            if self.writes:
                self.loop.request(dict.fromkeys(self.writes, now()))
            await asyncio.sleep(self.duration * 9 / 10)
            this.finished = True
        finally:
            this.ended = now()

    async def run(self, scene: Callable[[], Awaitable[None]], *, patience: float = 1000.0) -> None:
        self.loop = BuildLoop(
            build=self.build,
            cancel=self.cancel,
            on_loop=self.told.append,
            project=PROJECT,
            clock=now,
        )
        running = asyncio.create_task(self.loop.run())
        await scene()
        await asyncio.sleep(patience)
        assert not self.loop.building
        running.cancel()
        await asyncio.wait({running})
        assert running.cancelled()

    def save(self, *paths: Path) -> None:
        """Ask for a build because of files that no build has written."""
        self.loop.request(dict.fromkeys(paths, LONG_AGO))

    @property
    def requests(self) -> list[tuple[set[Path], bool]]:
        return [(set(build.request.paths), build.finished) for build in self.builds]


def play(scene: Callable[[Play], Awaitable[None]], **settings: object) -> Play:
    """Play a scene to its end."""
    this = Play(**settings)  # type: ignore[arg-type]  # each scene names its own
    run_virtually(this.run(lambda: scene(this)))
    return this


def test_nothing_is_built_for_nothing() -> None:
    async def scene(_play: Play) -> None:
        await asyncio.sleep(100)

    assert play(scene).builds == []


def test_a_request_for_no_file_is_no_request() -> None:
    async def scene(play: Play) -> None:
        play.loop.request({})
        await asyncio.sleep(1)

    assert play(scene).builds == []


def test_a_save_is_built_at_once() -> None:
    async def scene(play: Play) -> None:
        await asyncio.sleep(5)
        play.save(A)

    (build,) = play(scene).builds

    assert build.request == Request(1, frozenset({A}), everything=False)
    assert build.began == EPOCH + 5


def test_what_is_asked_for_in_one_moment_is_one_build() -> None:
    async def scene(play: Play) -> None:
        play.save(A)
        play.save(B)
        play.loop.request({}, everything=True)

    (build,) = play(scene).builds

    assert build.request == Request(1, frozenset({A, B}), everything=True)


def test_saves_during_a_build_are_one_further_build() -> None:
    async def scene(play: Play) -> None:
        play.save(A)
        for path in (A, B, C, B):
            await asyncio.sleep(0.2)
            play.save(path)

    played = play(scene, cancel="never")

    assert played.requests == [({A}, True), ({A, B, C}, True)]
    assert played.builds[1].began == played.builds[0].ended


def test_a_file_that_is_gone_is_a_change() -> None:
    async def scene(play: Play) -> None:
        play.loop.request({A: 0})

    assert play(scene).requests == [({A}, True)]


def test_building_says_whether_a_build_runs() -> None:
    seen: list[bool] = []

    async def scene(play: Play) -> None:
        for _ in range(3):
            seen.append(play.loop.building)
            play.save(A)
            await asyncio.sleep(0.7)

    play(scene)

    assert seen == [False, True, True]


async def _build_twice(play: Play) -> None:
    """So that the loop knows how long a build takes."""
    for _ in range(2):
        play.save(A)
        await asyncio.sleep(play.duration + 1)
    play.builds.clear()


@pytest.mark.parametrize(
    ("cancel", "duration", "part", "is_ended"),
    [
        ("auto", 8.0, 0.4, True),
        ("auto", 8.0, 0.6, False),  # more than half of it is over
        ("auto", 0.9, 0.1, False),  # not worth it
        ("always", 8.0, 0.9, True),
        ("always", 0.3, 0.1, True),
        ("never", 8.0, 0.1, False),
    ],
)
def test_a_save_ends_the_build_that_runs_where_that_is_better(
    cancel: Cancel, duration: float, part: float, *, is_ended: bool
) -> None:
    async def scene(play: Play) -> None:
        await _build_twice(play)
        play.save(A)
        await asyncio.sleep(part * duration)
        play.save(B)

    played = play(scene, cancel=cancel, duration=duration)

    second = {A, B} if is_ended else {B}
    assert played.requests == [({A}, not is_ended), (second, True)]


def test_the_first_build_is_not_ended_as_nobody_knows_how_long_it_takes() -> None:
    async def scene(play: Play) -> None:
        play.save(A)
        await asyncio.sleep(1)
        play.save(B)

    assert play(scene, duration=8.0).requests == [({A}, True), ({B}, True)]


def test_two_builds_in_a_row_are_not_ended() -> None:
    async def scene(play: Play) -> None:
        await _build_twice(play)
        for path in (A, B, C):
            play.save(path)
            await asyncio.sleep(1)

    assert play(scene, duration=8.0).requests == [({A}, False), ({A, B}, True), ({C}, True)]


def test_what_was_to_be_built_whole_is_so_in_the_next_build_too() -> None:
    async def scene(play: Play) -> None:
        play.loop.request({}, everything=True)
        await asyncio.sleep(0.5)
        play.save(A)

    played = play(scene, cancel="always")

    assert [build.request.everything for build in played.builds] == [True, True]


def test_the_loop_goes_on_when_the_build_is_over_before_it_can_be_ended() -> None:
    async def scene(play: Play) -> None:
        async def unimpressed(request: Request) -> None:
            try:
                await Play.build(play, request)
            except asyncio.CancelledError:
                return

        play.loop._build = unimpressed
        play.save(A)
        await asyncio.sleep(0.5)
        play.save(B)

    assert [paths for paths, _ in play(scene, cancel="always").requests] == [{A}, {B}]


def test_a_loop_that_is_cancelled_ends_its_build_first_however_often_it_is_told() -> None:
    seen: list[str] = []

    async def build(_request: Request) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(2)
            seen.append("tidied up")

    async def scene() -> None:
        loop = BuildLoop(build=build, clock=now)
        running = asyncio.create_task(loop.run())
        loop.request({A: LONG_AGO})
        await asyncio.sleep(1)
        for _ in range(3):
            running.cancel()
            await asyncio.sleep(0.1)
        await asyncio.wait({running})
        assert seen == ["tidied up"]

    run_virtually(scene())


def test_what_a_build_fails_with_is_raised() -> None:
    async def build(_request: Request) -> None:
        raise ZeroDivisionError

    async def scene() -> None:
        loop = BuildLoop(build=build, clock=now)
        loop.request({A: LONG_AGO})
        with pytest.raises(ZeroDivisionError):
            await loop.run()

    run_virtually(scene())


@pytest.mark.parametrize("cancel", ["auto", "never", "always"])
@pytest.mark.parametrize("duration", [0.3, 20.0])
def test_a_build_that_triggers_itself_gets_rarer_and_is_explained_once(
    cancel: Cancel, duration: float
) -> None:
    async def scene(play: Play) -> None:
        play.save(A)
        await asyncio.sleep(400)
        play.writes = ()

    played = play(scene, cancel=cancel, duration=duration, writes=(STAMP,))

    assert len(played.builds) < 14
    assert [loop.paths for loop in played.told] == [(STAMP,)]
    assert [loop.ignore for loop in played.told] == [("/stamp.txt",)]
    assert played.builds[-1].finished
    with_a = [build for build in played.builds if A in build.request.paths and build.finished]
    assert with_a[0].ended < EPOCH + 200  # though each is asked to end, with "always"
    rested = [*pairwise(played.builds)][MOST_IN_A_ROW:]
    for number, (earlier, later) in enumerate(rested):
        lasted = earlier.ended - earlier.began
        delay = max(FIRST_DELAY * 2.0**number, lasted)
        assert later.began - earlier.ended == pytest.approx(delay)


def test_a_build_that_deletes_what_is_watched_triggers_itself_as_well() -> None:
    async def scene(play: Play) -> None:
        async def deleting(request: Request) -> None:
            play.loop.request({STAMP: 0})
            await Play.build(play, request)

        play.loop._build = deleting
        play.save(A)
        await asyncio.sleep(100)
        play.loop._build = play.build

    played = play(scene)

    assert len(played.builds) < 12
    assert [loop.paths for loop in played.told] == [(STAMP,)]


def test_a_wish_in_the_rest_is_built_at_once() -> None:
    async def scene(play: Play) -> None:
        play.save(A)
        await asyncio.sleep(1 + MOST_IN_A_ROW + FIRST_DELAY / 2)
        play.builds.clear()
        play.writes = ()
        play.loop.request({}, everything=True)

    (build,) = play(scene, writes=(STAMP,), cancel="never").builds

    assert build.request.everything
    assert build.began == EPOCH + 1 + MOST_IN_A_ROW + FIRST_DELAY / 2


def test_what_changes_after_the_generator_has_ended_is_not_its_doing() -> None:
    """The build is not over then: what it has written is still compared and shown."""

    async def scene(play: Play) -> None:
        for _ in range(10):
            play.loop.request({A: now()})
            await asyncio.sleep(play.duration / 5)
            play.loop.note_written()
            await asyncio.sleep(play.duration / 2)
            play.loop.request({A: now()})  # while the build goes on
            await asyncio.sleep(play.duration / 2)

    played = play(scene, cancel="never")

    assert played.told == []
    assert all(later.began - earlier.ended < 1 for earlier, later in pairwise(played.builds))


def test_a_save_in_the_rest_is_built_at_once() -> None:
    async def scene(play: Play) -> None:
        play.save(A)
        await asyncio.sleep(1 + MOST_IN_A_ROW + FIRST_DELAY / 2)
        play.builds.clear()
        play.writes = ()
        play.save(B)

    (build,) = play(scene, writes=(STAMP,), cancel="never").builds

    assert build.request.paths == {B, STAMP}
    assert build.began == EPOCH + 1 + MOST_IN_A_ROW + FIRST_DELAY / 2


@given(
    duration=st.floats(0.05, 30),
    parts=st.lists(st.floats(0.02, 0.95), min_size=1, max_size=40),
    cancel=st.sampled_from(["auto", "never", "always"]),
)
def test_who_saves_the_same_file_again_and_again_loses_no_save(
    duration: float, parts: list[float], cancel: Cancel
) -> None:
    """Somebody who saves at least once in the time of a build, whatever the builds do meanwhile."""

    async def scene(play: Play) -> None:
        for part in parts:
            await asyncio.sleep(part * duration)
            play.loop.request({A: now()})

    played = play(scene, duration=duration, cancel=cancel)

    last_save = EPOCH + duration * sum(parts)
    assert any(one.finished and one.began >= last_save - 1e-3 for one in played.builds)


@dataclass(frozen=True)
class Save:
    after: float
    paths: frozenset[Path]
    everything: bool


SAVES = st.builds(
    Save,
    st.floats(0, 5) | st.just(0.0),
    st.frozensets(st.sampled_from([A, B, C]), max_size=3),
    st.booleans(),
)


@given(
    saves=st.lists(SAVES, max_size=12),
    duration=st.floats(0.1, 6),
    cancel=st.sampled_from(["auto", "never", "always"]),
    in_builds=st.booleans(),
)
def test_all_that_is_asked_for_is_built_and_nothing_else(
    saves: list[Save], duration: float, cancel: Cancel, *, in_builds: bool
) -> None:
    asked: list[tuple[float, Save]] = []

    async def scene(play: Play) -> None:
        for save in saves:
            await asyncio.sleep(save.after)
            asked.append((now(), save))
            at = now() if in_builds else LONG_AGO
            play.loop.request(dict.fromkeys(save.paths, at), everything=save.everything)

    played = play(scene, duration=duration, cancel=cancel)

    wanted = [(at, save) for at, save in asked if save.paths or save.everything]
    assert len(played.builds) <= len(wanted)
    assert [build.request.number for build in played.builds] == [*range(1, len(played.builds) + 1)]
    for build in played.builds:
        assert build.request.paths or build.request.everything
        assert any(at <= build.began for at, _ in wanted)
    for at, save in wanted:
        assert any(
            build.finished
            and build.began >= at
            and build.request.paths >= save.paths
            and build.request.everything >= save.everything
            for build in played.builds
        )
