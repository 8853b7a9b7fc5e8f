"""Generators that write in place: never into what is served, and never less than they had left."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from livereload_sse.build import generations as module
from livereload_sse.build.generations import Generations
from livereload_sse.build.workspace import Workspace
from tests.integration.generating import INDEX, Clock, add, read, told, write


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

    monkeypatch.setattr(os, "link", refuse)
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

    assert told(await generations.show(place)) == [
        f"added {path}" for path in read(generations.live)
    ]


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
