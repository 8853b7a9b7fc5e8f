"""Where the project's own modules are found, beside the folders that the settings name."""

from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from livereload_sse.pytest_watch.affected.import_roots import (
    Package,
    find_import_roots,
    find_packages,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("src", "lib/site", "own"):
        (folder / name).mkdir(parents=True)
    return folder


def test_of_the_search_path_what_lies_in_the_project_counts(root: Path, tmp_path: Path) -> None:
    (tmp_path / "project-more").mkdir()
    names = ("project/src", "project-more", "project", "project/archive.zip", "project/src")
    search = [str(tmp_path / name) for name in names]

    assert find_import_roots([str(root)], search=search) == (str(root / "src"), str(root))


def test_where_packages_are_installed_the_projects_own_are_not(root: Path) -> None:
    search = [str(root / name) for name in ("lib/site", "lib", "own")]
    installed = [str(root / "lib/site")]

    found = find_import_roots([str(root)], installed=installed, search=search)

    assert found == (str(root / "lib"), str(root / "own"))


def test_a_folder_by_another_name_is_known_by_the_projects(root: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(root)

    found = find_import_roots([str(link)], search=[str(root / "src")])

    assert found == (str(link / "src"),)
    assert find_import_roots([str(root)], search=[str(link / "src")]) == (str(root / "src"),)


def _module(**names: object) -> ModuleType:
    module = ModuleType("finder")
    vars(module).update(names)
    return module


def test_what_setuptools_leaves_for_a_package_is_read(root: Path) -> None:
    mapping = {"shop": str(root / "src/shop"), "far": "/elsewhere/far"}
    finder = _module(MAPPING=mapping, NAMESPACES={"corp": [str(root / "own/corp")]})
    modules = {"__editable___shop_1_0_finder": finder, "shop": _module(MAPPING={"a": str(root)})}

    assert find_packages([str(root)], modules=modules) == (
        Package("shop", str(root / "src/shop")),
        Package("corp", str(root / "own/corp")),
    )


def test_what_editables_redirects_is_read(root: Path) -> None:
    redirections = {
        "shop": str(root / "src/shop/__init__.py"),
        "tool": str(root / "own/tool.py"),
    }
    finder = _module(RedirectingFinder=SimpleNamespace(_redirections=redirections))

    assert find_packages([str(root)], modules={"editables.redirector": finder}) == (
        Package("shop", str(root / "src/shop")),
        Package("tool", str(root / "own/tool")),
    )


def test_without_such_finders_there_is_nothing(root: Path) -> None:
    assert find_packages([str(root)], modules={"editables.redirector": _module()}) == ()
