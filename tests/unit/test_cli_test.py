"""`sse-reload test`: which words become which."""

import importlib.util
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from livereload_sse.cli import cli, run


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note what would be begun, and begin nothing."""
    words: list[list[str]] = []
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    monkeypatch.setattr(sys.modules["livereload_sse.cli.test"], "_become", words.append)
    return words


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-k", "cart", "tests"],
        ["-x", "--maxfail=3", "--cov", "tests/unit::test_a"],
        ["-q", "--", "--watch"],
        ["tests", "--help"],
        ["--version"],
    ],
)
def test_all_words_are_pytests(begun: list[list[str]], words: list[str]) -> None:
    assert run(["test", *words]) == 0
    (found,) = begun
    assert found[found.index("--live-watch") + 1 :] == words


def test_it_is_the_pytest_of_this_python(begun: list[list[str]]) -> None:
    run(["test"])
    assert begun[0][0] == sys.executable
    assert begun[0][1:3] == ["-m", "pytest"] or Path(begun[0][1]).name == "pytest"


def test_where_that_command_is_missing_the_module_does(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["livereload_sse.cli.test"]
    monkeypatch.setattr(module.sysconfig, "get_path", lambda _: "/nowhere")
    assert module.find_command() == [sys.executable, "-m", "pytest"]


def test_the_plugin_is_named_where_pytest_loads_none_by_itself(
    begun: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    run(["test"])
    assert begun[0][-3:] == ["-p", "sse-reload", "--live-watch"]


def test_without_pytest_it_says_how_to_have_it(
    begun: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert run(["test"]) == 1
    assert not begun
    assert "-m pip install pytest" in capsys.readouterr().err


def test_its_help_says_that_the_words_are_pytests() -> None:
    shown = CliRunner().invoke(cli, ["test", "-h"]).output
    assert "All words are pytest's" in " ".join(shown.split())
    assert "pytest --live-watch" in " ".join(shown.split())
