"""From what MkDocs says, and what is raised in it, to a message and a place."""

import logging
from pathlib import Path

import pytest

from livereload_sse.build.mkdocs.told import problem_from
from livereload_sse.build.mkdocs.worker.problems import (
    is_installed,
    problem_of,
    problem_of_record,
)
from livereload_sse.build.results import Location, Problem


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs/deep").mkdir(parents=True)
    (tmp_path / "docs/deep/page.md").write_text("# A\n\n[x](gone.md#part) and [y](y.md)\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: T\nplugins:\n- serach\nnav:\n- lost.md\n")
    return tmp_path


def read(site: Path, message: str, level: int = logging.WARNING) -> Problem:
    record = logging.LogRecord("mkdocs", level, "", 0, message, None, None)
    return problem_from(problem_of_record(record, str(site / "mkdocs.yml"), str(site / "docs")))


@pytest.mark.parametrize(
    ("message", "name", "line"),
    [
        (
            "Doc file 'deep/page.md' contains a link 'gone.md#part', but the target 'deep/gone.md' is not found among documentation files.",
            "docs/deep/page.md",
            3,
        ),
        (
            "Doc file 'deep/page.md' contains an unrecognized relative link 'y.md', it was left as is.",
            "docs/deep/page.md",
            3,
        ),
        ("Error reading page 'deep/page.md': something", "docs/deep/page.md", None),
        ("Error building page 'deep/page.md': something", "docs/deep/page.md", None),
        (
            "A reference to 'lost.md' is included in the 'nav' configuration, which is not found in the documentation files.",
            "mkdocs.yml",
            5,
        ),
        ("Config value 'plugins': The \"serach\" plugin is not installed", "mkdocs.yml", 3),
        ("Config value 'nav': Expected nav to be a list", "mkdocs.yml", 4),
    ],
)
def test_a_complaint_is_found_where_it_is_about(
    site: Path, message: str, name: str, line: int | None
) -> None:
    assert read(site, message) == Problem("warning", message, Location(site / name, line))


@pytest.mark.parametrize(
    "message", ["something is wrong", "Doc file 'nowhere.md' contains a link 'x'", ""]
)
def test_a_complaint_without_a_place_that_exists_has_none(site: Path, message: str) -> None:
    assert read(site, message, logging.ERROR) == Problem("error", message, None)


def raised(site: Path, error: BaseException) -> Problem | None:
    told = problem_of(error, str(site / "mkdocs.yml"), str(site / "docs"))
    return problem_from(told) if told else None


def test_an_error_in_a_file_of_the_project_is_found_by_its_last_frame_there(site: Path) -> None:
    hook = site / "hook.py"
    hook.write_text("import json\n\ndef run():\n    json.loads('{')\n")
    scope: dict[str, object] = {}
    exec(compile(hook.read_text(), str(hook), "exec"), scope)  # noqa: S102 - a hook, as MkDocs runs it
    try:
        scope["run"]()  # type: ignore[operator]  # it is a function
    except ValueError as error:
        problem = raised(site, error)
    assert problem is not None
    assert problem.message.startswith("JSONDecodeError: ")
    assert problem.location == Location(hook, 4)


def test_the_cause_tells_the_place_where_the_error_does_not(site: Path) -> None:
    cause = SyntaxError("invalid syntax", (str(site / "mkdocs.yml"), 2, 3, "x", 2, 4))
    error = ValueError("could not load")
    error.__cause__ = cause
    problem = raised(site, error)
    assert problem is not None
    assert problem.location == Location(site / "mkdocs.yml", 2, 3)


def test_an_end_that_was_announced_is_no_problem_of_its_own(site: Path) -> None:
    class Abort(SystemExit):
        pass

    assert raised(site, Abort("Aborted with 2 warnings in strict mode")) is None


def test_errors_that_are_raised_on_purpose_need_no_type(site: Path) -> None:
    class BuildError(Exception):
        pass

    class PluginError(BuildError):
        pass

    assert raised(site, PluginError("no such macro")) == Problem("error", "no such macro", None)
    assert raised(site, KeyError("x")) == Problem("error", "KeyError: 'x'", None)
    assert raised(site, RuntimeError()) == Problem("error", "RuntimeError", None)


def test_a_chain_of_errors_that_bites_its_tail_is_read_once(site: Path) -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__context__, two.__context__ = two, one
    assert raised(site, one) == Problem("error", "ValueError: one", None)


def test_what_is_installed_is_not_the_projects() -> None:
    assert is_installed(pytest.__file__)
    assert is_installed(logging.__file__)
    assert not is_installed(__file__)
