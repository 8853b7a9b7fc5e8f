from pathlib import Path

import pytest

from livereload_sse.errors import ConfigurationError
from livereload_sse.pytest_watch.affected.globs import Globs

ROOT = Path("/shop")
API, UNIT, DEEP = (str(ROOT / "tests" / name) for name in ("api.py", "unit.py", "deep/more.py"))
TESTS = (API, UNIT, DEEP)


def globs(*lines: str) -> Globs:
    return Globs(str(ROOT), lines)


def path(name: str) -> str:
    return str(ROOT / name)


def test_a_line_names_the_tests_of_a_file() -> None:
    rules = globs("openapi.yaml -> tests/api.py")

    assert rules.speaks_of(path("openapi.yaml"))
    assert rules.speaks_of(path("docs/openapi.yaml"))
    assert not rules.speaks_of(path("openapi.json"))
    assert rules.tests_for(path("openapi.yaml"), TESTS) == (API,)
    assert rules.tests_for(path("openapi.json"), TESTS) == ()


@pytest.mark.parametrize(
    ("tests", "found"),
    [
        ("*", TESTS),
        ("tests/**", TESTS),
        ("tests/deep", (DEEP,)),
        ("/tests/*.py", (API, UNIT)),
        ("unit.py", (UNIT,)),
    ],
)
def test_both_sides_are_written_as_in_gitignore(tests: str, found: tuple[str, ...]) -> None:
    assert globs(f"data/** -> {tests}").tests_for(path("data/a/b.json"), TESTS) == found


def test_nothing_is_an_answer() -> None:
    rules = globs("docs/** -> nothing")

    assert rules.speaks_of(path("docs/index.md"))
    assert rules.tests_for(path("docs/index.md"), TESTS) == ()


def test_all_lines_about_a_file_count() -> None:
    rules = globs("*.yaml -> nothing", "a.yaml -> api.py", "*.yaml → unit.py")

    assert rules.tests_for(path("a.yaml"), TESTS) == (API, UNIT)
    assert rules.tests_for(path("b.yaml"), TESTS) == (UNIT,)


def test_empty_lines_and_comments_are_passed_over() -> None:
    assert not globs("", "  ", "# a.yaml -> api.py").speaks_of(path("a.yaml"))


def test_no_line_is_about_what_is_not_below_the_root() -> None:
    rules = globs("* -> *")

    assert not rules.speaks_of("/elsewhere/a.yaml")
    assert not rules.speaks_of("/shopping/a.yaml")
    assert rules.tests_for(path("a.yaml"), ["/elsewhere/test_a.py"]) == ()


@pytest.mark.parametrize(
    "line",
    [
        "a.yaml",
        "a.yaml ->",
        "-> tests",
        "!a.yaml -> tests",
        "a -> !b",
        "/ -> tests",
        "a -> #b",
        "a -> ***/[",
    ],
)
def test_a_line_that_cannot_be_understood_is_refused(line: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        globs(line)

    assert raised.value.where == line
    assert "live_watch_map" in raised.value.what
    assert "->" in raised.value.hint
