"""The studio of the images has a line, tells each job's reader how it goes, and forgets in time."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from livereload_sse.sse import Broadcaster

IMAGES = Path(__file__).parents[2] / "examples" / "images"


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    """The modules of the example; others have some of the same name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(IMAGES)
        names = [path.stem for path in IMAGES.glob("*.py") if path.stem != "app"]
        yield {name: import_module(name) for name in names}
        for name in names:
            del sys.modules[name]


class Painter:
    """A painter whose words a test says; what it raises, too."""

    pid = 4711

    def __init__(self) -> None:
        self.orders: list[Any] = []
        self.kills = 0
        self._said: asyncio.Queue[Any] = asyncio.Queue()

    def say(self, *told: Any) -> None:
        for one in told:
            self._said.put_nowait(one)

    async def draw(self, order: Any) -> AsyncIterator[Any]:
        self.orders.append(order)
        while True:
            told = await self._said.get()
            if isinstance(told, Exception):
                raise told
            yield told
            if type(told).__name__ in ("Finished", "Failed"):
                return

    def kill(self) -> None:
        self.kills += 1

    async def close(self) -> None:
        self.kill()


class Scene:
    """A studio with one painter, and what it is made of."""

    def __init__(self, modules: dict[str, ModuleType]) -> None:
        self.modules = modules
        self.worker = modules["worker"]
        self.painter = Painter()
        self.broadcaster = Broadcaster()
        self.now = 100.0
        self.studio = modules["studio"].Studio(
            self.broadcaster, lambda: [self.painter], clock=lambda: self.now
        )

    def ask(self, seed: int = 1) -> Any:
        return self.studio.ask(self.modules["orders"].Order(seed, "moonlit", 64, 64))

    def die(self, exit_code: int) -> None:
        self.painter.say(self.modules["painter"].PainterEndedError(exit_code))

    async def told(self, job: Any) -> list[tuple[str, Any]]:
        """All that was told of a job which is over."""
        async with asyncio.timeout(10):
            async with self.broadcaster.subscribe(job.channel, on_connect=1000) as subscription:
                return [(event.name, event.json()) async for event in subscription]


@asynccontextmanager
async def working(modules: dict[str, ModuleType]) -> AsyncIterator[Scene]:
    scene = Scene(modules)
    async with scene.studio:
        yield scene


async def settle() -> None:
    """Let the painters do what there is to do: all of it is ready, none of it waits for a clock."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_job_is_told_from_the_line_to_the_picture_and_its_channel_ends(
    modules: dict[str, ModuleType],
) -> None:
    async with working(modules) as scene:
        job = scene.ask()
        await settle()
        scene.painter.say(scene.worker.Preview(3, b"coarse"), scene.worker.Progress(40))
        await settle()
        scene.now += 4
        scene.painter.say(scene.worker.Finished(b"picture"))
        told = await scene.told(job)

    assert [(name, data and data["percent"]) for name, data in told] == [
        ("queued", 0),
        ("rendering", 0),
        ("preview", 3),
        ("rendering", 40),
        ("done", 100),
        ("end", None),
    ]
    assert told[2][1]["preview"] == f"/images/{job.id}/preview?v=1"
    assert told[4][1]["picture"] == f"/images/{job.id}/picture.png"
    assert told[4][1]["elapsed"] == 4
    assert job.picture == b"picture"


async def test_positions_move_as_others_finish_or_give_up(modules: dict[str, ModuleType]) -> None:
    async with working(modules) as scene:
        jobs = [scene.ask(seed) for seed in range(5)]
        await settle()
        assert [job.position for job in jobs] == [0, 1, 2, 3, 4]
        scene.painter.say(scene.worker.Finished(b""))
        await settle()
        assert [job.position for job in jobs] == [0, 0, 1, 2, 3]
        scene.studio.cancel(jobs[3])
        assert [job.position for job in jobs] == [0, 0, 1, 0, 2]
        scene.studio.cancel(jobs[4])
        told = await scene.told(jobs[4])

    positions = [data["position"] for name, data in told if name == "queued"]
    assert positions == [5, 4, 3, 2]  # the first stood in the line until the painter looked


async def test_a_running_job_that_is_cancelled_is_not_told_as_failed_nor_as_done(
    modules: dict[str, ModuleType],
) -> None:
    async with working(modules) as scene:
        job, after = scene.ask(), scene.ask()
        scene.painter.say(scene.worker.Progress(7))
        await settle()
        scene.studio.cancel(job)
        assert scene.painter.kills == 1
        scene.painter.say(scene.worker.Progress(8))  # it was on its way
        scene.die(-9)
        scene.studio.cancel(job)
        await settle()
        told = await scene.told(job)
        assert after.phase == "rendering"

    assert [name for name, _ in told][-2:] == ["cancelled", "end"]
    assert told[-2][1]["percent"] == 7


async def test_a_job_that_is_cancelled_while_its_process_starts_is_not_drawn(
    modules: dict[str, ModuleType],
) -> None:
    async with working(modules) as scene:
        job = scene.ask()
        await settle()
        scene.studio.cancel(job)
        scene.painter.say(scene.worker.Progress(1))  # by the process that was started meanwhile
        await settle()

        assert scene.painter.kills == 2
        assert job.phase == "cancelled"


async def test_the_death_of_a_process_is_its_pictures_failure_and_the_next_is_drawn(
    modules: dict[str, ModuleType],
) -> None:
    async with working(modules) as scene:
        job, after = scene.ask(), scene.ask()
        scene.die(-9)
        told = await scene.told(job)
        scene.painter.say(scene.worker.Finished(b""))
        await scene.told(after)

    assert told[-2][0] == "failed"
    assert "was ended by signal 9" in told[-2][1]["why"]
    assert after.phase == "done"


@pytest.mark.parametrize("how", ["failed", "no process"])
async def test_what_goes_wrong_in_a_renderer_is_shown(
    modules: dict[str, ModuleType], how: str
) -> None:
    async with working(modules) as scene:
        job = scene.ask()
        why = "KeyError: 'sepia'"
        scene.painter.say(scene.worker.Failed(why) if how == "failed" else OSError(why))
        told = await scene.told(job)

    assert told[-2][0] == "failed"
    assert why in told[-2][1]["why"]


async def test_who_comes_in_the_middle_is_told_the_present_state_and_who_comes_late_the_end(
    modules: dict[str, ModuleType],
) -> None:
    async with working(modules) as scene:
        job = scene.ask()
        scene.painter.say(scene.worker.Preview(30, b"coarse"))
        await settle()
        [(name, data)] = scene.studio.state(job)
        assert (name, data["percent"], data["preview"]) == (
            "rendering",
            30,
            f"{job.url}/preview?v=1",
        )
        assert data["worker"] == 4711

        scene.painter.say(scene.worker.Finished(b""))
        await settle()
        assert [name for name, _ in scene.studio.state(job)] == ["done"]
        assert scene.studio.table()[0][1] == [scene.studio.describe(job)]


async def test_the_line_and_the_memory_have_bounds(modules: dict[str, ModuleType]) -> None:
    studio = modules["studio"]
    async with working(modules) as scene:
        async with scene.broadcaster.subscribe("table") as table:
            first = scene.ask()
            await settle()
            for _ in range(studio.KEPT):
                scene.painter.say(scene.worker.Finished(b""))
                scene.ask()
                await settle()
            assert len(scene.studio.jobs) == studio.KEPT
            assert first.id not in scene.studio.jobs
            gone = [event async for event in _until(table, "gone")][-1]
            assert gone.json() == {"id": first.id}

        for _ in range(studio.WAITING):
            scene.ask()
        with pytest.raises(studio.LineIsFullError):
            scene.ask()
        assert len(scene.studio.jobs) == studio.KEPT


async def _until(events: Any, name: str) -> AsyncIterator[Any]:
    async for event in events:
        yield event
        if event.name == name:
            return


async def test_the_end_of_the_studio_ends_its_painters(modules: dict[str, ModuleType]) -> None:
    async with working(modules) as scene:
        scene.ask()
        await settle()

    assert scene.painter.kills == 1


def test_the_same_order_is_the_same_picture_and_another_seed_another_one(
    modules: dict[str, ModuleType],
) -> None:
    order, draw = modules["orders"].Order, modules["worker"].draw
    first, again, other = (list(draw(order(seed, "aurora", 64, 64))) for seed in (7, 7, 8))

    assert first == again
    assert first[-1] != other[-1]
    percents = [told.percent for told in first[:-1]]
    assert percents == sorted(percents)
    previews = [told.picture for told in first if isinstance(told, modules["worker"].Preview)]
    assert len(set(previews)) == len(previews) == len(modules["worker"].SHOWN)
