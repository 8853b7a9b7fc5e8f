"""The table of generators, and the page that is written from it."""

import re
from pathlib import Path

import pytest
from pathspec import GitIgnoreSpec

from livereload_sse.build.generators import GENERATORS, Generator, as_markdown, find_generator

PAGE = Path(__file__).parents[2] / "examples" / "generators" / "README.md"

KNOWN = {
    *("python", "program", "config", "source", "output", "cache", "url", "bare_url", "port"),
}

each = pytest.mark.parametrize("generator", GENERATORS, ids=lambda one: one.name)


def row(name: str) -> Generator:
    found = find_generator(name)
    assert found is not None
    return found


def test_the_names_are_unique_and_what_they_are_looked_up_by() -> None:
    assert [find_generator(one.name) for one in GENERATORS] == list(GENERATORS)
    assert find_generator("Sphinx") is None


@each
def test_a_command_begins_with_what_is_looked_for_and_has_only_places_that_are_filled(
    generator: Generator,
) -> None:
    text = " ".join(generator.command)

    assert set(re.findall(r"\{(\w+)\}", text)) <= KNOWN
    assert generator.command[0] == ("{python}" if generator.python else "{program}")
    assert bool(generator.python) != bool(generator.program)


@each
def test_each_site_goes_where_the_preview_can_find_it(generator: Generator) -> None:
    assert any("{output}" in word for word in generator.command) or generator.output


@each
def test_every_pattern_is_one(generator: Generator) -> None:
    GitIgnoreSpec.from_lines(generator.ignore)
    for text in (generator.done, generator.output_says, *(one.says for one in generator.marks)):
        re.compile(text)
    if generator.output_says:
        assert re.compile(generator.output_says).groups == 1


@each
def test_the_folder_it_writes_by_itself_is_not_a_source(generator: Generator) -> None:
    if generator.output and generator.way != "run":
        spec = GitIgnoreSpec.from_lines(generator.ignore)

        assert spec.match_file(f"{generator.output}/index.html")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("zensical", "No issues found"),
        ("zensical", "1 issue found"),
        ("zensical", "12 issues found"),
        ("eleventy", "[11ty] Wrote 1 file (skipped 199) in 0.04 seconds (v3.1.2)"),
        ("eleventy", "[11ty] Copied 1 Wrote 200 files in 0.21 seconds (v3.1.2)"),
    ],
)
def test_a_generator_that_is_kept_running_says_when_it_is_done(name: str, line: str) -> None:
    assert re.search(row(name).done, line)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("zensical", "Build started"),
        ("eleventy", "[11ty] Writing ./_site/index.html from ./index.md (liquid)"),
        ("eleventy", "[11ty] File changed: ./Wrote 2 files.md"),
    ],
)
def test_other_lines_do_not_say_so(name: str, line: str) -> None:
    assert not re.search(row(name).done, line)


@pytest.mark.parametrize(
    ("name", "text", "folder"),
    [
        ("zensical", '[project]\nsite_dir = "public/docs"  # here\n', "public/docs"),
        ("zensical", "site_name: A\nsite_dir: out\n", "out"),
        ("zensical", "site_name: A\nsite_dir: 'out put' # x\n", "out put"),
        ("zensical", "# site_dir: out\n", None),
        ("nikola", 'OUTPUT_FOLDER = "public"\n', "public"),
        ("nikola", '# OUTPUT_FOLDER = "output"\n', None),
        ("eleventy", "return { dir: { input: 'src', output: 'dist' } };", "dist"),
        ("eleventy", "export const config = { dir: { output: `dist` } };", "dist"),
        ("eleventy", "dir: { output: `${folder}/x` }", None),
    ],
)
def test_a_configuration_says_where_the_site_goes(name: str, text: str, folder: str | None) -> None:
    found = re.search(row(name).output_says, text)

    assert (found and found[1]) == folder


@pytest.mark.parametrize(
    ("name", "kept", "left_out"),
    [
        ("sphinx", ["_static/a.css", "docs/build/a.rst"], ["_build/html/a.html", "build/a"]),
        ("pelican", ["content/output/a.md"], ["output/a.html", "plugins/__pycache__/a.pyc"]),
        ("hugo", ["resources/a.png", "static/public/a.css"], ["public/a.html"]),
        ("jekyll", ["_posts/a.md"], ["_site/a.html", ".jekyll-cache/a"]),
        ("nikola", ["posts/a.rst"], [".doit.db.dat", "cache/a"]),
    ],
)
def test_what_a_generator_writes_is_no_source_of_it(
    name: str, kept: list[str], left_out: list[str]
) -> None:
    spec = GitIgnoreSpec.from_lines(row(name).ignore)

    assert [path for path in (*kept, *left_out) if spec.match_file(path)] == left_out


def test_the_page_of_the_documentation_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "python -m tests.docs"


@each
def test_the_page_has_a_part_about_each(generator: Generator) -> None:
    page = as_markdown()

    assert f"\n## {generator.title}\n" in page
    assert f"| [{generator.title}](#{generator.name}) |" in page
    assert generator.install in page
    assert "{" not in page.replace("{output}", "")
