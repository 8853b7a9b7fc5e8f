"""The worker's files run where nothing of ours is, and in the oldest Python that MkDocs 1.6 has."""

import ast
import builtins
import sys
from pathlib import Path

import pytest

from livereload_sse.build.mkdocs.process import WORKER

FILES = sorted(WORKER.glob("*.py"))
OLDEST = (3, 8)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_the_worker_is_written_for_the_oldest_python(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=OLDEST)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_the_worker_imports_the_standard_library_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            assert (node.module or "").split(".")[0] in sys.stdlib_module_names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_types_that_the_oldest_python_cannot_make_are_only_annotations(path: Path) -> None:
    tree = ast.parse(path.read_text())
    checked = [node for node in tree.body if not _is_for_type_checkers(node)]
    made = [
        node.value
        for part in checked
        for node in ast.walk(part)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)
    ]
    assert not [value for value in made if ast.unparse(value.value) in vars(builtins)]


def _is_for_type_checkers(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def test_the_inside_of_mkdocs_is_known_in_one_place() -> None:
    users = {path.name for path in FILES if "_build_page" in path.read_text()}
    assert users == {"pages.py"}
