from pathlib import Path

import pytest

from livereload_sse.pytest_watch.taken import find_conftests, find_taken

OWN = 'def pytest_addoption(parser):\n    parser.addoption("--watch")\n'
WATCH = frozenset({"--watch", "--watch-ui"})


def write(root: Path, *names: str, text: str = OWN) -> list[Path]:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return [root / name for name in names]


def test_a_quoted_word_in_a_conftest_is_taken(tmp_path: Path) -> None:
    assert find_taken(WATCH, write(tmp_path, "conftest.py")) == {"--watch"}


@pytest.mark.parametrize("text", ["addoption('--watch')", 'addoption("-w", "--watch")'])
def test_either_quote_will_do(tmp_path: Path, text: str) -> None:
    assert find_taken(WATCH, write(tmp_path, "conftest.py", text=text)) == {"--watch"}


@pytest.mark.parametrize("text", ["", "# run with --watch", 'addoption("--watcher")'])
def test_a_word_that_is_not_quoted_by_itself_is_free(tmp_path: Path, text: str) -> None:
    assert not find_taken(WATCH, write(tmp_path, "conftest.py", text=text))


def test_what_cannot_be_read_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_bytes(b'\xff\xfe"--watch-ui"')
    assert find_taken(WATCH, [tmp_path / "conftest.py", tmp_path / "gone.py"]) == {"--watch-ui"}


@pytest.mark.parametrize(
    "named",
    [
        'pytest_plugins = ["plugins.own"]',
        "pytest_plugins = 'plugins.own'",
        'pytest_plugins: list[str] = [\n    "a",\n    "plugins.own",\n]',
        'pytest_plugins = ("plugins.package",)',
    ],
)
def test_a_plugin_that_a_conftest_names_is_looked_into(tmp_path: Path, named: str) -> None:
    write(tmp_path, "plugins/own.py", "plugins/package/__init__.py")
    (conftest,) = write(tmp_path, "tests/conftest.py", text=named)
    assert find_taken(WATCH, [conftest], import_roots=[tmp_path]) == {"--watch"}
    assert not find_taken(WATCH, [conftest])


def test_plugins_that_name_each_other_end(tmp_path: Path) -> None:
    write(tmp_path, "conftest.py", text='pytest_plugins = "other"')
    write(tmp_path, "other.py", text='pytest_plugins = "conftest"')
    assert not find_taken(WATCH, [tmp_path / "conftest.py"])


def found(
    root: Path, *arguments: str, start: str = ".", testpaths: tuple[str, ...] = ()
) -> set[str]:
    paths = find_conftests(arguments, testpaths=testpaths, start=root / start, root=root)
    return {str(path.relative_to(root)) for path in paths if path.is_relative_to(root)}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folders = ["", "tests/", "tests/unit/", "testing/", "src/", "src/pkg/tests/", "other/"]
    write(tmp_path, *(f"{folder}conftest.py" for folder in folders))
    (tmp_path / "tests/unit/test_a.py").touch()
    return tmp_path


def test_without_arguments_pytest_looks_here_and_into_folders_of_tests(tree: Path) -> None:
    assert found(tree) == {"conftest.py", "tests/conftest.py", "testing/conftest.py"}


def test_with_arguments_it_looks_at_them_and_above(tree: Path) -> None:
    wanted = {"conftest.py", "tests/conftest.py", "tests/unit/conftest.py"}
    assert found(tree, "tests/unit/test_a.py::test_one") == wanted
    assert found(tree, "tests/unit") == wanted


def test_arguments_are_taken_from_where_pytest_was_started(tree: Path) -> None:
    assert found(tree, "unit", start="tests") == found(tree, "tests/unit")


def test_where_the_settings_name_folders_those_stand_for_arguments(tree: Path) -> None:
    wanted = {"conftest.py", "src/conftest.py", "src/pkg/tests/conftest.py"}
    assert found(tree, testpaths=("src/*/tests",)) == wanted
    assert found(tree, "other", testpaths=("src",)) == {"conftest.py", "other/conftest.py"}


def test_settings_that_name_nothing_that_is_there_count_for_nothing(tree: Path) -> None:
    assert found(tree, testpaths=("gone",)) == found(tree)
