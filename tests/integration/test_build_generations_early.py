"""Single files that are shown before their build is over, and what is remembered of all."""

import threading
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from livereload_sse.build import generations as module
from livereload_sse.build.generations import Generations
from livereload_sse.build.manifest import Entry
from livereload_sse.build.workspace import Workspace
from tests.integration.generating import INDEX, Clock, add, read, show_fresh, told


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


@pytest.mark.parametrize(
    "path",
    ["page", "page/index.html/below", "../outside", "page/../../outside", "{workspace}/outside"],
)
async def test_what_cannot_stand_there_is_left_to_the_build(
    generations: Generations, workspace: Workspace, path: str
) -> None:
    """A file in the place of a folder, a folder in the place of a file, a path out of the site."""
    await show_fresh(generations, {"page/index.html": "one"})

    put = PurePosixPath(path.format(workspace=workspace.path.as_posix()))

    assert generations.put({put: b"new"}) == ()
    assert read(generations.live) == {"page/index.html": "one"}
    assert not (workspace.path / "outside").exists()


async def test_a_file_for_which_there_is_no_room_is_left_to_the_build(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    await show_fresh(generations, {"index.html": "one"})

    def full(_path: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        assert generations.put({INDEX: b"two"}) == ()
    assert read(generations.live) == {"index.html": "one"}
    assert told(generations.put({INDEX: b"two"})) == ["modified index.html"]


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
    before = generations.live

    # It was shown for a moment, so the tabs have to be told that it is over.
    assert told(await generations.show(place)) == ["modified index.html"]
    assert read(generations.live) == {"index.html": "one"}
    assert read(before) == {"index.html": "early"}


async def test_a_file_that_is_just_being_put_does_not_get_into_the_next_generation_either(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands there already, and is not known yet."""
    place = add(generations.stage_in_place(), {"index.html": "one"})
    await generations.show(place)
    replaced, released = threading.Event(), threading.Event()
    putting = threading.Thread(target=generations.put, args=({INDEX: b"early"},))
    replace, link, copy = module._replace, module._link, module._copy_file

    def replace_and_wait(target: Path, content: bytes) -> Entry:
        entry = replace(target, content)
        replaced.set()
        released.wait(10)
        return entry

    def link_between(held: Path, target: Path) -> bool:
        putting.start()
        replaced.wait(10)
        return link(held, target)

    def copy_after(source: Path, target: Path) -> bool:
        released.set()
        putting.join(10)
        return copy(source, target)

    monkeypatch.setattr(module, "_replace", replace_and_wait)
    monkeypatch.setattr(module, "_link", link_between)
    monkeypatch.setattr(module, "_copy_file", copy_after)
    await generations.show(place)
    released.set()
    putting.join(10)

    assert read(generations.live) == {"index.html": "one"}


async def test_what_changed_since_a_moment_is_known(generations: Generations, clock: Clock) -> None:
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
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": 1}',
        '{"format": 2, "files": {}}',
        '{"format": 1, "files": 3}',
    ],
)
async def test_a_memory_that_cannot_be_understood_counts_as_none(
    workspace: Workspace, tmp_path: Path, clock: Clock, text: str
) -> None:
    memory = tmp_path / "memory.json"
    memory.write_text(text)

    for expected in (["added index.html"], []):
        generations = Generations(workspace, memory=memory, clock=clock)
        assert await show_fresh(generations, {"index.html": "one"}) == expected
