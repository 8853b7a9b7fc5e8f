"""How programs save a file. Each must be told as one file modified, and nothing else."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from livereload_sse.digest import digest
from tests.integration.watching import fill, watching

NEW = "a { color: green }\n"


def save_in_place(path: Path) -> None:
    """VS Code, nano, cp, the shell's `>`: truncate and write."""
    path.write_text(NEW)


def save_in_place_slowly(path: Path) -> None:
    """The same, with the file empty for longer than a step of the watcher."""
    with path.open("w") as file:
        os.fsync(file.fileno())
        _wait(0.03)
        file.write(NEW)


def save_atomically(path: Path) -> None:
    """Most libraries: a temporary file, renamed over the old one."""
    temporary = path.with_name(".tmp-Xk2")
    temporary.write_text(NEW)
    temporary.replace(path)


def save_as_vim(path: Path) -> None:
    """vim with `backupcopy=no`: a swap file, a probe, rename away, create, remove the backup."""
    swap, probe, backup = (
        path.with_name(n) for n in (f".{path.name}.swp", "4913", f"{path.name}~")
    )
    swap.write_bytes(b"b0VIM")
    probe.touch()
    probe.unlink()
    path.rename(backup)
    path.write_text(NEW)
    path.chmod(0o644)
    backup.unlink()
    swap.unlink()


def save_as_vim_slowly(path: Path) -> None:
    """The same, with the file gone for longer than a step of the watcher."""
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    _wait(0.03)
    path.write_text(NEW)
    backup.unlink()


def save_as_emacs(path: Path) -> None:
    """Emacs: a lock (a link to nothing), an auto-save file, a backup by renaming."""
    lock, auto_save = path.with_name(f".#{path.name}"), path.with_name(f"#{path.name}#")
    lock.symlink_to("user@host.123:1")
    auto_save.write_text(NEW)
    path.rename(path.with_name(f"{path.name}~"))
    path.write_text(NEW)
    auto_save.unlink()
    lock.unlink()


def save_as_pycharm(path: Path) -> None:
    """JetBrains' safe write: temporary file, rename away, rename in, delete."""
    temporary, old = (path.with_name(f"{path.name}___jb_{kind}___") for kind in ("tmp", "old"))
    temporary.write_text(NEW)
    path.rename(old)
    temporary.rename(path)
    old.unlink()


def save_as_gedit(path: Path) -> None:
    """GIO: a temporary file of a known name, renamed over the old one."""
    temporary = path.with_name(".goutputstream-ABC123")
    temporary.write_text(NEW)
    temporary.replace(path)


def save_as_sed(path: Path) -> None:
    """`sed -i`: a temporary file in the same folder, renamed over the old one."""
    temporary = path.with_name("sedRhqL5x")
    temporary.write_text(NEW)
    temporary.replace(path)


def save_as_rsync(path: Path) -> None:
    """Rsync: `.name.XXXXXX`, times set, renamed over the old one."""
    temporary = path.with_name(f".{path.name}.Xa12bC")
    temporary.write_text(NEW)
    os.utime(temporary, (1, 1))
    temporary.replace(path)


SAVES: list[Callable[[Path], None]] = [
    save_in_place,
    save_in_place_slowly,
    save_atomically,
    save_as_vim,
    save_as_vim_slowly,
    save_as_emacs,
    save_as_pycharm,
    save_as_gedit,
    save_as_sed,
    save_as_rsync,
]


@pytest.mark.parametrize("strategy", ["flat", "recursive"])
@pytest.mark.parametrize("save", SAVES)
async def test_a_save_is_one_modified_file(
    tmp_path: Path, save: Callable[[Path], None], strategy: str
) -> None:
    fill(tmp_path, {"css/a.css": "a { color: red }\n", "index.html": ""})
    async with watching(tmp_path, strategy=strategy) as sight:
        save(tmp_path / "css" / "a.css")

        assert await sight.next() == {"css/a.css": "modified"}
        assert sight.digest_of("css/a.css") == digest(NEW.encode())
        assert await sight.silence() == {}


@pytest.mark.parametrize("save", SAVES)
async def test_a_save_of_the_same_content_is_silent_once_it_was_served(
    tmp_path: Path, save: Callable[[Path], None]
) -> None:
    fill(tmp_path, {"a.css": NEW})
    async with watching(tmp_path) as sight:
        sight.serve("a.css")
        save(tmp_path / "a.css")

        assert await sight.silence() == {}


def real_vim(path: Path) -> None:
    script = ["set backupskip= writebackup backupcopy=no swapfile", f"%s/.*/{NEW.strip()}/", "wq"]
    commands = [word for line in script for word in ("-c", line)]
    subprocess.run(["vim", "-Nu", "NONE", "-es", *commands, str(path)], check=True, timeout=20)


def real_sed(path: Path) -> None:
    subprocess.run(["sed", "-i", "s/red/green/", str(path)], check=True, timeout=20)


def real_rsync(path: Path) -> None:
    source = path.parent.parent / "elsewhere.css"
    source.write_text(NEW)
    subprocess.run(["rsync", "-c", str(source), str(path)], check=True, timeout=20)


@pytest.mark.parametrize("save", [real_vim, real_sed, real_rsync])
async def test_the_real_program_does_what_its_imitation_does(
    tmp_path: Path, save: Callable[[Path], None]
) -> None:
    program = save.__name__.removeprefix("real_")
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    fill(tmp_path, {"site/a.css": "a { color: red }\n"})
    async with watching(tmp_path / "site") as sight:
        save(tmp_path / "site" / "a.css")

        assert await sight.next() == {"a.css": "modified"}
        assert sight.digest_of("a.css") == digest(NEW.encode())
        assert await sight.silence() == {}


async def test_two_halves_of_a_file_end_on_the_whole(tmp_path: Path) -> None:
    fill(tmp_path, {"a.css": "old"})
    async with watching(tmp_path) as sight:
        with (tmp_path / "a.css").open("w", buffering=1) as file:
            file.write("first half\n")
            first = await sight.next()
            file.write("second half\n")
            second = await sight.next()

        assert (first, second) == ({"a.css": "modified"}, {"a.css": "modified"})
        assert sight.digest_of("a.css") == digest(b"first half\nsecond half\n")


async def test_a_file_that_stays_empty_is_told_in_the_end(tmp_path: Path) -> None:
    fill(tmp_path, {"a.css": "old"})
    async with watching(tmp_path) as sight:
        (tmp_path / "a.css").write_text("")

        assert await sight.next() == {"a.css": "modified"}
        assert sight.digest_of("a.css") == digest(b"")


async def test_a_new_empty_file_is_told(tmp_path: Path) -> None:
    async with watching(tmp_path) as sight:
        (tmp_path / "new.css").touch()

        assert await sight.next() == {"new.css": "added"}


async def test_a_new_file_that_is_written_slowly_is_told_once(tmp_path: Path) -> None:
    async with watching(tmp_path) as sight:
        save_in_place_slowly(tmp_path / "new.css")

        assert await sight.next() == {"new.css": "added"}
        assert sight.digest_of("new.css") == digest(NEW.encode())


def _wait(delay: float) -> None:
    """Take the time that a slow program takes; the watcher has threads of its own."""
    time.sleep(delay)
