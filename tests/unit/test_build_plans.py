from pathlib import Path

from livereload_sse.build.detect import Found
from livereload_sse.build.generators import find_generator
from livereload_sse.build.plans import Plan, fill, fill_text, plan_for

SITE = Path("/site")


def plan(words: tuple[str, ...] | str, **more: object) -> Plan:
    facts = {"title": "Test", "way": "fresh", "project": SITE, "folder": SITE, "watch": (SITE,)}
    return Plan(words=words, **{**facts, **more})  # type: ignore[arg-type]  # a table


def test_places_are_filled_in_and_everything_else_stays() -> None:
    assert fill_text("-d {output} {x} {}", {"output": "/o"}) == "-d /o {x} {}"


def test_what_goes_through_a_shell_is_quoted_for_it() -> None:
    assert fill("make OUT={output} && true", {"output": "/a b"}) == "make OUT='/a b' && true"
    assert fill(("make", "OUT={output}"), {"output": "/a b"}) == ("make", "OUT=/a b")


def test_the_command_of_a_build_knows_where_to_write() -> None:
    command = plan(("make", "{output}", "{cache}/x")).command(output=Path("/o"), cache=Path("/c"))

    assert command.words == ("make", "/o", "/c/x")
    assert command.folder == SITE


def test_a_command_is_shown_short_with_its_output_left_open() -> None:
    words = ("/env/bin/python", "-m", "sphinx", "-d", "{cache}/doctrees", "/site", "{output}")

    assert plan(words).shown == "python -m sphinx -d {cache}/doctrees . {output}"
    assert plan(("hugo", "-c", "/site/hugo.toml")).shown == "hugo -c hugo.toml"
    assert plan("make html && true").shown == "make html && true"


def test_the_output_is_not_watched_where_it_lies_below_a_root() -> None:
    one = plan("make", ignore=("/cache/",), output=SITE / "docs" / "_out [1]")

    assert one.ignored_below(SITE) == ["/cache/", "/docs/_out\\ \\[1]/"]
    assert one.ignored_below(SITE / "docs") == ["/_out\\ \\[1]/"]
    assert one.ignored_below(Path("/other")) == []


def test_a_row_of_the_table_becomes_a_plan_for_one_project() -> None:
    generator = find_generator("pelican")
    assert generator is not None
    found = Found(generator, SITE, SITE / "pelicanconf.py")

    made = plan_for(found, python=Path("/env/python"), program=None, url="http://x/", port=1)

    assert made.words[0] == "/env/python"
    assert 'SITEURL="http://x"' in made.words
    assert str(SITE / "pelicanconf.py") in made.words
    assert "{output}" in " ".join(made.words)
    assert SITE in made.watch
