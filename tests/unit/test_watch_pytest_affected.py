"""What is said of files that runs write themselves, and of those that people save."""

from pathlib import Path

import pytest

from livereload_sse.pytest_watch.affected.affected import Affected, Finding
from livereload_sse.pytest_watch.affected.record import Record
from livereload_sse.pytest_watch.messages import Collected
from livereload_sse.pytest_watch.setup import Setup
from livereload_sse.watch import Change, ChangeKind, ChangeSet


class Project:
    """A folder, and what is known of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.affected = Affected(_setup(folder), Record(rootdir=str(folder)))

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def look(self, *names: str, kind: ChangeKind = ChangeKind.MODIFIED) -> Finding:
        changes = frozenset(Change(kind, self.folder / name) for name in names)
        files = [self.path("test_own.py")]
        return self.affected.look(ChangeSet(changes), test_files=files, written=())


def _setup(folder: Path) -> Setup:
    return Setup(
        args=(),
        folder=folder,
        root=folder,
        config_file=None,
        cache_dir=None,
        roots=(str(folder),),
        installed=(),
        python_files=("test_*.py",),
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_nothing_is_said_of_what_the_last_run_has_written_and_taken_away(project: Project) -> None:
    project.affected.note_written([project.path(".coverage.host.pid1.Xy")])

    found = project.look(".coverage.host.pid1.Xy", kind=ChangeKind.DELETED)

    assert found == Finding()


def test_what_the_last_run_has_written_counts_when_it_is_edited(project: Project) -> None:
    (project.folder / "test_own.py").write_text("snapshot = {}")
    project.affected.note_written([project.path("test_own.py")])
    (project.folder / "test_own.py").write_text("snapshot = []")

    assert list(project.look("test_own.py").choice.files) == [project.path("test_own.py")]


def test_a_file_that_is_saved_as_it_was_is_named(project: Project) -> None:
    (project.folder / "cart.py").write_text("a = 1")
    project.affected.note_written([project.path("cart.py")])
    project.affected.note_written([])

    assert project.look("cart.py").same == (project.path("cart.py"),)


def test_test_files_that_were_deleted_while_nobody_watched_are_forgotten(tmp_path: Path) -> None:
    record = Record(rootdir=str(tmp_path))
    names = [str(tmp_path / name) for name in ("test_here.py", "test_gone.py")]
    (tmp_path / "test_here.py").touch()
    tests = ("test_here.py::test", "test_gone.py::test")
    record.learn(Collected(tests, dict(zip(("test_here.py", "test_gone.py"), names, strict=True))))

    Affected(_setup(tmp_path), record)

    assert record.files == (names[0],)
    assert record.tests_of(names[1]) == ()
