import os
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from livereload_sse.pytest_watch.messages import Wrote
from livereload_sse.pytest_watch.recorder.ledger import DOUBT, Context, Ledger
from livereload_sse.pytest_watch.recorder.places import Places
from livereload_sse.pytest_watch.recorder.senses import Senses
from livereload_sse.pytest_watch.recorder.writes import Writes

if TYPE_CHECKING:
    from livereload_sse.pytest_watch.messages import Message


class World:
    """Senses for one folder, and what they have noted in the present context."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.told: list[Message] = []
        self.senses = Senses(Places([str(root)]), Ledger(), Writes(self.told.append))
        self.context = Context()
        self.senses.context = self.context

    def happen(self, event: str, *args: object) -> set[tuple[str, str]]:
        """Let an audit event happen; returns all that is noted so far, paths below the root."""
        self.senses.table()[event](args, self.frame())
        return {(os.path.relpath(path, self.root), how) for path, how in self.context.hits}

    def frame(self) -> FrameType:
        return sys._getframe(1)

    @property
    def doubts(self) -> list[str]:
        return [reason for reason, how in self.context.hits if how == DOUBT]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_reading_is_noted_and_writing_is_told(world: World) -> None:
    assert world.happen("open", f"{world.root}/a", "r", os.O_RDONLY) == {("a", "reads")}
    assert world.happen("open", f"{world.root}/b", None, os.O_WRONLY) == {("a", "reads")}
    assert world.told == [Wrote((f"{world.root}/b",))]


@pytest.mark.parametrize(("mode", "flags"), [("r+", os.O_RDWR), (None, os.O_RDWR | os.O_CREAT)])
def test_what_is_opened_for_both_is_read_and_written(
    world: World, mode: str | None, flags: int
) -> None:
    assert world.happen("open", f"{world.root}/a", mode, flags) == {("a", "reads")}
    assert world.told == [Wrote((f"{world.root}/a",))]


@pytest.mark.parametrize("mode", ["w", "x", "w+b"])
def test_what_is_written_anew_is_not_read(world: World, mode: str) -> None:
    world.happen("open", f"{world.root}/a", mode, os.O_RDWR | os.O_TRUNC | os.O_CREAT)

    assert world.happen("open", f"{world.root}/a", "r", os.O_RDONLY) == set()


def test_a_mode_without_flags_is_understood(world: World) -> None:
    world.happen("open", f"{world.root}/a", "wb", 0)

    assert world.told == [Wrote((f"{world.root}/a",))]


def test_nothing_is_noted_while_nothing_goes_on(world: World) -> None:
    world.senses.context = None

    assert world.happen("open", f"{world.root}/a", "r", os.O_RDONLY) == set()


def test_descriptors_and_other_folders_are_passed_over(world: World) -> None:
    world.happen("open", 3, "r", os.O_RDONLY)
    world.happen("open", f"{world.root}-other/a", "r", os.O_RDONLY)

    assert world.happen("os.listdir", -1) == set()


needs_names = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="the system does not name what is open"
)


@needs_names
def test_what_is_removed_below_an_open_folder_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.root / "sub").mkdir()
    monkeypatch.chdir(world.root)
    descriptor = os.open(world.root / "sub", os.O_RDONLY)
    try:
        world.happen("os.remove", "a", descriptor)
        world.happen("os.rename", "b", "c", descriptor, descriptor)
        world.happen("os.mkdir", "d", 0, descriptor)
    finally:
        os.close(descriptor)
    world.happen("os.remove", "e", descriptor)  # closed: nobody knows what it was

    told = [path for one in world.told if isinstance(one, Wrote) for path in one.paths]
    assert told == [f"{world.root}/sub/{name}" for name in "acbd"]


def test_opening_a_folder_is_not_reading_it(world: World) -> None:
    assert world.happen("open", f"{world.root}/a", None, os.O_RDONLY | os.O_DIRECTORY) == set()


@needs_names
def test_a_folder_that_is_open_already_is_found_by_its_descriptor(world: World) -> None:
    descriptor = os.open(world.root, os.O_RDONLY)
    try:
        assert world.happen("os.scandir", descriptor) == {(".", "lists")}
    finally:
        os.close(descriptor)


def test_what_cannot_be_understood_is_a_doubt_and_no_error(world: World) -> None:
    world.happen("open", "too", "many", 0, "arguments")
    world.happen("sqlite3.connect")

    assert len(world.doubts) == 2
    assert all(doubt.startswith("could not be recorded (") for doubt in world.doubts)


@pytest.mark.parametrize(
    ("event", "args", "reason"),
    [
        ("subprocess.Popen", ("/usr/bin/git", ["git", "status"], None, None), "starts git"),
        ("subprocess.Popen", (None, ["git", "status"], None, None), "starts git"),
        ("os.posix_spawn", ("/usr/bin/git", ["git"], {}), "starts git"),
        ("os.spawn", (0, "C:\\git.exe", [], None), "starts git.exe"),
        ("os.exec", ("/bin/ls", ["ls"], None), "starts ls"),
        ("os.startfile", ("page.html", "open"), "starts page.html"),
        ("os.forkpty", (), "forks"),
    ],
)
def test_each_way_to_start_a_process_is_a_doubt(
    world: World, event: str, args: tuple[object, ...], reason: str
) -> None:
    world.happen(event, *args)

    assert world.doubts == [reason]


def test_a_library_of_the_projects_own_is_read_and_a_doubt(world: World) -> None:
    assert (("lib.so", "reads")) in world.happen("ctypes.dlopen", f"{world.root}/lib.so")
    assert world.doubts == ["calls a library by ctypes"]


def test_a_library_that_an_installed_package_calls_is_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.root)

    world.happen("ctypes.dlopen", None)
    assert world.happen("ctypes.dlopen", "libc.so.6") == set()
    assert world.doubts == []


@pytest.mark.parametrize(
    ("event", "args", "names"),
    [
        ("os.remove", ("a", -1), ["a"]),
        ("os.rename", ("a", "b", -1, -1), ["b", "a"]),
        ("os.symlink", ("a", "b", -1), ["b"]),
        ("os.link", ("a", "b", -1, -1), ["b"]),
        ("os.truncate", ("a", 0), ["a"]),
        ("os.utime", ("a", None, None, -1), ["a"]),
        ("os.chmod", ("a", 0o600, -1), ["a"]),
        ("os.rmdir", ("a", -1), ["a"]),
        ("os.mkdir", ("a", 0o777, -1), ["a"]),
    ],
)
def test_each_way_to_change_a_file_is_told(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    event: str,
    args: tuple[object, ...],
    names: list[str],
) -> None:
    monkeypatch.chdir(world.root)

    world.happen(event, *args)

    told = [path for one in world.told if isinstance(one, Wrote) for path in one.paths]
    assert told == [f"{world.root}/{name}" for name in names]
    assert world.doubts == []
