import sys
from pathlib import Path
from types import ModuleType

import pytest

from livereload_sse.pytest_watch.recorder.ledger import DOUBT
from livereload_sse.pytest_watch.recorder.modules import Modules, absolute_name
from livereload_sse.pytest_watch.recorder.places import Places


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def modules(root: Path) -> Modules:
    return Modules(Places([str(root)], ["/installed"]))


def load(monkeypatch: pytest.MonkeyPatch, name: str, file: Path | str, **names: object) -> None:
    made = ModuleType(name)
    made.__file__ = str(file)
    made.__dict__.update(names)
    monkeypatch.setitem(sys.modules, name, made)


def test_a_module_is_found_with_its_packages(
    modules: Modules, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(monkeypatch, "shop", root / "shop/__init__.py", __path__=[str(root / "shop")])
    load(monkeypatch, "shop.cart", root / "shop/cart.py")

    expected = {(f"{root}/shop/cart.py", "imports"), (f"{root}/shop/__init__.py", "imports")}
    assert set(modules.targets("shop.cart", ())) == expected
    assert set(modules.targets("shop", ["cart"])) == expected


def test_another_module_of_the_same_name_is_seen(
    modules: Modules, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(monkeypatch, "conftest", root / "a/conftest.py")
    first = modules.targets("conftest", ())
    load(monkeypatch, "conftest", root / "b/conftest.py")

    assert first == ((f"{root}/a/conftest.py", "imports"),)
    assert modules.targets("conftest", ()) == ((f"{root}/b/conftest.py", "imports"),)


def test_what_is_installed_is_foreign_unless_it_cannot_be_followed(
    modules: Modules, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(monkeypatch, "numpy", "/installed/numpy/__init__.py", __path__=["/installed/numpy"])
    load(monkeypatch, "lxml", "/installed/lxml/__init__.py")
    load(monkeypatch, "space", "", __path__=["/installed/space", str(root / "space")])
    load(monkeypatch, "temporary", root.parent / "temporary.py")

    assert modules.is_foreign("numpy")
    assert modules.is_foreign("sys")
    assert not modules.is_foreign("lxml")
    assert not modules.is_foreign("space")
    assert not modules.is_foreign("temporary")
    assert not modules.is_foreign("never_loaded")
    assert modules.targets("lxml", ()) == (("uses lxml, which opens files by itself", DOUBT),)


def test_a_package_with_a_part_that_cannot_be_followed_is_asked_about_each_time(
    modules: Modules, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(monkeypatch, "scipy", "/installed/scipy/__init__.py", __path__=["/installed/scipy"])
    load(monkeypatch, "scipy.io", "/installed/scipy/io/__init__.py", __path__=["/installed"])
    load(monkeypatch, "scipy.io.netcdf", "/installed/scipy/io/netcdf.py")

    assert modules.targets("scipy.io", ["wavfile"]) == ()
    assert not modules.is_foreign("scipy.io")
    assert [how for _, how in modules.targets("scipy.io", ["netcdf"])] == [DOUBT]


def test_a_package_that_is_installed_imports_of_itself_what_is_foreign(
    modules: Modules, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(monkeypatch, "numpy", "/installed/numpy/__init__.py", __path__=["/installed/numpy"])
    load(monkeypatch, "shop", root / "shop/__init__.py", __path__=[str(root / "shop")])

    assert modules.is_foreign_package({"__package__": "numpy.core"})
    assert not modules.is_foreign_package({"__package__": "shop"})
    assert not modules.is_foreign_package({"__package__": None})
    assert modules.foreign_packages == {"numpy.core"}


def test_something_that_is_no_module_is_no_trouble(
    modules: Modules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "odd", 5)

    assert modules.targets("odd", ["name"]) == ()
    assert not modules.is_foreign("odd")


def test_names_are_made_absolute() -> None:
    package = {"__name__": "a.b", "__path__": []}

    assert absolute_name("c", None, 0) == "c"
    assert absolute_name("c", "a.b", 1) == "a.b.c"
    assert absolute_name("", {"__package__": "a.b"}, 2) == "a"
    assert absolute_name("c", package, 1) == "a.b.c"
    assert absolute_name("c", {"__name__": "a.b"}, 1) == "a.c"
    assert absolute_name("c", None, 3) == ""
