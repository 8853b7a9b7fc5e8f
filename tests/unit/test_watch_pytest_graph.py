"""The graph of imports, on a real disk, as that is what it reads."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.affected.graph import Graph
from livereload_sse.pytest_watch.affected.import_roots import Package
from livereload_sse.pytest_watch.messages import Use


class Project:
    """Files below a folder, and what the graph says of them, in names relative to it."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root
        self.write(files)
        self.graph = Graph([str(root)])

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def path(self, name: str) -> str:
        return str(self.root / name)

    def name(self, path: str) -> str:
        return Path(path).relative_to(self.root).as_posix()

    def uses(self, test: str = "test_a.py") -> set[str]:
        """What is there of what a test file uses, without itself."""
        found = {
            self.name(path) for path in self.graph.uses(self.path(test)) if Path(path).is_file()
        }
        return found - {test}

    def wants(self, name: str, test: str = "test_a.py") -> bool:
        """Whether a test file would use what is not there."""
        return self.path(name) in self.graph.uses(self.path(test))

    def users(self, name: str, *tests: str) -> dict[str, tuple[str, list[str]]]:
        look = self.graph.look(map(self.path, tests or ("test_a.py",)))
        return {
            self.name(file): (way.how, list(map(self.name, way.chain)))
            for file, way in look.users_of(self.path(name)).items()
        }


def project(tmp_path: Path, test: str, *names: str, **files: str) -> Project:
    return Project(tmp_path, {"test_a.py": test} | dict.fromkeys(names, "") | files)


@pytest.mark.parametrize(
    ("test", "uses"),
    [
        ("import cart", {"cart.py"}),
        ("import shop", {"shop/__init__.py"}),
        ("import shop.tax", {"shop/__init__.py", "shop/tax.py"}),
        ("from shop import tax", {"shop/__init__.py", "shop/tax.py"}),
        ("from shop import other", {"shop/__init__.py"}),
        ("from shop.tax import rate", {"shop/__init__.py", "shop/tax.py"}),
        ("import loose.part", {"loose/part.py"}),
        ("import loose.deep.part", {"loose/deep/part.py"}),
        ("if TYPE_CHECKING:\n  import cart", {"cart.py"}),
        ("def test():\n  import cart", {"cart.py"}),
        ("import importlib\nimportlib.import_module('cart')", {"cart.py"}),
        ("patch('shop.tax.rate', 1)", {"shop/__init__.py", "shop/tax.py"}),
        ("pytest_plugins = ['cart']", {"cart.py"}),
        ("open('notes.txt')", {"notes.txt"}),
        ("Path('data') / 'prices.json'", {"data/prices.json"}),
        ("Path('data/prices.json')", {"data/prices.json"}),
        ("import numpy", set()),
    ],
)
def test_a_test_file_uses_what_it_names(tmp_path: Path, test: str, uses: set[str]) -> None:
    names = ("cart.py", "shop/__init__.py", "shop/tax.py", "loose/part.py", "loose/deep/part.py")

    assert project(tmp_path, test, *names, "notes.txt", "data/prices.json").uses() == uses


def test_what_it_uses_is_followed(tmp_path: Path) -> None:
    made = Project(
        tmp_path,
        {
            "test_a.py": "import page",
            "page.py": "from shop.cart import Cart",
            "shop/__init__.py": "from . import money",
            "shop/cart.py": "from .tax import rate\nfrom ..unrelated import x",
            "shop/tax.py": "import page",
            "shop/money.py": "",
            "other.py": "",
        },
    )

    assert made.uses() == {
        "page.py",
        "shop/__init__.py",
        "shop/cart.py",
        "shop/tax.py",
        "shop/money.py",
    }


def test_a_use_says_how_and_by_way_of_which_file(tmp_path: Path) -> None:
    made = project(tmp_path, "import page", **{"page.py": "open('home.html')", "home.html": ""})

    uses = made.graph.uses(made.path("test_a.py"))

    test, page, home = map(made.path, ("test_a.py", "page.py", "home.html"))
    assert uses[test] == Use(test, "is")
    assert uses[page] == Use(page, "imports", test)
    assert uses[home] == Use(home, "reads", page)


def test_the_way_to_a_path_is_the_shortest(tmp_path: Path) -> None:
    """Whichever name comes first: that is the order in which they are looked at."""
    files = {"cart.py": "", "test_long.py": "import b_long"}
    for name in "abc":
        files[f"{name}_short.py"] = "import cart"
        files[f"{name}_long.py"] = f"import {name}_longer"
        files[f"{name}_longer.py"] = "import cart"
    for short, long in product("abc", repeat=2):
        files[f"test_{short}{long}.py"] = f"import {short}_short, {long}_long"
    made = Project(tmp_path, files)

    found = made.users("cart.py", *(name for name in files if name.startswith("test_")))

    chain = ["test_long.py", "b_long.py", "b_longer.py", "cart.py"]
    assert found.pop("test_long.py") == ("imports", chain)
    assert len(found) == 9
    for test, (_, chain) in found.items():
        assert chain == [test, f"{test[5]}_short.py", "cart.py"]
        use = made.graph.uses(made.path(test))[made.path("cart.py")]
        assert use.via == made.path(f"{test[5]}_short.py")


def test_conftests_above_a_test_file_are_used_and_what_they_import(tmp_path: Path) -> None:
    made = Project(
        tmp_path,
        {
            "conftest.py": "",
            "tests/conftest.py": "import helper",
            "tests/helper.py": "",
            "tests/unit/test_a.py": "",
            "tests/other/conftest.py": "",
            "tests/other/part.py": "",
        },
    )
    made.write({"tests/helper.py": "import other.part"})

    assert made.uses("tests/unit/test_a.py") == {
        "conftest.py",
        "tests/conftest.py",
        "tests/helper.py",
        "tests/other/part.py",
    }
    assert made.users("tests/helper.py", "tests/unit/test_a.py") == {
        "tests/unit/test_a.py": (
            "imports",
            ["tests/unit/test_a.py", "tests/conftest.py", "tests/helper.py"],
        )
    }
    assert made.users("conftest.py", "tests/unit/test_a.py") == {
        "tests/unit/test_a.py": ("starts", ["tests/unit/test_a.py", "conftest.py"])
    }


def test_the_packages_that_a_test_file_is_in_are_used(tmp_path: Path) -> None:
    made = Project(
        tmp_path,
        {
            "tests/__init__.py": "",
            "tests/unit/__init__.py": "import cart",
            "tests/unit/test_a.py": "",
            "cart.py": "",
        },
    )

    assert made.uses("tests/unit/test_a.py") == {
        "tests/__init__.py",
        "tests/unit/__init__.py",
        "cart.py",
    }


def test_its_relatives_are_found_in_a_package(tmp_path: Path) -> None:
    made = Project(
        tmp_path,
        {
            "tests/__init__.py": "",
            "tests/unit/test_a.py": "from . import more\nfrom ..helper import x",
            "tests/unit/more.py": "",
            "tests/helper.py": "",
        },
    )

    assert made.uses("tests/unit/test_a.py") == {
        "tests/__init__.py",
        "tests/unit/more.py",
        "tests/helper.py",
    }


def test_other_import_roots_count(tmp_path: Path) -> None:
    made = project(tmp_path, "import shop.cart", "src/shop/cart.py")
    assert made.uses() == set()

    made.graph = Graph([str(tmp_path)], [made.path("src")])

    assert made.uses() == {"src/shop/cart.py"}


def test_what_is_installed_or_elsewhere_does_not(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    root = tmp_path / "project"
    made = Project(root, {"test_a.py": "import one, two", ".venv/lib/site-packages/one.py": ""})
    (elsewhere).mkdir()
    (elsewhere / "two.py").touch()

    made.graph = Graph([str(root)], [made.path(".venv/lib/site-packages"), str(elsewhere)])

    assert made.uses() == set()
    assert str(elsewhere / "two.py") not in made.graph.uses(made.path("test_a.py"))


def test_a_module_that_is_not_there_is_wanted(tmp_path: Path) -> None:
    made = project(tmp_path, "import cart.tax\nfrom shop import tax", "shop/__init__.py")

    assert made.wants("cart.py")
    assert made.wants("cart/__init__.py")
    assert made.wants("shop/tax.py")
    assert made.wants("shop/tax/__init__.py")
    assert made.wants("shop.py")
    assert not made.wants("tax.py")
    assert not made.wants("cart/tax.py")  # its folder has to come first
    assert made.users("cart.py") == {"test_a.py": ("imports", ["test_a.py", "cart.py"])}


def test_a_module_that_is_gone_has_its_users_still(tmp_path: Path) -> None:
    made = project(tmp_path, "import page", **{"page.py": "import cart", "cart.py": ""})
    assert made.users("cart.py")

    (tmp_path / "cart.py").unlink()

    assert made.users("cart.py") == {"test_a.py": ("imports", ["test_a.py", "page.py", "cart.py"])}


def test_what_is_different_on_the_disk_is_read_again(tmp_path: Path) -> None:
    made = project(tmp_path, "import page", "page.py", "cart.py")
    assert made.uses() == {"page.py"}

    made.write({"page.py": "import cart"})
    assert made.uses() == {"page.py", "cart.py"}

    made.write({"cart.py": "import new"})
    assert made.uses() == {"page.py", "cart.py"}

    made.write({"new.py": ""})
    assert made.uses() == {"page.py", "cart.py", "new.py"}

    (tmp_path / "page.py").unlink()
    assert made.uses() == set()


@pytest.mark.parametrize("name", ["shop/tax.py", "conftest.py", "data/prices.json"])
def test_what_comes_with_its_folder_is_found(tmp_path: Path, name: str) -> None:
    made = project(tmp_path, "import shop.tax\nPath('data', 'prices.json')")
    assert made.uses() == set()

    made.write({name: ""})

    assert made.uses() == {name}


def test_a_folder_becomes_a_package(tmp_path: Path) -> None:
    made = Project(tmp_path, {"tests/test_a.py": "import helper", "tests/helper.py": ""})
    assert made.uses("tests/test_a.py") == {"tests/helper.py"}

    made.write({"tests/__init__.py": ""})

    assert made.uses("tests/test_a.py") == {"tests/helper.py", "tests/__init__.py"}


def test_a_file_that_does_not_parse_uses_what_it_used(tmp_path: Path) -> None:
    made = project(tmp_path, "import page", "page.py")
    assert made.uses() == {"page.py"}

    made.write({"test_a.py": "import page\nimport ("})

    assert made.uses() == {"page.py"}


def test_a_file_that_never_parsed_uses_nothing_but_what_all_do(tmp_path: Path) -> None:
    assert project(tmp_path, "import (", "conftest.py").uses() == {"conftest.py"}


def test_a_new_folder_of_tests_is_an_import_root(tmp_path: Path) -> None:
    made = project(tmp_path, "import helper", "deep/test_b.py", "deep/helper.py")
    assert made.uses() == set()

    made.uses("deep/test_b.py")

    # Both are on sys.path in one run.
    assert made.uses() == {"deep/helper.py"}


def test_the_folder_that_a_package_of_tests_is_in_is_an_import_root(tmp_path: Path) -> None:
    made = Project(
        tmp_path,
        {
            "area/checks/__init__.py": "",
            "area/checks/unit/__init__.py": "",
            "area/checks/unit/test_a.py": "import checks.helper",
            "area/checks/helper.py": "",
        },
    )

    assert "area/checks/helper.py" in made.uses("area/checks/unit/test_a.py")


def test_a_file_becomes_a_test_file(tmp_path: Path) -> None:
    made = project(tmp_path, "import test_b", "deep/test_b.py", "deep/conftest.py", "test_b.py")
    assert made.uses() == {"test_b.py"}

    assert made.uses("deep/test_b.py") == {"deep/conftest.py"}


def test_one_look_answers_for_several(tmp_path: Path) -> None:
    made = Project(
        tmp_path, {"test_a.py": "import cart", "test_b.py": "import page", "cart.py": ""}
    )

    look = made.graph.look([made.path("test_a.py"), made.path("test_b.py")])

    assert set(look.users_of(made.path("cart.py"))) == {made.path("test_a.py")}
    assert set(look.users_of(made.path("page.py"))) == {made.path("test_b.py")}
    assert look.users_of(made.path("test_a.py")) == {}
    assert look.users_of(made.path("nobody.py")) == {}


def test_what_was_read_ahead_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project(tmp_path, "import page", **{"page.py": "import cart", "cart.py": ""})

    steps = list(made.graph.read_ahead([made.path("test_a.py")]))

    monkeypatch.delattr("livereload_sse.pytest_watch.affected.graph.parse")
    assert len(steps) == 3
    assert made.uses() == {"page.py", "cart.py"}


def test_no_test_files_need_no_look(tmp_path: Path) -> None:
    made = project(tmp_path, "import cart", "cart.py")

    assert made.graph.look([]).users_of(made.path("cart.py")) == {}


def test_a_package_that_is_found_by_its_name_alone_is_where_it_lies(tmp_path: Path) -> None:
    files = {
        "test_a.py": "import shop.cart\nfrom tool import cut\nimport shopping\nimport lone",
        "lib/__init__.py": "",
        "lib/cart.py": "",
        "lib/other.py": "",
        "lib/ing.py": "",
        "alone/__init__.py": "",
        "tools/the_tool.py": "",
    }
    project = Project(tmp_path, files)
    given = [("shop", "lib"), ("tool", "tools/the_tool"), ("lone", "alone")]
    packages = [Package(name, project.path(path)) for name, path in given]
    project.graph = Graph([str(tmp_path)], packages=packages)

    assert project.uses() == {
        "lib/__init__.py",
        "lib/cart.py",
        "tools/the_tool.py",
        "alone/__init__.py",
    }
    project.write({"test_a.py": "import shop.new"})
    assert project.wants("lib/new.py")
