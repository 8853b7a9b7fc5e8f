"""What is installed, told apart from what was installed a moment ago."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.engine.freshness import installed_state


def add_a_package(folder: Path) -> None:
    (folder / "new-1.0.dist-info").mkdir()


def remove_a_package(folder: Path) -> None:
    (folder / "old-1.0.dist-info").rmdir()


def point_elsewhere(folder: Path) -> None:
    """An editable installation that moves is written into the file that is there."""
    os.utime(folder / "editable.pth", (5, 5))


def take_all_away(folder: Path) -> None:
    remove_a_package(folder)
    (folder / "editable.pth").unlink()
    folder.rmdir()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "site-packages"
    (folder / "old-1.0.dist-info").mkdir(parents=True)
    (folder / "editable.pth").write_text("/somewhere\n")
    os.utime(folder, (1, 1))
    return folder


@pytest.mark.parametrize(
    "change", [add_a_package, remove_a_package, point_elsewhere, take_all_away]
)
def test_a_change_of_what_is_installed_is_seen(
    folder: Path, change: Callable[[Path], None]
) -> None:
    before = installed_state([str(folder)])
    assert installed_state([str(folder)]) == before
    change(folder)
    assert installed_state([str(folder)]) != before


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "python311.zip").write_text("")
    folders = [str(tmp_path / "nothing"), str(tmp_path / "python311.zip")]
    assert installed_state(folders) == installed_state(reversed(folders))
