import os
import sys
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.recorder.places import UNWATCHED, Places
from livereload_sse.watch.names import is_ignored_folder

TAG = sys.implementation.cache_tag


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_paths_in_a_root_are_the_projects_and_no_others(root: Path) -> None:
    places = Places([str(root)])

    assert places.find(root / "a.txt") == (f"{root}/a.txt",)
    assert places.find(str(root)) == (str(root),)
    assert places.find(os.fsencode(root / "a.txt")) == (f"{root}/a.txt",)
    assert places.find(f"{root}/sub/../a.txt") == (f"{root}/a.txt",)
    assert places.find(f"{root}-other/a.txt") == ()
    assert places.find(f"{root}/../a.txt") == ()
    assert places.find(3) == ()
    assert places.find("\0") == ()


def test_relative_paths_are_those_of_the_present_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places([str(root)])
    (root / "sub").mkdir()

    monkeypatch.chdir(root)
    assert places.find("a.txt") == (f"{root}/a.txt",)
    monkeypatch.chdir(root / "sub")
    assert places.find("a.txt") == (f"{root}/sub/a.txt",)


def test_what_is_installed_within_a_root_is_not_the_projects(root: Path) -> None:
    site = root / "env" / "lib" / "site-packages"
    places = Places([str(root), str(site / "editable")], [str(site)])

    assert places.find(site / "numpy" / "core.py") == ()
    assert places.find(f"{site}/../mine.py") == (f"{site.parent}/mine.py",)
    assert places.is_installed(site / "numpy" / "core.py")
    assert places.is_installed(site)
    assert places.find(site / "editable" / "mine.py")
    assert not places.is_installed(site / "editable" / "mine.py")
    assert not places.is_installed(root / "a.py")
    assert not places.is_installed("/elsewhere/a.py")


def test_what_is_installed_elsewhere_is_not_the_projects_and_what_lies_beside_it_may_be(
    tmp_path: Path, root: Path
) -> None:
    site = tmp_path / "site-packages"
    places = Places([str(root)], [str(site)])

    assert places.find(site / "numpy" / "core.py") == ()
    assert places.find(f"{site}/../project/a.py") == (f"{root}/a.py",)


def test_a_folder_may_hold_what_is_the_projects(tmp_path: Path, root: Path) -> None:
    places = Places([str(root)], [str(tmp_path / "site-packages")])

    assert [places.may_hold(str(folder)) for folder in (root, root / "src", tmp_path)] == [True] * 3
    assert not places.may_hold(str(tmp_path / "site-packages"))
    assert not places.may_hold(f"{root}-other")


def test_a_virtual_environment_in_the_root_is_installed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(root / "env"))

    assert Places([str(root)]).find(root / "env" / "bin" / "tool") == ()


@pytest.mark.parametrize(
    ("compiled", "source"),
    [
        (f"pkg/__pycache__/mod.{TAG}.pyc", "pkg/mod.py"),
        (f"pkg/__pycache__/mod.{TAG}.opt-2.pyc", "pkg/mod.py"),
        (f"__pycache__/test_a.{TAG}-pytest-9.2.0.pyc", "test_a.py"),
        (f"__pycache__/my.{TAG}.test.{TAG}-pytest-9.2.0.pyc", f"my.{TAG}.test.py"),
        ("pkg/mod.pyc", "pkg/mod.py"),
    ],
)
def test_compiled_modules_are_known_by_their_source(root: Path, compiled: str, source: str) -> None:
    assert Places([str(root)]).find(root / compiled) == (f"{root}/{source}",)


@pytest.mark.parametrize("folder", sorted(UNWATCHED))
def test_folders_that_only_tools_write_are_passed_over(root: Path, folder: str) -> None:
    assert Places([str(root)]).find(root / "sub" / folder / "file") == ()
    # Nothing is ever told of them, so nothing may depend on them either.
    assert is_ignored_folder(folder)


def test_a_link_is_known_with_what_it_leads_to(root: Path) -> None:
    (root / "real.txt").touch()
    (root / "link.txt").symlink_to("real.txt")
    (root / "out.txt").symlink_to("/elsewhere")
    places = Places([str(root)])

    assert places.find(root / "link.txt") == (f"{root}/link.txt", f"{root}/real.txt")
    assert places.find(root / "out.txt") == (f"{root}/out.txt",)


def test_a_link_into_the_project_is_what_it_leads_to(root: Path, tmp_path: Path) -> None:
    (root / "data").mkdir()
    (root / "data" / "a.txt").touch()
    (tmp_path / "folder").symlink_to(root / "data")
    (tmp_path / "file").symlink_to(root / "data" / "a.txt")
    places = Places([str(root)])

    assert places.find(tmp_path / "folder" / "a.txt") == (f"{root}/data/a.txt",)
    assert places.find(tmp_path / "file") == (f"{root}/data/a.txt",)


def test_a_root_below_a_link_keeps_its_name(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root)
    places = Places([str(link)])

    assert places.find(root / "a.txt") == places.find(link / "a.txt") == (f"{link}/a.txt",)


def test_code_that_is_in_no_file_has_no_source(root: Path) -> None:
    places = Places([str(root)])

    assert places.source_of("<string>") == ""
    assert places.source_of(f"{root}/a.py") == f"{root}/a.py"


def test_packages_above_end_where_there_is_no_init(root: Path) -> None:
    for name in ("__init__.py", "a/b/__init__.py", "a/b/c/__init__.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    places = Places([str(root)])

    assert places.packages_above(f"{root}/a/b/c/mod.py") == (
        f"{root}/a/b/c/__init__.py",
        f"{root}/a/b/__init__.py",
    )
    assert places.packages_above(f"{root}/a/b/c/__init__.py") == (f"{root}/a/b/__init__.py",)


def test_forgetting_does_no_harm(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livereload_sse.pytest_watch.recorder.places.MOST_REMEMBERED", 2)
    places = Places([str(root)])

    for number in range(9):
        assert places.find(f"{root}/{number}") == (f"{root}/{number}",)
    assert len(places._known) <= 2
