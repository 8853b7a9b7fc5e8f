"""The private folder of a run: who may enter it, and what is left when a run has ended, or was killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

from livereload_sse.build import workspace as module
from livereload_sse.build.workspace import Workspace, own_folder, remove, remove_leftovers
from livereload_sse.errors import ServerError
from tests.permissions import let_others_in

_RUN = """
import sys, pathlib
from livereload_sse.build.workspace import Workspace
with Workspace(pathlib.Path(sys.argv[1]), above=pathlib.Path(sys.argv[2])) as workspace:
    (workspace.make_staging() / "index.html").write_text("left")
    print(workspace.path, flush=True)
    sys.stdin.read()
"""

_OLD_AGE = 1_000_000_000


@pytest.fixture
def not_root() -> Iterator[None]:
    """Nobody's rights, where the tests run as root, whom no permission stops."""
    if os.name == "posix" and os.getuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


@pytest.fixture
def other(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another run on the same project, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, str(tmp_path / "project"), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def path_of(process: "subprocess.Popen[str]") -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def fresh(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "project", above=tmp_path)


def test_it_is_removed_with_everything_in_it(tmp_path: Path) -> None:
    with fresh(tmp_path) as workspace:
        (workspace.make_staging() / "index.html").write_text("")
        home = workspace.path.parent

    assert list(home.iterdir()) == []


def test_it_is_removed_when_the_run_ends_with_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), fresh(tmp_path) as workspace:
        raise ZeroDivisionError

    assert not workspace.path.exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_nobody_else_may_enter_it(tmp_path: Path) -> None:
    (tmp_path / f"sse-reload-{os.getuid()}").mkdir(mode=0o755)

    with fresh(tmp_path) as workspace:
        assert [
            path.stat().st_mode & 0o777 for path in (workspace.path.parent, workspace.path)
        ] == [
            0o700,
            0o700,
        ]


@pytest.mark.skipif(
    os.name != "posix" or os.getuid() != 0, reason="giving a folder away takes root"
)
def test_a_folder_that_somebody_else_has_made_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / f"sse-reload-{os.getuid()}"
    folder.mkdir(mode=0o777)
    os.chown(folder, 65534, 65534)

    with pytest.raises(ServerError, match="TMPDIR"):
        own_folder(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="anybody may make a link there, where it is POSIX")
@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_link_in_its_place_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / f"sse-reload-{os.getuid()}").symlink_to(tmp_path / target)

    with pytest.raises(ServerError, match="TMPDIR"):
        own_folder(tmp_path)
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o755


@pytest.mark.skipif(os.name != "posix", reason="the name is another one there")
def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"sse-reload-{os.getuid()}").write_text("")

    with pytest.raises(ServerError, match="TMPDIR"):
        own_folder(tmp_path)


def test_a_killed_run_leaves_a_folder_that_the_next_one_removes(
    tmp_path: Path, other: "subprocess.Popen[str]"
) -> None:
    left = path_of(other)
    other.kill()
    other.wait()
    assert (left / "site-1" / "index.html").exists()

    with fresh(tmp_path) as workspace:
        assert list(workspace.path.parent.iterdir()) == [workspace.path]


def test_the_folder_of_a_living_run_stays(tmp_path: Path, other: "subprocess.Popen[str]") -> None:
    theirs = path_of(other)

    with fresh(tmp_path) as workspace:
        assert (theirs / "site-1" / "index.html").exists()
        assert workspace.path != theirs


@pytest.mark.skipif(os.name != "posix", reason="stopping a process is POSIX")
def test_the_folder_of_a_stopped_run_stays(tmp_path: Path, other: "subprocess.Popen[str]") -> None:
    theirs = path_of(other)
    other.send_signal(signal.SIGSTOP)

    with fresh(tmp_path):
        assert (theirs / "site-1" / "index.html").exists()


def test_a_run_that_begins_this_moment_has_no_lock_yet_and_stays(tmp_path: Path) -> None:
    young = tmp_path / "young"
    young.mkdir()

    remove_leftovers(tmp_path)

    assert young.exists()


def test_a_run_that_is_about_to_lock_what_it_has_made_stays(tmp_path: Path) -> None:
    young = tmp_path / "young"
    young.mkdir()
    (young / "lock").touch()

    remove_leftovers(tmp_path)

    assert young.exists()


@pytest.mark.parametrize("names", [[], ["lock"]])
def test_a_run_that_ended_before_it_had_its_lock_is_removed_later(
    tmp_path: Path, names: list[str]
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for name in names:
        (old / name).touch()
    os.utime(old, (_OLD_AGE, _OLD_AGE))

    remove_leftovers(tmp_path)

    assert not old.exists()


def test_two_runs_that_begin_at_once_may_remove_the_same_leftover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is done with it between our look and our question."""
    leftover = tmp_path / "leftover"
    leftover.mkdir()
    real = module._is_abandoned

    def after_the_other(path: Path) -> bool:
        leftover.rmdir()
        return real(path)

    monkeypatch.setattr(module, "_is_abandoned", after_the_other)

    remove_leftovers(tmp_path)


def test_a_run_waits_for_one_that_asks_whether_it_is_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To ask is to hold the lock for a moment."""
    real = module._lock

    def lock_after_the_other(file: IO[bytes], *, wait: bool) -> None:
        asking = Path(file.name).open("r+b")  # noqa: SIM115 - it ends in another thread
        real(asking, wait=False)
        ending = threading.Timer(0.05, asking.close)
        ending.start()
        try:
            real(file, wait=wait)
        finally:
            ending.join()

    monkeypatch.setattr(module, "_lock", lock_after_the_other)

    with fresh(tmp_path) as workspace:
        assert workspace.path.exists()


def test_many_runs_that_begin_at_once_all_get_a_folder(tmp_path: Path) -> None:
    gate, paths = threading.Barrier(8), []

    def run(stack: ExitStack) -> None:
        gate.wait(10)
        paths.append(stack.enter_context(fresh(tmp_path)).path)

    with ExitStack() as stack:
        threads = [threading.Thread(target=run, args=(stack,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(set(paths)) == 8
        assert all((path / "lock").exists() for path in paths)


def test_links_in_what_is_removed_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("")
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "folder").symlink_to(tmp_path / "kept")
    (tmp_path / "gone" / "file").symlink_to(tmp_path / "kept" / "file")

    remove(tmp_path / "gone")

    assert not (tmp_path / "gone").exists()
    assert (tmp_path / "kept" / "file").exists()


def test_a_link_in_the_place_of_a_folder_is_removed_and_not_what_it_leads_to(
    tmp_path: Path,
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("")
    (tmp_path / "kept" / "file").chmod(0o640)
    (tmp_path / "gone").symlink_to(tmp_path / "kept")

    remove(tmp_path / "gone")

    assert not (tmp_path / "gone").is_symlink()
    assert (tmp_path / "kept" / "file").stat().st_mode & 0o777 == 0o640


def test_a_link_beside_the_folders_of_runs_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    home = tmp_path / "home"
    home.mkdir()
    (home / "link").symlink_to(tmp_path / "elsewhere")
    os.utime(tmp_path / "elsewhere", (_OLD_AGE, _OLD_AGE))

    remove_leftovers(home)

    assert (home / "link").is_symlink()
    assert (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_what_may_only_be_read_is_removed_too(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    let_others_in(tmp_path)
    tmp_path.chmod(0o777)
    request.getfixturevalue("not_root")
    folder = tmp_path / "site"
    (folder / "closed").mkdir(parents=True)
    (folder / "closed" / "file").write_text("")
    (folder / "closed" / "file").chmod(0o400)
    (folder / "closed").chmod(0o500)
    folder.chmod(0o500)

    remove(folder)

    assert not folder.exists()


def test_what_is_not_there_is_removed_already(tmp_path: Path) -> None:
    remove(tmp_path / "nowhere")


def test_each_staging_folder_is_new_and_empty(tmp_path: Path) -> None:
    with fresh(tmp_path) as workspace:
        folders = [workspace.make_staging() for _ in range(3)]
        assert len(set(folders)) == 3
        assert [list(folder.iterdir()) for folder in folders] == [[], [], []]


def test_a_folder_with_a_purpose_is_the_same_each_time(tmp_path: Path) -> None:
    with fresh(tmp_path) as workspace:
        (workspace.folder("cache") / "kept").write_text("")
        assert [path.name for path in workspace.folder("cache").iterdir()] == ["kept"]
