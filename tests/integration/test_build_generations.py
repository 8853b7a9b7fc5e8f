"""The outputs of builds on a real disk: what is live, what is told, what is left behind."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereload_sse.build import generations as module
from livereload_sse.build.generations import Generations
from livereload_sse.build.manifest import Entry, scan
from livereload_sse.build.workspace import Workspace, remove
from livereload_sse.errors import EmptyOutputError
from tests.integration.generating import Clock, Site, add, read, show_fresh, told, write


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "project", above=tmp_path) as entered:
        yield entered


@pytest.fixture
def generations(workspace: Workspace, clock: Clock) -> Generations:
    return Generations(workspace, memory=None, clock=clock)


async def test_a_fresh_output_becomes_the_generation_itself(generations: Generations) -> None:
    staging = add(generations.stage(), {"index.html": "one"})

    assert told(await generations.show(staging)) == ["added index.html"]
    assert generations.live == staging
    assert generations.files == 1


async def test_of_many_rewritten_files_only_those_that_differ_are_told(
    generations: Generations,
) -> None:
    site = {f"{number}/index.html": str(number) for number in range(230)}
    await show_fresh(generations, site)

    assert await show_fresh(generations, site | {"7/index.html": "new"}) == [
        "modified 7/index.html"
    ]


async def test_nothing_is_told_when_all_bytes_are_the_same(generations: Generations) -> None:
    await show_fresh(generations, {"index.html": "one"})

    assert await show_fresh(generations, {"index.html": "one"}) == []


_TREES = st.dictionaries(
    st.sampled_from(["index.html", "a", "a/b", "a/b/c", "B", "b", "é.html", "x/1", "x/2"]),
    st.sampled_from(["1", "2", "33"]),
    min_size=1,
).filter(lambda site: not any(f"{path}/" in other for path in site for other in site))


@pytest.mark.parametrize("way", ["fresh", "in place", "of the user"])
def test_whatever_is_built_is_live_then_and_its_differences_are_told(way: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(_TREES, min_size=1, max_size=5))
    def check(sites: list[Site]) -> None:
        asyncio.run(_check_builds(way, sites))

    check()


async def _check_builds(way: str, sites: list[Site]) -> None:
    with tempfile.TemporaryDirectory() as above:
        (users := Path(above, "user")).mkdir()
        with Workspace(Path(above), above=Path(above)) as workspace:
            generations = Generations(workspace, memory=None, clock=lambda: 1)
            before: Site = {}
            for site in sites:
                place = {"fresh": generations.stage, "in place": generations.stage_in_place}
                output = place[way]() if way in place else users
                differences = await generations.show(write(output, site))
                assert read(generations.live) == site
                assert {one.path.as_posix() for one in differences} == {
                    path for path in before.keys() | site if before.get(path) != site.get(path)
                }
                before = site


async def test_each_switch_is_told_at_once_and_with_the_finished_folder(
    generations: Generations,
) -> None:
    seen: list[Site] = []
    generations.on_switch = lambda folder: seen.append(read(folder))

    await show_fresh(generations, {"index.html": "one"})
    await show_fresh(generations, {"index.html": "two"})

    assert seen == [{"index.html": "one"}, {"index.html": "two"}]


async def test_an_output_that_is_empty_or_missing_leaves_the_site_as_it_was(
    generations: Generations,
) -> None:
    await show_fresh(generations, {"index.html": "one"})
    empty = generations.stage()
    (empty / "folder").mkdir()

    missing = generations.stage()
    missing.rmdir()
    for output in (empty, missing, generations.stage_in_place()):
        with pytest.raises(EmptyOutputError, match=r"\{output\}"):
            await generations.show(output)

    assert read(generations.live) == {"index.html": "one"}
    assert not empty.exists()


async def test_what_a_failed_build_has_left_is_removed(generations: Generations) -> None:
    staging = add(generations.stage(), {"index.html": "half"})

    await generations.discard(staging)

    assert not staging.exists()


async def test_readers_see_whole_sites_while_they_are_switched(generations: Generations) -> None:
    """A request that has begun with a generation ends with it: two more may come meanwhile."""
    await show_fresh(generations, {"a.html": "0", "b.html": "0"})
    over = asyncio.Event()

    async def keep_reading() -> int:
        count = 0
        while not over.is_set():
            folder = generations.live
            assert folder is not None
            first = (folder / "a.html").read_text()
            await asyncio.sleep(0)
            assert (folder / "b.html").read_text() == first
            count += 1
        return count

    readers = [asyncio.create_task(keep_reading()) for _ in range(5)]
    for number in range(1, 40):
        await show_fresh(generations, {"a.html": str(number), "b.html": str(number)})
    over.set()

    assert min(await asyncio.gather(*readers)) > 40


async def test_a_generation_outlives_two_switches(generations: Generations) -> None:
    await show_fresh(generations, {"index.html": "0"})
    begun_with = generations.live
    for number in ("1", "2"):
        await show_fresh(generations, {"index.html": number})

    assert read(begun_with) == {"index.html": "0"}


@pytest.mark.parametrize("in_place", [True, False])
async def test_the_disk_does_not_fill_up(
    generations: Generations, workspace: Workspace, *, in_place: bool
) -> None:
    for number in range(50):
        output = generations.stage_in_place() if in_place else generations.stage()
        await generations.show(add(output, {"index.html": str(number)}))
        sites = [path for path in workspace.path.iterdir() if path.name.startswith("site-")]
        assert len(sites) <= 4  # the live one, two before it, and one that is being removed

    assert read(generations.live) == {"index.html": "49"}


async def test_what_differs_is_told_before_old_generations_are_removed(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To remove thousands of files takes longer than to compare them, and a tab waits for neither."""
    told_first, removed = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def remove(_path: Path) -> None:
        asyncio.run_coroutine_threadsafe(told_first.wait(), loop).result(10)
        loop.call_soon_threadsafe(removed.set)

    monkeypatch.setattr(module, "remove", remove)
    async with asyncio.timeout(5):
        for number in range(4):
            await show_fresh(generations, {"index.html": str(number)})
        told_first.set()
        await removed.wait()


@pytest.mark.parametrize("in_place", [True, False])
async def test_who_is_cancelled_while_showing_leaves_nothing(
    generations: Generations,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    *,
    in_place: bool,
) -> None:
    await show_fresh(generations, {"index.html": "one"})
    place = generations.stage_in_place()
    before = set(workspace.path.iterdir())
    output = add(place if in_place else generations.stage(), {"index.html": "two"})
    loop, begun, cancelled = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def scan_late(folder: Path, *, known: dict[str, Entry]) -> dict[str, Entry]:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(cancelled.wait(), loop).result(10)
        return scan(folder, known=known)

    monkeypatch.setattr(module, "scan", scan_late)
    showing = asyncio.create_task(generations.show(output))
    await begun.wait()
    showing.cancel()
    cancelled.set()

    with pytest.raises(asyncio.CancelledError):
        await showing
    assert set(workspace.path.iterdir()) == before
    assert read(generations.live) == {"index.html": "one"}


async def test_old_generations_are_removed_one_at_a_time(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where removing takes longer than building, the disk would fill up."""
    now, most = 0, 0

    def remove_slowly(path: Path) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        time.sleep(0.05)
        remove(path)
        now -= 1

    monkeypatch.setattr(module, "remove", remove_slowly)
    for number in range(8):
        await show_fresh(generations, {"index.html": str(number)})

    assert most == 1


async def test_what_is_live_may_be_shown_again(generations: Generations) -> None:
    """It is a folder like any other by then: it is copied, and may be removed in its time."""
    await show_fresh(generations, {"index.html": "one"})
    for _ in range(5):
        assert generations.live is not None
        assert await generations.show(generations.live) == ()

    assert read(generations.live) == {"index.html": "one"}
