"""A source is read when nobody writes it any more."""

import os
import time
from pathlib import Path

import pytest

from livereload_sse.build.mkdocs.quiet import EMPTY_TIME, PATIENCE, QUIET_TIME, quiet


async def waited(path: Path) -> float:
    began = time.monotonic()
    await quiet(path)
    return time.monotonic() - began


async def test_a_file_that_was_saved_just_now_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("text")
    await quiet(path)
    assert time.time() - path.stat().st_mtime >= QUIET_TIME


async def test_an_empty_file_is_waited_for_longer(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.touch()
    await quiet(path)
    assert time.time() - path.stat().st_mtime >= EMPTY_TIME


@pytest.mark.parametrize("seconds", [-1.0, 3600.0])
async def test_a_file_from_another_time_is_not_waited_for(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "a.md"
    path.write_text("text")
    then = time.time() + seconds
    os.utime(path, (then, then))
    assert await waited(path) < QUIET_TIME


async def test_a_file_that_is_written_on_and_on_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.md"
    path.write_text("text")
    real = Path.stat

    def always_new(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        now = time.time()
        os.utime(self, (now, now))
        return real(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", always_new)
    assert await waited(path) < PATIENCE + 1


async def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await quiet(tmp_path / "gone.md")
