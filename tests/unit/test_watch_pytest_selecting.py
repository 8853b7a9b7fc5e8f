"""What runs and in which order: pytest's own collection, in this process, held to an order."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from livereload_sse.pytest_watch.inside.collecting import Collecting
from livereload_sse.pytest_watch.inside.selecting import Selecting
from livereload_sse.pytest_watch.messages import Collected
from livereload_sse.pytest_watch.order import Order

pytest_plugins = ["pytester"]

TWO = "def test_one(): pass\ndef test_two(): pass\n"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they are many here, and slow
    for name in ("a", "b", "c"):
        (pytester.path / f"test_{name}.py").write_text(TWO)
    (pytester.path / "sub").mkdir()
    (pytester.path / "sub" / "test_d.py").write_text(TWO)
    return pytester.path


@pytest.fixture
def run(pytester: pytest.Pytester, project: Path) -> "Running":
    return Running(pytester, project)


class Running:
    """Collects with an order, in a process that stays; files are named from the project."""

    def __init__(self, pytester: pytest.Pytester, project: Path) -> None:
        self._pytester = pytester
        self._project = project
        self.exit_code: int | None = 0

    def __call__(
        self,
        *args: str,
        files: Sequence[str] | None = None,
        plugins: Sequence[object] = (),
        **order: object,
    ) -> Collected:
        told: list[object] = []
        wanted = None if files is None else frozenset(map(self.path, files))
        plugin = Selecting(Order(files=wanted, **order))  # type: ignore[arg-type]  # a table's
        ours = [plugin, Collecting(told.append)]
        words = ["-p", "no:cacheprovider", "--collect-only", "-q", *args]
        self.exit_code = self._pytester.inline_run(*words, plugins=[*plugins, *ours]).ret
        (message,) = [one for one in told if isinstance(one, Collected)]
        return message

    def path(self, name: str) -> str:
        return os.fspath(self._project / name)


def short(message: Collected) -> list[str]:
    return [test.replace("test_", "").replace(".py", "") for test in message.tests]


ALL = ["a::one", "a::two", "b::one", "b::two", "c::one", "c::two", "sub/d::one", "sub/d::two"]


def test_an_order_of_everything_changes_nothing(run: Running) -> None:
    assert sorted(short(run())) == ALL


def test_only_the_files_that_are_wanted_are_collected(run: Running) -> None:
    found = short(run(files=["test_b.py", "sub/test_d.py"]))
    assert sorted(found) == ["b::one", "b::two", "sub/d::one", "sub/d::two"]


def test_arguments_that_name_what_is_not_wanted_are_not_even_looked_at(run: Running) -> None:
    words = ["test_a.py", "test_c.py::test_one", "test_b.py::test_two", "sub"]
    found = run(*words, files=["test_b.py"])
    assert short(found) == ["b::two"]
    assert (found.deselected, run.exit_code) == (0, 0)


def test_a_file_that_no_argument_names_is_not_collected(run: Running) -> None:
    found = run("test_a.py", files=["test_b.py"])
    assert (found.tests, found.deselected, run.exit_code) == ((), 0, 5)


def test_single_tests_are_taken_out_of_their_files(run: Running) -> None:
    message = run(files=["test_a.py"], tests=frozenset({"test_a.py::test_two"}))
    assert short(message) == ["a::two"]
    assert message.deselected == 1


def test_a_file_that_could_not_be_collected_stands_for_all_its_tests(run: Running) -> None:
    assert short(run(tests=frozenset({"test_c.py"}))) == ["c::one", "c::two"]


def test_filters_hold_for_names_and_for_paths(run: Running) -> None:
    assert short(run(names="two and not sub", paths="test_b or sub/")) == ["b::two"]


def test_files_come_in_the_order_that_is_asked_for(run: Running) -> None:
    first = ("test_c.py::test_two", run.path("test_b.py"))
    assert short(run("test_a.py", "test_b.py", "test_c.py", first=first)) == [
        "c::one",
        "c::two",
        "b::one",
        "b::two",
        "a::one",
        "a::two",
    ]


@pytest.mark.parametrize("name", ["test_one", "test_two"])
def test_any_of_its_tests_puts_a_file_first(run: Running, name: str) -> None:
    found = short(run("test_a.py", "test_b.py", first=(f"test_b.py::{name}",)))
    assert found == ["b::one", "b::two", "a::one", "a::two"]


def test_the_tests_of_a_file_stay_in_their_order(run: Running) -> None:
    assert short(run("test_a.py", first=("test_a.py::test_two",))) == ["a::one", "a::two"]


class Backwards:
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.reverse()


def test_the_order_that_another_plugin_gives_is_kept_where_none_is_asked_for(run: Running) -> None:
    assert short(run("test_a.py", "test_b.py", plugins=[Backwards()])) == [
        "b::two",
        "b::one",
        "a::two",
        "a::one",
    ]


def test_within_a_file_it_is_kept_also_where_one_is_asked_for(run: Running) -> None:
    found = run("test_a.py", "test_b.py", plugins=[Backwards()], first=("test_a.py::test_one",))
    assert short(found) == ["a::two", "a::one", "b::two", "b::one"]


class Adding:
    """A plugin that collects another kind of file, and a folder as one thing."""

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> object:
        return Listed.from_parent(parent, path=file_path) if file_path.suffix == ".list" else None


class Listed(pytest.File):
    def collect(self) -> list[pytest.Item]:
        return [Line.from_parent(self, name=line) for line in self.path.read_text().split()]


class Line(pytest.Item):
    def runtest(self) -> None: ...


def test_files_of_other_kinds_are_chosen_like_any(run: Running, project: Path) -> None:
    (project / "x.list").write_text("one two")
    (project / "y.list").write_text("one")
    found = run(plugins=[Adding()], files=["x.list"])
    assert found.tests == ("x.list::one", "x.list::two")
    assert found.files == {"x.list": run.path("x.list")}


def test_what_others_refuse_is_not_collected_for_being_wanted(run: Running) -> None:
    assert not run("--ignore=test_a.py", files=["test_a.py"]).tests


def test_a_package_that_is_named_as_a_module_is_found(run: Running, project: Path) -> None:
    (project / "pkg").mkdir()
    (project / "pkg" / "__init__.py").touch()
    (project / "pkg" / "test_e.py").write_text(TWO)
    (project / "pkg" / "test_f.py").write_text(TWO)
    (project / "conftest.py").write_text(
        "import sys, pathlib; sys.path.insert(0, str(pathlib.Path(__file__).parent))"
    )
    names = ["--pyargs", "pkg.test_e::test_one", "pkg.test_f"]
    found = run(*names, files=["pkg/test_f.py"])
    assert short(found) == ["pkg/f::one", "pkg/f::two"]
    assert found.deselected == 0
    assert short(run("--pyargs", "pkg", files=["pkg/test_e.py"])) == ["pkg/e::one", "pkg/e::two"]


def test_lines_are_counted_from_one(run: Running) -> None:
    assert run("test_a.py").lines == (1, 2)


def test_files_in_which_runs_have_broken_off_come_last_whatever_else_is_said(run: Running) -> None:
    words = ("test_a.py", "test_b.py", "test_c.py")
    first = (run.path("test_c.py"), "test_b.py::test_one", "test_b.py::test_two")
    found = short(run(*words, first=first, last=("test_b.py::test_two",)))
    assert found == ["c::one", "c::two", "a::one", "a::two", "b::one", "b::two"]
    assert short(run(*words, last=("test_a.py::test_one",)))[-2:] == ["a::one", "a::two"]


def test_it_is_told_of_which_files_the_order_leaves_tests_out(run: Running) -> None:
    tests = frozenset({"test_a.py::test_two", "test_b.py::test_one", "test_b.py::test_two"})
    message = run(files=["test_a.py", "test_b.py"], tests=tests)
    assert message.left_out == (run.path("test_a.py"),)
    assert run("-k", "test_one", files=["test_a.py"]).left_out == ()
