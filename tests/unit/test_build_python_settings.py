"""What a configuration in Python says without being run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.python_settings import read_path_entries, read_settings

FOLDER = Path("/project/docs")


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("a = ['x', 'y']\n", {"a": ["x", "y"]}),
        ("a = b = 1\n", {"a": 1, "b": 1}),
        ("a: list[str] = ['x']\n", {"a": ["x"]}),
        ("a = 'x'\na = 'y'\n", {"a": "y"}),
        ("a = 'x'\na = here()\n", {}),
        ("a = ['x']\na += ['y']\n", {}),
        ("a: str\n", {}),
        ("if sure:\n    a = 'x'\n", {}),
        ("a.b = 'x'\n", {}),
        ("a = (\n", {}),
        ("a = '\0'\n", {}),
        ("a = " + "(" * 500 + ")" * 500, {}),
    ],
)
def test_settings_are_what_is_written_out_and_nothing_else(
    text: str, settings: dict[str, object]
) -> None:
    assert read_settings(text) == settings


@given(st.dictionaries(st.from_regex(r"\Ax[a-z]{0,5}\Z"), st.lists(st.text() | st.integers())))
def test_what_is_written_out_is_read_as_python_would(settings: dict[str, object]) -> None:
    text = "".join(f"{name} = {value!r}\n" for name, value in settings.items())

    assert read_settings(text) == settings


@pytest.mark.parametrize(
    "call",
    [
        'sys.path.insert(0, os.path.abspath("../src"))',
        'sys.path.append("../src")',
        'sys.path.insert(0, str(Path("../src").resolve()))',
        'if True:\n    sys.path.insert(0, os.path.abspath("../src"))',
    ],
)
def test_a_folder_on_the_path_is_relative_to_the_configuration(call: str) -> None:
    assert read_path_entries(f"import os, sys\n{call}\n", FOLDER) == (FOLDER / "../src",)


@pytest.mark.parametrize(
    "call",
    [
        "sys.path.insert(0, here)",
        'sys.path.insert(0, os.path.join("..", "src"))',
        'paths.insert(0, "../src")',
        'print("../src")',
        "sys.path.append()",
        "sys.path.insert(0, '../src'",
    ],
)
def test_what_only_running_it_would_tell_is_not_known(call: str) -> None:
    assert read_path_entries(f"{call}\n", FOLDER) == ()
