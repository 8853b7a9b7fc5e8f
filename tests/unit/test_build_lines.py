from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from livereload_sse.build.news import Failed, Succeeded
from livereload_sse.build.report import make_report
from livereload_sse.build.results import Ending, Finished, Location, Problem
from livereload_sse.cli import build_lines

SITE = Path("/site")
BUILT = Succeeded(build=2, duration=1.24, changed=3, pages=3, files=230, first=False)


def failed(output: str = "make: it is wrong\n", **more: Any) -> Failed:
    finished = Finished(Ending.EXITED, 2, 0.42, output)
    report = make_report(finished, project=SITE, read=lambda _path: None)
    base = Failed(3, "make", Ending.EXITED, 2, 0.42, shown=False, report=report)
    return replace(base, **more)


@pytest.mark.parametrize(
    ("built", "phrase"),
    [
        (BUILT, "built in 1.24 s · 3 pages changed"),
        (replace(BUILT, changed=1, pages=1), "built in 1.24 s · 1 page changed"),
        (replace(BUILT, changed=2, pages=0), "built in 1.24 s · 2 files changed"),
        (replace(BUILT, changed=0, pages=0, duration=0.31), "built in 0.31 s · nothing changed"),
        (replace(BUILT, changed=1, pages=1, before=1), "built in 1.24 s · nothing else changed"),
        (replace(BUILT, first=True, duration=72.4), "built in 72 s · 230 files"),
        (
            replace(BUILT, warnings=(Problem("warning", "odd"),)),
            "built in 1.24 s · 3 pages changed · 1 warning",
        ),
    ],
)
def test_a_good_build_says_what_it_has_made(built: Succeeded, phrase: str) -> None:
    assert build_lines.built_phrase(built) == phrase


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({}, "build failed after 0.42 s (exit code 2)"),
        ({"exit_code": -9}, "build failed after 0.42 s (SIGKILL)"),
        ({"exit_code": 3221225786}, "build failed after 0.42 s (exit code 3221225786)"),
        ({"exit_code": -300}, "build failed after 0.42 s (exit code -300)"),
        ({"exit_code": None}, "build failed after 0.42 s"),
        (
            {"ending": Ending.TIMED_OUT, "duration": 600.0},
            "build ended after 600 s, which is --build-timeout",
        ),
        ({"ending": Ending.NOT_STARTED}, "build could not be started"),
        ({"shown": True}, "build has warnings after 0.42 s, which --strict calls a failure"),
    ],
)
def test_a_failed_build_says_how_it_ended(change: dict[str, Any], line: str) -> None:
    assert build_lines.failed_line(failed(**change)) == line


def test_what_went_wrong_comes_with_its_place() -> None:
    problem = Problem("error", "this is wrong", Location(SITE / "docs" / "a.md", 3, 7))
    report = replace(failed().report, title="this is wrong\nand more", problems=(problem,))

    assert build_lines.failure_lines(failed(report=report)) == ["this is wrong", "at docs/a.md:3:7"]


def test_of_many_places_the_first_is_named_and_the_others_are_counted() -> None:
    def error(line: int) -> Problem:
        return Problem("error", f"wrong in {line}", Location(SITE / "a.ts", line))

    twice = replace(error(1), message="the same, told by the log")
    odd = replace(error(9), severity="warning")
    problems = (Problem("error", "nowhere"), error(1), twice, error(2), error(3), odd)
    report = replace(failed().report, title="wrong in 1", problems=problems)
    one = replace(report, problems=(error(1), twice, odd))

    assert build_lines.failure_lines(failed(report=report)) == [
        "wrong in 1",
        "at a.ts:1",
        "and 2 more places",
    ]
    assert build_lines.failure_lines(failed(report=one)) == ["wrong in 1", "at a.ts:1"]


def test_of_the_output_the_end_is_printed_without_colours() -> None:
    printed = "".join(f"\x1b[31mline {number}\x1b[0m\n" for number in range(40)) + "\n\n"

    lines = build_lines.output_lines(failed(printed))

    assert len(lines) == build_lines.MOST_OUTPUT
    assert lines[-1] == "line 39"


def test_it_is_said_what_is_shown_meanwhile() -> None:
    assert "last good site" in build_lines.advice_line(failed(), has_site=True)
    assert "nothing to show yet" in build_lines.advice_line(failed(), has_site=False)
    assert "nevertheless" in build_lines.advice_line(failed(shown=True), has_site=True)


def test_of_many_warnings_the_first_are_listed() -> None:
    warnings = [
        Problem("warning", f"odd {number}\nvery", Location(SITE / "a.md", number + 1))
        for number in range(8)
    ]

    lines = build_lines.warning_lines(warnings)

    assert lines[0] == "a.md:1: odd 0"
    assert lines[-1] == "and 3 more"
    assert build_lines.warning_lines([Problem("warning", "odd")]) == ["odd"]


def test_a_build_that_begins_names_its_command_and_obeys_nothing_in_it() -> None:
    assert build_lines.started_line("make 'a\x1b[2J'") == "building … make 'a\\x1b[2J'"


def test_a_build_that_runs_says_how_far_it_is() -> None:
    assert build_lines.running_line(0.84, fraction=None, stage="") == "building · 0.8 s"
    assert (
        build_lines.running_line(2.0, fraction=0.423, stage="reading\x1b sources")
        == "building 42% · 2.0 s · reading\\x1b sources"
    )


def test_the_last_lines_have_no_colours_and_are_not_empty() -> None:
    assert build_lines.last_lines("one\n\n\x1b[1mtwo\x1b[0m\nthree\n", 2) == ["two", "three"]
