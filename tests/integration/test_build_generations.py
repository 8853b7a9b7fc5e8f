"""The outputs of builds on a real disk: what is live, what is different, what is left behind."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereload_sse.build import generations as module
from livereload_sse.build.generations import Generations
from livereload_sse.build.manifest import Difference
from livereload_sse.build.workspace import Workspace
from livereload_sse.errors import EmptyOutputError

Site = dict[str, str]

INDEX = PurePosixPath("index.html")


class Clock:
    """Milliseconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000

    def __call__(self) -> int:
        return self.now


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


def write(folder: Path, site: Site) -> Path:
    """Make a folder hold exactly these files."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return add(folder, site)


def add(folder: Path, site: Site) -> Path:
    for name, text in site.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, errors="surrogateescape")
    return folder


def read(folder: Path | None) -> Site:
    assert folder is not None
    return {
        path.relative_to(folder).as_posix(): path.read_text(errors="surrogateescape")
        for path in folder.rglob("*")
        if path.is_file()
    }


def told(differences: tuple[Difference, ...]) -> list[str]:
    return [f"{one.kind} {one.path}" for one in differences]


async def show_fresh(generations: Generations, site: Site) -> list[str]:
    return told(await generations.show(add(generations.stage(), site)))


# What is shown


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

    for output in (empty, generations.stage() / "missing", generations.stage_in_place()):
        with pytest.raises(EmptyOutputError, match=r"\{output\}"):
            await generations.show(output)

    assert read(generations.live) == {"index.html": "one"}


async def test_what_a_failed_build_has_left_is_removed(generations: Generations) -> None:
    staging = add(generations.stage(), {"index.html": "half"})

    await generations.discard(staging)

    assert not staging.exists()


# A generator that writes in place


async def test_writing_in_place_never_touches_what_is_served(generations: Generations) -> None:
    """Some truncate a file and write it anew, so what is served may not be the same file."""
    place = add(generations.stage_in_place(), {"index.html": "one", "same.html": "same"})
    await generations.show(place)
    for text in ("two", "three"):
        live = generations.live
        for name in ("index.html", "same.html"):
            with (generations.stage_in_place() / name).open("w") as file:
                assert read(live)["same.html"] == "same"
                file.write(text if name == "index.html" else "same")
        assert read(live)["index.html"] != text
        await generations.show(place)
        assert read(generations.live) == {"index.html": text, "same.html": "same"}


async def test_the_working_folder_shares_no_file_with_a_generation(
    generations: Generations,
) -> None:
    place = add(generations.stage_in_place(), {"index.html": "one"})
    await generations.show(place)
    await generations.reseed()
    await generations.show(place)

    assert generations.live is not None
    assert not (place / INDEX).samefile(generations.live / INDEX)


@pytest.mark.skipif(os.name != "posix", reason="not every file system there has hard links")
async def test_generations_share_what_is_the_same(generations: Generations) -> None:
    place = add(generations.stage_in_place(), {"index.html": "one", "large.bin": "large"})
    await generations.show(place)
    first = generations.live
    await generations.show(add(place, {"index.html": "two"}))

    assert first is not None
    assert generations.live is not None
    assert (first / "large.bin").samefile(generations.live / "large.bin")
    assert read(first)["index.html"] == "one"


async def test_files_are_copied_where_they_cannot_be_shared(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_paths: Path) -> None:
        raise OSError

    monkeypatch.setattr(module.os, "link", refuse)
    place = add(generations.stage_in_place(), {"index.html": "one", "same.html": "same"})
    await generations.show(place)
    await generations.show(add(place, {"index.html": "two"}))

    assert read(generations.live) == {"index.html": "two", "same.html": "same"}


async def test_a_generator_finds_its_folder_as_it_has_left_it(generations: Generations) -> None:
    place = add(generations.stage_in_place(), {"index.html": "one"})
    await generations.show(place)
    add(place, {"half.html": "of a build that failed"})

    assert read(generations.stage_in_place()) == {
        "index.html": "one",
        "half.html": "of a build that failed",
    }


async def test_after_a_kill_the_folder_is_the_last_good_output_with_its_times(
    generations: Generations,
) -> None:
    place = add(generations.stage_in_place(), {"a/index.html": "one", "b.html": "same"})
    for name in ("a/index.html", "b.html"):
        os.utime(place / name, (1_000_000_000, 1_000_000_000))
    await generations.show(place)
    write(place, {"a/index.html": "ha"})

    await generations.reseed()

    assert generations.stage_in_place() == place
    assert read(place) == {"a/index.html": "one", "b.html": "same"}
    assert (place / "a/index.html").stat().st_mtime == 1_000_000_000
    assert told(await generations.show(place)) == []


async def test_after_a_kill_before_anything_was_good_the_folder_is_empty(
    generations: Generations,
) -> None:
    add(generations.stage_in_place(), {"index.html": "ha"})

    await generations.reseed()

    assert list(generations.stage_in_place().iterdir()) == []


@pytest.mark.parametrize("inside", [True, False])
async def test_a_folder_that_others_write_is_copied_and_stays_theirs(
    generations: Generations, workspace: Workspace, tmp_path: Path, *, inside: bool
) -> None:
    output = workspace.folder("written") if inside else tmp_path / "public"
    output.mkdir(exist_ok=True)

    for number in range(6):
        await generations.show(add(output, {"index.html": str(number)}))
        live = generations.live
        add(output, {"index.html": "being written"})
        assert read(live) == {"index.html": str(number)}

    assert output.exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
async def test_permissions_and_times_of_copies_are_kept(generations: Generations) -> None:
    place = add(generations.stage_in_place(), {"index.html": "one"})
    (place / INDEX).chmod(0o444)
    os.utime(place / INDEX, (1_000_000_000, 1_000_000_000))

    await generations.show(place)

    assert generations.live is not None
    status = (generations.live / INDEX).stat()
    assert (status.st_mode & 0o777, status.st_mtime) == (0o444, 1_000_000_000)


async def test_a_file_that_vanishes_before_it_is_copied_is_not_said_to_be_there(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = add(generations.stage_in_place(), {"index.html": "one", "gone.html": ""})
    real = module._copy_file

    def copy(source: Path, target: Path) -> bool:
        (place / "gone.html").unlink(missing_ok=True)
        return real(source, target)

    monkeypatch.setattr(module, "_copy_file", copy)

    assert told(await generations.show(place)) == [f"added {path}" for path in read(generations.live)]


async def test_a_copy_that_fails_leaves_nothing_and_the_site_as_it_was(
    generations: Generations, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = add(generations.stage_in_place(), {"index.html": "one"})
    await generations.show(place)
    before = set(workspace.path.iterdir())
    add(place, {"index.html": "two"})

    def full(_source: Path, _target: Path) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_copy_file", full)
    with pytest.raises(OSError, match="No space"):
        await generations.show(place)

    assert set(workspace.path.iterdir()) == before
    assert read(generations.live) == {"index.html": "one"}


@pytest.mark.skipif(sys.platform != "linux", reason="others refuse such names, or fold their case")
async def test_odd_names_are_names(generations: Generations) -> None:
    place = add(generations.stage_in_place(), {"\udcff.html": "odd", "About.html": "1"})
    await generations.show(place)
    (place / "About.html").rename(place / "about.html")

    assert told(await generations.show(place)) == ["deleted About.html", "added about.html"]
    assert read(generations.live) == {"\udcff.html": "odd", "about.html": "1"}


# Readers, and what is left behind


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


# Single files before their build is over


async def test_a_single_file_is_shown_at_once(generations: Generations) -> None:
    await show_fresh(generations, {"index.html": "one", "same.html": ""})
    live = generations.live

    assert told(generations.put({INDEX: b"two"})) == ["modified index.html"]
    assert generations.live == live
    assert read(live) == {"index.html": "two", "same.html": ""}


async def test_a_single_file_with_the_same_bytes_is_no_difference(
    generations: Generations,
) -> None:
    await show_fresh(generations, {"index.html": "one"})
    assert generations.live is not None
    before = (generations.live / INDEX).stat()

    assert generations.put({INDEX: b"one"}) == ()
    assert (generations.live / INDEX).stat() == before


async def test_a_new_single_file_gets_its_folders(generations: Generations) -> None:
    await show_fresh(generations, {"index.html": "one"})

    assert told(generations.put({PurePosixPath("new/page/index.html"): b""})) == [
        "added new/page/index.html"
    ]
    assert generations.files == 2


async def test_the_build_behind_it_tells_only_what_it_made_different(
    generations: Generations,
) -> None:
    await show_fresh(generations, {"index.html": "one", "other.html": "one"})
    generations.put({INDEX: b"two", PurePosixPath("other.html"): b"early"})

    assert await show_fresh(generations, {"index.html": "two", "other.html": "late"}) == [
        "modified other.html"
    ]


async def test_a_single_file_is_replaced_and_not_written_into(generations: Generations) -> None:
    """Older generations share it, and somebody may be reading it."""
    place = add(generations.stage_in_place(), {"index.html": "one"})
    await generations.show(place)
    older = generations.live
    assert older is not None
    await generations.show(place)
    with (older / INDEX).open() as reader:
        generations.put({INDEX: b"two"})
        assert reader.read() == "one"

    assert read(older) == {"index.html": "one"}
    assert read(generations.live) == {"index.html": "two"}
    assert read(place) == {"index.html": "one"}


async def test_a_single_file_is_never_beside_its_own_name_for_a_visitor(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show_fresh(generations, {"index.html": "one"})
    beside: list[str] = []
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        beside.append(path.name)
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    generations.put({INDEX: b"two", PurePosixPath("x" * 250 + ".html"): b""})

    assert [name[0] for name in beside] == [".", "."]
    assert set(read(generations.live)) == {"index.html", "x" * 250 + ".html"}


@pytest.mark.parametrize("path", ["page", "page/index.html/below", "../outside", "/tmp/outside"])  # noqa: S108 - nothing is written there
async def test_what_cannot_stand_there_is_left_to_the_build(
    generations: Generations, workspace: Workspace, path: str
) -> None:
    """A file in the place of a folder, a folder in the place of a file, a path out of the site."""
    await show_fresh(generations, {"page/index.html": "one"})

    assert generations.put({PurePosixPath(path): b"new"}) == ()
    assert read(generations.live) == {"page/index.html": "one"}
    assert not (workspace.path / "outside").exists()


async def test_a_file_put_while_the_next_generation_is_made_does_not_get_into_it(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next generation is what the build has made, and is said to be that."""
    place = add(generations.stage_in_place(), {"index.html": "one"})
    await generations.show(place)
    real = module._link

    def link(held: Path, target: Path) -> bool:
        generations.put({INDEX: b"early"})
        return real(held, target)

    monkeypatch.setattr(module, "_link", link)

    assert told(await generations.show(place)) == ["modified index.html"]
    assert read(generations.live) == {"index.html": "one"}


# What is remembered


async def test_what_changed_since_a_moment_is_known(
    generations: Generations, clock: Clock
) -> None:
    await show_fresh(generations, {"a.html": "1", "b.html": "1", "c.html": "1"})
    clock.now = 2000
    await show_fresh(generations, {"a.html": "1", "b.html": "2"})
    clock.now = 3000
    generations.put({PurePosixPath("a.html"): b"3"})

    assert told(generations.changed_since(3001)) == []
    assert told(generations.changed_since(3000)) == ["modified a.html"]
    assert told(generations.changed_since(2000)) == [
        "modified a.html",
        "modified b.html",
        "deleted c.html",
    ]


async def test_the_next_run_tells_what_differs_from_what_the_last_one_showed(
    workspace: Workspace, tmp_path: Path, clock: Clock
) -> None:
    memory = tmp_path / "memory.json"
    first = Generations(workspace, memory=memory, clock=clock)
    await show_fresh(first, {"a.html": "1", "b.html": "1", "\udcff.html": "1"})
    clock.now = 2000
    second = Generations(workspace, memory=memory, clock=clock)

    assert await show_fresh(second, {"a.html": "2", "c.html": "1", "\udcff.html": "1"}) == [
        "modified a.html",
        "deleted b.html",
        "added c.html",
    ]
    assert len(second.changed_since(2000)) == 3
    assert len(second.changed_since(1000)) == 4


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": 1}', '{"format": 2, "files": {}}', '{"format": 1, "files": 3}'],
)
async def test_a_memory_that_cannot_be_understood_counts_as_none(
    workspace: Workspace, tmp_path: Path, clock: Clock, text: str
) -> None:
    memory = tmp_path / "memory.json"
    memory.write_text(text)

    for expected in (["added index.html"], []):
        generations = Generations(workspace, memory=memory, clock=clock)
        assert await show_fresh(generations, {"index.html": "one"}) == expected
