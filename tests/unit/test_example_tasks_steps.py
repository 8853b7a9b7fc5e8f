"""The commands of a job, and what they may know of the machine."""

import os
import sys

import pytest

from examples.tasks.runner.steps import Command, Step, steps, surroundings


def shown(step: Step) -> list[str]:
    return [str(command) for command in step.commands]


def test_a_command_is_written_as_a_person_would_type_it() -> None:
    assert str(Command((sys.executable, "a b.py", "-v"))) == "python 'a b.py' -v"


def test_a_job_clones_its_branch_lints_tests_and_builds() -> None:
    clone, lint, test, build = steps("../lamps", "broken", ruff=True)

    assert [clone.name, lint.name, test.name, build.name] == ["clone", "lint", "test", "build"]
    assert shown(clone)[0] == "git clone --progress --no-local --branch broken ../lamps ."
    assert shown(test) == ["python -m pytest -v -p no:cacheprovider"]
    assert [one.split()[2] for one in shown(build)] == ["zipapp", "'Fl(3)"]


@pytest.mark.parametrize(("ruff", "tool"), [(True, "ruff"), (False, "compileall")])
def test_the_lint_step_uses_what_there_is_and_says_what(ruff: bool, tool: str) -> None:  # noqa: FBT001 - a row of the table
    lint = steps("../lamps", "main", ruff=ruff)[1]

    assert lint.tool == tool
    assert shown(lint)[0].startswith(f"python -m {tool} ")


def test_what_an_outer_run_has_set_is_left_out() -> None:
    outer = {
        "PATH": "/bin",
        "GIT_DIR": "/x",
        "PYTEST_ADDOPTS": "-x",
        "PYTHONPATH": "y",
        "COV_A": "1",
    }
    found = surroundings(outer)

    assert found["PATH"] == "/bin"
    assert not {"GIT_DIR", "PYTEST_ADDOPTS", "PYTHONPATH", "COV_A"} & found.keys()
    assert found["GIT_CONFIG_GLOBAL"] == os.devnull
