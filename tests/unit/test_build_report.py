import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload_sse.build.report import (
    MOST_LINES,
    MOST_PROBLEMS,
    Report,
    find_problems,
    find_warnings,
    make_report,
)
from livereload_sse.build.results import Ending, Finished, Location, Problem

NOWHERE = Path("/nowhere-that-is-a-project")


def finished(output: str, ending: Ending = Ending.EXITED) -> Finished:
    return Finished(ending, 1, 3.4, output)


def report(output: str, project: Path = NOWHERE, ending: Ending = Ending.EXITED) -> Report:
    return make_report(
        finished(output, ending), project=project, read=lambda path: path.read_text("utf-8")
    )


@pytest.mark.parametrize(
    ("output", "ending", "title"),
    [
        ("WARNING: a\nError: b\n", Ending.EXITED, "b"),
        ("Doing\n\x1b[31mIt broke.\x1b[0m\n\n", Ending.EXITED, "It broke."),
        ("", Ending.EXITED, "The build failed and said nothing"),
        ("nope: No such file\n", Ending.NOT_STARTED, "nope: No such file"),
        ("Error: b\n", Ending.TIMED_OUT, "The build did not end within 3 s (--build-timeout)"),
        ("WARNING: a\nmake: *** [Makefile:2: html] Error 1\n", Ending.EXITED, "a"),
        (
            "make: *** No rule to make target 'x'.  Stop.\n",
            Ending.EXITED,
            "No rule to make target 'x'. Stop.",
        ),
        ("npm error code E1\nnpm error syscall open\nnpm error It is.\n", Ending.EXITED, "It is."),
    ],
)
def test_the_title_is_the_message(output: str, ending: Ending, title: str) -> None:
    assert report(output, ending=ending).title == title


def test_what_a_generator_told_in_a_structured_way_counts() -> None:
    told = (Problem("warning", "w"), Problem("error", "e"), Problem("error", "e"))
    ended = Finished(Ending.EXITED, 1, 1.0, "Error: from the output\n", told)

    assert find_problems(ended, NOWHERE) == (Problem("error", "e"), Problem("warning", "w"))


def test_errors_come_first_and_each_once() -> None:
    output = "WARNING: w\nERROR: e\nWARNING: w\nERROR: e\n"

    assert [one.message for one in find_problems(finished(output), NOWHERE)] == ["e", "w"]


def test_what_a_good_build_complained_of_are_warnings() -> None:
    assert find_warnings(finished("ERROR: e\n"), NOWHERE) == (Problem("warning", "e"),)


def test_the_excerpt_is_a_few_lines_around_the_place(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("1\n2\n3\n4\n5\n6\n7\n")

    excerpt = report("a.rst:4: WARNING: w\n", tmp_path).excerpt

    assert excerpt is not None
    assert excerpt.lines == ((2, "2"), (3, "3"), (4, "4"), (5, "5"), (6, "6"))


def test_nothing_outside_of_the_project_is_quoted(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret.txt").write_text("a secret\n")
    (project / "link.txt").symlink_to(tmp_path / "secret.txt")
    (project / "folder").symlink_to(tmp_path)

    for path in (
        "../secret.txt",
        str(tmp_path / "secret.txt"),
        "link.txt",
        "folder/secret.txt",
        f"{project}/../secret.txt",
    ):
        made = report(f"{path}:1:1: error: e\n", project)
        assert made.excerpt is None, path
        assert "a secret" not in json.dumps(made.as_json(lambda _: "key"))


def test_a_project_in_a_folder_of_that_name_is_no_library(tmp_path: Path) -> None:
    project = tmp_path / "node_modules" / "project"
    project.mkdir(parents=True)
    (project / "a.rst").write_text("one\n")

    assert report("a.rst:1: WARNING: w\n", project).excerpt is not None


def traceback(*frames: object, raised: str) -> str:
    lines = "".join(f'  File "{path}", line 1, in f\n    f()\n' for path in frames)
    return f"Traceback (most recent call last):\n{lines}{raised}\n"


def test_of_a_traceback_the_last_frame_in_the_project_is_the_place(tmp_path: Path) -> None:
    library = tmp_path / ".venv" / "site-packages" / "lib.py"
    library.parent.mkdir(parents=True)
    for path in (library, tmp_path / "hooks.py"):
        path.write_text("f()\n")
    text = traceback(library, tmp_path / "hooks.py", library, raised="lib.TemplateNotFound: x.html")

    (problem,) = find_problems(finished(text), tmp_path)

    assert problem == Problem(
        "error", "lib.TemplateNotFound: x.html", Location(tmp_path / "hooks.py", 1)
    )


def test_a_traceback_without_a_frame_in_the_project_has_no_place(tmp_path: Path) -> None:
    (problem,) = find_problems(finished(traceback(__file__, raised="KeyError: 1")), tmp_path)

    assert problem == Problem("error", "KeyError: 1")


def test_a_syntax_error_in_a_configuration_is_found_by_what_python_says(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("a = \n")
    text = traceback(__file__, raised="ConfigError: invalid syntax (conf.py, line 1)")

    (problem,) = find_problems(finished(text), tmp_path)

    assert problem.location == Location(tmp_path / "conf.py", 1)


def test_an_error_with_a_place_is_the_title(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("a: [\n")
    text = 'Error: cannot be parsed\nexpected a node\n  in "mkdocs.yml", line 1, column 4\n'

    assert report(text, tmp_path).title == "expected a node"


def test_places_in_the_output_can_be_opened(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("one\n")

    made = report("see \x1b[1ma.rst:1:2 or b.rst:1\x1b[0m\n", tmp_path)
    (line,) = made.as_json(lambda location: f"key of {location.line}")["output"]

    place = {"name": "a.rst", "line": 1, "column": 2, "key": "key of 1"}
    assert line == [
        {"text": "see "},
        {"text": "a.rst:1:2", "style": ["bold"], "place": place},
        {"text": " or b.rst:1", "style": ["bold"]},
    ]


def test_of_a_long_output_the_end_is_shown() -> None:
    made = report("".join(f"{number}\n" for number in range(MOST_LINES + 5)))

    assert made.cut
    assert len(made.output) == MOST_LINES
    assert made.output[-1][0].text == str(MOST_LINES + 4)


@pytest.mark.parametrize("shape", ["WARNING: {}\n", "ERROR   -  {}\n", "a.rst:{}: WARNING: {}\n"])
def test_thousands_of_messages_do_not_take_long(shape: str) -> None:
    output = "".join(shape.format(number, number) for number in range(60_000))
    began = time.perf_counter()

    problems = find_problems(finished(output), NOWHERE)

    assert len(problems) == MOST_PROBLEMS
    # Not a measurement: comparing each with each would take much longer.
    assert time.perf_counter() - began < 15


@pytest.mark.parametrize("unit", ["a", "a.", "/", "a/b.c:1 ", ".", ":", " "])
def test_no_line_takes_long(unit: str, tmp_path: Path) -> None:
    made = report(unit * (200_000 // len(unit)), tmp_path)
    began = time.perf_counter()

    made.as_json(lambda _: None)

    assert time.perf_counter() - began < 5


@given(st.text(alphabet="aE.:1/ \n\r\x1b[m()\"'\0é", max_size=200))
def test_whatever_is_printed_there_is_a_report(output: str) -> None:
    made = report(output)

    assert made.title
    json.dumps(made.as_json(lambda _: None))
