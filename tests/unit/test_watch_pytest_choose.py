"""Which tests a change concerns: on a small project on the disk, as the graph and the record look."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereload_sse.pytest_watch.affected.choose import Choice, Reason, choose
from livereload_sse.pytest_watch.affected.globs import Globs
from livereload_sse.pytest_watch.affected.graph import Graph
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.affected.same import Difference
from livereload_sse.pytest_watch.messages import (
    Collected,
    CollectionFailed,
    FileRecorded,
    Finished,
    How,
    Message,
    TestHits,
    TestResult,
    Use,
)
from livereload_sse.pytest_watch.order import Order
from livereload_sse.watch import Change, ChangeKind, ChangeSet

A, M, D = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.DELETED


class Project:
    """Names are relative to the root. A test file `test_x.py` has the tests `test_x.py::test_1` and
    so on; each takes a second.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.graph = Graph([str(root)])
        self.record = Record(rootdir=str(root))
        self.known: set[str] = set()

    def path(self, name: str) -> str:
        return str(self.root / name)

    def name(self, path: str) -> str:
        return Path(path).relative_to(self.root).as_posix()

    def write(self, name: str, text: str = "") -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def test_file(self, name: str, text: str = "") -> None:
        """A test file that has never run."""
        self.write(name, text)
        self.known.add(self.path(name))

    def ran(
        self,
        name: str,
        *uses: tuple[How, str] | tuple[How, str, str],
        everything: str = "",
        tests: int = 1,
        failed: Collection[int] = (),
    ) -> None:
        """A test file that has run to its end, and what it used."""
        file = self.path(name)
        self.write(name)
        self.known.add(file)
        found = [Use(file, "is")]
        for how, path, *via in uses:
            found.append(Use(self.path(path), how, self.path(via[0]) if via else file))
        names = [f"{name}::test_{number}" for number in range(1, tests + 1)]
        self.tell(
            Collected(tuple(names), {name: file}),
            *(
                TestResult(test, "failed" if number in failed else "passed", 1.0)
                for number, test in enumerate(names, 1)
            ),
            FileRecorded(file, tuple(found), everything),
            files=[name],
        )

    def tell(self, *messages: Message, files: Iterable[str] = ()) -> None:
        self.record.begin(Order(files=frozenset(map(self.path, files))))
        for message in messages:
            self.record.learn(message)
        self.record.learn(Finished(0, 0.1))

    def calls(self, test: str, *functions: str) -> None:
        named = (
            f"{self.path(function.split(':', 1)[0])}:1:{function.split(':')[1]}"
            for function in functions
        )
        self.record.learn(TestHits(test, tuple(named)))

    def choose(
        self,
        changed: Mapping[str, ChangeKind] | str,
        *,
        lines: Iterable[str] = (),
        configuration: Iterable[str] = (),
        python_files: tuple[str, ...] = ("test_*.py", "*_test.py"),
        within: Iterable[str] = (),
        failures: Collection[str] | None = None,
        functions: Mapping[str, Difference] | None = None,
        functions_only: bool = False,
    ) -> Choice:
        kinds = {changed: M} if isinstance(changed, str) else changed
        changes = frozenset(Change(kind, self.root / name) for name, kind in kinds.items())
        return choose(
            ChangeSet(changes),
            record=self.record,
            graph=self.graph,
            test_files=self.known,
            configuration=set(map(self.path, configuration)),
            rules=Globs(str(self.root), lines),
            python_files=python_files,
            within=tuple(map(self.path, within)),
            failures=failures,
            differences={self.path(name): found for name, found in (functions or {}).items()},
            functions_only=functions_only,
        )

    def chosen(self, changed: Mapping[str, ChangeKind] | str, *lines: str) -> dict[str, str]:
        """Chosen test file → how it comes to it, in order."""
        choice = self.choose(changed, lines=lines)
        return {self.name(file): reason.how for file, reason in choice.files.items()}

    def first(self, choice: Choice) -> list[str]:
        return [self.name(one) if Path(one).is_absolute() else one for one in choice.first]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_who_has_used_a_file_is_chosen_with_the_way_to_it(project: Project) -> None:
    project.ran("test_page.py", ("imports", "page.py"), ("reads", "home.html", "page.py"))
    project.ran("test_cart.py", ("imports", "cart.py"))

    choice = project.choose("home.html")

    test, page, home = map(project.path, ("test_page.py", "page.py", "home.html"))
    assert choice == Choice(
        changed=(home,),
        files={test: Reason(home, "reads", (test, page, home))},
        total_files=2,
        first=(test,),
    )


def test_a_test_file_that_is_changed_is_chosen(project: Project) -> None:
    project.ran("test_a.py")
    project.ran("test_b.py", ("imports", "test_a.py"))

    assert project.chosen("test_a.py") == {"test_a.py": "is", "test_b.py": "imports"}


def test_what_no_test_uses_is_named(project: Project) -> None:
    project.ran("test_a.py", ("imports", "cart.py"))

    choice = project.choose({"notes.txt": M, "cart.py": M})

    assert choice.unused == (project.path("notes.txt"),)
    assert list(choice.files) == [project.path("test_a.py")]
    assert project.choose("notes.txt").files == {}


def test_no_change_chooses_nothing(project: Project) -> None:
    assert project.choose({}) == Choice()

    project.ran("test_a.py", everything="starts python")

    assert project.choose({}) == Choice(total_files=1)


# What has not run


def test_a_file_that_has_not_run_is_chosen_for_what_it_names(project: Project) -> None:
    project.test_file("test_a.py", "import cart")
    project.write("cart.py", "import tax")
    project.write("tax.py")
    project.write("other.py")

    assert project.chosen("tax.py") == {"test_a.py": "imports"}
    assert project.chosen("other.py") == {}


def test_a_file_that_is_different_from_what_ran_is_chosen_for_both(project: Project) -> None:
    project.ran("test_a.py", ("reads", "prices.json"))
    assert project.chosen("cart.py") == {}

    project.test_file("test_a.py", "import cart")

    assert project.chosen("cart.py") == {"test_a.py": "imports"}
    assert project.chosen("prices.json") == {"test_a.py": "reads"}


def test_a_file_that_was_cancelled_is_chosen_for_both(project: Project) -> None:
    """`cart.py` imports something new; its tests were asked for and did not come to an end."""
    project.write("cart.py", "import tax")
    project.write("tax.py")
    project.test_file("test_a.py", "import cart")
    project.ran("test_b.py")
    project.record.learn(Collected(("test_a.py::test",), {"test_a.py": project.path("test_a.py")}))
    project.record.learn(
        FileRecorded(project.path("test_a.py"), (Use(project.path("old.py"), "reads"),))
    )
    assert project.chosen("tax.py") == {}

    project.tell(files=["test_a.py"])

    assert project.chosen("tax.py") == {"test_a.py": "imports"}
    assert project.chosen("old.py") == {"test_a.py": "reads"}


def test_a_file_that_could_not_be_collected_is_chosen_for_any_change(project: Project) -> None:
    project.ran("test_a.py")
    project.ran("test_b.py")
    project.tell(CollectionFailed("test_a.py", project.path("test_a.py"), "", ""))

    assert project.chosen("prices.json") == {"test_a.py": "unknown"}
    assert project.chosen("other.py") == {"test_a.py": "unknown"}
    assert project.chosen("prices.json", "*.json -> nothing") == {}


def test_a_file_that_never_came_to_its_end_is_chosen_for_any_data(project: Project) -> None:
    project.test_file("test_a.py", "import cart")
    project.tell(
        Collected(("test_a.py::test",), {"test_a.py": project.path("test_a.py")}),
        files=["test_a.py"],
    )

    assert project.chosen("prices.json") == {"test_a.py": "unknown"}
    assert project.chosen("cart.py") == {"test_a.py": "imports"}


def test_a_file_that_never_came_to_its_end_is_chosen_for_any_module(project: Project) -> None:
    """A module may be imported by a name that is put together, or from where nobody looks."""
    project.test_file("test_a.py", "import cart")
    project.ran("test_b.py", ("imports", "other.py"))
    project.tell(
        Collected(("test_a.py::test",), {"test_a.py": project.path("test_a.py")}),
        files=["test_a.py"],
    )

    assert project.chosen("lonely.py") == {"test_a.py": "unknown"}
    assert project.chosen("other.py") == {"test_b.py": "imports", "test_a.py": "unknown"}
    assert project.chosen("lonely.py", "lonely.py -> nothing") == {}


def test_who_names_a_file_is_chosen_whoever_else_uses_it(project: Project) -> None:
    """That a file exists can be asked without being heard, and what is not Python reads it so, too."""
    project.ran("test_a.py", everything="starts python")
    project.ran("test_b.py", ("imports", "flags.py"))
    project.ran("test_c.py", ("imports", "flags.py"), ("reads", "on.flag", "flags.py"))
    project.write("test_b.py", "import flags")
    project.write("test_c.py", "import flags; FLAG = 'on.flag'")
    project.write("flags.py", "import os\ndef is_on(): return os.path.exists('on.flag')")
    for name in ("test_a.py", "test_b.py", "test_c.py"):
        file = project.path(name)
        project.tell(
            Collected((f"{name}::test_1",), {name: file}),
            FileRecorded(
                file, project.record.uses_of(file), project.record.everything.get(file, "")
            ),
            files=[name],
        )

    for kind in (A, M, D):
        assert project.chosen({"on.flag": kind}) == {
            "test_b.py": "names",
            "test_c.py": "reads",
            "test_a.py": "everything",
        }
    assert project.chosen({"on.flag": D}, "*.flag -> nothing") == {"test_c.py": "reads"}


def test_a_package_that_could_not_be_collected_makes_everything_run(project: Project) -> None:
    project.ran("test_a.py")
    for name in ("tests/__init__.py", "tests"):
        project.tell(CollectionFailed("tests", project.path(name), "", ""))

        assert "could not be collected" in project.choose("other.py").everything
        assert project.choose({}).everything == ""
        project.record.forget(project.path(name))

    assert project.choose("other.py").everything == ""


# Files that come and go


def test_a_new_test_file_is_chosen(project: Project) -> None:
    project.ran("test_a.py")

    assert project.chosen({"test_new.py": A}) == {"test_new.py": "new"}
    assert project.chosen({"deep/new_test.py": M}) == {"deep/new_test.py": "new"}
    assert project.chosen({"helper.py": A}) == {}
    assert project.choose({"test_new.py": A}).total_files == 2


def test_what_names_test_files_have_is_the_projects_to_say(project: Project) -> None:
    project.ran("test_a.py")

    def found(name: str, *patterns: str) -> bool:
        return bool(project.choose({name: A}, python_files=patterns).files)

    assert found("check_x.py", "check_*.py")
    assert not found("test_x.py", "check_*.py")
    assert found("docs/guide.rst", "test_*.py", "*.rst")
    assert found("checks/x.py", "*/checks/*.py")
    assert not found("other/x.py", "*/checks/*.py")


def test_a_file_that_was_found_to_have_no_tests_is_not_new(project: Project) -> None:
    project.ran("test_a.py")
    project.ran("plain.py", ("imports", "cart.py"), tests=0)
    project.known.discard(project.path("plain.py"))  # a module in which doctests were looked for

    choice = project.choose("plain.py", python_files=("test_*.py", "*.py"))

    assert {self: reason.how for self, reason in choice.files.items()} == {
        project.path("plain.py"): "is"
    }
    assert project.chosen("cart.py") == {}


def test_a_new_test_file_elsewhere_is_not_asked_for(project: Project) -> None:
    project.ran("unit/test_a.py")

    def found(name: str) -> bool:
        return bool(project.choose({name: A}, within=["unit", "one/test_one.py"]).files)

    assert found("unit/test_b.py")
    assert found("one/test_one.py")
    assert not found("one/test_two.py")
    assert not found("units/test_b.py")


def test_a_deleted_test_file_is_not_chosen_but_who_uses_it_is(project: Project) -> None:
    project.ran("test_a.py", ("imports", "cart.py"))
    project.ran("test_b.py", ("imports", "test_a.py"))

    choice = project.choose({"test_a.py": D, "cart.py": M})

    assert list(choice.files) == [project.path("test_b.py")]
    assert choice.total_files == 1
    assert project.first(choice) == ["test_b.py"]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_deleted_test_file_alone_is_nothing_to_speak_of(project: Project, is_known: bool) -> None:  # noqa: FBT001 - a parameter of the table
    project.ran("test_a.py")
    project.ran("test_b.py")
    if not is_known:
        project.known.discard(project.path("test_a.py"))

    choice = project.choose({"test_a.py": D})

    assert (dict(choice.files), choice.first, choice.unused) == ({}, (), ())
    assert choice.total_files == 1


def test_what_is_recorded_of_other_files_than_those_asked_about_does_not_count(
    project: Project,
) -> None:
    project.ran("test_a.py", ("imports", "cart.py"), everything="starts python")
    project.ran("test_b.py", ("imports", "cart.py"))
    project.known.discard(project.path("test_a.py"))

    assert project.chosen("cart.py") == {"test_b.py": "imports"}


def test_who_lists_a_folder_is_chosen_when_a_file_comes_or_goes(project: Project) -> None:
    project.ran("test_a.py", ("lists", "data"))

    assert project.chosen({"data/x.json": A}) == {"test_a.py": "lists"}
    assert project.chosen({"data/x.json": D}) == {"test_a.py": "lists"}
    assert project.chosen({"data/deep/new/x.json": A}) == {"test_a.py": "lists"}
    assert project.chosen({"data/x.json": M}) == {}
    assert project.chosen({"database/x.json": A}) == {}


def test_a_module_that_was_missing_comes(project: Project) -> None:
    """As the record of an import that failed says: any new file below the roots may be it."""
    project.ran("test_a.py", ("lists", "."))
    project.ran("test_b.py")

    assert project.chosen({"shop/tax.py": A}) == {"test_a.py": "lists"}


def test_a_new_module_may_take_the_place_of_one_from_elsewhere(project: Project) -> None:
    project.write("test_a.py", "import json")
    project.ran("test_a.py")
    project.write("test_a.py", "import json")
    project.tell(
        Collected(("test_a.py::test",), {"test_a.py": project.path("test_a.py")}),
        FileRecorded(project.path("test_a.py"), ()),
    )
    assert project.record.is_fresh(project.path("test_a.py"))

    assert project.chosen({"json.py": A}) == {"test_a.py": "imports"}
    assert project.chosen({"json.py": M}) == {}


def test_a_package_that_comes_or_goes_concerns_who_uses_what_is_in_it(project: Project) -> None:
    project.ran("test_a.py", ("imports", "shop/deep/cart.py"))
    project.ran("test_b.py", ("imports", "other.py"))

    assert project.chosen({"shop/__init__.py": A}) == {"test_a.py": "imports"}
    assert project.chosen({"shop/__init__.py": D}) == {"test_a.py": "imports"}
    assert project.chosen({"shop/__init__.py": M}) == {}


# What concerns many


def test_a_conftest_concerns_all_tests_at_and_below_it(project: Project) -> None:
    for name in ("test_a.py", "unit/test_b.py", "unit/deep/test_c.py", "units/test_d.py"):
        project.ran(name)
    project.ran("test_e.py", ("imports", "unit/conftest.py"))

    assert project.chosen("unit/conftest.py") == {
        "test_e.py": "imports",
        "unit/deep/test_c.py": "starts",
        "unit/test_b.py": "starts",
    }
    assert len(project.chosen({"conftest.py": A})) == 5


def test_configuration_concerns_everything(project: Project) -> None:
    project.ran("test_a.py")
    project.ran("test_b.py", ("reads", "pytest.ini"))

    choice = project.choose({"pytest.ini": M, "notes.txt": M}, configuration=["pytest.ini"])

    assert choice.everything == "pytest.ini is configuration"
    assert choice.unused == ()
    hows = {project.name(file): reason.how for file, reason in choice.files.items()}
    assert hows == {"test_b.py": "reads", "test_a.py": "configuration"}
    assert project.choose("pytest.ini").everything == ""


def test_the_project_may_say_what_configuration_concerns(project: Project) -> None:
    project.ran("test_a.py")
    project.ran("test_b.py")

    choice = project.choose(
        "pyproject.toml", configuration=["pyproject.toml"], lines=["pyproject.toml -> test_a.py"]
    )

    assert choice.everything == ""
    assert [project.name(file) for file in choice.files] == ["test_a.py"]


def test_where_no_test_is_known_everything_runs(project: Project) -> None:
    assert project.choose("cart.py").everything


def test_a_file_that_cannot_be_followed_is_chosen_for_any_change(project: Project) -> None:
    project.ran("test_a.py", everything="starts python")
    project.ran("test_b.py")

    choice = project.choose("notes.txt")

    test, notes = project.path("test_a.py"), project.path("notes.txt")
    assert choice.files == {test: Reason(notes, "everything", (test, notes), "starts python")}
    assert choice.unused == ()


def test_the_project_may_say_what_such_a_file_does_not_depend_on(project: Project) -> None:
    project.ran("test_a.py", ("reads", "docs/shown.md"), everything="starts python")
    project.ran("test_b.py")

    assert project.chosen("docs/notes.md", "docs/** -> nothing") == {}
    assert project.chosen("docs/notes.md", "docs/** -> test_b.py") == {"test_b.py": "map"}
    assert project.chosen("other.md", "docs/** -> nothing") == {"test_a.py": "everything"}
    # What was seen to be read is not for a line to deny.
    assert project.chosen("docs/shown.md", "docs/** -> nothing") == {"test_a.py": "reads"}


def test_a_line_of_the_project_adds_to_what_is_known(project: Project) -> None:
    project.ran("test_a.py", ("reads", "openapi.yaml"))
    project.ran("test_b.py")

    found = project.chosen("openapi.yaml", "openapi.yaml -> test_b.py")

    assert found == {"test_a.py": "reads", "test_b.py": "map"}


# Order


def test_changed_then_near_then_short_ones_run_first(project: Project) -> None:
    project.ran("test_far.py", ("imports", "page.py"), ("imports", "cart.py", "page.py"))
    project.ran("test_long.py", ("imports", "cart.py"), tests=3)
    project.ran("test_short.py", ("imports", "cart.py"), tests=2)
    project.ran("test_fear.py", everything="starts python")
    project.ran("test_self.py", ("imports", "page.py"), ("imports", "cart.py", "page.py"))

    choice = project.choose({"cart.py": M, "test_self.py": M})

    files = ["test_self.py", "test_short.py", "test_long.py", "test_far.py", "test_fear.py"]
    assert [project.name(file) for file in choice.files] == files
    assert project.first(choice) == files


def test_the_best_of_several_reasons_counts(project: Project) -> None:
    project.ran(
        "test_a.py",
        ("imports", "page.py"),
        ("imports", "cart.py", "page.py"),
        ("reads", "home.html"),
        everything="starts python",
    )

    choice = project.choose({"cart.py": M, "home.html": M, "a.txt": M})

    (reason,) = choice.files.values()
    assert (project.name(reason.path), reason.how) == ("home.html", "reads")


def test_what_failed_before_runs_before_all(project: Project) -> None:
    project.ran("test_a.py", ("imports", "cart.py"), tests=2, failed=[2])
    project.ran("test_b.py", tests=2, failed=[1])
    project.ran("test_c.py", failed=[1])

    choice = project.choose({"cart.py": M, "test_b.py": M})

    assert project.first(choice) == [
        "test_b.py::test_1",
        "test_a.py::test_2",
        "test_b.py",
        "test_a.py",
    ]
    given = project.choose("cart.py", failures=["test_a.py::test_1", "test_x.py::test"])
    assert project.first(given) == ["test_a.py::test_1", "test_a.py"]


def test_a_file_that_could_not_be_collected_runs_first_as_a_whole(project: Project) -> None:
    project.ran("test_a.py", ("imports", "cart.py"))
    project.ran("test_b.py", ("imports", "page.py"), ("imports", "cart.py", "page.py"))
    project.tell(CollectionFailed("test_b.py", project.path("test_b.py"), "", ""))

    assert project.first(project.choose("cart.py")) == ["test_b.py", "test_a.py"]


def test_callers_of_what_differs_run_before_other_files(project: Project) -> None:
    project.ran("test_a.py", ("imports", "cart.py"), tests=2)
    project.ran("test_b.py", ("imports", "cart.py"), tests=2)
    project.ran("test_c.py")
    project.calls("test_b.py::test_2", "cart.py:add")
    project.calls("test_c.py::test_1", "cart.py:add")

    choice = project.choose(
        "cart.py", functions={"cart.py": Difference(frozenset({"add"}), elsewhere=True)}
    )

    assert project.first(choice) == ["test_b.py::test_2", "test_a.py", "test_b.py"]
    assert choice.tests is None
    both = project.choose(
        {"cart.py": M, "test_a.py": M}, functions={"cart.py": Difference(frozenset({"add"}))}
    )
    assert project.first(both) == ["test_a.py", "test_b.py::test_2", "test_b.py"]


# Functions only


@pytest.fixture
def called(project: Project) -> Project:
    project.ran("test_a.py", ("imports", "cart.py"), tests=2)
    project.ran("test_b.py", ("imports", "cart.py"), tests=2)
    project.calls("test_a.py::test_1", "cart.py:add")
    project.calls("test_a.py::test_2", "cart.py:drop")
    project.calls("test_b.py::test_1", "cart.py:drop")
    return project


def test_only_callers_run_where_that_is_asked_for(called: Project) -> None:
    only = {"cart.py": Difference(frozenset({"add"}), elsewhere=False)}

    choice = called.choose("cart.py", functions=only, functions_only=True)

    # Of test_b.py::test_2 it is not known what it calls.
    assert choice.tests == frozenset({"test_a.py::test_1", "test_b.py::test_2"})
    assert len(choice.files) == 2
    assert called.choose("cart.py", functions=only).tests is None


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"cart.py": M}, None),
        ({"cart.py": M}, Difference(frozenset({"add"}), elsewhere=True)),
        ({"cart.py": M}, Difference(frozenset({"add", "never_called"}), elsewhere=False)),
        ({"cart.py": D}, Difference(frozenset({"add"}), elsewhere=False)),
        ({"cart.py": M, "test_b.py": M}, Difference(frozenset({"add"}), elsewhere=False)),
    ],
)
def test_all_tests_run_where_calls_do_not_tell(
    called: Project, change: dict[str, ChangeKind], difference: Difference | None
) -> None:
    functions = {"cart.py": difference} if difference else {}

    assert called.choose(change, functions=functions, functions_only=True).tests is None


def test_all_tests_run_where_a_test_reads_the_source(called: Project) -> None:
    called.ran("test_c.py", ("reads", "cart.py"))
    only = {"cart.py": Difference(frozenset({"add"}), elsewhere=False)}

    assert called.choose("cart.py", functions=only, functions_only=True).tests is None


def test_all_tests_run_where_a_file_is_not_what_ran(called: Project) -> None:
    called.test_file("test_b.py", "import cart")
    only = {"cart.py": Difference(frozenset({"add"}), elsewhere=False)}

    assert called.choose("cart.py", functions=only, functions_only=True).tests is None


def test_a_change_that_nobody_uses_does_not_matter_to_that(called: Project) -> None:
    only = {"cart.py": Difference(frozenset({"add"}), elsewhere=False)}

    choice = called.choose({"cart.py": M, "notes.txt": M}, functions=only, functions_only=True)

    assert choice.tests == frozenset({"test_a.py::test_1", "test_b.py::test_2"})


# Laws

TESTS = ("test_a.py", "sub/test_b.py", "sub/test_c.py")
PATHS = (
    *TESTS,
    "conftest.py",
    "sub/conftest.py",
    "sub/__init__.py",
    "cart.py",
    "data/x.json",
    "pytest.ini",
    "sub/test_new.py",
)
HOWS: tuple[How, ...] = ("is", "imports", "reads", "lists", "starts")

on_disk = settings(deadline=None)  # how long a disk takes is nobody's promise

change_sets = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(list(ChangeKind)), max_size=4)
used = st.tuples(st.sampled_from(HOWS), st.sampled_from((*PATHS, "data")))
records = st.dictionaries(
    st.sampled_from(TESTS), st.tuples(st.lists(used, max_size=3), st.sampled_from(["", "why"]))
)
lines = st.lists(
    st.sampled_from(["*.json -> nothing", "*.py -> test_a.py", "*.ini -> nothing", "* -> *"])
)


def remembering(
    folder: Path, known: Mapping[str, tuple[list[tuple[How, str]], str]], fresh: Collection[str]
) -> Project:
    project = Project(folder)
    project.known.update(map(project.path, TESTS))
    for name, (uses, everything) in known.items():
        project.ran(name, *uses, everything=everything)
    project.tell(files=set(known) - set(fresh))
    return project


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for name in TESTS:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("import cart")
    return folder


@on_disk
@given(
    known=records,
    fresh=st.sets(st.sampled_from(TESTS)),
    one=change_sets,
    more=change_sets,
    lines=lines,
)
def test_more_changes_never_choose_fewer_files(
    folder: Path,
    known: Mapping[str, tuple[list[tuple[How, str]], str]],
    fresh: set[str],
    one: dict[str, ChangeKind],
    more: dict[str, ChangeKind],
    lines: list[str],
) -> None:
    project = remembering(folder, known, fresh)

    few = project.choose(one, lines=lines, configuration=["pytest.ini"])
    many = project.choose(more | one, lines=lines, configuration=["pytest.ini"])

    gone = {project.path(name) for name, kind in more.items() if kind is D}
    assert few.files.keys() - gone <= many.files.keys()
    assert bool(few.everything) <= bool(many.everything)


@on_disk
@given(known=records, fresh=st.sets(st.sampled_from(TESTS)), changed=change_sets, lines=lines)
def test_no_file_is_lost_whose_record_holds_the_path(
    folder: Path,
    known: Mapping[str, tuple[list[tuple[How, str]], str]],
    fresh: set[str],
    changed: dict[str, ChangeKind],
    lines: list[str],
) -> None:
    project = remembering(folder, known, fresh)

    choice = project.choose(changed, lines=lines)

    for name, (uses, _) in known.items():
        if changed.get(name) is not D and {path for _, path in uses} & changed.keys():
            assert project.path(name) in choice.files


@on_disk
@given(known=records, fresh=st.sets(st.sampled_from(TESTS)), changed=change_sets, lines=lines)
def test_each_choice_has_its_reason_and_each_change_its_word(
    folder: Path,
    known: Mapping[str, tuple[list[tuple[How, str]], str]],
    fresh: set[str],
    changed: dict[str, ChangeKind],
    lines: list[str],
) -> None:
    project = remembering(folder, known, fresh)

    choice = project.choose(changed, lines=lines, configuration=["pytest.ini"])

    for file, reason in choice.files.items():
        assert reason.path in choice.changed
        assert (reason.chain[0], reason.chain[-1]) == (file, reason.path)
    assert set(choice.changed) == {project.path(name) for name in changed}
    assert set(choice.unused) <= set(choice.changed)
    assert not {reason.path for reason in choice.files.values()} & set(choice.unused)
    assert [one for one in choice.first if one in choice.files] == [*choice.files]
